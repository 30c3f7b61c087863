from models import Hero, Squad
from typing_extensions import assert_type


async def use() -> None:
    squad = await Squad.create(email="a@example.org")
    assert_type(squad.email, str)
    assert_type([hero.id for hero in await Hero.filter(squad__email="x")], list[int])
    await Squad.filter(phone="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
