"""Definitions of tables as text, and tables emptied at once."""

import pytest

from models.heroes import Hero, Mission, Team
from ormgen import ORM
from ormgen.contrib.test import truncate_all_models
from ormgen.exceptions import NotInitialised
from ormgen.utils import generate_schema_for_client, get_schema_sql

HEROES = {"models": ["models.heroes"]}


@pytest.mark.feature(211, 212)
async def test_the_text_makes_the_tables(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules=HEROES)
    connection = ORM.get_connection("default")
    text, unsafe = get_schema_sql(connection, safe=True), get_schema_sql(connection, safe=False)
    assert text.count("IF NOT EXISTS") > unsafe.count("IF NOT EXISTS") == 0
    assert "Hero" not in text.replace("hero", "")
    for statement in text.split(";\n"):
        if statement.strip():
            await connection.execute_script(statement)
    assert await Hero.all().count() == 0
    await generate_schema_for_client(connection, safe=True)
    await ORM.close_connections()


@pytest.mark.feature(246)
async def test_all_rows_go(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules=HEROES)
    await ORM.generate_schemas()
    team = await Team.create(name="a")
    boss = await Hero.create(name="boss", power=1, team=team)
    minion = await Hero.create(name="minion", power=1, boss=boss)
    mission = await Mission.create(title="m")
    await mission.crew.add(boss, minion)
    await truncate_all_models()
    for model in ORM.apps.get_models_iterable():
        assert await model.all().count() == 0
    table = Mission._meta.need().relations["crew"].through
    assert table is not None
    assert await ORM.get_connection("default").execute_query_dict(f"SELECT * FROM {table.table}") == []
    await Hero.create(name="again", power=1)
    await ORM.close_connections()


async def test_there_have_to_be_models() -> None:
    with pytest.raises(NotInitialised):
        await truncate_all_models()
