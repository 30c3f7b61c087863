"""`ormgen adopt`: projects written for Tortoise ORM, rewritten for ormgen, and run."""

import pytest

from ormgen_codegen.adopt.module import Habits
from ormgen_codegen.adopt.rewrite import rewrite
from ormgen_codegen.config import adopted_settings, ours

SAME = [
    "from tortoise.nowhere_at_all import thing\n",
    "import os  # tortoise\n",
    '"""About tortoise.backends.asyncpg."""\n',
    'x = f"{y!r} tortoise.fields"\n',
    "from . import tortoise\nfrom .tortoise import Tortoise\n",
    "from pypika_tortoise import CustomFunction\n",
]
CHANGED = [
    ("from tortoise import Tortoise\nTortoise.init()\n", "from ormgen import ORM\nORM.init()\n"),
    ("from tortoise import Tortoise as T\nT.init()\n", "from ormgen import ORM as T\nT.init()\n"),
    ("from tortoise import Tortoise\nORM = 1\n", "from ormgen import ORM as Tortoise\nORM = 1\n"),
    (
        "from tortoise import Tortoise\n__all__ = ['Tortoise']\n",
        "from ormgen import ORM as Tortoise\n__all__ = ['Tortoise']\n",
    ),
    (
        "from tortoise import (\n    Tortoise,  # it\n    fields,\n)\n",
        "from ormgen import (\n    ORM,  # it\n    fields,\n)\n",
    ),
    ("from tortoise.models import *  # all\n", "from ormgen.models import *  # all\n"),
    (
        "import tortoise\ntortoise.Tortoise.init(); tortoise.fields.IntField()\n",
        "import ormgen\normgen.ORM.init(); ormgen.fields.IntField()\n",
    ),
    ("import tortoise.fields as f, os\nf.IntField()\n", "import ormgen.fields as f, os\nf.IntField()\n"),
    (
        "if x:\n    from tortoise.queryset import QuerySet, Q  # both\n",
        "if x:\n    from ormgen.queryset import QuerySet\n    from ormgen import Q  # both\n",
    ),
    (
        "from tortoise import BaseDBAsyncClient\ndef f(db: 'BaseDBAsyncClient | None' = None): ...\n",
        "from ormgen.connection import Connection\ndef f(db: 'Connection | None' = None): ...\n",
    ),
    (
        'print(f"{1} {Tortoise.apps}")\nfrom tortoise import Tortoise\n',
        'print(f"{1} {ORM.apps}")\nfrom ormgen import ORM\n',
    ),
    (
        "getLogger('tortoise')\ngetLogger('tortoise.db_client')\n",
        "getLogger('ormgen')\ngetLogger('ormgen.db_client')\n",
    ),
    ("m = ['a', \"aerich.models\", 'b']\n", "m = ['a', 'b']\n"),
    ("m = ['a', 'aerich.models',]\nn = ['aerich.models', ]\n", "m = ['a',]\nn = []\n"),
    ("TORTOISE_ORM = {}\nx.TORTOISE_ORM\n'app.TORTOISE_ORM'\n", "ORMGEN = {}\nx.ORMGEN\n'app.TORTOISE_ORM'\n"),
    ("init(config='app.TORTOISE_ORM')\n", "init(config='app.ORMGEN')\n"),
    ("e = {'engine': 'tortoise.backends.sqlite'}\n", "e = {'engine': 'ormgen.backends.sqlite'}\n"),
    ("patch('tortoise.Tortoise.init')\n", "patch('ormgen.ORM.init')\n"),
    (
        "from tortoise.contrib.fastapi import RegisterTortoise, register_tortoise\nRegisterTortoise(é)\n",
        "from ormgen.contrib.fastapi import RegisterORM, register_orm\nRegisterORM(é)\n",
    ),
    ("from tortoise import fields\r\nx = 1\r\n", "from ormgen import fields\r\nx = 1\r\n"),
]
TOLD = {
    "from tortoise.backends.base.client import Capabilities2\n": "1:43: ormgen has no Capabilities2",
    "from tortoise import fields\nfields.Nothing()\n": "2:1: ormgen has nothing called fields.Nothing",
    "x = {'engine': 'tortoise.backends.mssql'}\n": "1:16: ormgen has no engine mssql",
    "x = 'aerich.models'\n": '1:5: "aerich.models" is named outside of a list',
    "from aerich import Command\n": "1:1: aerich is imported, which ormgen does not use",
    "import tortoise\ntortoise.secret\n": "2:1: ormgen has nothing called tortoise.secret",
    "x = 'tortoise.' 'backends.sqlite'\n": '1:5: "tortoise.backends.sqlite" is not written as one text',
    "from tortoise.filters import *\n": "1:1: ormgen has no module ormgen.filters",
}


