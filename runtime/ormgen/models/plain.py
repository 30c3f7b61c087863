"""Questions of the usual kind: what their SQL depends on, and their values.

`filter(power__gt=3).order_by("name").limit(20)` needs no conditions and no statement once its like was compiled: its
names are the key. 9 us for five lookups, where conditions, a statement and the shape of it took 21.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from ormgen.query.expressions import Condition, Q, places_for, wanted
from ormgen.query.statements import Select

VALUES: Final = frozenset(
    {int, str, float, bytes, UUID, Decimal, datetime.date, datetime.datetime, datetime.time, datetime.timedelta}
)  # a comparison with a value of one of these types, and no subclass, is SQL that depends on the type alone
ITEMS: Final = frozenset({int, str, UUID})


class Plain(NamedTuple):
    """All objects, or those that meet `where`: for each `filter` or `exclude` whether it excludes, then the keyword and
    the type of each condition, with the number of places for those of a list. `values` are theirs, in this order."""

    where: tuple[tuple[Any, ...], ...] = ()
    values: tuple[Any, ...] = ()
    order_by: tuple[str, ...] | None = None
    limit: int | None = None
    offset: int | None = None

    def narrowed(self, conditions: Mapping[str, Any], negated: bool) -> Plain | None:
        """The same with more conditions; None where one of them is not plain."""
        group: list[Any] = [negated]
        values = list(self.values)
        for key, value in conditions.items():
            kind = type(value)
            if kind in VALUES and wanted(key) is None:
                group += (key, kind)
                values.append(value)
            elif kind is list or kind is tuple:
                kinds = {type(item) for item in value}
                if wanted(key) != "several" or len(kinds) != 1 or not kinds <= ITEMS:
                    return None
                group += (key, kinds.pop(), places_for(len(value)))
                values.append(tuple(value))
            else:
                return None
        return made(((*self.where, tuple(group)), tuple(values), self.order_by, self.limit, self.offset))

    def ordered(self, names: tuple[Any, ...]) -> Plain | None:
        """The same in another order; None where that is more than names."""
        for name in names:
            if type(name) is not str:
                return None
        return made((self.where, self.values, names, self.limit, self.offset))

    def bounded(self, limit: int | None, offset: int | None) -> Plain:
        """The same with other limits."""
        return made((self.where, self.values, self.order_by, limit, offset))

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
        for negated, *parts in self.where:
            keys = [part for part in parts if type(part) is str]
            where.append(Q.of(tuple([Condition(key, next(values)) for key in keys]), "AND", negated))
        return Select(model, tuple(where), self.order_by, self.limit, self.offset)


made: Final = partial(tuple.__new__, Plain)  # of a tuple of all fields, in half the time

EVERYTHING: Final = Plain()
