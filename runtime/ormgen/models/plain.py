"""Questions of the usual kind: what their SQL depends on, and their values.

`filter(power__gt=3).order_by("name").limit(20)` needs no conditions and no statement once its like was compiled: its
names lead to what was compiled.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from ormgen.query.expressions import FEW, Condition, Q, places_for, wanted
from ormgen.query.statements import Select
from ormgen.schema.generate import generated

VALUES: Final = frozenset(
    {int, str, float, bytes, UUID, Decimal, datetime.date, datetime.datetime, datetime.time, datetime.timedelta}
)  # a comparison with a value of one of these types, and no subclass, is SQL that depends on the type alone
ITEMS: Final = frozenset({int, str, UUID})
KNOWN: Final = VALUES | {list, tuple}
PLANS_KEPT: Final = 2_000  # of one model
QUICK_KEPT: Final = 200  # of one plan
OFTEN: Final = 3  # from then on a step has a function of its own, whose making takes 0.2 ms


class Plan:
    """What the SQL of a usual question depends on: the model, whose conditions these are, the order, and whether there
    are limits. For each `filter` or `exclude` it has in `where` whether that excludes, then the keyword and the type of
    each condition; and beside that, for each list, the type of its items and the number of places.

    A step from a plan gives the same plan each time, found by the names and types of what the step is given and by
    nothing else, so that a plan is the key of its own SQL: five lookups, an order and a limit take 17,000 instructions
    less than with keys that each step puts together anew. Plans are bounded, the oldest steps are forgotten first.

    `lists` says which conditions of the last group are lists: then it is no question before these are known as well.
    """

    __slots__ = (
        *("_asked", "_limits", "_narrower", "_orders", "_quick", "_taken"),
        *("limited", "lists", "model", "order_by", "skips", "where"),
    )

    def __init__(
        self,
        model: str,
        where: tuple[tuple[Any, ...], ...] = (),
        order_by: tuple[str, ...] | None = None,
        limited: bool = False,
        skips: bool = False,
    ) -> None:
        self.model = model
        self.where = where
        self.order_by = order_by
        self.limited = limited
        self.skips = skips
        self.lists: tuple[int, ...] = ()
        self._narrower: dict[tuple[Any, ...], Plan] = {}
        self._orders: dict[tuple[str, ...], Plan] = {}
        self._limits: dict[tuple[bool, bool], Plan] = {}
        self._taken: deque[tuple[dict[Any, Plan], Any]] = deque()
        self._quick: dict[tuple[str, ...], Callable[..., Plain | None]] = {}
        self._asked = 0

    @property
    def kinds(self) -> tuple[type | None, ...]:
        """The types of the values of the conditions, for lists those of their items."""
        found: list[type | None] = []
        for (_, *parts), inside in self.where:
            items = iter(inside[::2])
            found += [next(items) if kind is None else kind for kind in parts[1::2]]
        return tuple(found)

    def narrowed(self, conditions: Mapping[str, Any], negated: bool) -> Plain | None:
        """The plan with more conditions, and their values; None where one of them is not plain."""
        if not negated:
            quick = self._quick.get(tuple(conditions))
            if quick is not None and (known := quick(*conditions.values())) is not None:
                return known
        found = self._told(conditions, negated)
        if found is None:
            return None
        plan, values = found
        plan._asked += 1
        if (
            plan._asked == OFTEN
            and not negated
            and all(type(value) is not tuple or len(value) <= FEW for value in values)
        ):
            if len(self._quick) >= QUICK_KEPT:
                self._quick.clear()
            self._quick[tuple(conditions)] = quick_step(plan, values)
        return plan, values, None, None

    def _told(self, conditions: Mapping[str, Any], negated: bool) -> tuple[Plan, tuple[Any, ...]] | None:
        found = self._narrower.get((negated, *conditions, *map(type, conditions.values())))
        if found is None and (found := self._grouped(conditions, negated)) is None:
            return None
        if not found.lists:
            return found, tuple(conditions.values())
        values, inside = [*conditions.values()], list[Any]()
        for at in found.lists:
            items = values[at] = tuple(values[at])
            kinds = [*map(type, items)]
            size = len(kinds)
            if not size or kinds[0] not in ITEMS or kinds.count(kinds[0]) != size:
                return None
            inside += kinds[0], size if size <= FEW else places_for(size)
        key = tuple(inside)
        return found._narrower.get(key) or found._listed(key), tuple(values)

    def ordered(self, names: tuple[Any, ...]) -> Plan | None:
        """The plan in another order; None where that is more than names."""
        for name in names:
            if type(name) is not str:
                return None
        found = self._orders.get(names)
        return found or self._step(self._orders, names, Plan(self.model, self.where, names, self.limited, self.skips))

    def bounded(self, limited: bool, skips: bool) -> Plan:
        """The plan with or without a limit and an offset."""
        found = self._limits.get((limited, skips))
        made = found or Plan(self.model, self.where, self.order_by, limited, skips)
        return found or self._step(self._limits, (limited, skips), made)

    def select(self, values: Iterable[Any], limit: int | None, offset: int | None) -> Select:
        """The statement of these values."""
        given, where = iter(values), []
        for (negated, *parts), _ in self.where:
            keys = [part for part in parts if type(part) is str]
            where.append(Q.of(tuple([Condition(key, next(given)) for key in keys]), "AND", negated))
        return Select(self.model, tuple(where), self.order_by, limit, offset)

    def _grouped(self, conditions: Mapping[str, Any], negated: bool) -> Plan | None:
        kinds = tuple(map(type, conditions.values()))
        found = group_of(tuple(conditions), kinds, negated) if KNOWN.issuperset(kinds) else None
        if found is None:
            return None
        group, lists = found
        made = Plan(self.model, (*self.where, (group, ())), self.order_by, self.limited, self.skips)
        made.lists = lists
        return self._step(self._narrower, (negated, *conditions, *kinds), made)

    def _listed(self, inside: tuple[Any, ...]) -> Plan:
        where = (*self.where[:-1], (self.where[-1][0], inside))
        return self._step(self._narrower, inside, Plan(self.model, where, self.order_by, self.limited, self.skips))

    def _step(self, steps: dict[Any, Plan], key: Any, made: Plan) -> Plan:
        """Keep a step of this plan; what comes from one model's first plan is counted together."""
        made._taken = taken = self._taken
        taken.append((steps, key))
        if len(taken) > PLANS_KEPT:
            forgotten, oldest = taken.popleft()
            forgotten.pop(oldest, None)
        steps[key] = made
        return made


