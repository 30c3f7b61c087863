"""Field types that single databases have: what they keep, and that the others refuse them before any SQL runs."""

import datetime
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from models.mysql_columns import Place, Visit
from models.postgres_columns import Article, Lists
from models.short_keys import Owner, Pet
from ormgen import ORM
from ormgen.contrib.mysql.fields import GeometryField
from ormgen.contrib.postgres.fields import ArrayField, TSVectorField
from ormgen.exceptions import ConfigurationError, UnSupportedError, ValidationError


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of the kind that the test asks for."""
    return str(request.getfixturevalue(f"{request.param}_url"))


async def opened(url: str, module: str) -> None:
    await ORM.init(db_url=url, modules={"models": [module]})
    await ORM.generate_schemas()


@pytest.fixture
async def postgres(postgres_url: str) -> AsyncIterator[None]:
    await opened(postgres_url, "models.postgres_columns")
    yield
    await ORM.close_connections()


@pytest.fixture
async def mysql(mysql_url: str) -> AsyncIterator[None]:
    await opened(mysql_url, "models.mysql_columns")
    yield
    await ORM.close_connections()


@pytest.mark.feature(96)
async def test_lists_come_back_and_are_found_again(postgres: None) -> None:
    moment = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    full: dict[str, Any] = {
        "numbers": [3, 1, 2],
        "small": [1],
        "words": ["x", "it'", "日本"],
        "prices": [Decimal("1.10"), None],
        "moments": [moment],
        "keys": [uuid.UUID(int=7)],
        "kept": [9],
    }
    made = await Lists.create(**full)
    other: Any = await Lists.create(numbers=(1,))
    found = await Lists.get(id=made.id)
    assert {name: getattr(found, name) for name in full} == full
    assert (other.words, other.small, other.kept) == (["a", "b"], None, [1, 2])
    for name, value in full.items():
        if name != "prices":  # NULL in a list equals nothing
            assert await Lists.filter(**{name: value}) == [made], name
    assert await Lists.filter(numbers__not=[1]) == [made]
    assert await Lists.filter(small__isnull=True) == [other]
    assert await Lists.get(id=made.id).values_list("numbers", flat=True) == [3, 1, 2]
    await Lists.filter(id=made.id).update(numbers=[[1, 2], [3, 4]])
    made.words = []
    assert await Lists.bulk_update([made], ["words"]) == 1
    found = await Lists.get(id=made.id)
    assert (found.numbers, found.words) == ([[1, 2], [3, 4]], [])


@pytest.mark.feature(96)
async def test_what_is_no_list_of_that_type_is_refused(postgres: None) -> None:
    for value in ("ab", {"a": 1}, 5, ["x"], [1.5], [True], [[1], ["x"]]):
        with pytest.raises(ValidationError, match=r"Lists.numbers: .* is not a"):
            await Lists.create(numbers=value)
    assert await Lists.all().count() == 0
    with pytest.raises(ConfigurationError, match="element_type is 5, not a SQL type"):
        ArrayField(5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.feature(97)
async def test_search_vectors_are_computed(postgres: None) -> None:
    made = await Article.create(title="Flying heroes", body="the cities")
    assert made.vector == "'citi':4B 'fli':1A 'hero':2A"
    assert made.own is None
    made.title = "A city"
    await made.save()
    await made.refresh_from_db()
    assert made.vector == "'citi':2A,4B"
    await Article.bulk_create([Article(title="one", body="two")])
    assert await Article.all().order_by("id").values_list("vector", flat=True) == ["'citi':2A,4B", "'one':1A 'two':2B"]


@pytest.mark.feature(97)
def test_search_vectors_that_cannot_be() -> None:
    for source in ((), "a"):
        with pytest.raises(ConfigurationError, match="weights has one letter for each of source_fields"):
            TSVectorField(source, weights=("A", "B"))
    with pytest.raises(ConfigurationError, match="letters from A to D"):
        TSVectorField("a", weights=("E",))
    with pytest.raises(ConfigurationError, match="is generated where it has source_fields"):
        TSVectorField("a", generated=False)
    with pytest.raises(ConfigurationError, match='source field "nme" is no column; choose from name'):
        TSVectorField("nme").generated_sql({"name": "name"})


SHAPES = [
    "POINT(1 2.5)",
    "LINESTRING(0 0,1 -1,0.1 1e+30)",
    "POLYGON((0 0,4 0,4 4,0 0),(1 1,2 1,2 2,1 1))",
    "MULTIPOINT(0 0,1 1)",
    "MULTILINESTRING((0 0,1 1),(2 2,3 3))",
    "MULTIPOLYGON(((0 0,4 0,4 4,0 0)),((9 9,10 9,10 10,9 9)))",
    "GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))",
]


@pytest.mark.feature(98)
async def test_shapes_come_back(mysql: None) -> None:
    for text in SHAPES:
        made = await Place.create(shape=text)
        assert (await Place.get(id=made.id)).shape == text
        told = await ORM.get_connection("default").execute_query_dict(
            "SELECT ST_AsText(shape) AS text FROM place WHERE id = %s", [made.id.bytes]
        )
        assert str(told[0]["text"]).replace("1e30", "1e+30") == text
    assert await Place.all().count() == len(SHAPES)
    assert GeometryField().to_python_value(" point ( 1 2 ) ") == " point ( 1 2 ) "
    for text in ("POINT(1)", "POINT(1 2", "CIRCLE(1 2)", "POINT(1 2) x", "POINT(a b)", "", "!"):
        with pytest.raises(ValidationError, match="shape"):
            await Place.create(shape=text)
    with pytest.raises(ValidationError, match="stored shape"):
        GeometryField().to_python_value(b"\0\0\0\0\1")


@pytest.mark.feature(91)
async def test_short_keys(mysql: None) -> None:
    place = await Place.create(shape="POINT(1 2)")
    visit = await Visit.create(place=place)
    types = await ORM.get_connection("default").execute_query_dict(
        "SELECT table_name AS t, column_name AS c, column_type AS type FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND column_name <> 'shape' ORDER BY 1, 2"
    )
    assert [(row["t"], row["c"], row["type"]) for row in types] == [
        ("place", "id", "binary(16)"),
        ("visit", "id", "char(36)"),
        ("visit", "place_id", "binary(16)"),
        ("visit_place", "place_id", "binary(16)"),
        ("visit_place", "visit_id", "char(36)"),
    ]
    assert await Visit.get(place=place.id).select_related("place") == visit


@pytest.mark.feature(91)
async def test_short_keys_work_everywhere(db_url: str) -> None:
    await opened(db_url, "models.short_keys")
    owner, other = await Owner.create(other=uuid.UUID(int=3)), await Owner.create()
    pet = await Pet.create(owner=owner)
    await pet.friends.add(owner, other)
    found = await Pet.get(owner__other=uuid.UUID(int=3)).prefetch_related("owner", "friends")
    assert (found, found.owner, set(found.friends)) == (pet, owner, {owner, other})
    assert await Pet.filter(id__in=[pet.id], owner_id=str(owner.id)) == [pet]
    assert await Owner.filter(pets__id=pet.id) == [owner]
    assert isinstance((await Owner.get(id=other.id)).id, uuid.UUID)
    await ORM.close_connections()


@pytest.mark.feature(96, 97, 98)
@pytest.mark.parametrize(
    ("url", "module", "told"),
    [
        ("sqlite", "postgres_columns", "Lists.numbers: ArrayField is a type of PostgreSQL; SQLite cannot keep it"),
        ("mysql", "postgres_columns", "ArrayField is a type of PostgreSQL; MySQL and MariaDB cannot keep it"),
        ("sqlite", "mysql_columns", "Place.shape: GeometryField is a type of MySQL and MariaDB; SQLite cannot"),
        ("postgres", "mysql_columns", "Place.shape: GeometryField is a type of MySQL and MariaDB; PostgreSQL cannot"),
    ],
    indirect=["url"],
)
async def test_other_databases_refuse_them(url: str, module: str, told: str) -> None:
    await ORM.init(db_url=url, modules={"models": [f"models.{module}"]})
    with pytest.raises(UnSupportedError, match=told):
        await ORM.generate_schemas()
    await ORM.close_connections()
