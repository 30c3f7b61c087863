"""Databases and folders as aerich and Tortoise ORM leave them, written down in small."""

import base64
import json
import re
import zlib
from typing import Any

MODELS = """
from enum import Enum

from ormgen import Model, fields


class Kind(str, Enum):
    SMALL = "small"
    LARGE = "large"


class City(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    kind = fields.CharEnumField(Kind, default=Kind.SMALL)
    facts = fields.JSONField(null=True)
    founded = fields.DatetimeField(null=True)

    class Meta:
        table = "cities"


class Person(Model):
    name = fields.CharField(max_length=40, db_index=True)
    score = fields.IntField(default=3)
    home = fields.ForeignKeyField("models.City", related_name="people", on_delete=fields.RESTRICT)
    visited = fields.ManyToManyField("models.City", related_name="visitors", through="visits")
    note = fields.TextField(null=True)

    class Meta:
        unique_together = (("name", "score"),)
"""

_SQLITE = """
CREATE TABLE IF NOT EXISTS "cities" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(40) NOT NULL UNIQUE,
    "kind" VARCHAR(5) NOT NULL DEFAULT 'small' /* SMALL: small\\nLARGE: large */,
    "facts" JSON,
    "founded" TIMESTAMP
);
CREATE TABLE IF NOT EXISTS "person" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "name" VARCHAR(40) NOT NULL,
    "score" INT NOT NULL DEFAULT 3,
    "note" TEXT,
    "home_id" CHAR(36) NOT NULL REFERENCES "cities" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_person_name_1a2b3c" UNIQUE ("name", "score")
);
CREATE INDEX IF NOT EXISTS "idx_person_name_4d5e6f" ON "person" ("name");
CREATE TABLE IF NOT EXISTS "visits" (
    "person_id" INT NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "city_id" CHAR(36) NOT NULL REFERENCES "cities" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_visits_person__7a8b9c" ON "visits" ("person_id", "city_id");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
"""
_POSTGRES = """
CREATE TABLE IF NOT EXISTS "cities" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(40) NOT NULL UNIQUE,
    "kind" VARCHAR(5) NOT NULL DEFAULT 'small',
    "facts" JSONB,
    "founded" TIMESTAMPTZ
);
COMMENT ON COLUMN "cities"."kind" IS 'SMALL: small\nLARGE: large';
CREATE TABLE IF NOT EXISTS "person" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "name" VARCHAR(40) NOT NULL,
    "score" INT NOT NULL DEFAULT 3,
    "note" TEXT,
    "home_id" UUID NOT NULL REFERENCES "cities" ("id") ON DELETE RESTRICT,
    CONSTRAINT "uid_person_name_1a2b3c" UNIQUE ("name", "score")
);
CREATE INDEX IF NOT EXISTS "idx_person_name_4d5e6f" ON "person" ("name");
CREATE TABLE IF NOT EXISTS "visits" (
    "person_id" INT NOT NULL REFERENCES "person" ("id") ON DELETE CASCADE,
    "city_id" UUID NOT NULL REFERENCES "cities" ("id") ON DELETE CASCADE
);
CREATE UNIQUE INDEX IF NOT EXISTS "uidx_visits_person__7a8b9c" ON "visits" ("person_id", "city_id");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
"""
_MYSQL = """
CREATE TABLE IF NOT EXISTS `cities` (
    `id` CHAR(36) NOT NULL PRIMARY KEY,
    `name` VARCHAR(40) NOT NULL UNIQUE,
    `kind` VARCHAR(5) NOT NULL DEFAULT 'small' COMMENT 'SMALL: small\\nLARGE: large',
    `facts` JSON,
    `founded` DATETIME(6)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE IF NOT EXISTS `person` (
    `id` INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `name` VARCHAR(40) NOT NULL,
    `score` INT NOT NULL DEFAULT 3,
    `note` LONGTEXT,
    `home_id` CHAR(36) NOT NULL,
    UNIQUE KEY `uid_person_name_1a2b3c` (`name`, `score`),
    CONSTRAINT `fk_person_cities_0d1e2f` FOREIGN KEY (`home_id`) REFERENCES `cities` (`id`) ON DELETE RESTRICT,
    KEY `idx_person_name_4d5e6f` (`name`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE IF NOT EXISTS `visits` (
    `person_id` INT NOT NULL,
    `city_id` CHAR(36) NOT NULL,
    FOREIGN KEY (`person_id`) REFERENCES `person` (`id`) ON DELETE CASCADE,
    FOREIGN KEY (`city_id`) REFERENCES `cities` (`id`) ON DELETE CASCADE,
    UNIQUE KEY `uidx_visits_person__7a8b9c` (`person_id`, `city_id`)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE TABLE IF NOT EXISTS `aerich` (
    `id` INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `version` VARCHAR(255) NOT NULL,
    `app` VARCHAR(100) NOT NULL,
    `content` JSON NOT NULL
) CHARACTER SET utf8mb4;
"""
_TABLES = {"sqlite": _SQLITE, "postgres": _POSTGRES, "mysql": _MYSQL}
_NOTE = re.compile(r'^    ["`]note["`].*\n', re.MULTILINE)
CITY = "00000000-0000-0000-0000-00000000000a"
ROWS = (
    f"""INSERT INTO "cities" VALUES ('{CITY}', 'Ulm', 'large', '{{"a": 1}}', NULL)""",
    f"""INSERT INTO "person" ("id", "name", "score", "home_id", "note") VALUES (41, 'Ann', 7, '{CITY}', 'x')""",
    f"""INSERT INTO "visits" VALUES (41, '{CITY}')""",
)


