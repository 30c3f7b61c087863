"""What SQLite lacks and each connection is given: text functions beyond ASCII, and exact decimals.

Decimals are kept as text. `COLLATE ormgen_decimal` compares them as numbers, `ormgen_decimal_sum` and
`ormgen_decimal_avg` add them exactly, `ormgen_decimal(value, places)` rounds what arithmetic made half to even.
"""

from __future__ import annotations

import re
import sqlite3
import statistics
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
    connection.create_aggregate("ormgen_decimal_sum", 1, DecimalSum)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    connection.create_aggregate("ormgen_decimal_avg", 1, DecimalMean)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    for name, aggregate in SPREADS.items():
        connection.create_aggregate(name, 1, aggregate)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
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
        exact = None if value is None else number(value)
        if exact is not None:
            self.total = EXACT.add(self.total, exact)
            self.count += 1

    def finalize(self) -> str | None:
        """The sum as text."""
        return f"{self.total:f}" if self.count else None


class DecimalMean(DecimalSum):
    """The mean of decimals kept as text."""

    def finalize(self) -> str | None:
        """The mean as text, with 50 digits."""
        return f"{QUOTIENT.divide(self.total, Decimal(self.count)):f}" if self.count else None


class _Spread:
    """How far numbers are from their mean; None where there are too few."""

    measure: Callable[[list[float]], float]

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: Any) -> None:
        """Take one more value."""
        if value is not None:
            self.values.append(float(value))

    def finalize(self) -> float | None:
        """The measure of all values."""
        try:
            return type(self).measure(self.values)
        except statistics.StatisticsError:
            return None


def _spread(function: Callable[[list[float]], float]) -> type[_Spread]:
    return type("Spread", (_Spread,), {"measure": staticmethod(function)})


SPREADS: Mapping[str, type[_Spread]] = MappingProxyType(
    {
        "ormgen_stddevpop": _spread(statistics.pstdev),
        "ormgen_stddevsamp": _spread(statistics.stdev),
        "ormgen_variancepop": _spread(statistics.pvariance),
        "ormgen_variancesamp": _spread(statistics.variance),
    }
)
