"""Indexes and constraints beyond plain columns, as text and on the servers."""

from typing import Any

import pytest

from graphs import graph, model
from models.checked import Checked
from models.indexed import Partial
from ormgen import ORM, Q
from ormgen.constraints import CheckConstraint, UniqueConstraint
from ormgen.contrib.mysql.indexes import FullTextIndex, SpatialIndex
from ormgen.contrib.postgres.indexes import BloomIndex, GinIndex, GistIndex
from ormgen.exceptions import ConfigurationError, IntegrityError, UnSupportedError
from ormgen.expressions import F
from ormgen.functions import Coalesce, Count, Lower, Upper
from ormgen.indexes import Index, PartialIndex
from ormgen.schema.field_types import BooleanField, CharField, TextField
from ormgen.schema.relation_fields import ForeignKeyFieldInstance
from ormgen.sql.ddl import create_statements


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of the kind that the test asks for."""
    return str(request.getfixturevalue(f"{request.param}_url"))


async def opened(url: str, module: str) -> None:
    await ORM.init(db_url=url, modules={"models": [module]})
    await ORM.generate_schemas(safe=False)
    await ORM.generate_schemas()


def told(dialect: str, **meta: Any) -> list[str]:
    """The indexes and constraints among the statements for a model with this Meta."""
    hero = model("Hero", meta, name=CharField(20, source_field="label"), note=TextField(), live=BooleanField())
    texts = "\n".join(create_statements(graph(hero), dialect)).splitlines()
    return [text.strip().rstrip(",") for text in texts if "INDEX" in text or "CONSTRAINT" in text or " KEY `" in text]


@pytest.mark.feature(62)
async def test_constraints_hold(db_url: str) -> None:
    await opened(db_url, "models.checked")
    refused: list[dict[str, Any]] = [{"price": 0}, {"price": 200}, {"price": 5, "kind": "a%s"}]
    for wrong in refused:
        with pytest.raises(IntegrityError):
            await Checked.create(name="x", **wrong)
    await Checked.create(name="big", price=200)
    await Checked.create(name="x", price=5)
    with pytest.raises(IntegrityError):
        await Checked.create(name="x", price=5)
    assert await Checked.all().count() == 2
    await ORM.close_connections()


@pytest.mark.feature(62, 215)
@pytest.mark.parametrize("url", ["sqlite", "postgres"], indirect=True)
async def test_constraints_of_some_rows_hold(url: str) -> None:
    await opened(url, "models.indexed")
    await Partial.create(name="a", email="a@b.c")
    await Partial.create(name="a", email="b@b.c", deleted=True)
    with pytest.raises(IntegrityError):
        await Partial.create(name="a", email="c@b.c")
    with pytest.raises(IntegrityError):
        await Partial.create(name="b", email="a@b.c")
    assert await Partial.all().count() == 2
    await ORM.close_connections()


@pytest.mark.feature(215)
async def test_an_index_of_an_expression_is_used(sqlite_url: str) -> None:
    await opened(sqlite_url, "models.indexed")
    plan = await ORM.get_connection("default").execute_query_dict(
        'EXPLAIN QUERY PLAN SELECT * FROM "partial" WHERE ormgen_lower("partial"."email") = ?', ["a"]
    )
    assert "by_email" in str(plan)
    await ORM.close_connections()


@pytest.mark.feature(214)
async def test_kinds_of_postgres(postgres_url: str) -> None:
    await opened(postgres_url, "models.postgres_indexed")
    rows = await ORM.get_connection("default").execute_query_dict(
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'indexed' ORDER BY indexdef"
    )
    found = [row["indexdef"].partition(" USING ")[2] for row in rows]
    assert sorted(found) == [
        "brin (brin)",
        "btree (id)",
        "btree (number) WHERE (id = 1)",
        "gin (data jsonb_path_ops)",
        "gin (data)",
        "gin (gin)",
        "gist (int4range(number, (number + 3))) WHERE (number > 0)",
        "gist (vector)",
        "hash (hash)",
        "spgist (place)",
    ]
    await ORM.close_connections()


@pytest.mark.feature(214)
async def test_kinds_of_mysql(mysql_url: str) -> None:
    await opened(mysql_url, "models.mysql_indexed")
    rows = await ORM.get_connection("default").execute_query_dict("SHOW INDEX FROM indexed")
    found = {(row["Key_name"].partition("_")[0], row["Index_type"], row["Column_name"]) for row in rows}
    assert found == {("PRIMARY", "BTREE", "id"), ("idx", "FULLTEXT", "text"), ("by", "SPATIAL", "shape")}
    await ORM.close_connections()


@pytest.mark.feature(214, 215)
def test_their_text() -> None:
    bloom = BloomIndex(fields=("name", "live"), name="i", condition={"live": True, "name__in": ["it's", "{}"]})
    assert told("postgres", indexes=[bloom]) == [
        'CREATE INDEX IF NOT EXISTS "i" ON "hero" USING BLOOM ("label", "live") '
        "WHERE (\"live\"=TRUE) AND (\"label\" IN ('it''s','{}'))"
    ]
    text = FullTextIndex(fields=("note",), name="i", parser_name="ngram")
    assert told("mysql", indexes=[text]) == ["FULLTEXT KEY `i` (`note`) WITH PARSER ngram"]
    expression = Index(Coalesce("note", "x'y"), Upper(F("name")), name="i")
    assert told("postgres", indexes=[expression]) == [
        'CREATE INDEX IF NOT EXISTS "i" ON "hero" ((COALESCE("note",\'x\'\'y\'::text)), (UPPER("label")))'
    ]
    (named,) = told("sqlite", indexes=[Index(Lower("name"))])
    assert named.startswith('CREATE INDEX IF NOT EXISTS "idx_hero_Lower_name_')
    partial = UniqueConstraint(fields=("name",), condition="note IS NULL", name="u")
    assert told("sqlite", constraints=[partial]) == [
        'CREATE UNIQUE INDEX IF NOT EXISTS "u" ON "hero" ("label") WHERE note IS NULL'
    ]
    check = CheckConstraint(check=~Q(name="a") | Q(live__isnull=True), name="c")
    assert told("mysql", constraints=[check]) == ["CONSTRAINT `c` CHECK ((NOT (`label`='a')) OR (`live` IS NULL))"]


REFUSED: list[tuple[str, Any, str]] = [
    (
        "sqlite",
        GinIndex(fields=("note",), name="i"),
        "Hero.Meta: the index i is a GIN index of PostgreSQL, not of SQLite",
    ),
    ("mysql", GistIndex(fields=("note",)), "the index note is a GIST index of PostgreSQL, not of MySQL and MariaDB"),
    (
        "postgres",
        SpatialIndex(fields=("note",)),
        "the index note is a SPATIAL index of MySQL and MariaDB, not of Postgre",
    ),
    ("mysql", PartialIndex(fields=("name",), condition={"live": True}), "MySQL and MariaDB have no partial indexes"),
    ("mysql", Index(Lower("name")), r"the index Lower\('name'\) is of expressions, which MariaDB cannot index"),
]


@pytest.mark.feature(214, 215)
@pytest.mark.parametrize(
    ("dialect", "index", "fact"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_a_database_does_not_have(dialect: str, index: Index, fact: str) -> None:
    with pytest.raises(UnSupportedError, match=fact):
        told(dialect, indexes=[index])


WRONG: list[tuple[Any, str]] = [
    (Index(Lower("nam")), 'Hero.Meta.indexes: .*"nam".*; did you mean "name"'),
    (Index(Count("name")), "Hero.Meta.indexes is computed from many rows"),
    (PartialIndex(fields=("name",), condition={"nam": 1}), 'Hero.Meta.indexes: .*"nam"'),
    (PartialIndex(fields=("name",), condition={"live": "perhaps"}), "Hero.Meta.indexes: 'perhaps' is not a valid bool"),
    (PartialIndex(fields=("name",), condition=5), "Hero.Meta.indexes: 5 is neither SQL text nor an expression"),
]


@pytest.mark.feature(215)
@pytest.mark.parametrize(("index", "fact"), WRONG, ids=lambda value: "")
def test_mistakes_are_told_with_their_place(index: Index, fact: str) -> None:
    with pytest.raises(ConfigurationError, match=fact):
        told("postgres", indexes=[index])


@pytest.mark.feature(215)
def test_other_tables_cannot_be_indexed() -> None:
    boss = model("Boss", {"indexes": [Index(Lower("hero__name"))]}, hero=ForeignKeyFieldInstance("Hero"))
    with pytest.raises(ConfigurationError, match=r"Boss.Meta.indexes leads to another table"):
        create_statements(graph(model("Hero", name=CharField(20)), boss), "postgres")


@pytest.mark.feature(61, 62, 215)
def test_declarations() -> None:
    for make, fact in (
        (lambda: Index(), "Index needs at least one field or expression"),
        (lambda: Index(Lower("a"), fields=("a",)), "Index takes fields= or expressions, not both"),
        (lambda: Index("a"), r"Index: names of fields go into fields=\('a',\)"),
        (lambda: CheckConstraint(check="", name="x"), "CheckConstraint needs a check and a name"),
        (lambda: CheckConstraint(check="x > 0"), "CheckConstraint needs a check and a name"),
        (lambda: FullTextIndex(fields=("a",), parser_name="x y"), "which is no name of a parser"),
    ):
        with pytest.raises(ConfigurationError, match=fact):
            make()
    index = PartialIndex(fields=["a"], name="i", condition={"b": 1})
    assert index == PartialIndex(fields=("a",), name="i", condition={"b": 1})
    assert index != PartialIndex(fields=("a",), name="i", condition={"b": 2})
    assert index != Index(fields=("a",), name="i")
    assert len({index, PartialIndex(fields=("a",), name="i", condition={"b": 1})}) == 1
    assert repr(index) == "PartialIndex(fields=['a'], name='i')"
    assert repr(Index(Lower("a"), name="i")) == "Index(Lower('a'), name='i')"
    assert index.deconstruct() == (
        "ormgen.schema.indexes.PartialIndex",
        [],
        {"fields": ["a"], "name": "i", "condition": {"b": 1}},
    )
    assert FullTextIndex(fields=("a",), parser_name="ngram").describe() == {
        "fields": ["a"],
        "expressions": [],
        "name": None,
        "type": "FULLTEXT",
        "extra": " WITH PARSER ngram",
    }
    assert CheckConstraint(check=Q(a=1), name="c") == CheckConstraint(check=Q(a=1), name="c")
    assert repr(CheckConstraint(check=Q(a=1), name="c")) == "CheckConstraint(check='Q(a=1)', name='c')"
