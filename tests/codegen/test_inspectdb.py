"""`ormgen inspectdb`: models for tables that are there, which make the same tables again."""

from pathlib import Path

import pytest

from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.migrations.live import LiveColumn, LiveTable
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OnDelete
from ormgen_codegen.config import Config
from ormgen_codegen.migrations.inspect_models import class_name, models_source
from ormgen_codegen.migrations.source_state import state_of
from ormgen_codegen.run import read_run

ALL = {
    "whole": fields.IntField(),
    "big": fields.BigIntField(null=True),
    "small": fields.SmallIntField(unique=True),
    "text": fields.CharField(max_length=12, description="what it's called"),
    "long": fields.TextField(),
    "real": fields.FloatField(),
    "day": fields.DateField(),
    "moment": fields.DatetimeField(),
    "clock": fields.TimeField(),
    "data": fields.JSONField(),
    "blob": fields.BinaryField(),
    "token": fields.UUIDField(),
}


def declared() -> list[ModelSchema]:
    team = model("Team", {"table": "all_teams", "unique_together": [("whole", "text")]}, **ALL)  # type: ignore[arg-type]
    hero = model(
        "Hero",
        None,
        team=ForeignKeyFieldInstance("models.Team", related_name="heroes", null=True, on_delete=OnDelete.SET_NULL),
        rival=ForeignKeyFieldInstance("models.Team", related_name="rivals", source_field="rival_key"),
        fans=ManyToManyFieldInstance("models.Team", related_name="liked", through="hero_fans"),
    )
    return [team, hero]


def shapes(tables: dict[str, LiveTable]) -> object:
    """Tables without the order of columns and the names of indexes."""
    return {
        name: (table.columns, table.uniques, table.foreign_keys, sorted(table.indexes.values()))
        for name, table in tables.items()
    }


async def test_models_of_tables_make_these_tables(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(declared())
    tables = await project.tables()
    source = models_source(tables)
    (tmp_path / "found.py").write_text(source)
    run = read_run(["found"], Config(tmp_path, {"models": ("found",)}), folders=[tmp_path])
    graph = state_of(run)
    assert {each.table for each in graph.models.values()} == {"all_teams", "hero"}
    assert shapes(await project.fresh_tables_of(graph)) == shapes(tables)


@pytest.mark.parametrize(("table", "name"), [("all_teams", "AllTeams"), ("2go", "Table2go"), ("x.a-b", "AB")])
def test_names_of_classes(table: str, name: str) -> None:
    assert class_name(table) == name


def test_types_that_no_field_has_are_told() -> None:
    table = LiveTable({"id": LiveColumn("bigint", False, None, 1, True), "class": LiveColumn("inet", False)})
    source = models_source({"things": table})
    assert "    id = fields.BigIntField(primary_key=True)\n" in source
    assert "    class_ = fields.TextField(source_field='class')  # its type is inet\n" in source
