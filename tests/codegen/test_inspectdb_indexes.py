"""Indexes that are more than columns come back from a database through models: in another one, and by migrations."""

from pathlib import Path

import pytest

from graphs import model
from inspected import details_of, shapes, told, written
from migrating import Project
from ormgen import fields
from ormgen.contrib.mysql.indexes import PrefixIndex
from ormgen.contrib.postgres.indexes import HashIndex
from ormgen.exceptions import ConfigurationError, IntegrityError, UnSupportedError
from ormgen.expressions import F, RawSQL
from ormgen.functions import Lower
from ormgen.indexes import Index, UniqueConstraint
from ormgen.migrations.index_documents import index_document, index_of
from ormgen.migrations.state import State
from ormgen.schema.model_schema import ModelSchema
from ormgen.sql.ddl import create_statements
from ormgen_codegen.migrations.source_state import as_kept

PARTS = """CREATE TABLE "part" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(40) NOT NULL, "size" INT,
"made" INT NOT NULL, "note" VARCHAR(200) NOT NULL)"""
OTHERS = 'CREATE TABLE "other" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(40) NOT NULL, "size" INT)'
FALLING = (
    'CREATE INDEX "falling" ON "part" ("label" DESC)',
    'CREATE INDEX "mixed" ON "part" ("label", "size" DESC, "made")',
)
BEYOND = (
    'CREATE UNIQUE INDEX "once" ON "part" (lower("label"))',
    'CREATE UNIQUE INDEX "live" ON "part" ("size", lower("label")) WHERE "made" > 1',
    'CREATE INDEX "low" ON "part" (lower("label") DESC, "size")',
    'CREATE UNIQUE INDEX "turned" ON "part" ("size" DESC, "made")',
    'CREATE INDEX "some" ON "part" ("made" DESC) WHERE "size" > 3',
)
HOSTILE = {
    "sqlite": (*BEYOND, 'CREATE INDEX "plain" ON "part" ("label" COLLATE NOCASE DESC)'),
    "postgres": (
        *BEYOND,
        'CREATE INDEX "nulls" ON "part" ("size" DESC NULLS LAST, "made")',
        'CREATE INDEX "early" ON "part" ("size" NULLS FIRST)',
        'CREATE INDEX "plain" ON "part" ("label" COLLATE "C" DESC)',
    ),
    "mysql": (
        "CREATE INDEX `start` ON `part` (`label`(10), `note`(3))",
        "CREATE INDEX `half` ON `part` (`size`, `note`(30))",
        "CREATE INDEX `falling` ON `other` (`label`)",
        "CREATE INDEX `start` ON `other` (`label`(7))",
    ),
}


async def test_hostile_indexes_come_back(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    await project.run(PARTS, OTHERS, *FALLING, *HOSTILE[project.dialect])
    tables, before = await project.tables(), await details_of(project)
    source, state = await written(project)
    assert "Not written" not in source
    assert "Index(fields=('label', '-size', 'made'), name='mixed')" in source
    graph = as_kept(state).graph
    async with project.driver() as driver:
        await driver.script("DROP TABLE part")
        await driver.script("DROP TABLE other")
        for statement in create_statements(graph, project.dialect):
            await driver.script(statement)
    after = await details_of(project)
    assert told(after) == told(before)
    assert len(before.special) == len(FALLING) + len(HOSTILE[project.dialect]) - (project.dialect == "mysql")
    assert shapes(await project.tables()) == shapes(tables)


def parts(*indexes: Index | tuple[str, ...]) -> list[ModelSchema]:
    constraints = [each for each in indexes if isinstance(each, UniqueConstraint)]
    others = [each for each in indexes if each not in constraints]
    meta = {"indexes": others, "constraints": constraints}
    return [model("Part", meta, label=fields.CharField(max_length=40), size=fields.IntField(null=True))]


async def test_migrations_make_and_change_them(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    stages: list[list[ModelSchema]] = [
        parts(("label",)),
        parts(("-label",)),
        parts(("-label", "size"), Index(fields=["-size"], name="s")),
    ]
    if project.dialect == "mysql":
        stages += [
            parts(PrefixIndex(fields=["label", "size"], lengths=(9, 0))),
            parts(PrefixIndex(fields=["label"], lengths=[8])),
        ]
    else:
        stages += [
            parts(UniqueConstraint(Lower("label"), name="one")),
            parts(UniqueConstraint(Lower("label"), F("size").desc(), name="one")),
        ]
        stages += (
            [parts(Index(RawSQL('lower("label")').desc(), name="low")), parts(Index(F("size").asc(nulls_first=True)))]
            if project.dialect == "postgres"
            else []
        )
    for stage in stages:
        await project.evolve(stage)
        assert project.generate(stage).migrations == ()
        tables, details = await project.tables(), await details_of(project)
        assert shapes(await project.fresh_tables(stage)) == shapes(tables)
        async with project.driver() as driver:
            for statement in create_statements(State.of(stage).graph, project.dialect):
                await driver.script(statement)
        assert told(await details_of(project)) == told(details)


async def test_expressions_are_unique(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    stage = parts(UniqueConstraint(Lower("label"), name="one"))
    if project.dialect == "mysql":
        with pytest.raises(UnSupportedError, match="one is of expressions, which MariaDB cannot index"):
            await project.evolve(stage)
        return
    await project.evolve(stage)
    await project.run("""INSERT INTO part (label) VALUES ('Thor')""")
    with pytest.raises(IntegrityError):
        await project.run("""INSERT INTO part (label) VALUES ('THOR')""")


DECLARED = [
    Index(fields=("-a", "b")),
    Index(F("a").desc(nulls_last=True), Lower("b").asc(), name="x"),
    Index(RawSQL("lower(a)").desc()),
    UniqueConstraint(Lower("a"), name="x"),
    UniqueConstraint(("a", "b"), "x", "a > 1"),
    PrefixIndex(fields=("a", "b"), lengths=(3, 0), name="x"),
]


@pytest.mark.parametrize("index", DECLARED, ids=repr)
def test_they_are_kept_as_they_are(index: Index) -> None:
    document = index_document(index.schema())
    again = index_of(document)
    assert again == index.schema()
    assert index_document(again) == document
    path, arguments, named = index.deconstruct()
    assert path.endswith(type(index).__name__)
    assert type(index)(*arguments, **named) == index
    assert index != Index(fields=("a", "b"))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HashIndex(fields=["-a"]), "HashIndex has no order"),
        (lambda: UniqueConstraint(fields=["-a"]), "UniqueConstraint has no order"),
        (lambda: PrefixIndex(fields=["a"], lengths=()), "one length for each field"),
        (lambda: PrefixIndex(fields=["-a"], lengths=(1,)), "has no order"),
        (lambda: UniqueConstraint(name="x"), "at least one field or expression"),
    ],
)
def test_wrong_declarations(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ConfigurationError, match=message):
        make()
