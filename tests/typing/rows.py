"""Rows of `values` and `values_list`: exact where the call is written out."""

from typing import Any, Literal, assert_type

from heroes.models import Hero, Status


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
    Hero.all().values("nmae")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
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
