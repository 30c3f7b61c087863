"""Values of the types that one database alone has: what it accepts comes back the same, the rest is refused."""

from typing import Any

import pytest
from hypothesis import strategies as st

from models.mysql_columns import Place
from models.postgres_columns import Article, Lists
from ormgen import ORM, connections
from ormgen.exceptions import BaseORMException, ValidationError

from .test_fidelity import LETTERS, VALUES, YEARS, ZONES, drawn

NONE = st.none()
ARRAYS: dict[str, st.SearchStrategy[Any]] = {
    "numbers": NONE | st.integers(-(2**31), 2**31 - 1),
    "small": NONE | st.integers(-(2**15), 2**15 - 1),
    "words": NONE | st.text(LETTERS, max_size=3),
    "prices": NONE | st.decimals(-9999, 9999, places=2),
    "moments": NONE | st.datetimes(**YEARS, timezones=ZONES),
    "keys": NONE | st.uuids(),
}
REFUSED: dict[str, list[Any]] = {
    "numbers": [2**31, True, 1.5, "1", [2**70]],
    "small": [2**15, "x"],
    "words": ["a\0", "\ud800", "long", 5],
    "prices": [1, "1"],
    "moments": ["2020-01-01", 5],
    "keys": ["x", b"x" * 16],
}
NUMBERS = st.floats(-1e300, 1e300, allow_nan=False) | st.integers(-(10**6), 10**6)
POINTS = st.tuples(NUMBERS, NUMBERS)


async def opened(url: str, module: str) -> None:
    await ORM.init(db_url=url, modules={"models": [module]})
    await ORM.generate_schemas()


@pytest.mark.parametrize("name", ARRAYS)
async def test_arrays(postgres_url: str, name: str) -> None:
    await opened(postgres_url, "models.postgres_columns")
    for value in drawn(st.lists(ARRAYS[name], max_size=4), VALUES):
        given: dict[str, Any] = {"numbers": [], name: value}
        try:
            made = await Lists.create(**given)
        except ValidationError:
            assert name == "words"
            with pytest.raises(ValidationError):
                await Lists.filter(id=0).update(**{name: value})
            continue
        assert getattr(await Lists.get(id=made.id), name) == value
        assert await Lists.filter(id=made.id, **{name: value}).exists()
        await Lists.filter(id=made.id).update(**{name: value})
        assert await Lists.filter(id=made.id).values_list(name, flat=True) == [value]
    for item in REFUSED[name]:
        wrong: dict[str, Any] = {"numbers": [], name: [item]}
        with pytest.raises(BaseORMException):
            await Lists.create(**wrong)
    assert connections.databases["default"].statistics().in_use == 0
    await ORM.close_connections()


async def test_search_vectors(postgres_url: str) -> None:
    """Whatever the text, the database makes a vector of it or it is refused by name."""
    await opened(postgres_url, "models.postgres_columns")
    for text in drawn(st.text(LETTERS, max_size=60), VALUES):
        if "\0" in text or "\ud800" in text:
            with pytest.raises(ValidationError, match=r"^Article\.body: "):
                await Article.create(title="t", body=text)
            continue
        made = await Article.create(title="t", body=text)
        assert (await Article.get(id=made.id)).body == text
        assert await Article.filter(id=made.id, vector__search=text).count() <= 1
    await ORM.close_connections()


def shape(points: list[tuple[float, float]]) -> str:
    return f"LINESTRING({','.join(f'{x!r} {y!r}' for x, y in points)})"


async def test_shapes(mysql_url: str) -> None:
    await opened(mysql_url, "models.mysql_columns")
    for points in drawn(st.lists(POINTS, min_size=2, max_size=5), VALUES):
        made = await Place.create(shape=shape(points))
        found = (await Place.get(id=made.id)).shape
        numbers = [float(number) for pair in found[len("LINESTRING(") : -1].split(",") for number in pair.split()]
        assert numbers == [float(number) for pair in points for number in pair]
    for wrong in (
        "POINT(1)",
        "POINT(1 2); DROP TABLE place",
        "",
        "POINT(nan 1)",
        "POINT(1e999 1)",
        "\0",
        "POLYGON((0 0,1 1",
    ):
        with pytest.raises(ValidationError):
            await Place.create(shape=wrong)
    await ORM.close_connections()
