"""`save`, bulk methods, `get_or_create` and their names of columns."""

from typing import Any, assert_type

from heroes.models import Hero, Team


async def storing(team: Team, hero: Hero, row: dict[str, Any]) -> None:
    found, created = await Hero.get_or_create(name="x", defaults={"power": 3, "team": team})
    assert_type(found, Hero)
    assert_type(created, bool)
    await Hero.get_or_create(name="x", defaults=row)
    await Hero.get_or_create(name="x", defaults={"pwoer": 3})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    await Hero.get_or_create(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await Hero.update_or_create(defaults={"power": 3}, id=3), tuple[Hero, bool])
    await Hero.update_or_create(defaults={"power": "x"}, id=3)  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    assert_type(await Hero.bulk_create([hero], batch_size=3, ignore_conflicts=True), list[Hero])
    assert_type(await Hero.bulk_create([hero], signals=True), list[Hero])
    assert_type(await Hero.bulk_update([hero], fields=["name"], signals=True), int)
    await Hero.bulk_create([hero], signals="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Hero.bulk_create([team])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await Hero.bulk_update([hero], fields=["name", "power"])
    await Hero.bulk_update([hero], fields=["nmae"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await hero.save(update_fields=["name", "team_id"])
    await hero.save(update_fields=["nmae"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await hero.refresh_from_db(fields=["power"])
    await hero.refresh_from_db(fields=["pwoer"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    hero.save()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    hero.delete()  # type: ignore[unused-coroutine]  # pyright: ignore[reportUnusedCoroutine]
    assert_type(hero.update_from_dict({"power": 3}), Hero)
    hero.update_from_dict(row)
    hero.update_from_dict({"pwoer": 3})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    assert_type(await Hero.in_bulk([1, 2]), dict[int, Hero])
    assert_type(await Hero.in_bulk(["a"], field_name="name"), dict[str, Hero])
    await Hero.in_bulk([1], field_name="power")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    assert_type(hero.clone(), Hero)