@pytest.mark.parametrize("source", SAME)
def test_what_is_none_of_our_business_stays(source: str) -> None:
    assert rewrite("app.py", source, Habits()).after == source


@pytest.mark.parametrize(("before", "after"), CHANGED)
def test_what_is_rewritten(before: str, after: str) -> None:
    made = rewrite("app.py", before, Habits())
    assert made.after == after
    assert made.findings == []
    assert rewrite("app.py", after, Habits()).after == after


@pytest.mark.parametrize("source", TOLD)
def test_what_cannot_be_said_is_told_with_its_place(source: str) -> None:
    (found,) = rewrite("app.py", source, Habits()).findings
    assert f"{found.position.line}:{found.position.column}: {found.fact}".startswith(TOLD[source])


def test_names_that_others_take_from_a_module_stay_in_it() -> None:
    made = rewrite("db.py", "from tortoise import Tortoise\nTortoise.init()\n", Habits(frozenset({"Tortoise"})))
    assert made.after == "from ormgen import ORM as Tortoise\nTortoise.init()\n"
    assert rewrite("s.py", "TORTOISE_ORM = 1\n", Habits(settings=False)).after == "TORTOISE_ORM = 1\n"


@pytest.mark.parametrize(
    ("theirs", "mine"),
    [
        ("tortoise-orm", "ormgen-orm>=0.1"),
        ("tortoise_orm[asyncpg,accel]==0.20.0\n", "ormgen-orm[postgres]>=0.1\n"),
        (
            "tortoise-orm[asyncmy]~=1.0 ; python_version > '3.8'  # orm",
            "ormgen-orm[mysql]>=0.1 ; python_version > '3.8'  # orm",
        ),
        ("aerich>=0.7", None),
        ("aerich-tools", "aerich-tools"),
        ("tortoise-orm-extra", "tortoise-orm-extra"),
        ("fastapi", "fastapi"),
    ],
)
def test_requirements(theirs: str, mine: str | None) -> None:
    assert ours(theirs) == mine


def test_pyproject() -> None:
    text = """\
[project]
name = "x"  # stays
dependencies = [
    "tortoise-orm[asyncpg]>=0.20",  # orm
    "aerich",
    "fastapi",
]

[tool.poetry.dependencies]
tortoise-orm = {extras = ["asyncmy"], version = "^0.20"}

[tool.other]
y = 2  # stays

[tool.aerich]
tortoise_orm = "settings.TORTOISE_ORM"
location = "./migrations"
src_folder = "./src"
"""
    made, told = adopted_settings(text)
    assert '"ormgen-orm[postgres]>=0.1",  # orm\n    "fastapi",\n]' in made
    assert 'ormgen-orm = {version = ">=0.1", extras = ["mysql"]}' in made
    assert '[tool.ormgen]\norm = "settings.ORMGEN"\nlocation = "./migrations"' in made
    assert "[tool.other]\ny = 2  # stays" in made
    assert "aerich" not in made
    assert (
        'apps = {models = ["a"]}' in adopted_settings(text, {"models": ["a"]})[0]
        or "[tool.ormgen.apps]" in (adopted_settings(text, {"models": ["a"]})[0])
    )
    assert 'src_folder = "./src"' in made
    assert told == []
    assert adopted_settings(made) == (made, [])
    assert adopted_settings("[x\n")[0] == "[x\n"