def tables(dialect: str, *, behind: bool = False) -> str:
    """The statements that make the tables; `behind` is before the last change of the models."""
    text = _TABLES[dialect]
    return _NOTE.sub("", text).replace("VARCHAR(40) NOT NULL,", "VARCHAR(30) NOT NULL,") if behind else text


TRACKED = """
CREATE TABLE "tortoise_migrations" (
    "id" INTEGER PRIMARY KEY, "app" VARCHAR(255) NOT NULL, "name" VARCHAR(255) NOT NULL
)
"""


def field(name: str, kind: str, **more: Any) -> dict[str, Any]:
    """A field as aerich describes it."""
    usual = {"generated": False, "nullable": False, "unique": False, "indexed": False, "default": None}
    return {"name": name, "field_type": kind, "db_column": name, "description": None, "constraints": {}} | usual | more


def described(*, behind: bool = False) -> dict[str, Any]:
    """The models as aerich describes them; `behind`: there is no `Person.note`, and its name has 30 characters."""
    limit = {"max_length": 40}
    city = {
        "name": "models.City",
        "table": "cities",
        "description": None,
        "unique_together": [],
        "indexes": [],
        "pk_field": field("id", "UUIDField", unique=True, indexed=True, default="<function uuid.uuid4>"),
        "data_fields": [
            field("name", "CharField", unique=True, indexed=True, constraints=limit),
            field("kind", "CharEnumFieldInstance", default="small", constraints={"max_length": 5}),
            field("facts", "JSONField", nullable=True),
            field("founded", "DatetimeField", nullable=True, auto_now=False, auto_now_add=False),
        ],
    }
    own = {"name": "models.Aerich", "table": "aerich", "pk_field": field("id", "IntField"), "data_fields": []}
    return {"models.City": city, "models.Person": _person(behind), "models.Aerich": own}


def _person(behind: bool) -> dict[str, Any]:
    note = [] if behind else [field("note", "TextField", nullable=True)]
    visited = field("visited", "ManyToManyFieldInstance", unique=True, indexed=True) | {
        "model_name": "models.City",
        "related_name": "visitors",
        "through": "visits",
        "forward_key": "city_id",
        "backward_key": "person_id",
        "on_delete": "CASCADE",
        "_generated": False,
    }
    home = {"python_type": "models.City", "raw_field": "home_id", "on_delete": "RESTRICT", "db_constraint": True}
    return {
        "name": "models.Person",
        "table": "person",
        "description": None,
        "unique_together": [["name", "score"]],
        "indexes": [],
        "pk_field": field("id", "IntField", generated=True, unique=True, indexed=True),
        "data_fields": [
            field("name", "CharField", indexed=True, constraints={"max_length": 30 if behind else 40}),
            field("score", "IntField", default=3),
            field("home_id", "UUIDField"),
            *note,
        ],
        "fk_fields": [field("home", "ForeignKeyFieldInstance") | home],
        "m2m_fields": [visited],
    }


def aerich_file(models: dict[str, Any] | None) -> str:
    """A migration of aerich, with the models in it as its newer versions have them."""
    text = 'async def upgrade(db) -> str:\n    return ""\n\n\nasync def downgrade(db) -> str:\n    return ""\n'
    if models is None:
        return text
    packed = base64.b64encode(zlib.compress(json.dumps(models).encode())).decode()
    parts = "\n".join(f'    "{packed[at : at + 70]}"' for at in range(0, len(packed), 70))
    return f"{text}\n\nMODELS_STATE = (\n{parts}\n)\n"


TORTOISE_FILES = {
    "0001_initial.py": """\
from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from shop.models import Kind
from tortoise.fields.base import OnDelete
from uuid import uuid4
from tortoise import fields


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='City',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ('title', fields.CharField(unique=True, max_length=40)),
                ('kind', fields.CharEnumField(default=Kind.SMALL, enum_type=Kind, max_length=5)),
                ('facts', fields.JSONField(null=True, encoder=functools.partial(dumps), decoder=loads)),
                ('founded', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'cities', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Human',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(db_index=True, max_length=30)),
                ('score', fields.IntField(default=3)),
                ('gone', fields.IntField(default=3)),
                ('home', fields.ForeignKeyField(
                    'models.City', source_field='home_id', db_constraint=True, to_field='id', related_name='people',
                    on_delete=OnDelete.RESTRICT,
                )),
                ('visited', fields.ManyToManyField(
                    'models.City', unique=True, db_constraint=True, through='visits', forward_key='city_id',
                    backward_key='person_id', related_name='visitors', on_delete=OnDelete.CASCADE,
                )),
            ],
            options={'table': 'person', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
""",
    "0002_more.py": """\
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.indexes import Index
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint


def forwards(apps, schema_editor):
    raise AssertionError("nobody runs this")


class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]

    operations = [
        ops.RenameModel(old_name='Human', new_name='Person'),
        ops.RenameField(model_name='City', old_name='title', new_name='name'),
        ops.RemoveField(model_name='Person', name='gone'),
        ops.AddField(model_name='Person', name='note', field=fields.TextField(null=True)),
        ops.AlterField(model_name='Person', name='name', field=fields.CharField(db_index=True, max_length=40)),
        ops.AddIndex(model_name='Person', index=Index(fields=['score'])),
        ops.RemoveIndex(model_name='Person', fields=['score']),
        ops.AddConstraint(model_name='Person', constraint=UniqueConstraint(fields=('name', 'score'), name='u')),
        ops.RunPython(code=forwards),
    ]
""",
}
