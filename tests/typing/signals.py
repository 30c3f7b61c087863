"""Handlers of signals are checked against the models that they listen to."""

from collections.abc import Awaitable, Callable
from typing import Any, assert_type

from heroes.models import Hero, Player, Profile, Team
from ormgen import Model, fields
from ormgen.signals import Signals, post_delete, post_save, pre_delete, pre_save
from ormgen.transactions import Connection


class Loose(Model):
    """A model without a stub."""

    title = fields.CharField(max_length=10)


@post_delete(Loose)
async def gone(sender: type[Loose], instance: Loose, using_db: Connection) -> None:
    assert_type(instance.title, str)


@pre_save(Hero)
async def tidy(sender: type[Hero], instance: Hero, using_db: Connection, update_fields: list[str] | None) -> None:
    assert_type(instance.name, str)
    instance.nmae = "x"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


@post_save(Hero)
async def log(
    sender: type[Hero], instance: Hero, created: bool, using_db: Connection, update_fields: list[str] | None
) -> None:
    await Team.filter(heroes=instance).using_db(using_db)


@pre_delete(Hero)
@post_delete(Hero)
async def drop(sender: type[Hero], instance: Hero, using_db: Connection) -> None: ...


@post_save(Hero, Team)
async def either(sender: type[Hero | Team], instance: Hero | Team, created: bool, *more: Any) -> str:
    return instance.name


@post_save(Hero, Team, Profile)
async def one_of_three(sender: type[Model], instance: Hero | Team | Profile, created: bool, *more: Any) -> None: ...


@pre_delete(Hero, Team, Profile, Player, Loose)
@post_delete(Hero, Team)
@pre_delete(Model)
async def anything(sender: type[Model], instance: Model, using_db: object) -> None: ...


async def saved_team(
    sender: type[Team], instance: Team, created: bool, using_db: Connection, update_fields: list[str] | None
) -> None: ...


@pre_save(Team)
@post_delete(Player)
async def as_tortoise_has_it(
    sender: "type[Model]", instance: Any, using_db: "Connection | None", *more: Any
) -> None: ...


@pre_save(Team)
async def always_named(
    sender: type[Team], instance: Team, using_db: Connection | None, update_fields: list[str]
) -> None: ...


async def short(sender: type[Hero], instance: Hero, using_db: Connection) -> None: ...


def plain(sender: type[Hero], instance: Hero, using_db: Connection) -> None: ...


async def number(sender: type[Hero], instance: Hero, created: int, using_db: str, update_fields: Any) -> None: ...


post_save(Team)(saved_team)
post_save(Hero)(saved_team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
post_save(Hero, Team)(saved_team)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
post_save(Hero)(short)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pre_delete(Hero)(short)
pre_delete(Hero, Team, Profile, Player)(short)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pre_delete(Hero)(log)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pre_delete(Hero)(plain)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
post_save(Hero)(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pre_delete(Loose)(gone)
pre_delete(Loose)(short)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
pre_save(Loose)(gone)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
post_save(str)  # type: ignore[type-var]  # pyright: ignore[reportArgumentType, reportCallIssue]
post_save("heroes.Hero")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]

Hero.register_listener(Signals.post_save, number)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
Team.register_listener(Signals.post_save, saved_team)
Hero.register_listener(Signals.pre_delete, short)
Hero.register_listener(Signals.pre_delete, saved_team)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
Hero.register_listener("pre_delete", short)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]

Kept = Callable[[type[Hero], Hero, Connection], Awaitable[None]]
kept: Kept = pre_delete(Hero)(short)
pre_delete(Team)(pre_delete(Hero)(anything))
pre_delete(Team)(pre_delete(Hero)(short))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
assert_type(pre_delete.disconnect(short, Hero), bool)
pre_delete.disconnect(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def calls(hero: Hero) -> None:
    await log(sender=Hero, instance=hero, created=True, using_db=Hero._meta.db, update_fields=None)
    assert_type(await either(Hero, hero, True), str)
    await short(Hero, hero, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await log(Team, hero, True, hero, None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
