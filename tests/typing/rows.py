"""Rows of `values` and `values_list`: exact where the call is written out."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, assert_type

from heroes.models import Hero, Mission, Rank, Status, Team
from ormgen.functions import Count


async def rows(first: Literal["id", "name"]) -> None:
    row = (await Hero.all().values("id", "name"))[0]
    assert_type(row["name"], str)
    assert_type(row["id"], int)
    row["nmae"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]
    alias = await Hero.all().values("id", team_name="team__name")
    assert_type(alias[0]["team_name"], str)
    whole = await Hero.filter(id=1).values()
    assert_type(whole[0]["power"], int | None)
    assert_type(whole[0]["team_id"], int)
    one = await Hero.get(id=1).values("id", "name")
    assert_type(one["name"], str)
    maybe = await Hero.filter(id=1).first().values("id", "name")
    assert maybe is not None
    assert_type(maybe["name"], str)
    many = await Hero.all().values("id", "power", "team__name")
    assert_type(many[0]["power"], int | None)
    loose = await Hero.all().values(first, "team__name")
    assert_type(loose, list[dict[str, Any]])
    Hero.all().values("nmae")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.all().values(x="nmae")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    assert_type(await Hero.all().values_list("power", flat=True), list[int | None])
    assert_type(await Hero.all().values_list("team__name", flat=True), list[str])
    assert_type(await Hero.all().values_list("mentor__name", flat=True), list[str | None])
    assert_type(await Hero.all().values_list("status", flat=True), list[Status])
    assert_type(await Hero.all().values_list("id", "name"), list[tuple[int, str]])
    assert_type(await Hero.all().values_list("id", "power"), list[tuple[int, int | None]])
    assert_type(await Hero.all().values_list(first, "power"), list[tuple[Any, ...]])
    assert_type(await Hero.first().values_list("id", flat=True), int | None)
    Hero.all().values_list("nmae", flat=True)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    async for pair in Hero.all().values_list("id", "name"):
        assert_type(pair, tuple[int, str])


async def as_dicts() -> list[dict[str, Any]]:
    single: dict[str, Any] = await Hero.get(id=1).values("id", "name")
    print(single)
    return await Hero.all().values("id", "name")


async def inline() -> None:
    print(await Hero.all().values("id", "name"), len(await Hero.all().values()))
    assert_type(sorted(await Hero.all().values("id", "name"), key=lambda row: row["name"])[0]["id"], int)
    assert_type(max(await Hero.all().values("id", "name"), key=lambda row: row["id"])["name"], str)
    assert_type([row["name"] for _, row in enumerate(await Hero.all().values("id", "name"))], list[str])
    given: list[dict[str, Any]] = await Team.annotate(n=Count("heroes")).values("name", "n")
    several: Sequence[Mapping[str, Any]] = await Hero.all().values("id", "name")
    print(given, several)
    wrong: list[int] = await Hero.all().values("id", "name")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(wrong)


async def rows_of_paths(name: Literal["name"]) -> None:
    assert_type(await Hero.all().values_list(Hero.q.name, Hero.q.team.name), list[tuple[str, str]])
    assert_type(await Hero.all().values_list("id", Hero.q.mentor.power), list[tuple[int, int | None]])
    four = Hero.filter(id=1).values_list(Hero.q.status, Hero.q.rank, "power", Hero.q.team.motto)
    assert_type(await four, list[tuple[Status, Rank | None, int | None, str | None]])
    assert_type(await Hero.all().values_list(Hero.q.power), list[tuple[int | None]])
    assert_type(await Hero.get(id=1).values_list(Hero.q.id, Hero.q.team.name), tuple[int, str])
    assert_type(await Hero.all().values_list(Hero.q.team.name, flat=True), list[str])
    assert_type(await Hero.get(id=1).values_list(Hero.q.power, flat=True), int | None)
    assert_type(await Hero.all().values_list(Hero.q.name, name), list[tuple[Any, ...]])
    assert_type(await Team.annotate(n=Count("heroes")).values_list("n", Team.q.name), list[tuple[int, str]])
    Hero.all().values_list(Hero.q.name, Mission.q.id)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    Hero.all().values_list(Mission.q.id, flat=True)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
