"""Runs each of its arguments, a line of Python that asks Tortoise ORM for what it has not; prints those that work."""

import sys
from typing import Any

import mistakes
from tortoise import Tortoise, run_async

from heroes.models import Hero, Team


async def main() -> None:
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["heroes.models"]})
    await Tortoise.generate_schemas()
    team = await Team.create(name="a")
    names = {**vars(mistakes), "team": team, "hero": await Hero.create(name="b", team=team)}
    for line in sys.argv[1:]:
        try:
            found: Any = eval(line.removeprefix("await "), names)
            if hasattr(found, "__await__"):
                await found
        except Exception:
            continue
        print(f"{line} works")


if __name__ == "__main__":
    run_async(main())
