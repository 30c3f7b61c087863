"""What changes tables, one step after the other, as data that a runner carries out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, without parameters."""

    sql: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Counts rows that stand in the way: unless there are none, `fact` says what is wrong and nothing is done."""

    sql: str
    fact: str


@dataclass(frozen=True, slots=True)
class Filling:
    """Gives rows whose `column` is empty a value from `make`, called once for each row.

    `select` reads the keys of some of them, `update` takes a value and a key; `size` rows are read at a time.
    """

    column: FieldSchema
    make: Callable[[], Any]
    select: str
    update: str
    size: int = 500


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """Puts a new table in the place of an SQLite table, which cannot be altered in place.

    Indexes and triggers that are not in `known` are made again as they were. `create`, `copy` and `swap` run in this
    order, `indexes` at the end. Foreign keys have to be off.
    """

    table: str
    create: str
    copy: str
    swap: tuple[str, ...]
    indexes: tuple[str, ...]
    known: tuple[str, ...]

    @property
    def others_sql(self) -> str:
        """Reads name, kind and text of every index and trigger of the table; the table is the parameter."""
        return (
            "SELECT name, type, sql FROM sqlite_master "
            "WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL"
        )


Step: TypeAlias = Statement | Refusal | Filling | Rebuilding


def texts(steps: list[Step]) -> list[str]:
    """The steps as SQL to be read by people."""
    found: list[str] = []
    for step in steps:
        match step:
            case Statement(sql=sql):
                found.append(sql)
            case Refusal(sql=sql, fact=fact):
                found.append(f"-- refuses if this counts any row ({fact}):\n-- {sql}")
            case Filling(column=column, update=update):
                found.append(f"-- for each row without {column.column}, with a value made in Python:\n-- {update}")
            case Rebuilding():
                kept = "-- indexes and triggers of the table that no model knows are made again"
                found += [step.create, step.copy, *step.swap, *step.indexes, kept]
    return found
