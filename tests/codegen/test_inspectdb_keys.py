"""Names and rules of constraints: from a database into models and back, and changed by migrations."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from catalogs import back_and_anew, catalog, remake
from graphs import graph, model
from inspected import written
from migrating import Project
from ormgen import fields
from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.fields import Deferrable, OnDelete
from ormgen.indexes import UniqueConstraint
from ormgen.migrations.documents import build, document
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, OneToOneFieldInstance, RelationSchema
from ormgen.sql.ddl import create_statements
from ormgen.sql.introspect_sqlite import SqliteConstraint, sqlite_constraints
from ormgen_codegen.migrations.source_state import as_kept

HOME = """CREATE TABLE "home" ("id" INT NOT NULL, "code" VARCHAR(9) NOT NULL, "mail" VARCHAR(40) NOT NULL, "zip" INT,
    PRIMARY KEY ("id"), CONSTRAINT "odd" UNIQUE ("code"), CONSTRAINT "home_mail_key" UNIQUE ("mail"),
    CONSTRAINT "zips" UNIQUE ("zip", "code"))"""
GUEST = """CREATE TABLE "guest" ("id" INT NOT NULL PRIMARY KEY, "home_id" INT NOT NULL, "a" INT NOT NULL,
    "b" INT, "boss_id" INT, "twin_id" INT, "code" VARCHAR(9), "zip_a" INT, "zip_b" INT,
    CONSTRAINT "both" UNIQUE ("a", "b"), CONSTRAINT "one_twin" UNIQUE ("twin_id"),
    CONSTRAINT "lives" FOREIGN KEY ("home_id") REFERENCES "home" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "led" FOREIGN KEY ("boss_id") REFERENCES "guest" ("id") ON DELETE SET NULL ON UPDATE SET NULL{0},
    CONSTRAINT "twins" FOREIGN KEY ("twin_id") REFERENCES "guest" ("id") ON DELETE RESTRICT{1},
    CONSTRAINT "coded" FOREIGN KEY ("code") REFERENCES "home" ("code") ON DELETE NO ACTION ON UPDATE RESTRICT,
    CONSTRAINT "zipped" FOREIGN KEY ("zip_a", "zip_b") REFERENCES "pair" ("x", "y")
    ON DELETE CASCADE ON UPDATE CASCADE)"""
PAIR = """CREATE TABLE "pair" ("x" INT NOT NULL, "y" INT NOT NULL, PRIMARY KEY ("x", "y"))"""
RULES = (" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE INITIALLY IMMEDIATE")


async def test_names_and_rules_come_back(db_url: str, tmp_path: Path) -> None:
    """Every catalog says the same of the tables that the models make."""
    project = Project(tmp_path, db_url)
    collated = " COLLATE utf8mb4_nopad_bin" if project.dialect == "mysql" else ""
    rules = ("", "") if project.dialect == "mysql" else RULES
    await project.run(HOME + collated, PAIR + collated, GUEST.format(*rules) + collated)
    before = await catalog(project)
    source, state = await written(project)
    assert "#" not in source
    assert "on_update=fields.CASCADE, constraint_name='lives')" in source
    assert "UniqueConstraint(fields=('code',), name='odd')" in source
    if project.dialect != "mysql":
        assert "deferrable=fields.Deferrable.DEFERRED, constraint_name='led')" in source
    await remake(project, create_statements(as_kept(state).graph, project.dialect))
    assert await catalog(project) == before
    assert await written(project) == (source, state)


async def test_names_that_ormgen_gives_are_not_written(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.evolve(stage(ForeignKeyFieldInstance("models.Team", related_name="heroes")))
    source, _ = await written(project)
    assert "name=" not in source.replace("related_name=", "")
    assert "constraints" not in source


def stage(team: ForeignKeyFieldInstance, *named: UniqueConstraint) -> list[ModelSchema]:
    code = fields.CharField(max_length=9, unique=True)
    return [
        model("Team", {"constraints": list(named)}, code=code, size=fields.IntField()),
        model("Hero", None, team=team),
    ]


def key(**options: Any) -> ForeignKeyFieldInstance:
    return ForeignKeyFieldInstance("models.Team", related_name="heroes", null=True, **options)


async def test_migrations_change_names_and_rules(db_url: str, tmp_path: Path) -> None:
    """Forwards and back again, each time the tables that models make at once."""
    project = Project(tmp_path, db_url)
    stages = [
        stage(key()),
        stage(key(on_update=OnDelete.CASCADE)),
        stage(key(on_update=OnDelete.SET_NULL, constraint_name="plays")),
        stage(key(constraint_name="other"), UniqueConstraint(fields=("code",), name="team_code_key")),
        stage(key(constraint_name="other"), UniqueConstraint(fields=("code",), name="codes")),
        stage(key()),
    ]
    if project.dialect != "mysql":
        stages += [stage(key(deferrable=Deferrable.DEFERRED)), stage(key(deferrable=Deferrable.IMMEDIATE))]
    seen = []
    for at, models in enumerate(stages):
        assert project.generate(models).migrations
        await project.upgrade()
        assert project.generate(models).migrations == ()
        if not at:
            await project.run(
                """INSERT INTO team (id, code, size) VALUES (1, 'a', 1)""",
                "INSERT INTO hero (id, team_id) VALUES (1, 1)",
            )
        seen.append(await catalog(project))
        assert await project.rows("SELECT team_id FROM hero") == [(1,)]
    assert all(one != other for one, other in pairwise(seen))
    assert seen[0] == seen[5]
    await back_and_anew(project, stages, seen)


async def test_rules_hold(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    deferred = {} if project.dialect == "mysql" else {"deferrable": Deferrable.DEFERRED}
    await project.evolve(stage(key(on_update=OnDelete.CASCADE, **deferred)))
    await project.run("INSERT INTO team (id, code, size) VALUES (1, 'a', 1)")
    late = "INSERT INTO hero (id, team_id) VALUES (1, 2); INSERT INTO team (id, code, size) VALUES (2, 'b', 1)"
    if deferred:
        await project.run(f"BEGIN; {late}; COMMIT")
    else:
        await project.run(*reversed(late.split(";")))
    await project.run("UPDATE team SET id = 3 WHERE id = 2")
    assert await project.rows("SELECT team_id FROM hero") == [(3,)]


def test_what_mariadb_has_nothing_like() -> None:
    with pytest.raises(UnSupportedError, match=r"Hero\.team: .* no DEFERRABLE\. Hint: leave deferrable out"):
        create_statements(graph(*stage(key(deferrable="DEFERRED"))), "mysql")
    with pytest.raises(UnSupportedError, match="no ON UPDATE SET DEFAULT"):
        create_statements(graph(*stage(key(on_update=OnDelete.SET_DEFAULT, default=1))), "mysql")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"on_update": "NEVER"}, "on_update is 'NEVER'; choose from CASCADE"),
        ({"deferrable": True}, "deferrable is True; choose from DEFERRED, IMMEDIATE"),
        ({"constraint_name": 3}, "constraint_name is 3, not text"),
        ({"on_update": "SET NULL", "null": False}, "on_update=SET_NULL needs null=True"),
        ({"on_update": "SET DEFAULT"}, "on_update=SET_DEFAULT needs a default"),
        ({"constraint_name": "x", "db_constraint": False}, "db_constraint=False has none"),
    ],
)
def test_wrong_declarations(options: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        ForeignKeyFieldInstance("models.Team", **{"null": True, **options})  # type: ignore[arg-type]


def test_they_are_kept_as_they_are() -> None:
    made = OneToOneFieldInstance(
        "models.Team", on_update=fields.RESTRICT, deferrable=Deferrable.DEFERRED, constraint_name="x"
    ).describe("team")
    found = document(made)
    assert {name: found[name] for name in ("on_update", "deferrable", "constraint_name")} == {
        "on_update": "RESTRICT",
        "deferrable": "DEFERRED",
        "constraint_name": "x",
    }
    again = build(found)
    assert isinstance(again, OneToOneFieldInstance)
    assert again.describe("team") == made
    plain = OneToOneFieldInstance("models.Team").describe("team")
    assert isinstance(plain, RelationSchema)
    assert document(plain) == {"type": "OneToOneField", "to": "models.Team"}


def test_what_sqlite_keeps_of_constraints() -> None:
    text = """CREATE TABLE x (id INTEGER CONSTRAINT "the key" PRIMARY KEY AUTOINCREMENT, -- UNIQUE
        a TEXT DEFAULT 'UNIQUE' CONSTRAINT [no] NOT NULL UNIQUE, /* CONSTRAINT b UNIQUE */ "unique" INT,
        b INT CONSTRAINT far REFERENCES y (id) ON DELETE CASCADE NOT DEFERRABLE, c INT REFERENCES y DEFERRABLE,
        CONSTRAINT `both, of` UNIQUE ("a", b COLLATE NOCASE) ON CONFLICT IGNORE
        CONSTRAINT keyed FOREIGN KEY (a, b) REFERENCES z (a, b) DEFERRABLE INITIALLY DEFERRED, CHECK (a <> 'UNIQUE'))"""
    assert sqlite_constraints(text) == [
        SqliteConstraint("PRIMARY", ("id",), "the key"),
        SqliteConstraint("UNIQUE", ("a",), None),
        SqliteConstraint("REFERENCES", ("b",), "far"),
        SqliteConstraint("REFERENCES", ("c",), None, "DEFERRABLE INITIALLY IMMEDIATE"),
        SqliteConstraint("UNIQUE", ("a", "b"), "both, of"),
        SqliteConstraint("REFERENCES", ("a", "b"), "keyed", "DEFERRABLE INITIALLY DEFERRED"),
    ]
