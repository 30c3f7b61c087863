"""`ormgen export prisma` and `dbml`: every table, column and key, as both tools take them."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen.migrations.tables import tables_of
from ormgen_codegen.cli import cli
from ormgen_codegen.config import Config
from ormgen_codegen.export_dbml import dbml_source
from ormgen_codegen.export_prisma import prisma_source
from ormgen_codegen.migrations.source_state import as_kept, state_of
from ormgen_codegen.run import read_run

ROOT = Path(__file__).parents[1]
NAMES = ("columns", "links", "tenants", "library", "checked", "meta_options", "defaults", "described", "indexed")
MODELS = '''
from uuid import uuid4

from ormgen import Model, fields
from ormgen.indexes import Index


class Team(Model):
    """A "team"."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=20, unique=True, description="it's a name")
    made = fields.DatetimeField(auto_now=True)
    size = fields.IntField(db_default=5)

    class Meta:
        indexes = [Index(fields=("name", "size"), name="by_size")]
        table_description = "all teams"


class Hero(Model):
    name = fields.CharField(max_length=20, source_field="called")
    team = fields.ForeignKeyField("models.Team", related_name="heroes", null=True, on_delete=fields.SET_NULL)
    friends = fields.ManyToManyField("models.Hero", related_name="liked")

    class Meta:
        unique_together = (("name", "team"),)
'''
PRISMA = """// Models for Prisma, made from those of ormgen.

generator client {
  provider = "prisma-client-js"
}

datasource db {
  provider = "postgresql"
  // before Prisma 7: url = env("DATABASE_URL")
}

/// all teams
model Team {
  id String @id @default(uuid()) @db.Uuid
  /// it's a name
  name String @unique(map: "UNIQUE") @db.VarChar(20)
  made DateTime @updatedAt @db.Timestamptz(6)
  size Int @default(dbgenerated("5"))
  heroes Hero[] @relation("TEAM")

  @@index([name, size], map: "by_size")
  @@map("team")
}

model Hero {
  id Int @id @default(autoincrement())
  name String @map("called") @db.VarChar(20)
  team_id String? @db.Uuid
  team Team? @relation("TEAM", fields: [team_id], references: [id], onDelete: SetNull, onUpdate: NoAction, map: "TEAM")
  friends HeroHero[] @relation("NEAR")
  liked HeroHero[] @relation("FAR")

  @@unique([name, team_id], map: "GROUP")
  @@map("hero")
}

model HeroHero {
  hero_rel_id Int
  hero_id Int
  hero_rel Hero @relation("NEAR", fields: [hero_rel_id], references: [id], CASCADE, map: "NEAR")
  hero Hero @relation("FAR", fields: [hero_id], references: [id], CASCADE, map: "FAR")

  @@unique([hero_rel_id, hero_id], map: "PAIR")
  @@map("hero_hero")
}
"""
DBML = """// Tables of the models of ormgen.

Table "team" {
  "id" "CHAR(36)" [pk]
  "name" "VARCHAR(20)" [not null, unique, note: 'it\\'s a name']
  "made" "DATETIME(6)" [not null]
  "size" "INT" [not null, default: `5`]

  indexes {
    ("name", "size") [name: 'by_size']
  }

  Note: 'all teams'
}

Table "hero" {
  "id" "INT" [pk, increment]
  "called" "VARCHAR(20)" [not null]
  "team_id" "CHAR(36)"

  indexes {
    ("called", "team_id") [unique, name: 'GROUP']
  }
}

Table "hero_hero" {
  "hero_rel_id" "INT" [not null]
  "hero_id" "INT" [not null]

  indexes {
    ("hero_rel_id", "hero_id") [unique, name: 'PAIR']
  }
}

Ref "TEAM": "hero"."team_id" > "team"."id" [delete: set null]
Ref "NEAR": "hero_hero"."hero_rel_id" > "hero"."id" [delete: cascade]
Ref "FAR": "hero_hero"."hero_id" > "hero"."id" [delete: cascade]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    (tmp_path / "shop" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen]\napps = { models = ["shop.models"] }\n')
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(cli, ["export", *arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def spelled(text: str, found: str) -> str:
    """The expected text with the names of constraints, which end in digests."""
    ends = {
        "UNIQUE": "uid_team_name",
        "TEAM": "fk_hero_team_id",
        "GROUP": "uid_hero_called_team_id",
        "NEAR": "fk_hero_hero_hero_rel_id",
        "FAR": "fk_hero_hero_hero_id",
        "PAIR": "uid_hero_hero_hero_rel_id_hero_id",
    }
    for word, start in ends.items():
        name = re.search(rf"\b{start}_[0-9a-f]{{8}}\b", found)
        text = re.sub(rf"\b{word}\b", name.group() if name else word, text)
    return text.replace(" CASCADE,", " onDelete: Cascade, onUpdate: NoAction,")


def test_prisma(project: Path) -> None:
    found = run("prisma")
    assert found.rstrip() == spelled(PRISMA, found).rstrip()


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_enum_types_in_prisma(dialect: str) -> None:
    state = as_kept(state_of(read_run(["models.native_enums"], Config(ROOT), folders=[ROOT])))
    found = prisma_source(state.graph, dialect, sorted(state.models))
    if dialect == "sqlite":
        assert "enum " not in found
        assert "\n  mood String\n" in found
        return
    mapped = '\n  @@map("mood")\n' if dialect == "postgres" else ""
    last = 'it_s____odd___s___ @map("it\'s \\\\ \\"odd\\" %s {}")'
    assert f"\nenum mood {{\n  sad\n  ok\n  happy\n  {last}\n{mapped}}}\n" in found
    assert "\n  before mood?\n" in found
    assert found.count("\nenum ") == 2


def test_dbml(project: Path) -> None:
    found = run("dbml", "--dialect", "mysql")
    expected = DBML.replace("[not null, unique, note", "[not null, unique, note")
    assert found.rstrip() == spelled(expected, found).rstrip()


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
@pytest.mark.parametrize("name", [*NAMES, "native_enums"])
def test_nothing_is_left_out(name: str, dialect: str) -> None:
    state = as_kept(state_of(read_run([f"models.{name}"], Config(ROOT), folders=[ROOT])))
    keys = sorted(state.models)
    tables = tables_of(state.graph, keys)
    prisma = prisma_source(state.graph, dialect, keys)
    dbml = dbml_source(state.graph, dialect, keys)
    for table in tables:
        assert prisma.count(f'@@map("{table.name.name}")') == 1
        (body,) = re.findall(rf'^Table (?:"\w+"\.)?"{re.escape(table.name.name)}" {{\n(.*?)^}}', dbml, re.M | re.S)
        for column in table.columns:
            quoted = column.column.replace('"', "'")  # which DBML cannot say inside of a name
            assert f'\n  "{quoted}" ' in f"\n{body}"
            mapped = column.column.replace('"', '\\"')
            assert f'@map("{mapped}")' in prisma or re.search(rf"^  {re.escape(column.column)} ", prisma, re.M)
        for key in table.foreign_keys:
            assert prisma.count(f'@relation("{key.name}"') == 2  # there and back
            assert dbml.count(f'Ref "{key.name}": ') == 1
