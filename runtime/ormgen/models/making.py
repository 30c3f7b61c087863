"""What makes and changes many objects: create, get_or_create, update_or_create, and bulk methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from operator import attrgetter
from typing import Any, Final, Self

from typing_extensions import TypeVar

from ormgen.database.connection import Connection, Database
from ormgen.database.current import Handed, open_transactions, own_transactions
from ormgen.database.transaction import in_transaction
from ormgen.exceptions import (
    ArgumentError,
    DBConnectionError,
    IntegrityError,
    OperationalError,
    ParamsError,
    WrongModelError,
)
from ormgen.models.answers import Answer
from ormgen.models.at_once import plainly_saved, sent_at_once
from ormgen.models.bulk import insert_many, insert_together, inserts
from ormgen.models.bulk_update import keyed_updates, update_many, update_together
from ormgen.models.info import ModelInfo
from ormgen.models.listeners import telling
from ormgen.models.naming import own_columns
from ormgen.models.prefetch import grown, prefetch
from ormgen.models.saving import insert, left_out, sent_insert
from ormgen.models.signalling import Signalling
from ormgen.query.statements import Insert, Lock, Statement
from ormgen.schema.instance import Instance

T = TypeVar("T")

NOT_LOOKED_UP: Final = "__"
ATTEMPTS: Final = 10


class Creation(Answer[T]):
    """A new object of a model, made of keywords and stored; without the two functions that other answers are made of a
    `create` takes 1.5 us less."""

    __slots__ = ("_given",)

    def __init__(
        self,
        info: ModelInfo,
        given: dict[str, Any],
        connection: Connection | None = None,
        handed: Handed | None = None,
    ) -> None:
        self._used = False
        self._info = info
        self._given = given
        self._connection = connection
        self._handed = handed if open_transactions.get() is None else own_transactions() or handed
        self._coroutine = None

    def using_db(self, connection: Connection | None) -> Self:
        self._used = True
        return type(self)(self._info, self._given, connection, self._handed)

    def _spelled(self, connection: Connection | None) -> Iterable[Statement]:
        where, made = self._info.connection(connection), self._info.model(**self._given)
        return inserts(where, self._info, [made], 1, None)

    def _asked(self) -> str:
        return "create"

    async def _answer(self) -> T:
        self._used = True
        info = self._info
        connection = info.connection(self._connection, self._handed)
        sent = sent_at_once(connection, info, self._given)
        if sent is None:
            made = info.model(**self._given)
            if info.heard is not None or (info.memo.get("own save", True) and not plainly_saved(info.model)):
                await made.save(using_db=connection, force_create=True)
                return made  # type: ignore[no-any-return]
            prepared = sent_insert(connection, info, made)
            if prepared is None:
                await insert(connection, info, made)
                return made  # type: ignore[no-any-return]
            sent = made, str(prepared[0].told), prepared[1]
        made, told, running = sent
        result = await running  # awaited here: a coroutine less between the caller and the driver
        key = result.rows[0][0] if result.rows else result.last_id
        if key is None:
            raise left_out(info)
        setattr(made, told, key)
        made._saved_in_db = True
        return made  # type: ignore[no-any-return]


class Making(Signalling):
    """Base of `Model`: its class methods that store objects.

    Like all that is made inside a transaction, what they give belongs to it, whichever task awaits it.
    """

    __slots__ = ()

    @classmethod
    def create(cls, /, using_db: Connection | None = None, **kwargs: Any) -> Answer[Self]:
        """A new object, stored."""
        info = cls.__model__
        return Creation(info, kwargs, None if using_db is None else info.given(using_db))

    @classmethod
    def get_or_create(
        cls, defaults: Mapping[str, Any] | None = None, using_db: Connection | None = None, **kwargs: Any
    ) -> Answer[tuple[Self, bool]]:
        """The object that meets the conditions, else a new one with `defaults`; and whether it is new.

        Any number of tasks and programs may ask at once for what a unique constraint allows once: one of them makes
        it, the others find it, inside of transactions as well.
        """

        async def run(connection: Connection) -> tuple[Self, bool]:
            found = await cls.get_or_none(using_db=connection, **kwargs)
            return (await _made(cls, defaults, connection, kwargs)) if found is None else (found, False)

        return Answer(cls.__model__, run, None, cls.__model__.given(using_db))

    @classmethod
    def update_or_create(
        cls, defaults: Mapping[str, Any] | None = None, using_db: Connection | None = None, **kwargs: Any
    ) -> Answer[tuple[Self, bool]]:
        """The object that meets the conditions, with `defaults` set, else a new one; and whether it is new.

        The row is locked from being found until it is stored.
        """

        async def run(connection: Connection) -> tuple[Self, bool]:
            found: tuple[Self, bool] = await retried(connection, lambda: _upserted(cls, defaults, connection, kwargs))
            return found

        return Answer(cls.__model__, run, None, cls.__model__.given(using_db))

    @classmethod
    def bulk_create(
        cls,
        objects: Iterable[Self],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_fields: Iterable[str] | None = None,
        on_conflict: Iterable[str] | None = None,
        using_db: Connection | None = None,
        signals: bool = False,
    ) -> Answer[list[Self]]:
        """Store many new objects with few statements, all or none; their keys are set where the database tells them.

        A statement takes `batch_size` rows, fewer where the database takes fewer values. With `ignore_conflicts` rows
        that exist already are left as they are, and no keys are set; with `update_fields` they get these columns,
        found by the unique fields `on_conflict` (MySQL and MariaDB: by any unique key). With `signals`, `pre_save` and
        `post_save` are told of each object, in the same transaction.

        Raises:
            ParamsError: the options contradict each other.
        """

        async def run(connection: Connection) -> list[Self]:
            if plain and await insert_together(connection, cls.__model__, listed, size):
                return listed
            async with in_transaction(connection) as inside, telling(cls.__model__.heard, told, True, inside, None):
                await insert_many(inside, cls.__model__, listed, size, conflict)
            return listed

        def statements(connection: Connection) -> list[Statement]:
            return list(inserts(connection, cls.__model__, listed, size, conflict))

        conflict = _conflict(cls, ignore_conflicts, update_fields, on_conflict)
        if signals and conflict is not None:
            raise ParamsError("signals=True: which rows are new is not known with ignore_conflicts or update_fields")
        size, listed = _batch(batch_size), _listed(cls, objects)
        told, plain = listed if signals else (), conflict is None and not signals
        return Answer(cls.__model__, run, statements, cls.__model__.given(using_db))

    @classmethod
    def bulk_update(
        cls,
        objects: Iterable[Self],
        fields: Iterable[Any],
        batch_size: int | None = None,
        using_db: Connection | None = None,
        signals: bool = False,
    ) -> Answer[int]:
        """Store `fields` of many objects with few statements, all or none; the number of rows found.

        With `signals`, `pre_save` and `post_save` are told of each object, in the same transaction.

        Raises:
            ParamsError: no fields are given, one is the primary key, or an object has not been saved.
        """

        async def run(connection: Connection) -> int:
            found = None if signals else await update_together(connection, cls.__model__, listed, names, size)
            if found is not None:
                return found
            async with (
                in_transaction(connection) as inside,
                telling(cls.__model__.heard, told, False, inside, [*names]),
            ):
                return await update_many(inside, cls.__model__, listed, names, size)

        def statements(connection: Connection) -> list[Statement]:
            return list(keyed_updates(connection, cls.__model__, listed, names, size))

        listed, size = _listed(cls, objects), _batch(batch_size)
        names = _changed(cls, listed, fields)
        told = listed if signals else ()
        return Answer(cls.__model__, run, statements, cls.__model__.given(using_db))

    @classmethod
    def fetch_for_list(
        cls, instance_list: Iterable[Self], *args: Any, using_db: Connection | None = None
    ) -> Answer[None]:
        """Load relations of many objects at once."""
        info, listed = cls.__model__, _listed(cls, instance_list)

        async def run(connection: Connection) -> None:
            await prefetch(connection, info, listed, grown({}, args))

        return Answer(info, run, None, using_db)


def _listed(model: type[Any], objects: Any) -> list[Any]:
    """Objects of `model`.

    Raises:
        ArgumentError: that is not several of anything.
        WrongModelError: one of them is of another class.
    """
    if isinstance(objects, Instance) or not isinstance(objects, Iterable):  # an object gives pairs of its columns
        raise ArgumentError(f"many objects are given as a list of {model.__name__}, not as {objects!r}")
    listed = list(objects)
    wrong = [kind for kind in set(map(type, listed)) if not issubclass(kind, model)]
    if wrong:
        raise WrongModelError(model.__name__, next(item for item in listed if type(item) in wrong))
    return listed


async def _made(
    model: Any, defaults: Mapping[str, Any] | None, connection: Connection, kwargs: Mapping[str, Any]
) -> tuple[Any, bool]:
    """A new object, in a savepoint of its own; or the one that somebody else was faster to make."""
    plain = {name: value for name, value in kwargs.items() if NOT_LOOKED_UP not in name}
    for name, value in (defaults or {}).items():
        if name in plain and plain[name] != value:
            raise ParamsError(f"Conflict value with key={name!r}: {value!r} in defaults, not {plain[name]!r} as asked")
    try:
        async with in_transaction(connection) as inside:
            return await model.create(using_db=inside, **{**plain, **(defaults or {})}), True
    except IntegrityError:
        # MySQL keeps a lock on what is there already, as it does for others: one for writing would wait for theirs
        found = await model.all(connection).locked(Lock(share=True)).get_or_none(**kwargs)
        if found is None:
            raise
        return found, False


async def _upserted(
    model: Any, defaults: Mapping[str, Any] | None, connection: Connection, kwargs: Mapping[str, Any]
) -> tuple[Any, bool]:
    """One attempt of `update_or_create`."""
    async with in_transaction(connection) as inside:
        locked = model.select_for_update().using_db(inside)
        found = await locked.get_or_none(**kwargs) if await model.exists(using_db=inside, **kwargs) else None
        if found is None:  # asked without a lock first: MySQL would lock the gap, and two such tasks each other
            found, created = await _made(model, defaults, inside, kwargs)
            if created:
                return found, True
        found.update_from_dict(defaults or {})
        await found.save(using_db=inside)
        return found, False


async def retried(connection: Connection, attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` gives; again where the database gave way to another transaction, unless one is open here."""
    for _ in range(ATTEMPTS if isinstance(connection, Database) else 0):
        try:
            return await attempt()
        except OperationalError as error:
            if not error.retryable or isinstance(error, DBConnectionError):
                raise
    return await attempt()


