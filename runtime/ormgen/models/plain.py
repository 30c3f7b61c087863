"""Questions of the usual kind: what their SQL depends on, and their values.

`filter(power__gt=3).order_by("name").limit(20)` needs no conditions and no statement once its like was compiled: its
names are the key. 9 us for five lookups, where conditions, a statement and the shape of it took 21.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from ormgen.query.expressions import FEW, Condition, Q, places_for, wanted
from ormgen.query.statements import Select

VALUES: Final = frozenset(
    {int, str, float, bytes, UUID, Decimal, datetime.date, datetime.datetime, datetime.time, datetime.timedelta}
)  # a comparison with a value of one of these types, and no subclass, is SQL that depends on the type alone
ITEMS: Final = frozenset({int, str, UUID})
KNOWN: Final = VALUES | {list, tuple}


class Plain:
    """All objects, or those that meet `where`: for each `filter` or `exclude` whether it excludes, then the keyword and
    the type of each condition; and beside that, for each list, the type of its items and the number of places.
    `values` are theirs, in this order. It never changes."""

    __slots__ = ("limit", "offset", "order_by", "values", "where")

    def __init__(
        self,
        where: tuple[tuple[Any, ...], ...] = (),
        values: tuple[Any, ...] = (),
        order_by: tuple[str, ...] | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> None:
        self.where = where
        self.values = values
        self.order_by = order_by
        self.limit = limit
        self.offset = offset

    def narrowed(self, conditions: Mapping[str, Any], negated: bool) -> Plain | None:
        """The same with more conditions; None where one of them is not plain."""
        values = [*conditions.values()]
        kinds = tuple(map(type, values))
        found = group_of(tuple(conditions), kinds, negated) if KNOWN.issuperset(kinds) else None
        if found is None:
            return None
        group, lists = found
        inside: tuple[Any, ...] = ()
        for at in lists:
            items = values[at] = tuple(values[at])
            kind = type(items[0]) if items else None
            if kind not in ITEMS or (len(items) > 1 and len(set(map(type, items))) > 1):
                return None
            size = len(items)
            inside += (kind, size if size <= FEW else places_for(size))
        where = (*self.where, (group, inside))
        return _made(where, (*self.values, *values), self.order_by, self.limit, self.offset)

    def ordered(self, names: tuple[Any, ...]) -> Plain | None:
        """The same in another order; None where that is more than names."""
        for name in names:
            if type(name) is not str:
                return None
        return _made(self.where, self.values, names, self.limit, self.offset)

    def bounded(self, limit: int | None, offset: int | None) -> Plain:
        """The same with other limits."""
        return _made(self.where, self.values, self.order_by, limit, offset)

    def shape(self, model: str) -> tuple[Any, ...]:
        """What the SQL depends on."""
        return ("plain", model, self.where, self.order_by, self.limit is None, self.offset is None)

    def bound(self) -> tuple[Any, ...]:
        """The values in the order in which the statement has them."""
        if self.limit is None:
            return self.values if self.offset is None else (*self.values, self.offset)
        return (*self.values, self.limit) if self.offset is None else (*self.values, self.limit, self.offset)

    def select(self, model: str) -> Select:
        """The statement."""
        values, where = iter(self.values), []
        for (negated, *parts), _ in self.where:
            keys = [part for part in parts if type(part) is str]
            where.append(Q.of(tuple([Condition(key, next(values)) for key in keys]), "AND", negated))
        return Select(model, tuple(where), self.order_by, self.limit, self.offset)


def _made(
    where: tuple[tuple[Any, ...], ...],
    values: tuple[Any, ...],
    order_by: tuple[str, ...] | None,
    limit: int | None,
    offset: int | None,
) -> Plain:
    """As `Plain(…)`, which Python calls through three functions of its own: a third of each step."""
    made = _new(Plain)
    made.where = where
    made.values = values
    made.order_by = order_by
    made.limit = limit
    made.offset = offset
    return made


_new: Final = object.__new__


@lru_cache(maxsize=2_000)
def group_of(
    names: tuple[str, ...], kinds: tuple[type, ...], negated: bool
) -> tuple[tuple[Any, ...], tuple[int, ...]] | None:
    """A group of conditions with values of these types, None where one is not plain; and which of them are lists.
    Found in 0.2 us, which takes 3 for five conditions."""
    group: list[Any] = [negated]
    lists = []
    for at, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        if kind in VALUES and wanted(name) is None:
            group += (name, kind)
        elif kind not in VALUES and wanted(name) == "several":
            group += (name, None)
            lists.append(at)
        else:
            return None
    return tuple(group), tuple(lists)


EVERYTHING: Final = Plain()
