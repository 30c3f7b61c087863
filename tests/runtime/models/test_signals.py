"""Signals tell handlers of each write of an instance, in order, on the connection of the write."""

import asyncio
import gc
import weakref
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from models.heroes import Badge, Hero, Mission, Stamped, Team
from ormgen import Model, fields, in_transaction
from ormgen.exceptions import ConfigurationError, FieldError, OperationalError, ParamsError
from ormgen.signals import Signal, Signals, post_delete, post_save, pre_delete, pre_save
from ormgen.transactions import TransactionConnection

from .world import names

EVERY: tuple[Signal[...], ...] = (pre_save, post_save, pre_delete, post_delete)


class Stop(Exception):
    """Raised by a handler."""


class Log:
    """A handler that notes what it is told."""

    def __init__(self, name: str = "", notes: list[Any] | None = None) -> None:
        self.name = name
        self.notes: list[Any] = [] if notes is None else notes

    async def __call__(self, sender: Any, instance: Any, *facts: Any) -> None:
        self.notes.append((self.name, sender, instance, *facts))


async def refuse(*facts: Any) -> None:
    raise Stop


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    yield
    for model in (Model, Stamped, Team, Hero, Badge, Mission):
        for each in model.__model__.listeners:
            EVERY[list(Signals).index(each.signal)].disconnect(each.handler)
    assert [model for model in (Model, Stamped, Team, Hero, Badge, Mission) if model.__model__.heard is not None] == []


def listen_to_all(*models: type[Any]) -> list[Any]:
    """The notes of four handlers."""
    notes: list[Any] = []
    for signal in EVERY:
        signal(*models)(Log(signal.kind.name, notes))
    return notes


@pytest.mark.feature(207)
async def test_every_signal_of_one_life(orm: str) -> None:
    notes = listen_to_all(Team)
    team = await Team.create(name="a")
    connection = Team.__model__.connection()
    assert notes == [
        ("pre_save", Team, team, connection, None),
        ("post_save", Team, team, True, connection, None),
    ]
    notes.clear()
    await team.save(update_fields=["name", "country"])
    columns = ["name", "country_id"]
    assert notes == [
        ("pre_save", Team, team, connection, columns),
        ("post_save", Team, team, False, connection, columns),
    ]
    notes.clear()
    await team.delete()
    assert notes == [("pre_delete", Team, team, connection), ("post_delete", Team, team, connection)]


async def test_what_fires(orm: str) -> None:
    told = Log()
    post_save(Team, Hero)(told)
    await Team(name="saved").save()
    team, _ = await Team.get_or_create(name="got")
    await Team.get_or_create(name="got")
    await Team.update_or_create(name="made", defaults={"city": "x"})
    await Team.update_or_create(name="made", defaults={"city": "y"})
    await team.heroes.create(name="of relation")
    await Team.get_by_key(team.pk)
    assert [(note[2].name, note[3]) for note in told.notes] == [
        ("saved", True),
        ("got", True),
        ("made", True),
        ("made", False),
        ("of relation", True),
    ]
    assert isinstance(told.notes[1][4], TransactionConnection)  # get_or_create works in one


async def test_what_does_not_fire(orm: str) -> None:
    notes = listen_to_all(Team)
    one, two = await Team.bulk_create([Team(name="a"), Team(name="b")])
    one.city = "x"
    await Team.bulk_update([one], ["city"])
    await Team.filter(name="b").update(city="y")
    await Team.filter(name="b").delete()
    await two.fetch_related("heroes")
    assert notes == []


async def test_a_change_before_the_write_is_stored(orm: str) -> None:
    @pre_save(Team)
    async def tidy(sender: type[Team], instance: Team, using_db: Any, update_fields: list[str] | None) -> None:
        instance.name = instance.name.strip().lower()

    team = await Team.create(name="  ALPHA ")
    await team.refresh_from_db()
    assert team.name == "alpha"


async def test_handlers_find_what_was_made(orm: str) -> None:
    found: list[Any] = []

    @post_save(Team)
    async def count(
        sender: type[Team], instance: Team, created: bool, using_db: Any, update_fields: list[str] | None
    ) -> None:
        found.append((instance.pk is not None, await sender.filter(pk=instance.pk).using_db(using_db).count()))

    @post_delete(Team)
    async def count_again(sender: type[Team], instance: Team, using_db: Any) -> None:
        found.append((instance.pk is not None, await sender.filter(pk=instance.pk).using_db(using_db).count()))

    await (await Team.create(name="a")).delete()
    assert found == [(True, 1), (True, 0)]


