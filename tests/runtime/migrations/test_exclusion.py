"""Constraints that exclude rows, operator classes, and indexes of nearest vectors."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from databases import EmbeddedPostgresServer, Unavailable
from graphs import model
from migrating import Project
from ormgen import Q, fields
from ormgen.constraints import ExclusionConstraint
from ormgen.contrib.postgres.indexes import GinIndex, HnswIndex
from ormgen.exceptions import ConfigurationError, IntegrityError, UnSupportedError
from ormgen.indexes import Index
from ormgen.schema.field import Field
from ormgen.schema.model_schema import ModelSchema

APART = ExclusionConstraint([("int4range(begins, ends)", "&&")], name="apart", condition=Q(cancelled=False))


def booking(meta: dict[str, Any] | None = None) -> ModelSchema:
    return model(
        "Booking",
        meta,
        id=fields.IntField(primary_key=True),
        begins=fields.IntField(source_field="starts"),
        ends=fields.IntField(),
        cancelled=fields.BooleanField(default=False),
    )


APART_STORED = ExclusionConstraint([("int4range(starts, ends)", "&&")], name="apart", condition=Q(cancelled=False))


def text_of(path: str) -> str:
    return Path(path).read_text()


def insert(key: int, begins: int, ends: int, cancelled: str = "false") -> str:
    return f"INSERT INTO booking (id, starts, ends, cancelled) VALUES ({key}, {begins}, {ends}, {cancelled})"


async def test_rows_are_kept_apart(postgres_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, postgres_url)
    models = [booking({"constraints": [APART_STORED]})]
    await project.evolve([booking()])
    await project.run(insert(1, 1, 5))
    project.generate(models)
    await project.upgrade()
    assert project.generate(models).migrations == ()
    await project.run(insert(2, 5, 9), insert(3, 2, 3, "true"))
    with pytest.raises(IntegrityError) as raised:
        await project.run(insert(4, 4, 6))
    assert raised.value.constraint == "apart"
    migrated = await project.tables()
    await project.downgrade()
    await project.run(insert(4, 4, 6))
    with pytest.raises(IntegrityError, match="could not create exclusion constraint"):
        await project.upgrade()
    assert len(await project.rows("SELECT id FROM booking")) == 4
    assert await project.fresh_tables(models) == migrated


async def test_fields_are_named_as_in_the_model(postgres_url: str, tmp_path: Path) -> None:
    """A field's column stands for its name; with B-trees, unlike GiST, plain columns need no extension."""
    constraint = ExclusionConstraint([("begins", "=")], name="once", index_type="btree")
    project = Project(tmp_path, postgres_url)
    await project.evolve([booking({"constraints": [constraint]})])
    await project.run(insert(1, 1, 5))
    with pytest.raises(IntegrityError):
        await project.run(insert(2, 1, 5))
    migration = project.history.order[0]
    assert '["begins", "="]' in text_of(migration.path)
    assert project.generate([booking({"constraints": [constraint]})]).migrations == ()


async def test_other_databases_refuse_it(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    if project.dialect == "postgres":
        return
    project.generate([booking({"constraints": [APART]})])
    with pytest.raises(UnSupportedError, match="booking: the constraint apart excludes rows, as PostgreSQL does and"):
        await project.upgrade()
    assert await project.tables() == {}


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        ({"expressions": [("a", "= 1) --")], "name": "x"}, "is no operator"),
        ({"expressions": [], "name": "x"}, "needs expressions"),
        ({"expressions": [("a", "=")]}, "needs a check and a name"),
        ({"expressions": [("a", "=")], "name": "x", "index_type": "gin"}, "index_type"),
    ],
)
def test_what_cannot_be(arguments: dict[str, Any], fact: str) -> None:
    with pytest.raises(ConfigurationError, match=fact):
        ExclusionConstraint(**arguments)


def test_operator_classes_are_names() -> None:
    with pytest.raises(ConfigurationError, match="is no name of an operator class"):
        GinIndex(fields=("a",), opclasses=["x) WHERE (1"])
    with pytest.raises(ConfigurationError, match="one name for each field"):
        GinIndex(fields=("a", "b"), opclasses=["x"])


class VectorField(Field[str]):
    """A vector as the extension `vector` writes it."""

    SQL_TYPE = "vector(3)"


@pytest.fixture(scope="module")
def with_vectors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database."""
    try:
        server = EmbeddedPostgresServer()
    except (Unavailable, OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no PostgreSQL with the extension vector: {error}")
    yield server.empty_database(tmp_path_factory.mktemp("vectors"))
    server.close()


def document(*indexes: Index) -> ModelSchema:
    return model(
        "Document",
        {"indexes": list(indexes)},
        id=fields.IntField(primary_key=True),
        place=VectorField(),
        words=fields.JSONField(default=dict),
    )


async def test_nearest_vectors(with_vectors: str, tmp_path: Path) -> None:
    nearest = HnswIndex(fields=("place",), opclasses=["vector_l2_ops"], m=8, ef_construction=32, name="nearest")
    words = GinIndex(fields=("words",), opclasses=["jsonb_path_ops"], name="words")
    project = Project(tmp_path, with_vectors)
    await project.run("CREATE EXTENSION vector")
    await project.evolve([document()])
    await project.run("INSERT INTO document VALUES (1, '[1,2,3]', '{}'), (2, '[9,9,9]', '{}')")
    project.generate([document(nearest, words)])
    await project.upgrade()
    assert project.generate([document(nearest, words)]).migrations == ()
    made = dict(await project.rows("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'document'"))
    assert made["nearest"].endswith("USING hnsw (place vector_l2_ops) WITH (m='8', ef_construction='32')")
    assert made["words"].endswith("USING gin (words jsonb_path_ops)")
    closest = "SELECT id FROM document ORDER BY place <-> '[8,8,8]' LIMIT 1"
    assert await project.rows(closest) == [(2,)]
    await project.downgrade()
    assert set(await project.rows("SELECT indexname FROM pg_indexes WHERE tablename = 'document'")) == {
        ("document_pkey",)
    }
