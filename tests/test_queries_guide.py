"""What docs/queries.md shows of trees is true."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.places import Place
from ormgen import ORM

PAGE = Path(__file__).parents[1] / "docs" / "queries.md"


def block(heading: str) -> str:
    """The first block of Python under a heading."""
    section = PAGE.read_text("utf-8").split(f"## {heading}\n")[1]
    found = re.search(r"```python\n(.*?)```", section, re.S)
    assert found is not None
    return found[1]


@pytest.mark.feature(140)
async def test_trees(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": ["models.places"]})
    try:
        await ORM.generate_schemas()
        made: dict[str | None, Place | None] = {None: None}
        for name, above in (("earth", None), ("europe", "earth"), ("asia", "earth"), ("oslo", "europe")):
            made[name] = await Place.create(name=name, parent=made[above])
        names: dict[str, Any] = {"Place": Place}
        exec(block("Named questions and trees"), names)
        assert [(place.name, place.n) for place in await names["crowded"]] == [("earth", 2)]
        assert [(place.name, place.depth) for place in await names["below"]] == [("oslo", 1)]
        assert await names["moved"] == 1
        assert sorted([place.name for place in await names["ancestors"]]) == ["earth", "europe", "oslo"]
    finally:
        await ORM.close_connections()
