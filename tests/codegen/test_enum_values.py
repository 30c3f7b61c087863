"""The values of enums stand for their members in stubs, where all of them can be told."""

from pathlib import Path
from textwrap import dedent

import pytest

from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

MODELS = """
import os
from enum import Enum, IntEnum

from ormgen import Model, fields


class Plain(str, Enum):
    OPEN = "open"
    QUOTED = 'it"s \\'so'


class Unread(str, Enum):
    OPEN = "open"
    HOME = os.environ.get("HOME", "none")


class Numbers(Enum):
    ONE = 1
    TWO = 2


class Ranks(IntEnum):
    _ignore_ = "mid"
    LOW = 1
    mid = 5
    HIGH = LOW + 8


class Many(IntEnum):
    pass


class OwnField(fields.CharEnumField[Plain]):
    def to_db_value(self, value, instance):
        return value.name


class Thing(Model):
    plain = fields.CharEnumField(Plain)
    unread = fields.CharEnumField(Unread, max_length=99)
    numbers = fields.CharEnumField(Numbers)
    ranks = fields.IntEnumField(Ranks)
    own = OwnField(Plain)
"""


def aliases(folder: Path) -> dict[str, str]:
    """What takes the members of each enum, by its name."""
    files = generated_files(read_run(["models"], load_config(folder), [folder]))
    lines = "".join(files.values()).splitlines()
    found = [line.split(": TypeAlias = ") for line in lines if line.partition(":")[0].endswith(("In", "Op"))]
    return {pair[0]: pair[1].removesuffix(" | Computable") for pair in found if len(pair) == 2}


def test_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models.py").write_text(dedent(MODELS))
    (tmp_path / "pyproject.toml").write_text("[tool.ormgen]\n")
    monkeypatch.chdir(tmp_path)
    found = aliases(tmp_path)
    assert found["PlainIn"] == "_models.Plain | Literal['open', 'it\"s \\'so']"
    assert found["RanksIn"] == "_models.Ranks | Literal[1, 9]"
    assert found["UnreadOp"] == "_models.Unread"
    assert {"UnreadIn", "NumbersIn"}.isdisjoint(found)
    before = (tmp_path / "models.py").read_text()
    (tmp_path / "models.py").write_text(before.replace('OPEN = "open"', 'OPEN = "ajar"'))
    assert aliases(tmp_path)["PlainIn"] == "_models.Plain | Literal['ajar', 'it\"s \\'so']"
