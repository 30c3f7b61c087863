"""What a database is asked to do, as frozen data: Select, Insert, Update, Delete.

`shape(values)` gives the key under which the SQL of a statement is cached and collects its values in a fixed order;
`query.resolve` reads statements in that same order. Statements are named tuples, because each step of a question
makes one: 0.4 us, and as much with some parts exchanged, where frozen dataclasses take 2.1 and 5.8.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final, Literal, NamedTuple, Never, Protocol, Self

from ormgen.query.expressions import Expression, OrderBy, Q, Shape, places_for
from ormgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Lock:
    """What `select_for_update` asks for; `share` reads what others have stored since the transaction began, which needs
    a lock on MySQL and MariaDB only.
    """

    nowait: bool = False
    skip_locked: bool = False
    of: tuple[str, ...] = ()
    no_key: bool = False
    share: bool = False


VIA: Final = "via__key"  # the name of the last value of a labelled row; neither columns nor annotations hold "__"


@dataclass(frozen=True, slots=True)
class Via:
    """Restricts rows to those joined with the instances of `model` whose keys are `keys`, by its many-to-many
    `relation`; `labelled` rows carry the key that they belong to as their last value."""

    model: str
    relation: str
    keys: tuple[Any, ...]
    labelled: bool = False


class Hint(NamedTuple):
    """Indexes that MySQL and MariaDB shall use, or have to."""

    kind: Literal["use", "force"]
    indexes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NamedQuestion:
    """A common table expression: a question with a name, which others read like a table; `recursive` ones read
    themselves."""

    name: str
    statement: Select | Compound
    recursive: bool = False

    def shape(self, values: list[Any]) -> Hashable:
        """Its part of a cache key; appends its values."""
        return self.name, self.recursive, self.statement.shape(values)


class NamedJoin(NamedTuple):
    """Rows of a named question that are joined where conditions hold; with `left`, nulls where there are none."""

    name: str
    on: Q
    left: bool = False


class Common(NamedTuple):
    """What a question has to do with named ones: `defined` stand before it, `source` is read instead of the table of
    its model, `joins` are read beside it."""

    defined: tuple[NamedQuestion, ...] = ()
    source: str | None = None
    joins: tuple[NamedJoin, ...] = ()

    def shape(self, values: list[Any]) -> Hashable:
        """Its part of a cache key; appends the values of what is defined, then those of the joins."""
        defined = tuple([each.shape(values) for each in self.defined])
        joins = tuple([(each.name, each.left, each.on.shape(values)) for each in self.joins])
        return defined, self.source, joins


class Select(NamedTuple):
    """A question about one model.

    `order_by` is None where the model's own ordering holds, `only` names the columns to load (None: all), `related`
    the relations loaded by join, `output` what rows of plain values hold, as alias and name (None: rows become
    instances), `ending` turns the question into a count, a check for any row, or one row of aggregates over all of
    them; `hints` are indexes for MySQL and MariaDB to use, `common` names other questions that it reads.
    """

    model: str
    where: tuple[Q, ...] = ()
    order_by: tuple[str | OrderBy, ...] | None = None
    limit: int | None = None
    offset: int | None = None
    distinct: bool = False
    only: tuple[str, ...] | None = None
    related: tuple[str, ...] = ()
    annotations: tuple[tuple[str, Expression], ...] = ()
    output: tuple[tuple[str, str], ...] | None = None
    group_by: tuple[str | Expression, ...] = ()
    ending: Literal["rows", "count", "exists", "aggregate"] = "rows"
    lock: Lock | None = None
    via: Via | None = None
    hints: tuple[Hint, ...] = ()
    common: Common | None = None

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends values in the order common, annotations, where, via, limit, offset, groups, order."""
        common = None if self.common is None else self.common.shape(values)
        annotations = tuple([(name, item.shape(values)) for name, item in self.annotations]) if self.annotations else ()
        where = tuple([item.shape(values) for item in self.where])
        via = self.via
        if via is not None:
            values.append(via.keys)
        if self.limit is not None:
            values.append(self.limit)
        if self.offset is not None:
            values.append(self.offset)
        grouped = _shapes(self.group_by, values) if self.group_by else ()
        return (
            self.model,
            where,
            self.limit is None,
            self.offset is None,
            _shapes(self.order_by, values) if self.order_by else self.order_by,
            self.distinct,
            self.only,
            self.related,
            annotations,
            self.output,
            grouped,
            self.ending,
            self.lock,
            None if via is None else (via.model, via.relation, places_for(len(via.keys)), via.labelled),
            self.hints,
            common,
        )

    @property
    def keyless(self) -> bool:
        """Whether instances come without their primary key unless `only` names it: the key tells every row apart."""
        return self.distinct and self.only is not None

    def replace(self, **changes: Any) -> Self:
        """The same question with some parts exchanged: 0.4 us, where `_replace` takes 0.9."""
        parts = list(self)
        for name, value in changes.items():
            parts[POSITIONS[name]] = value
        return TUPLE(type(self), parts)  # type: ignore[no-any-return]


TUPLE: Final[Any] = tuple.__new__  # `_make` would count the parts
POSITIONS: Final = {name: at for at, name in enumerate(Select._fields)}


