"""A small project on disk for the tests of `ormgen check`: models of many kinds, and code that asks them something."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from ormgen_codegen.check_names import wrong_names
from ormgen_codegen.config import load_config
from ormgen_codegen.run import read_run

PYPROJECT = '[tool.ormgen.apps]\ngame = ["app"]\n'
MODELS = """
from __future__ import annotations

from typing import Any, Self

from ormgen import Model, fields
from ormgen.functions import Count
from ormgen.manager import Manager
from ormgen.queryset import QuerySet


class Team(Model):
    name = fields.CharField(max_length=50)
    owner = fields.ForeignKeyField("game.Person", null=True, related_name="teams")
    founded = fields.DatetimeField(null=True)


class Hero(Model):
    name = fields.CharField(max_length=50)
    power = fields.IntField(null=True)
    facts = fields.JSONField(null=True)
    team = fields.ForeignKeyField("game.Team", related_name="heroes")

    async def comrades(self) -> list[Hero]:
        return await (await self.team).heroes.exclude(name=self.name)


class Badge(Model):
    hero = fields.OneToOneField("game.Hero", related_name="badge")
    code = fields.UUIDField()


class Mission(Model):
    title = fields.CharField(max_length=50)
    crew = fields.ManyToManyField("game.Hero", related_name="missions")


class Person(Model):
    name = fields.CharField(max_length=50)


class Clerk(Person):
    desk = fields.IntField()


class ShipQuerySet(QuerySet["Ship"]):
    def afloat(self) -> Self:
        return self.filter(sunk=False)

    def counted(self) -> ShipQuerySet:
        return self.annotate(decks=Count("cabins"))

    def values(self, *columns: str, deep: bool = False, **renamed: str) -> Any:
        return super().values(*columns, **renamed)


class ShipManager(Manager):
    def get_queryset(self) -> ShipQuerySet:
        return ShipQuerySet(self._model)

    def in_bulk(self, keys: list[int], by: str = "") -> Any:
        return self.get_queryset().in_bulk(keys)


class Ship(Model):
    name = fields.CharField(max_length=50)
    sunk = fields.BooleanField(default=False)
    every = Manager()

    class Meta:
        manager = ShipManager()


class Cabin(Model):
    ship = fields.ForeignKeyField("game.Ship", related_name="cabins")
    number = fields.IntField()

    def __init__(self, deck: int = 0, **values: Any) -> None:
        super().__init__(number=deck, **values)

    @classmethod
    def search(cls, **words: Any) -> Any:
        return cls.filter(number__in=words.values())

    @classmethod
    def only(cls, *words: str) -> Any:
        return words
"""


def make_project(folder: Path, **files: str) -> None:
    """Write the models and further modules of the package `app`; `__` in a name stands for a folder."""
    (folder / "pyproject.toml").write_text(PYPROJECT)
    for name, text in {"models": MODELS, **files}.items():
        path = folder / "app" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(dedent(text), "utf-8")


def told_about(folder: Path, *modules: str) -> list[str]:
    """What is told about the names in the project of a folder, the current one."""
    found = wrong_names(read_run(modules, load_config(folder)))
    return [f"{each.position}: {each.fact}" + (f" [{each.hint}]" if each.hint else "") for each in found]
