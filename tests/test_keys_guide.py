"""The code of docs/keys.md runs."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from ormgen import ORM

GUIDE = Path(__file__).parents[1] / "docs" / "keys.md"


async def test_the_code_of_the_guide(db_url: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), flags=re.DOTALL)
    module: Any = ModuleType("keys_guide")
    sys.modules["keys_guide"] = module
    try:
        exec("\n".join(blocks), vars(module))
        await ORM.init(db_url=db_url, modules={"models": [module]})
        await ORM.generate_schemas()
        await module.main()
    finally:
        await ORM.close_connections()
        del sys.modules["keys_guide"]
