"""Models are read and linked while Python's cycle collector is paused, and it goes on afterwards."""

import gc
import sys
from pathlib import Path

import pytest

from ormgen import ORM
from ormgen.exceptions import ConfigurationError

MODELS = """
import gc
from ormgen import Model, fields

PAUSED = not gc.isenabled()


class Hero(Model):
    team = fields.IntField()
"""


async def test_the_collector_is_paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> None:
    (tmp_path / "paused_models.py").write_text(MODELS)
    (tmp_path / "wrong_models.py").write_text(MODELS.replace("IntField()", 'ForeignKeyField("models.Nobody")'))
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, enabled in (("paused_models", True), ("wrong_models", True), ("paused_models", False)):
        try:
            if not enabled:
                gc.disable()  # a program may have switched it off itself
            await ORM.init(db_url=sqlite_url, modules={"models": [name]})
            assert name == "paused_models"
            assert sys.modules.pop(name).PAUSED
        except ConfigurationError:
            assert name == "wrong_models"
        finally:
            assert gc.isenabled() is enabled
            gc.enable()
            await ORM.close_connections()
