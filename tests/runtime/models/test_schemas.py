"""`Meta.schema`: definitions and questions name the schema of a table."""

from collections.abc import AsyncIterator

import pytest

from models.schemas import SCHEMA, Office, Outside, Person
from ormgen import ORM
from ormgen.contrib.test import truncate_all_models
from ormgen.exceptions import UnSupportedError
from ormgen.functions import Count


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database of the kind that the test asks for."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def opened(url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=url, modules={"models": ["models.schemas"]})
    await ORM.generate_schemas(safe=False)
    await ORM.generate_schemas()
    yield
    connection = ORM.get_connection("default")
    cascade = " CASCADE" if connection.dialect == "postgres" else ""
    await connection.execute_script(f"DROP SCHEMA {SCHEMA}{cascade}")
    await ORM.close_connections()


@pytest.mark.feature(56, 218)
@pytest.mark.parametrize("url", ["postgres", "mysql"], indirect=True)
async def test_tables_in_a_schema(opened: None) -> None:
    office, other = await Office.create(name="a"), await Office.create(name="b")
    person = await Person.create(name="ann", office=office)
    await person.visits.add(office, other)
    outside = await Outside.create(person=person)
    assert await Outside.filter(person__office__name="a").select_related("person__office") == [outside]
    assert await Office.filter(people__name="ann") == [office]
    assert set(await person.visits.all()) == {office, other}
    assert [each.people[0] for each in await Office.filter(name="a").prefetch_related("people")] == [person]
    assert await Office.annotate(n=Count("visitors")).filter(n=1).count() == 2
    await person.visits.remove(other)
    assert await person.visits.all().count() == 1
    await Person.bulk_create([Person(name="bob")])
    assert await Person.filter(name="bob").update(name="bo", office_id=office.id) == 1
    assert await Person.filter(office__name="a").delete() == 2
    await truncate_all_models()
    assert await Office.all().count() == 0
    rows = await ORM.get_connection("default").execute_query_dict(
        f"SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '{SCHEMA}' ORDER BY 1"
    )
    assert [row["name"] for row in rows] == ["office", "people", "people_office"]


@pytest.mark.feature(56, 218)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_sqlite_has_no_schemas(url: str) -> None:
    await ORM.init(db_url=url, modules={"models": ["models.schemas"]})
    with pytest.raises(UnSupportedError, match=f'Office is in the schema "{SCHEMA}", and SQLite has none. Hint: leave'):
        await ORM.generate_schemas()
    await ORM.close_connections()
