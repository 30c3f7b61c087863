"""`ormgen lint`: what migrations mean for a running application, each with a safe way; squawk about PostgreSQL."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from graphs import model
from migrating import Project, write
from ormgen import fields
from ormgen.migrations.documents import make_enum
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance
from ormgen_codegen.cli import cli
from ormgen_codegen.migrations import squawk


def team(meta: dict[str, Any] | None = None, /, **more: Any) -> ModelSchema:
    return model("Team", meta, id=fields.IntField(primary_key=True), name=fields.CharField(max_length=50), **more)


def lint(project: Project, *arguments: str, code: int = 1) -> Any:
    location = str(project.folders["models"].parent)
    made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, ["lint", "--json", "--location", location, *arguments])
    assert made.exit_code == code, (made.output, made.exception)
    return json.loads(made.stdout)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path / "migrations", "sqlite://:memory:")
    made.generate([team(x=fields.IntField(null=True), y=fields.IntField(null=True))])
    return made


def test_each_kind_with_a_safe_way(project: Project) -> None:
    project.generate(
        [
            team({"indexes": [("name", "x")]}, x=fields.BigIntField(default=1), z=fields.IntField()),
            model("Hero", None, team=ForeignKeyFieldInstance("models.Team")),
        ],
        drops=frozenset({"Team.y"}),
        fills={"Team.z": "1"},
    )
    found = lint(project, "--no-squawk")
    kinds = {(each["kind"], each["fact"].partition(":")[0]) for each in found}
    assert {
        ("destructive", "remove Team.y"),
        ("breaking", "remove Team.y"),
        ("breaking", "add Team.z"),
        ("rewriting", "alter Team.x"),
        ("locking", "alter Team.x"),
        ("locking", "add index over name, x to Team"),
    } <= kinds
    assert all(each["hint"] and each["rule"] is None for each in found)
    assert {each["migration"] for each in found} == {"models.0002_create_hero_and_4_more"}
    assert lint(project, "0002", "--no-squawk", code=0) == []
    assert lint(project, "models.__latest__", "--no-squawk", code=0) == []


def test_values_of_enum_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = Project(tmp_path / "migrations", "sqlite://:memory:")

    def mood(*values: str, **more: Any) -> Any:
        members = make_enum("Mood", [(value.upper(), value) for value in values])
        return fields.CharEnumField(members, native_enum="mood", **more)

    project.generate([team(mood=mood("sad", "ok"))])
    project.generate([team(mood=mood("sad", "ok", "happy"))])
    assert lint(project, "0001", "--no-squawk", code=0) == []
    project.generate([team(mood=mood("glum", "ok", "happy"))], renames={"mood.sad": "glum"})
    project.generate([team(mood=mood("glum", "ok", "happy", "odd", db_default="odd"))])
    found = lint(project, "0002", "--no-squawk")
    assert [(each["migration"].partition(".")[2][:4], each["kind"]) for each in found] == [
        ("0003", "breaking"),
        ("0004", "rewriting"),
    ]


def test_an_unknown_migration_is_told(project: Project) -> None:
    made = CliRunner().invoke(cli, ["lint", "0009", "--location", str(project.folders["models"].parent)])
    assert made.exit_code == 2
    assert 'has no migration "0009"' in made.output


@pytest.mark.skipif(squawk.program() is None, reason="squawk-cli is not installed")
def test_squawk_reads_what_no_rule_of_ours_sees(project: Project) -> None:
    assert lint(project, code=0) == []
    sql = """migrations.RunSQL('''
        -- a remark; with a semicolon
        UPDATE team SET name = 'a;b';
        ALTER TABLE team DROP COLUMN x;
    '''), migrations.AddField("Team", "boss", fields.ForeignKeyField("models.Team", null=True)), migrations.RunSQL(
        {"sqlite": "SELECT 1", "postgres": ["CREATE INDEX i ON team (y)"], "mysql": "SELECT 1"})"""
    write(project, "0002_sql", sql, "0001_initial")
    found = {each["rule"]: each for each in lint(project, "--squawk")}
    assert found["ban-drop-column"]["kind"] == "destructive"
    assert found["ban-drop-column"]["fact"].startswith("run SQL: ")
    assert found["adding-foreign-key-constraint"]["fact"].startswith("add Team.boss: ")
    assert "concurrently" in found["require-concurrent-index-creation"]["hint"]
    assert all(each["hint"] for each in found.values())
    assert not {"require-lock-timeout", "prefer-bigint-over-int"} & set(found)


@pytest.mark.skipif(squawk.program() is None, reason="squawk-cli is not installed")
def test_squawk_says_nothing_again_that_ormgen_says(project: Project) -> None:
    project.generate([team({"indexes": [("name",)]}, x=fields.IntField(default=0))], drops=frozenset({"Team.y"}))
    assert {each["rule"] for each in lint(project)} == {None}
    write(project, "0003_for_one", 'migrations.RunSQL({"sqlite": "SELECT 1"})', "0002_alter_team_x_and_2_more")
    assert {each["rule"] for each in lint(project)} == {None}  # it is not for PostgreSQL


def test_squawk_that_is_missing_is_told_when_asked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ormgen_codegen.cli_history.program", lambda: None)
    assert lint(project, code=0) == []
    made = CliRunner().invoke(cli, ["lint", "--squawk", "--location", str(project.folders["models"].parent)])
    assert made.exit_code == 2
    assert "pip install squawk-cli" in made.output
