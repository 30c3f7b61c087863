"""What SQLite lacks and each connection is given: text functions beyond ASCII, and exact decimals.

Decimals are kept as text. `COLLATE ormgen_decimal` compares them as numbers, `ormgen_decimal_sum` and
`ormgen_decimal_avg` add them exactly, `ormgen_decimal(value, places)` rounds what arithmetic made half to even.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from ormgen.drivers.sqlite_scalars import EXACT, QUOTIENT, SCALARS, number


def add_functions(connection: sqlite3.Connection) -> None:
    """Make the functions, aggregates and the collation known to a connection."""
    connection.create_function("regexp", 2, matches, deterministic=True)
    connection.create_function("ormgen_lower", 1, lower, deterministic=True)
    connection.create_function("ormgen_decimal", 2, rounded, deterministic=True)
    connection.create_collation("ormgen_decimal", compare)
    for name, aggregate in AGGREGATES.items():
        connection.create_window_function(name, 1, aggregate)
    for name, (size, function) in SCALARS.items():
        connection.create_function(name, size, function, deterministic=True)


def lower(value: Any) -> Any:
    """Text in lower case, by Unicode's rules; SQLite's own knows ASCII only."""
    return value.lower() if isinstance(value, str) else value


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def matches(pattern: str | None, value: Any) -> bool | None:
    """`value REGEXP pattern`: whether the pattern is found anywhere in the text."""
    if pattern is None or value is None:
        return None
    return _pattern(pattern).search(str(value)) is not None


def compare(left: str, right: str) -> int:
    """-1, 0 or 1; text that is no number comes after all numbers, in its own order."""
    first, second = number(left), number(right)
    if first is None or second is None:
        if first is not None:
            return -1
        return 1 if second is not None else (left > right) - (left < right)
    return (first > second) - (first < second)


def rounded(value: Any, places: int) -> str | None:
    """A number as text with `places` decimal places."""
    exact = None if value is None else number(value)
    return None if exact is None else f"{exact.quantize(Decimal(1).scaleb(-places), context=EXACT):f}"


class DecimalSum:
    """The exact sum of decimals kept as text; None where there are none."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.count = 0

    def step(self, value: Any) -> None:
        """Take one more value."""
        self._add(value, 1)

    def inverse(self, value: Any) -> None:
        """Leave a value out that is no longer in the window."""
        self._add(value, -1)

    def _add(self, value: Any, times: int) -> None:
        exact = None if value is None else number(value)
        if exact is not None:
            self.total = EXACT.fma(exact, Decimal(times), self.total)
            self.count += times

    def value(self) -> str | None:
        """The sum as text."""
        return f"{self.total:f}" if self.count else None

    def finalize(self) -> str | None:
        """The last value."""
        return self.value()


class DecimalMean(DecimalSum):
    """The mean of decimals kept as text."""

    def value(self) -> str | None:
        """The mean as text, with 50 digits."""
        return f"{QUOTIENT.divide(self.total, Decimal(self.count)):f}" if self.count else None


class Spread:
    """How far numbers are from their mean, by `measure`; None where there are too few."""

    measure: str  # a function of `statistics`

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: Any) -> None:
        """Take one more value."""
        if value is not None:
            self.values.append(float(value))

    def inverse(self, value: Any) -> None:
        """Leave a value out that is no longer in the window."""
        if value is not None:
            self.values.remove(float(value))

    def value(self) -> float | None:
        """The measure of all values."""
        import statistics

        measure: Callable[[list[float]], float] = getattr(statistics, self.measure)
        try:
            return measure(self.values)
        except statistics.StatisticsError:
            return None

    def finalize(self) -> float | None:
        """The last value."""
        return self.value()


def _spread(measure: str) -> type[Spread]:
    return type("Spread", (Spread,), {"measure": measure})


AGGREGATES: Mapping[str, Any] = MappingProxyType(
    {
        "ormgen_decimal_sum": DecimalSum,
        "ormgen_decimal_avg": DecimalMean,
        "ormgen_stddevpop": _spread("pstdev"),
        "ormgen_stddevsamp": _spread("stdev"),
        "ormgen_variancepop": _spread("pvariance"),
        "ormgen_variancesamp": _spread("variance"),
    }
)
"""Each aggregate by its name in SQL."""
