"""Loads relations of many instances at once: one statement for each relation, whatever the number of instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, LiteralString, Protocol, TypeAlias, overload

from typing_extensions import TypeVar

from ormgen.database.connection import Connection
from ormgen.exceptions import FieldError, ParamsError, UnknownRelationError
from ormgen.models.grouping import Owners, shared
from ormgen.models.hydrate import Groups, grouping_hydrator
from ormgen.models.info import ModelInfo
from ormgen.models.n_plus_one import watching
from ormgen.models.naming import refuse_taken
from ormgen.query.expressions import Condition, Nameless, Q
from ormgen.query.statements import Select, Via
from ormgen.records import dataclass, field, replace
from ormgen.schema.graph import Relation
from ormgen.schema.names import did_you_mean

NUMBER: Final = "prefetched_number"  # of an object among those of its instance, while they are loaded
KEYS_AT_ONCE: Final = 16_384  # a power of two: so many places has a statement for more than half of them

S_co = TypeVar("S_co", bound=LiteralString, default=Any, covariant=True)
QS_co = TypeVar("QS_co", default=Any, covariant=True)
TO_co = TypeVar("TO_co", bound=str | None, default=Any, covariant=True)
N_co = TypeVar("N_co", default=object, covariant=True)
A = TypeVar("A", bound=LiteralString)
QS = TypeVar("QS")


class Question(Protocol):
    """A query set, as far as prefetching needs it."""

    @property
    def info(self) -> ModelInfo: ...

    @property
    def statement(self) -> Select: ...

    @property
    def prefetched(self) -> Mapping[str, Branch]: ...


class Prefetch(Generic[S_co, QS_co, TO_co, N_co]):
    """A relation to load with a query set of one's own: `Prefetch("heroes", queryset=Hero.filter(power__gt=3))`.

    With `to_attr` the objects are stored as a list under that name instead of in the relation. A query set that is
    limited (`Hero.all().order_by("-power").limit(3)`) loads so many objects for each instance.

    Raises:
        ParamsError: `to_attr` is not the name of an attribute.
    """

    @overload
    def __init__(
        self: Prefetch[S_co, QS_co, None, Callable[[S_co], object]],  # pyright: ignore[reportInvalidTypeVarUse]
        relation: S_co,
        queryset: QS_co,
    ) -> None: ...
    @overload
    def __init__(
        self: Prefetch[S_co, QS_co, A, Callable[[S_co], object]],  # pyright: ignore[reportInvalidTypeVarUse]
        relation: S_co,
        queryset: QS_co,
        to_attr: A,
    ) -> None: ...
    @overload
    def __init__(
        self: Prefetch[LiteralString, QS, str | None, object], relation: str, queryset: QS, to_attr: str | None = None
    ) -> None: ...
    def __init__(self, relation: str, queryset: Any, to_attr: str | None = None) -> None:
        self.relation: Final = relation
        self.queryset: Final = queryset
        self.to_attr: Final = to_attr
        if to_attr is not None and not to_attr.isidentifier():
            raise ParamsError(f"to_attr is the name of an attribute, not {to_attr!r}")


HeldPrefetch: TypeAlias = Prefetch[LiteralString, Any, None, Callable[[Nameless], object]]
HeldPrefetchAs: TypeAlias = Prefetch[LiteralString, Any, Any, Callable[[Nameless], object]]


@dataclass(frozen=True, slots=True)
class Branch:
    """One relation to load: with which question, and which relations of the loaded objects come next."""

    relation: str
    question: Question | None = None
    to_attr: str | None = None
    branches: Mapping[str, Branch] = field(default_factory=dict)


def grown(branches: Mapping[str, Branch], wanted: Iterable[str | Prefetch[Any, Any, Any]]) -> Mapping[str, Branch]:
    """`branches` with further relations, given as names (`"heroes__missions"`) or `Prefetch` objects."""
    found = dict(branches)
    for item in wanted:
        name, prefetch = (item.relation, item) if isinstance(item, Prefetch) else (item, None)
        if not isinstance(name, str) or not name:
            raise ParamsError(f"prefetch_related takes names of relations and Prefetch objects, not {item!r}")
        _add(found, name.split("__"), prefetch)
    return found


def _add(branches: dict[str, Branch], names: Sequence[str], prefetch: Prefetch[Any, Any, Any] | None) -> None:
    first, rest = names[0], names[1:]
    key = first if rest or prefetch is None or prefetch.to_attr is None else f"{first}:{prefetch.to_attr}"
    branch = branches.get(key) or Branch(first)
    if rest:
        inner = dict(branch.branches)
        _add(inner, rest, prefetch)
        branch = replace(branch, branches=inner)
    elif prefetch is not None:
        branch = replace(branch, question=prefetch.queryset, to_attr=prefetch.to_attr)
    branches[key] = branch


def checked_relation(info: ModelInfo, name: str) -> Relation:
    """The relation called `name`.

    Raises:
        FieldError: there is none.
    """
    linked = info.need()
    relation = linked.relations.get(name)
    if relation is None:
        hint, model = did_you_mean(name, linked.relations), linked.key
        if name in linked.columns:
            raise FieldError(f"Field {name} on {model} is not a relation; {hint}")
        raise UnknownRelationError(f"Relation {name} for {model} not found; {hint}")
    return relation


def check(info: ModelInfo, branches: Mapping[str, Branch]) -> None:
    """Refuse names that are no relations, before any SQL runs."""
    for branch in branches.values():
        relation = checked_relation(info, branch.relation)
        target = info.target(relation)
        if branch.question is not None and branch.question.info.model is not target:
            wrong = branch.question.info.model.__name__
            raise ParamsError(f"Prefetch({branch.relation!r}) needs a query set of {target.__name__}, not of {wrong}")
        if branch.to_attr is not None:
            refuse_taken(info, branch.to_attr)
        check(target.__model__, branch.branches)


async def prefetch(
    connection: Connection, info: ModelInfo, instances: Sequence[Any], branches: Mapping[str, Branch]
) -> None:
    """Load `branches` of all `instances`."""
    check(info, branches)
    for branch in branches.values() if instances else ():
        relation = checked_relation(info, branch.relation)
        target = info.target(relation).__model__
        further = dict(branch.branches)
        if branch.question is not None:
            further = {**branch.question.prefetched, **further}
        objects = await _load(connection, relation, target, branch, instances, bool(further) or watching.on)
        if watching.on:
            watching.found(objects)
            if branch.to_attr is None:
                watching.prefetched(instances, relation.name)
        if further:
            await prefetch(connection, target, objects, further)


async def _load(
    connection: Connection,
    relation: Relation,
    target: ModelInfo,
    branch: Branch,
    instances: Sequence[Any],
    listed: bool,
) -> list[Any]:
    """Load one relation; the objects themselves, where they are to be listed or must be known in any case."""
    statement = Select(target.path) if branch.question is None else branch.question.statement
    bounds = _bounds(statement)
    numbered = bounds is not None and relation.through is None and not statement.distinct
    if bounds is not None:
        statement = statement.replace(limit=None, offset=None)
        if numbered:
            statement = _numbered(statement, relation, target, bounds)
    if statement.output is not None:
        raise ParamsError(f"Prefetch({branch.relation!r}) loads objects, not values()")
    owners = Owners(relation, instances)
    groups: Groups = defaultdict(list)
    loaded: list[Any] = []
    width = 1 if relation.through is None else len(relation.through.near_columns)
    size = KEYS_AT_ONCE // max(len(relation.pairs), width)
    for start in range(0, len(owners.keys), size):
        chunk = owners.keys[start : start + size]
        loaded += await _load_chunk(connection, relation, target, statement, chunk, groups, listed or numbered)
    if numbered:
        for item in loaded:
            del item.__dict__[NUMBER]
    elif bounds is not None:
        groups = defaultdict(list, {key: found[bounds] for key, found in groups.items()})
    owners.give(groups, branch.to_attr)
    return loaded


def _bounds(statement: Select) -> slice | None:
    """Which of the objects of each instance are wanted, where these are not all."""
    if statement.limit is None and statement.offset is None:
        return None
    start = statement.offset or 0
    return slice(start, None if statement.limit is None else start + statement.limit)


def _numbered(statement: Select, relation: Relation, target: ModelInfo, bounds: slice) -> Select:
    """The question with as many rows as `bounds` say of each object that they belong to."""
    from ormgen.query.windows import RowNumber, Window

    orders = target.meta.ordering if statement.order_by is None else statement.order_by
    window = Window(RowNumber(), [far for _, far in relation.pairs], list(orders) or ["pk"])
    conditions = [Condition(f"{NUMBER}__gt", bounds.start)]
    if bounds.stop is not None:
        conditions.append(Condition(f"{NUMBER}__lte", bounds.stop))
    where = (*statement.where, Q.of(tuple(conditions), "AND"))
    return statement.replace(annotations=(*statement.annotations, (NUMBER, window)), where=where)


async def _load_chunk(
    connection: Connection,
    relation: Relation,
    target: ModelInfo,
    statement: Select,
    keys: tuple[Any, ...],
    groups: Groups,
    listed: bool,
) -> list[Any]:
    if relation.through is not None:
        via = Via(relation.model, relation.name, keys, labelled=True)
        compiled, rows = await connection.fetch(statement.replace(via=via))
        return shared(compiled, rows, relation, target, groups)
    only = statement.only
    if only is not None and relation.far not in only:
        statement = statement.replace(only=(*only, relation.far))
    condition = Q.of((Condition(f"{relation.far}__in", keys),), "AND")
    compiled, rows = await connection.fetch(statement.replace(where=(*statement.where, condition)))
    return grouping_hydrator(compiled, target, relation.far, listed)(rows, groups)


def store(instance: Any, name: str, value: Any) -> None:
    """Keep a loaded relation with an instance: an object or None, or a list of objects."""
    loaded = instance.__loaded__
    if loaded is None:
        instance.__loaded__ = {name: value}
    else:
        loaded[name] = value
