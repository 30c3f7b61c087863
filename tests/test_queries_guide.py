"""What docs/queries.md shows gives what it says, on each database."""

from pathlib import Path

import pytest

from pages import DOCS, Project

USE = """
import asyncio, os
from ormgen import ORM
from world.models import Hero, Place
from world import mighty, strong, told, trees, watched

async def main():
    await ORM.init(db_url=os.environ["DATABASE_URL"], modules={"models": ["world.models", "world.mighty"]})
    await ORM.generate_schemas()
    made = {None: None}
    for name, above in (("earth", None), ("europe", "earth"), ("asia", "earth"), ("oslo", "europe")):
        made[name] = await Place.create(name=name, parent=made[above])
    print(await trees.crowded())
    print(await trees.grow("europe", 10), await trees.grow("earth", 2))
    print(sorted([(place.name, place.people) for place in await trees.ancestors("oslo")]))
    await Hero.create(name="Thor", power=9, home=made["oslo"])
    await told.arrive("Loki")
    print(await told.news.get() == (await Hero.get(name="Loki")).id, await watched.homes())
    print([hero.name for hero in await strong.strongest()])
    for name, power, dead in (("Thor", 9, False), ("Tyr", 6, True), ("Odin", 8, True), ("Tapio", 1, False)):
        await mighty.God.create(name=name, power=power, dead=dead)
    print(*([god.name for god in found] for found in await mighty.told()))
    await ORM.close_connections()

asyncio.run(main())
"""


@pytest.mark.feature(140)
def test_trees(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, {"DATABASE_URL": db_url})
    project.play(DOCS / "queries.md")
    lines = project.ran("-W", "ignore", "-c", USE).splitlines()
    assert lines[:3] == ["['earth']", "1 2", "[('earth', 0), ('europe', 1), ('oslo', 1)]"]
    assert lines[3] == "True ['oslo']"
    assert [">3" in lines[4], "$1" in lines[5], lines[6]] == [True, True, "['Thor']"]
    assert lines[7:] == ["['Thor', 'Tapio'] ['Thor', 'Tyr']"]