async def test_order_of_registration(orm: str) -> None:
    notes: list[Any] = []
    for name, model in (("a", Model), ("b", Hero), ("c", Stamped), ("d", Hero)):
        post_save(model)(Log(name, notes))
    twice = post_save(Hero, Stamped)(Log("once", notes))
    post_save(Hero)(twice)
    await Hero.create(name="x")
    assert [note[0] for note in notes] == ["a", "b", "c", "d", "once"]


async def test_bases_hear_of_what_inherits_from_them(orm: str) -> None:
    notes = listen_to_all(Stamped)
    hero = await Hero.create(name="x")
    await Team.create(name="x")
    assert [(note[0], note[1], note[2]) for note in notes] == [("pre_save", Hero, hero), ("post_save", Hero, hero)]


def test_classes_made_later_and_concrete_parents() -> None:
    class Parent(Model):
        name = fields.CharField(max_length=5)

    told, more = Log(), Log()
    post_save(Parent)(told)

    class Child(Parent):
        size = fields.IntField()

    post_save(Child)(more)
    assert Child.__model__.heard is not None
    assert Child.__model__.heard.post_save == (told, more)
    assert Parent.__model__.heard is not None
    assert Parent.__model__.heard.post_save == (told,)
    assert post_save.disconnect(told)
    assert Parent.__model__.heard is None
    assert Child.__model__.heard.post_save == (more,)


async def test_an_exception_before_the_write_prevents_it(orm: str) -> None:
    pre_save(Team)(refuse)
    team = Team(name="a")
    with pytest.raises(Stop):
        await team.save()
    assert not team._saved_in_db
    assert await Team.all().count() == 0
    pre_save.disconnect(refuse, Team)
    await team.save()
    pre_delete(Team)(refuse)
    with pytest.raises(Stop):
        await team.delete()
    assert await Team.all().count() == 1
    pre_save(Team)(refuse)
    team.name = "b"
    with pytest.raises(Stop):
        await team.save()
    assert await names(Team.all()) == ["a"]


async def test_an_exception_ends_the_round(orm: str) -> None:
    later = Log()
    pre_save(Team)(refuse)
    pre_save(Team)(later)
    with pytest.raises(Stop):
        await Team.create(name="a")
    assert later.notes == []


async def test_an_exception_after_the_write(orm: str) -> None:
    post_save(Team)(refuse)
    with pytest.raises(Stop):
        await Team.create(name="kept")
    with pytest.raises(Stop):
        async with in_transaction():
            await Team.create(name="undone")
    assert await names(Team.all()) == ["kept"]


async def test_handlers_share_the_transaction(orm: str) -> None:
    seen: list[Any] = []

    @post_save(Team)
    async def audit(
        sender: type[Team], instance: Team, created: bool, using_db: Any, update_fields: list[str] | None
    ) -> None:
        seen.append(using_db)
        await Mission.create(title=f"given {instance.name}", using_db=using_db)
        await Mission.create(title=f"found {instance.name}")

    with pytest.raises(Stop):  # noqa: PT012
        async with in_transaction() as connection:
            await Team.create(name="a")
            assert seen == [connection]
            assert await Mission.all().count() == 2
            raise Stop
    assert await Mission.all().count() == 0
    async with in_transaction() as connection:
        await Team.create(name="b", using_db=connection)
    assert await Mission.all().count() == 2


async def test_writes_gathered_in_a_transaction_share_it(orm: str) -> None:
    @post_save(Team)
    async def audit(
        sender: type[Team], instance: Team, created: bool, using_db: Any, update_fields: list[str] | None
    ) -> None:
        assert isinstance(using_db, TransactionConnection)
        await Mission.create(title=instance.name, using_db=using_db)

    with pytest.raises(Stop):  # noqa: PT012
        async with in_transaction() as connection:
            await asyncio.gather(Team.create(name="a"), Team.create(name="b"))
            assert await Mission.all().using_db(connection).count() == 2
            raise Stop
    assert await Mission.all().count() == 0


async def test_a_handler_that_saves_again(orm: str) -> None:
    created_flags: list[bool] = []

    @post_save(Team)
    async def measure(
        sender: type[Team], instance: Team, created: bool, using_db: Any, update_fields: list[str] | None
    ) -> None:
        created_flags.append(created)
        if created:
            instance.size = 7
            await instance.save(using_db=using_db, update_fields=["size"])

    team = await Team.create(name="a")
    await team.refresh_from_db()
    assert (team.size, created_flags) == (7, [True, False])


async def test_failed_writes_are_not_told_as_done(orm: str) -> None:
    notes = listen_to_all(Team)
    team = await Team.create(name="a")
    await Team.all().delete()
    notes.clear()
    with pytest.raises(OperationalError, match="doesn't exist"):
        await team.save()
    assert [note[0] for note in notes] == ["pre_save"]
    notes.clear()
    with pytest.raises(FieldError):
        await team.save(update_fields=["nope"])
    with pytest.raises(OperationalError, match="unpersisted"):
        await Team(name="b").delete()
    assert notes == []


