"""What docs/adopting.md shows works, read from top to bottom."""

import asyncio
from pathlib import Path

import pytest

import adopting
import migrating
from pages import DOCS, Project

SETTINGS = """
TORTOISE_ORM = {
    "connections": {"default": "sqlite://db.sqlite3"},
    "apps": {"models": {"models": ["shop.models", "aerich.models"]}},
}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder as Tortoise ORM and aerich leave it, with a database."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    models = adopting.MODELS.replace("from ormgen import Model, fields", "from tortoise import Model, fields")
    (tmp_path / "shop" / "models.py").write_text(models)
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "pyproject.toml").write_text('[tool.aerich]\ntortoise_orm = "settings.TORTOISE_ORM"\n')
    old = tmp_path / "migrations" / "models"
    old.mkdir(parents=True)
    (old / "0_20240101000000_init.py").write_text(adopting.aerich_file(adopting.described()))
    version = """INSERT INTO "aerich" VALUES (1, '0_20240101000000_init.py', 'models', '{}')"""
    database = migrating.Project(tmp_path, f"sqlite://{tmp_path}/db.sqlite3")
    asyncio.run(database.run(adopting.tables("sqlite"), *adopting.ROWS, version))
    return tmp_path


def test_the_guide_from_top_to_bottom(project: Path) -> None:
    Project(project).play(DOCS / "adopting.md")
    assert (project / "migrations" / "models" / "0001_adopted.py").is_file()
    assert not list((project / "migrations" / "models").glob("0002*"))
