"""Questions that give no list of objects: raw SQL, plans, membership; and what watches for N+1 queries."""

from typing import Any, assert_type

from heroes.models import Hero, Team
from ormgen import ORM, detect_n_plus_one
from ormgen.query_api import QueryResult, execute_pypika
from ormgen.transactions import Connection, in_transaction, on_commit


async def sets(team: Team, hero: Hero, connection: Connection) -> None:
    assert_type(await Hero.all().contains(hero), bool)
    assert_type(await Hero.all().none().filter(name="x"), list[Hero])
    assert_type(await Hero.all().use_index("a").force_index("b"), list[Hero])
    assert_type(await Hero.raw("SELECT * FROM hero WHERE power > %s", [3]), list[Hero])
    assert_type(await Hero.raw("SELECT 1").using_db(connection), list[Hero])
    async for found in Hero.raw("SELECT * FROM hero"):
        assert_type(found, Hero)
    for _ in Hero.raw("SELECT 1"):  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    assert_type(await Hero.filter(power=3).explain("json", analyze=True), list[dict[str, Any]])
    assert_type(Hero.filter(power=3).sql(params_inline=True, dialect="postgres"), str)
    Hero.all().sql(params_inlined=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(Hero.describe(), dict[str, Any])
    assert_type(ORM.describe_models([Hero, Team]), dict[str, dict[str, Any]])
    assert_type(await execute_pypika(Hero.get_table()), QueryResult[dict[str, Any]])
    assert_type(await connection.execute_query("SELECT 1", [1]), tuple[int, list[dict[str, Any]]])
    async with in_transaction() as inside:
        inside.on_commit(lambda: None)
        on_commit(team.save)
    with detect_n_plus_one("warn") as detected:
        assert_type(detected.findings, list[str])
    async with detect_n_plus_one(threshold=3):
        pass
    detect_n_plus_one("shout")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
