"""The steps that build a question about one model: which rows, and what is loaded of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final, Generic, Literal, Self

from typing_extensions import TypeVar

from ormgen.database.call_site import call_site
from ormgen.database.connection import Connection, TransactionConnection
from ormgen.database.current import open_transactions, own_transactions
from ormgen.exceptions import ParamsError
from ormgen.models.info import ModelInfo
from ormgen.models.named import defining
from ormgen.models.naming import checked_alias, own_columns
from ormgen.models.path_names import computed, conditions, groups, orders, refuse_foreign, texts, turned
from ormgen.models.plain import Plain, Plan
from ormgen.models.prefetch import Branch, check, grown
from ormgen.models.sizes import MOST_ROWS, checked_size, sliced
from ormgen.models.unawaited import Unawaited
from ormgen.query.expressions import Computable, Condition, Expression, OrderBy, Q
from ormgen.query.paths import relation_path
from ormgen.query.statements import Common, Hint, Lock, Select, Via

M_co = TypeVar("M_co", covariant=True)


UNLOCKED: Final = (
    "select_for_update() outside of a transaction: its locks end with the statement; put it, and what follows, into "
    "`async with in_transaction():`"
)
WARNED: Final[dict[Any, Any]] = {}  # where that was said
NOTHING: Final[Mapping[str, Branch]] = MappingProxyType({})
new: Final = object.__new__


def first_plan(info: ModelInfo) -> Plan:
    """The plan that questions for all objects of a model begin with."""
    made: Plan = info.memo.setdefault("plan", Plan(info.path))
    return made


def begun(cls: Any, info: ModelInfo, plan: Plan, conditions: Mapping[str, Any]) -> Any:
    """The question, of class `cls`, for all objects that meet plain conditions, in one step from the first plan; None
    where they are not plain."""
    found = plan.narrowed(conditions, False)
    if found is None:
        return None
    made = new(cls)
    made.info = info
    made.prefetched = NOTHING
    made.connection = None
    made.handed = None if open_transactions.get() is None else own_transactions()
    made.origin = None
    made._statement = None
    made._plain = found
    return made


class Steps(Unawaited, Generic[M_co]):
    """What a query set is made of, and the methods that give another one."""

    __slots__ = ("_plain", "_statement", "connection", "handed", "info", "origin", "prefetched")

    stateful: ClassVar[bool] = False  # whether a class of a user's own has further attributes, which steps hand on

    def __init__(self, model: Any) -> None:
        info: ModelInfo = model.__model__
        self.info = info
        memo = info.memo
        self._statement: Select | None = memo.get("everything") or memo.setdefault("everything", Select(info.path))
        self._plain: Plain | None = (memo.get("plan") or first_plan(info), (), None, None)
        self.prefetched: Mapping[str, Branch] = NOTHING
        self.connection: Connection | None = None
        self.handed = None if open_transactions.get() is None else own_transactions()
        self.origin: Any = None  # the object and the relation that the question is about, while somebody watches

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.stateful = cls.__dictoffset__ != 0

    @property
    def model(self) -> Any:
        """The class that the question is about."""
        return self.info.model

    @property
    def statement(self) -> Select:
        """What is asked, as data; made when somebody wants it."""
        made = self._statement
        if made is None:
            assert self._plain is not None
            plan, values, limit, offset = self._plain
            made = self._statement = plan.select(values, limit, offset)
        return made

    def _select(self) -> Select:
        return self.statement

    def _same(self) -> Self:
        made = self._plainly(self._plain)
        made._statement = self._statement
        return made

    def _with(self, statement: Select) -> Self:
        made = self._plainly(None)
        made._statement = statement
        return made

    def _plainly(self, plain: Plain | None) -> Self:
        made = new(type(self))
        made.info = self.info
        made.prefetched = self.prefetched
        made.connection = self.connection
        made.handed = self.handed
        made.origin = self.origin
        made._statement = None
        made._plain = plain
        if self.stateful:
            made.__dict__.update(self.__dict__)
        return made

    def __getstate__(self) -> dict[str, Any]:
        connection = self.connection
        if isinstance(connection, TransactionConnection):
            raise TypeError("a query set that is bound to a transaction cannot be pickled; it ends with it")
        alias = connection.alias if isinstance(connection, Connection) else connection
        own = {"info": self.info, "_statement": self.statement, "prefetched": dict(self.prefetched)}
        return {"own": own, "alias": alias, "others": self.__dict__ if self.stateful else {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state["own"].items():
            setattr(self, name, value)
        self.connection, self.handed, self._plain, self.origin = state["alias"], None, None, None
        if self.stateful:
            self.__dict__.update(state["others"])

    def __copy__(self) -> Self:
        return self._same()

    def __deepcopy__(self, memo: Any) -> Self:
        return self._same()  # nothing in it changes

    def on(self) -> Connection:
        """Where this question is asked now."""
        lock = None if self._plain is not None else self.statement.lock
        connection = self.info.connection(self.connection, self.handed, lock is not None)
        if lock is not None and not lock.share and not isinstance(connection, TransactionConnection):
            site = call_site()
            warnings.warn_explicit(UNLOCKED, RuntimeWarning, site.file, site.line, registry=WARNED)
        return connection

    # -- which rows

    def all(self) -> Self:
        """The same question again."""
        return self._same()

    def filter(self, /, *args: Any, **kwargs: Any) -> Self:
        """Only rows that meet all conditions; a limit is one of the rows that do, whichever was said first."""
        return self._narrowed(args, kwargs, False)

    def exclude(self, *args: Any, **kwargs: Any) -> Self:
        """Only rows that do not meet all conditions together."""
        return self._narrowed(args, kwargs, True)

    def _narrowed(self, args: tuple[Any, ...], kwargs: dict[str, Any], negated: bool) -> Self:
        plain = self._plain
        if plain is not None and kwargs and not args:
            plan, values, limit, offset = plain
            found = plan.narrowed(kwargs, negated)
            if found is not None:
                return self._plainly((found[0], values + found[1], limit, offset))
        condition = conditions(self.info, args, kwargs, negated)
        if condition is None:
            return self._same()
        return self._with(self.statement.replace(where=(*self.statement.where, condition)))

    def _refuse_limits(self, asked: str) -> None:
        if self._limits() != (None, None):
            raise ParamsError(f"{asked} come before limit() and offset(), not after: the limit would be another one")

    def distinct(self) -> Self:
        """Each row once."""
        return self._with(self.statement.replace(distinct=True))

    def order_by(self, *orderings: Any) -> Self:
        """In this order: names (a minus reverses) or paths (`Hero.q.power.desc()`). Without any: in no order at all."""
        if self._plain is not None:
            plan, values, limit, offset = self._plain
            ordered = plan.ordered(orderings)
            if ordered is not None:
                return self._plainly((ordered, values, limit, offset))
        return self._with(self.statement.replace(order_by=orders(self.info, orderings)))

    def reverse(self) -> Self:
        """In the opposite order; without an order, by the primary key downwards."""
        return self._with(self.statement.replace(order_by=self._turned()))

    def _turned(self) -> tuple[str | OrderBy, ...]:
        names = self.statement.order_by
        if names is None:
            names = self.info.need().meta.ordering
        return tuple([turned(name) for name in names or ("pk",)])

    def limit(self, limit: int) -> Self:
        """At most `limit` rows.

        Raises:
            ParamsError: it is not a whole number of at least 0.
        """
        size = limit if type(limit) is int and 0 <= limit <= MOST_ROWS else checked_size("Limit", limit)
        plain = self._plain
        if plain is None:
            return self._bounded(size, self.statement.offset)
        plan, values, _, offset = plain
        return self._plainly((plan.bounded(True, offset is not None), values, size, offset))

    def offset(self, offset: int) -> Self:
        """Without the first `offset` rows.

        Raises:
            ParamsError: it is not a whole number of at least 0.
        """
        return self._bounded(self._limits()[0], checked_size("Offset", offset))

    def __getitem__(self, key: slice) -> Self:
        return self._bounded(*sliced(key, *self._limits()))

    def _limits(self) -> tuple[int | None, int | None]:
        return (self.statement.limit, self.statement.offset) if self._plain is None else self._plain[2:]

    def _bounded(self, limit: int | None, offset: int | None) -> Self:
        if self._plain is not None:
            plan, values, _, _ = self._plain
            return self._plainly((plan.bounded(limit is not None, offset is not None), values, limit, offset))
        return self._with(self.statement.replace(limit=limit, offset=offset))

    def none(self) -> Self:
        """No rows at all."""
        nothing = Q.of((Condition("pk__in", ()),), "AND")
        return self._with(self.statement.replace(where=(*self.statement.where, nothing)))

    def annotate(self, **annotations: Any) -> Any:
        """With computed attributes: `annotate(n=Count("heroes"))`.

        A name that the model has already is for rows of values alone: `annotate(name=Upper("name")).values("name")`.
        From there on it means what is computed.
        """
        made = []
        for name, value in annotations.items():
            checked_alias(name, computed=True)
            found = computed(self.info, value)
            if found is None:
                raise ParamsError(f"annotate({name}=…) takes an expression such as Count or F, not {value!r}")
            made.append((name, found))
        return self._with(self.statement.replace(annotations=(*self.statement.annotations, *made)))

    def _expression(self, value: Computable) -> Expression:
        found = value.__expression__()
        refuse_foreign(self.info, found.roots())
        return found

    def group_by(self, *names: Any) -> Self:
        """One row for each combination of `names`; use it with annotate() and values()."""
        return self._with(self.statement.replace(group_by=groups(self.info, names)))

    def asking(self, statement: Select) -> Self:
        """Another question, asked of the same model in the same place."""
        return self._with(statement)

    def with_cte(self, *ctes: Any) -> Self:
        """Say that these common table expressions stand before the question, for SQL of one's own that names them.

        Those that are joined or read in sub-queries need no such word.
        """
        common = self.statement.common or Common()
        return self._with(self.statement.replace(common=common._replace(defined=defining(common.defined, ctes))))

    def via(self, via: Via) -> Self:
        """Only rows that are joined with certain instances of another model."""
        return self._with(self.statement.replace(via=via))

    # -- what is loaded

    def only(self, *columns: Any) -> Self:
        """Load these columns (and the primary key) alone; reading another one raises.

        A column of a foreign key or one-to-one relation loads its object too: `only("name", "team__name")`.
        With `distinct()` rows are told apart by these columns, and the primary key is loaded only if it is named.

        Raises:
            ParamsError: no column is named.
        """
        if not columns:
            raise ParamsError('only() needs the names of columns: only("name")')
        names = texts(self.info, columns)
        behind = [name.rpartition("__")[0] for name in names if "__" in name]
        if not behind:
            return self._with_only(names)
        related = self._joining(tuple(dict.fromkeys(behind)))
        return related._with_only(names)

    def _with_only(self, names: tuple[str, ...]) -> Self:
        return self._with(self.statement.replace(only=names))

    def defer(self, *columns: Any) -> Self:
        """Load all columns but these."""
        left_out = own_columns(self.info, columns)
        kept = tuple(name for name in self.info.columns if name not in left_out)
        return self._with(self.statement.replace(only=kept))

    def _joining(self, relations: tuple[Any, ...]) -> Self:
        linked, graph = self.info.need(), self.info.graph
        assert graph is not None
        names = texts(self.info, relations)
        for name in names:
            relation_path(graph, linked, name)
        return self._with(self.statement.replace(related=(*self.statement.related, *names)))

    def _fetching(self, relations: tuple[Any, ...]) -> Self:
        branches = grown(self.prefetched, texts(self.info, relations))
        check(self.info, branches)
        made = self._same()
        made.prefetched = branches
        return made

    def select_for_update(
        self, nowait: bool = False, skip_locked: bool = False, of: Iterable[str] = (), no_key: bool = False
    ) -> Self:
        """Lock the rows until the end of the transaction.

        `of` names the tables whose rows are locked, by name, by relation or as "self" (PostgreSQL; elsewhere all are),
        `no_key` leaves the keys to foreign keys of others (PostgreSQL; elsewhere they are locked as well). On SQLite a
        transaction that has written locks everything, and nothing is added.

        Outside of a transaction locks end with the statement, of which a RuntimeWarning tells.

        Raises:
            ParamsError: both `nowait` and `skip_locked` are asked for.
        """
        if nowait and skip_locked:
            raise ParamsError("nowait and skip_locked exclude each other")
        return self.locked(Lock(nowait, skip_locked, (of,) if isinstance(of, str) else tuple(of), no_key))

    def locked(self, lock: Lock) -> Self:
        """The same rows, locked as `lock` says."""
        return self._with(self.statement.replace(lock=lock))

    def use_index(self, *indexes: str) -> Self:
        """MySQL and MariaDB choose among these indexes; on other databases nothing changes."""
        return self._hinted("use", indexes)

    def force_index(self, *indexes: str) -> Self:
        """MySQL and MariaDB use one of these indexes if they can at all; on other databases nothing changes."""
        return self._hinted("force", indexes)

    def _hinted(self, kind: Literal["use", "force"], indexes: tuple[str, ...]) -> Self:
        if not indexes or not all(isinstance(name, str) and name for name in indexes):
            raise ParamsError(f"{kind}_index() takes the names of indexes, not {indexes!r}")
        return self._with(self.statement.replace(hints=(*self.statement.hints, Hint(kind, indexes))))

    def using_db(self, connection: Connection | None) -> Self:
        """The same question, asked on `connection`."""
        made = self._same()
        made.connection = connection
        return made