@pytest.mark.feature(137)
async def test_register_listener(orm: str) -> None:
    told = Log()
    Team.register_listener(Signals.post_save, told)
    Team.register_listener(Signals.post_save, told)
    await Team.create(name="a")
    assert len(told.notes) == 1
    with pytest.raises(ConfigurationError, match="'post_save' is no signal; choose from pre_save, post_save"):
        Team.register_listener("post_save", told)  # type: ignore[call-overload]  # pyright: ignore


@pytest.mark.feature(207)
async def test_disconnect(orm: str) -> None:
    told = Log()
    post_save(Team, Hero)(told)
    pre_save(Team)(told)
    assert post_save.disconnect(told, Team)
    assert not post_save.disconnect(told, Team)
    assert not post_delete.disconnect(told)
    await Team.create(name="a")
    await Hero.create(name="b")
    assert [note[1] for note in told.notes] == [Team, Hero]
    assert post_save.disconnect(told)
    assert pre_save.disconnect(told)
    assert (Team.__model__.heard, Hero.__model__.heard) == (None, None)


def test_handlers_are_given_back_and_checked() -> None:
    async def handler(sender: Any, instance: Any, using_db: Any) -> None: ...

    def plain(sender: Any, instance: Any, using_db: Any) -> None: ...

    assert pre_delete(Team)(handler) is handler
    assert pre_delete.disconnect(handler)
    partly: Any = partial(handler)
    assert pre_delete(Team)(partly) is partly
    loose: Any = plain
    with pytest.raises(ConfigurationError, match=r"plain listens to pre_delete and is awaited: write `async def`"):
        pre_delete(Team)(loose)
    with pytest.raises(ConfigurationError, match="the handler of pre_delete is 3, which cannot be called"):
        pre_delete(Team)(3)  # type: ignore[arg-type]  # pyright: ignore
    with pytest.raises(ConfigurationError, match=r"pre_delete needs the models to listen to: @pre_delete\(Hero\)"):
        pre_delete()
    wrong: Any = handler
    with pytest.raises(ConfigurationError, match=r"sent by model classes, not by <function"):
        pre_delete(wrong)(handler)


def test_nothing_outlives_its_model() -> None:
    class Short(Model):
        name = fields.CharField(max_length=5)

    told = Log()
    post_save(Short)(told)
    model, handler = weakref.ref(Short), weakref.ref(told)
    del Short, told
    gc.collect()
    assert (model(), handler()) == (None, None)


@pytest.mark.feature(207, 132, 133)
async def test_bulk_operations_tell_where_they_are_asked_to(orm: str, listening: Log) -> None:
    heroes = await Hero.bulk_create([Hero(name="a"), Hero(name="b")])
    await Hero.bulk_update(heroes, fields=["name"])
    assert listening.notes == []
    made = await Hero.bulk_create([Hero(name="c"), Hero(name="d")], signals=True)
    kinds = [(note[0], note[2].name, *note[3:-2]) for note in listening.notes]
    assert kinds == [("pre", "c"), ("pre", "d"), ("post", "c", True), ("post", "d", True)]
    assert all(isinstance(note[-2], TransactionConnection) and note[-1] is None for note in listening.notes)
    assert all(hero.pk for hero in made)
    listening.notes.clear()
    made[0].power = 5
    assert await Hero.bulk_update(made, fields=["power"], signals=True) == 2
    assert [(note[0], note[2].name, *note[3:-2]) for note in listening.notes] == [
        ("pre", "c"), ("pre", "d"), ("post", "c", False), ("post", "d", False),
    ]  # fmt: skip
    assert all(note[-1] == ["power"] for note in listening.notes)
    for options in ({"ignore_conflicts": True}, {"update_fields": ["power"], "on_conflict": ["id"]}):
        given: dict[str, Any] = options
        with pytest.raises(ParamsError, match="which rows are new"):
            await Hero.bulk_create(made, **given, signals=True)


@pytest.mark.feature(207, 132)
async def test_a_handler_undoes_all_of_a_bulk_operation(orm: str) -> None:
    async def late(sender: Any, instance: Any, *facts: Any) -> None:
        if instance.name == "b":
            raise Stop

    post_save(Hero)(late)
    try:
        with pytest.raises(Stop):
            await Hero.bulk_create([Hero(name="a"), Hero(name="b")], signals=True)
        assert await Hero.all().count() == 0
    finally:
        post_save.disconnect(late)


@pytest.fixture
def listening() -> Iterator[Log]:
    before, after = Log("pre"), Log("post")
    after.notes = before.notes
    pre_save(Hero)(before)
    post_save(Hero)(after)
    yield before
    pre_save.disconnect(before)
    post_save.disconnect(after)