def _changed(model: Any, objects: Iterable[Any], fields: Iterable[Any]) -> tuple[str, ...]:
    names = own_columns(model.__model__, fields)
    if not names:
        raise ParamsError("bulk_update needs the names of the fields to store")
    if any(model.__model__.columns[name].primary_key for name in names):
        raise ParamsError("bulk_update finds objects by their primary key, so that it cannot store it")
    if None in map(attrgetter(model.__model__.need().pk), objects):
        raise ParamsError("bulk_update needs objects that have been saved: one of them has no primary key")
    return names


def _conflict(
    model: Any, ignore: bool, update_fields: Iterable[str] | None, on_conflict: Iterable[str] | None
) -> Insert | None:
    if not ignore and not update_fields:
        if on_conflict:
            raise ParamsError("on_conflict needs update_fields or ignore_conflicts")
        return None
    if ignore and update_fields:
        raise ParamsError("ignore_conflicts and update_fields exclude each other")
    if update_fields and not on_conflict:
        raise ParamsError("update_fields needs on_conflict, the unique fields by which rows are found")
    return Insert(
        model.__model__.path,
        (),
        (),
        conflict="ignore" if ignore else "update",
        on=own_columns(model.__model__, on_conflict or ()),
        update=own_columns(model.__model__, update_fields or ()),
    )


def _batch(size: int | None) -> int:
    """How many rows a statement takes; 0 where that is left to us.

    Raises:
        ParamsError: it is no number of rows.
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise ParamsError(f"batch_size is a whole number of at least 1, not {size!r}")
    return size or 0