def _shapes(entries: tuple[str | OrderBy | Expression, ...], values: list[Any]) -> tuple[Shape, ...]:
    return tuple([entry if isinstance(entry, str) else entry.shape(values) for entry in entries])


class Insert(NamedTuple):
    """New rows of one model; `columns` and `returning` are attributes, `rows` holds one tuple of values for each.

    `conflict` says what happens to rows that exist already: None raises, "ignore" skips them, "update" writes
    `update` of them, found by the unique attributes `on`. `computed` says that some values are expressions, `gathered`
    that the one attribute of `returning` comes as one array of all rows.
    """

    model: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    returning: tuple[str, ...] = ()
    conflict: Literal["ignore", "update"] | None = None
    on: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    computed: bool = False
    gathered: bool = False

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the values row by row."""
        cells: list[Hashable] = []
        for row in self.rows:
            if not self.computed:
                values.extend(row)
                continue
            for value in row:
                if isinstance(value, Expression):
                    cells.append(value.shape(values))
                else:
                    values.append(value)
                    cells.append(None)
        return (
            "insert",
            self.model,
            self.columns,
            len(self.rows),
            self.returning,
            self.conflict,
            self.on,
            self.update,
            self.gathered,
            tuple(cells),
        )


class Update(NamedTuple):
    """New values, as attribute and value, for the rows that `chosen` selects."""

    chosen: Select
    values: tuple[tuple[str, Any], ...]

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the values of the choice, whose annotations new ones may read, then the new ones."""
        chosen = self.chosen.shape(values)
        assigned = []
        for name, value in self.values:
            if isinstance(value, Expression):
                assigned.append((name, value.shape(values)))
            else:
                values.append(value)
                assigned.append((name, None))
        return ("update", tuple(assigned), chosen)


class Delete(NamedTuple):
    """Removes the rows that `chosen` selects."""

    chosen: Select

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the values of the choice."""
        return ("delete", self.chosen.shape(values))


class KeyedUpdate(NamedTuple):
    """New values for many rows, each found by its primary key: `columns` are attributes, the key comes first in
    each of `rows`."""

    model: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the values row by row."""
        for row in self.rows:
            values.extend(row)
        return ("keyed update", self.model, self.columns, len(self.rows))


class Pairs(NamedTuple):
    """Rows of the through table of a many-to-many relation: added to it, or removed from it.

    `near` is the key of the instance, `far` those of the others; removing without `far` clears the relation.
    """

    model: str
    relation: str
    action: Literal["add", "remove", "clear"]
    near: Any
    far: tuple[Any, ...] = ()

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the near key, then the far ones."""
        values.append(self.near)
        values.extend(self.far)
        return ("pairs", self.model, self.relation, self.action, len(self.far))


class NamedColumn(Expression[Never]):
    """A column of a named question that is joined or read: `cte.col.depth`."""

    __slots__ = ("column", "name")

    def __init__(self, name: str, column: str) -> None:
        self.name: Final = name
        self.column: Final = column

    def shape(self, values: list[Any]) -> Any:
        return ("named", self.name, self.column)

    def __repr__(self) -> str:
        return f"{self.name}.col.{self.column}"


class Subquery(Expression[Never]):
    """The values of another question, used inside this one: `filter(id__in=Subquery(...))`."""

    __slots__ = ("select",)

    def __init__(self, select: Select | Compound | SupportsSelect) -> None:
        if not isinstance(select, Select | Compound):
            select = select.as_expression().select
        self.select: Final[Select | Compound] = select

    def shape(self, values: list[Any]) -> Any:
        return ("subquery", self.select.shape(values))

    def __repr__(self) -> str:
        return f"Subquery({self.select!r})"


class SupportsSelect(Protocol):
    """A query set, as far as a sub-query needs it."""

    def as_expression(self) -> Subquery: ...


SetOperator = Literal["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]


class Compound(NamedTuple):
    """The rows of `parts`, each put together with all before it by the operator at its place; the first one's is
    without meaning. `order_by` are names of what the rows hold."""

    parts: tuple[Select | Compound, ...]
    operators: tuple[SetOperator, ...]
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    offset: int | None = None
    ending: Literal["rows", "count", "exists"] = "rows"

    def shape(self, values: list[Any]) -> Hashable:
        """The cache key; appends the values of the parts, then limit and offset."""
        parts = tuple([part.shape(values) for part in self.parts])
        values.extend([value for value in (self.limit, self.offset) if value is not None])
        bounds = self.limit is None, self.offset is None
        return ("compound", parts, self.operators, self.order_by, *bounds, self.ending)

    def replace(self, **changes: Any) -> Self:
        """The same question with some parts exchanged."""
        return self._replace(**changes)

    def each(self, change: Callable[[Select], Select]) -> Self:
        """The same, with every question in it changed."""
        parts = [change(part) if isinstance(part, Select) else part.each(change) for part in self.parts]
        return self._replace(parts=tuple(parts))

    @property
    def first(self) -> Select:
        """The question that says what the rows hold."""
        first = self.parts[0]
        return first if isinstance(first, Select) else first.first


Statement = Select | Insert | Update | Delete | KeyedUpdate | Pairs | Compound
