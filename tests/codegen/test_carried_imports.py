"""Imports in a carried stub: names given on, those of Tortoise, and what cannot be found."""

from pathlib import Path

import pytest

from carrying import IMPORT_LINE, Carried, carrier, stub_of


@pytest.fixture
def carried(tmp_path: Path) -> Carried:
    """The lines of the stub of a source, without its trailer."""
    return carrier(tmp_path)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import enum", "import enum as enum"),
        ("import os.path", "import os.path"),
        ("import enum, os.path, re as r", "import enum as enum; import os.path; import re as r"),
        ("from typing import *", "from typing import *"),
        ("from enum import Enum; x = 3  # c", "from enum import Enum as Enum; x = 3  # c"),
        ("from enum import Enum as E, IntEnum", "from enum import Enum as E, IntEnum as IntEnum"),
        (
            "from enum import (  # why\n    Enum,\n    IntEnum,  # because\n)",
            "from enum import (  # why\n    Enum as Enum,\n    IntEnum as IntEnum,  # because\n)",
        ),
        ("from enum import Enum, \\\n    IntEnum", "from enum import Enum as Enum, \\\n    IntEnum as IntEnum"),
        ("try:\n    import enum\nexcept ImportError: import re", None),
        ("from tortoise import Tortoise, fields as f", "from ormgen import ORM as Tortoise, fields as f"),
        ("from tortoise.fields.base import CASCADE", "from ormgen.fields.base import CASCADE as CASCADE"),
        ("import tortoise", "import ormgen as tortoise"),
        ("import tortoise.fields", "import ormgen.fields; import ormgen as tortoise"),
        ("import tortoise.fields as f", "import ormgen.fields as f"),
    ],
)
def test_imports(carried: Carried, before: str, after: str | None) -> None:
    if after is None:
        after = "try:\n    import enum as enum\nexcept ImportError: import re as re"
    assert carried(f"{before}\n") == after.split("\n")


def test_imports_that_only_checkers_see_stay_private(carried: Carried) -> None:
    text = "from typing import TYPE_CHECKING as T\nif not T:\n    pass\n"
    assert carried(text) == text.split("\n")[:-1]
    lines = carried("import typing as t\nif t.TYPE_CHECKING:\n    from enum import Enum\nelse:\n    Enum = 1\n")
    assert lines[2] == "    from enum import Enum"


def names_listed(folder: Path, source: str) -> str | None:
    """The line by which a stub says what it shows, if it has one."""
    lines = stub_of(folder, source).split("\n")
    return next((line for line in lines[lines.index(IMPORT_LINE) :] if line.startswith("__all__")), None)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("from enum import Enum as E, auto\nx = 1\n_y = 2\n", '["E", "auto", "x"]'),
        ("import decimal as d\nfrom os.path import *\n", None),  # whose `__all__` cannot be read
        ("from enum import Enum as E\nfrom colorsys import *\n", '["E", "rgb_to_yiq", "yiq_to_rgb"'),
        ("import enum\nfrom enum import Enum, auto as auto\n", None),
        ("from enum import Enum as _E\n", None),
        ("from enum import Enum as E\n__all__ = ['E']\n", None),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from enum import Enum as E\n", None),
    ],
)
def test_names_given_on_under_another_name(tmp_path: Path, source: str, line: str | None) -> None:
    listed = names_listed(tmp_path, source)
    assert listed is None if line is None else listed is not None and listed.startswith(f"__all__ = {line}")


def test_what_stands_in_for_a_missing_import(carried: Carried) -> None:
    text = "try:\n    from not_there import A, b\nexcept ImportError:\n    class A: ...\n"
    assert carried(text)[1].startswith("    from not_there import b as b  # type: ignore")
    assert carried(text.replace(", b", ""))[1] == "    ..."


def test_what_cannot_be_found_is_marked(carried: Carried) -> None:
    lines = carried(
        "from nowhere_at_all import (\n    a,\n    b as c,\n)\nimport not_there\nfrom tortoise.moon import x\n"
    )
    assert lines[0].startswith("from nowhere_at_all import a as a, b as c  # type: ignore[import-not-found")
    assert lines[1:4] == ["", "", ""]
    assert lines[4].startswith("import not_there as not_there  # type: ignore[import-not-found")
    assert lines[5].startswith("from tortoise.moon import x as x  # type: ignore[import-not-found")
