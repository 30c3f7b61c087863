"""Rows that a trigger of the table leaves out of an INSERT: nobody gets the key of another row, or none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ormgen import ORM, Model, connections, fields
from ormgen.exceptions import OperationalError
from ormgen.transactions import atomic

TRIGGERS = {
    "sqlite": "CREATE TRIGGER choosy BEFORE INSERT ON choosy WHEN NEW.name = 'no' BEGIN SELECT RAISE(IGNORE); END",
    "postgres": """
        CREATE FUNCTION choosy_rows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.name = 'no' THEN RETURN NULL; END IF; RETURN NEW; END $$;
        CREATE TRIGGER choosy BEFORE INSERT ON choosy FOR EACH ROW EXECUTE FUNCTION choosy_rows()
    """,
}
"""MariaDB and MySQL have no trigger that leaves a row out without an error."""
pytestmark = pytest.mark.parametrize("db_url", TRIGGERS, indirect=True)


class Choosy(Model):
    name = fields.CharField(max_length=10)
    size = fields.IntField(default=1)


@pytest.fixture
async def choosy(db_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=db_url, modules={"models": [__name__]})
    await ORM.generate_schemas()
    await connections.get("default").execute_script(TRIGGERS[db_url.partition(":")[0]])
    yield
    await ORM.close_connections()


@atomic()
async def pair() -> None:
    await Choosy.create(name="left")
    await Choosy.create(name="no")


@pytest.mark.usefixtures("choosy")
async def test_one_row() -> None:
    kept = await Choosy.create(name="yes")
    told = 'Choosy: 0 of 1 rows came back from an INSERT into "choosy"; a trigger or a rule'
    for _ in range(2):  # the second time by the short way
        with pytest.raises(OperationalError, match=told):
            await Choosy.create(name="no")
    new = Choosy(name="no")
    with pytest.raises(OperationalError, match=told):
        await new.save()
    assert new.pk is None
    with pytest.raises(OperationalError, match=told):
        await Choosy.get_or_create(name="no")
    with pytest.raises(OperationalError, match=told):
        await pair()
    assert await Choosy.all().values_list("id", "name") == [(kept.pk, "yes")]


@pytest.mark.usefixtures("choosy")
async def test_many_rows() -> None:
    rows = [Choosy(name=name) for name in ("a", "no", "b")]
    with pytest.raises(OperationalError, match="2 of 3 rows came back"):
        await atomic()(Choosy.bulk_create)(rows)
    assert await Choosy.all().count() == 0
    with pytest.raises(OperationalError, match="2 of 3 rows came back"):
        await Choosy.bulk_create(rows)
    assert [row.pk for row in rows] == [None, None, None]


@pytest.mark.usefixtures("choosy")
async def test_so_many_rows_that_their_keys_come_together() -> None:
    for names in (["no"] * 60, ["yes", *["no"] * 60]):
        rows = [Choosy(name=name) for name in names]
        with pytest.raises(OperationalError, match=f"{names.count('yes')} of {len(names)} rows came back"):
            await Choosy.bulk_create(rows)
        assert {row.pk for row in rows} == {None}