Plain = tuple[Plan, tuple[Any, ...], int | None, int | None]  # a plan, the values of its conditions, limit and offset


def quick_step(plan: Plan, values: Sequence[Any]) -> Callable[..., Plain | None]:
    """A function that takes values of the last conditions of `plan`: it gives what `narrowed` does where they are of
    the same types as `values` and as many, None for others. For five conditions it takes a third of the 13,500
    instructions that a key of all types takes.
    """
    scope: dict[str, Any] = {"plan": plan}
    tests, items, taken = [], [], []
    for at, value in enumerate(values):
        scope[f"t{at}"] = kind = type(value)
        if kind is not tuple:
            tests.append(f"type(v{at}) is t{at}")
            taken.append(f"v{at}")
            continue
        names = [f"i{at}_{number}" for number in range(len(value))]
        scope[f"k{at}"] = type(value[0])
        tests.append(f"type(v{at}) is list and len(v{at}) == {len(names)}")
        items += [f"        {', '.join(names)}, = v{at}"]
        items += [
            f"        if not ({' and '.join(f'type({name}) is k{at}' for name in names)}):",
            "            return None",
        ]
        taken.append(f"({', '.join(names)},)")
    lines = [
        f"def quick({', '.join(f'v{at}' for at in range(len(values)))}):",
        f"    if {' and '.join(tests)}:",
        *items,
    ]
    lines += [f"        return plan, ({', '.join(taken)},), None, None", "    return None"]
    return generated("quick", lines, scope)


def bound(plain: Plain) -> tuple[Any, ...]:
    """The values in the order in which the statement has them."""
    _, values, limit, offset = plain
    if limit is None:
        return values if offset is None else (*values, offset)
    return (*values, limit) if offset is None else (*values, limit, offset)


def group_of(
    names: tuple[str, ...], kinds: tuple[type, ...], negated: bool
) -> tuple[tuple[Any, ...], tuple[int, ...]] | None:
    """A group of conditions with values of these types, None where one is not plain; and which of them are lists."""
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
