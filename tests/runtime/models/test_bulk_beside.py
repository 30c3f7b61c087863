"""Many rows of a table that does more with them than to store them: triggers, and PostgreSQL's rules."""

from collections.abc import AsyncIterator

import pytest

from ormgen import ORM, Model, connections, fields, in_transaction
from ormgen.exceptions import OperationalError

COPIES = {
    "sqlite": "CREATE TRIGGER copies AFTER INSERT ON watched BEGIN INSERT INTO copy (name) VALUES (NEW.name); END",
    "postgres": "CREATE RULE copies AS ON INSERT TO watched DO ALSO INSERT INTO copy (name) VALUES (NEW.name)",
    "mysql": "CREATE TRIGGER copies AFTER INSERT ON watched FOR EACH ROW INSERT INTO copy (name) VALUES (NEW.name)",
}


class Watched(Model):
    name = fields.CharField(max_length=10)
    size = fields.IntField(default=1)


class Copy(Model):
    name = fields.CharField(max_length=10)


class Tagged(int):
    """A number that is told apart from others."""


class TaggedField(fields.IntField):
    def to_python_value(self, value: object) -> Tagged | None:
        return None if value is None else Tagged(str(value))


class Badge(Model):
    id = TaggedField(primary_key=True)
    name = fields.CharField(max_length=10)


class Ticket(Model):
    id = fields.IntField(primary_key=True)


@pytest.fixture
async def watched(db_url: str) -> AsyncIterator[str]:
    await ORM.init(db_url=db_url, modules={"models": [__name__]})
    await ORM.generate_schemas()
    yield db_url.partition(":")[0]
    await ORM.close_connections()


def rows(count: int, first: int = 0) -> list[Watched]:
    return [Watched(name=f"n{number}") for number in range(first, first + count)]


async def assert_keys(made: list[Watched]) -> None:
    assert {row.name: row.pk for row in made} == dict(
        await Watched.filter(name__in=[row.name for row in made]).values_list("name", "id")
    )


@pytest.mark.parametrize("count", [1, 49, 50, 1_700])
async def test_each_row_gets_its_own_key(watched: str, count: int) -> None:
    first, second = rows(count), rows(count, first=count)
    await Watched.bulk_create(first)
    async with in_transaction():
        await Watched.bulk_create(second)
    assert await Watched.all().count() == 2 * count
    await assert_keys([*first, *second])
    first[-1].size = 5
    await first[-1].save()
    assert await Watched.filter(size=5).values_list("name", flat=True) == [first[-1].name]


@pytest.mark.parametrize("count", [3, 60])
async def test_rows_of_nothing_but_a_key(watched: str, count: int) -> None:
    tickets = await Ticket.bulk_create([Ticket() for _ in range(count)])
    async with in_transaction():
        tickets += await Ticket.bulk_create([Ticket() for _ in range(count)])
    assert sorted([ticket.id for ticket in tickets]) == await Ticket.all().order_by("id").values_list("id", flat=True)
    assert len({ticket.id for ticket in tickets}) == 2 * count


async def test_keys_of_a_type_of_ones_own(watched: str) -> None:
    badges = await Badge.bulk_create([Badge(name=f"n{number}") for number in range(60)])
    assert {badge.name: badge.pk for badge in badges} == {badge.name: badge.pk async for badge in Badge.all()}
    if watched != "mysql":  # which counts keys from the first
        assert {type(badge.pk) for badge in badges} == {Tagged}


async def test_what_the_table_does_beside(watched: str) -> None:
    await connections.get("default").execute_script(COPIES[watched])
    made = [*rows(120), *rows(1_100, first=200), *rows(1, first=2_000)]
    await Watched.bulk_create(made[:120])
    await Watched.bulk_create(made[120:1_220])  # two statements
    await Watched.bulk_create(made[1_220:])
    await assert_keys(made)
    assert await Copy.all().count() == 1_221


@pytest.mark.parametrize("db_url", ["postgres"], indirect=True)
async def test_a_refusal_that_is_none_of_ours(watched: str) -> None:
    await connections.get("default").execute_script("""
        CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'not here' USING ERRCODE = 'feature_not_supported'; END $$;
        CREATE TRIGGER refused BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION refused()
    """)
    made = rows(60)
    for _ in range(2):
        with pytest.raises(OperationalError, match="not here"):
            await Watched.bulk_create(made)
    assert [row.pk for row in made] == [None] * 60
    assert await Watched.all().count() == 0
