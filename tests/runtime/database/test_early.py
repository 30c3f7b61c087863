"""Models can be linked before any context is initialised."""

import importlib
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from models.heroes import Hero, Team
from models.shop import Order, Product
from ormgen import ORM
from ormgen.database.config import AppConfig
from ormgen.database.discover import discover
from ormgen.exceptions import ConfigurationError, NotInitialised, SchemaError


@pytest.mark.feature(13)
def test_init_models() -> None:
    program = (
        "from ormgen import ORM\n"
        "from models.heroes import Hero, Team\n"
        "assert Hero._meta.linked is None\n"
        "ORM.init_models(['models.heroes'], 'models')\n"
        "print(*sorted(Team._meta.backward_fk_fields), *sorted(Hero._meta.m2m_fields), Hero(name='x').name)\n"
    )
    folder = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["heroes", "befriended_by", "friends", "missions", "x"]


@pytest.mark.feature(8)
def test_modules_and_several_apps() -> None:
    ORM.init_models([importlib.import_module("models.heroes")])
    ORM.init_models({"models": ["models.heroes"], "library": "models.library"})
    assert Hero._meta.need().app == "models"


def test_a_package_offers_what_it_imports_from_below() -> None:
    package: Any = types.ModuleType("models")
    package.Order, package.Product, package.Article = Order, Product, Product
    with pytest.warns(RuntimeWarning, match='Module "models" has no models'):
        assert discover({"shop": AppConfig((package,))}) == []
    package.__path__ = []
    assert discover({"shop": AppConfig((package,))}) == [("shop", Order), ("shop", Product)]


async def test_nothing_is_connected() -> None:
    ORM.init_models(["models.heroes"], "models")
    with pytest.raises(NotInitialised):
        await Team.all()


async def test_what_is_wrong() -> None:
    with pytest.raises(ConfigurationError, match=r'app "models": there is no module "models\.nope"'):
        ORM.init_models(["models.nope"], "models")
    with pytest.raises(SchemaError, match=r"Country"):
        ORM.init_models(["models.heroes"], "elsewhere")


async def test_an_initialised_context_keeps_its_graph(sqlite_url: str) -> None:
    context = await ORM.init(db_url=sqlite_url, modules={"models": ["models.heroes"]})
    ORM.init_models(["models.heroes"], "models")
    assert Hero._meta.graph is context.graph
    await ORM.generate_schemas()
    assert await Team.all() == []
    await ORM.close_connections()
