"""Indexes that are more than columns, from the statements that a catalog keeps of them to what a model says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from ormgen.migrations.live import closing, parts, unquoted
from ormgen.records import dataclass

_NAME: Final = r"(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_HEAD: Final = re.compile(
    rf"\s*CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\s+ON\s+(?:ONLY\s+)?"
    rf"(?:{_NAME}\.)?(?P<table>{_NAME})\s*(?:USING\s+(?P<kind>\w+)\s*)?\(",
    re.IGNORECASE,
)
_REST: Final = re.compile(r"\s*(?:WHERE\s+(?P<condition>.+?))?\s*;?\s*", re.IGNORECASE | re.DOTALL)
_COLUMN: Final = re.compile(rf"(?P<name>{_NAME})(?:\s+(?P<opclass>[\w.]+))?")
_COMPUTED: Final = re.compile(r"(?P<what>.+\))\s+(?P<opclass>[\w.]+)", re.DOTALL)
_ORDERED: Final = re.compile(
    r"(?P<what>.+?)(?:\s+(?P<way>ASC|DESC))?(?:\s+NULLS\s+(?P<nulls>FIRST|LAST))?", re.IGNORECASE | re.DOTALL
)
_EXCLUSION: Final = re.compile(r"EXCLUDE\s+USING\s+(?P<kind>\w+)\s*\(")
_COMPARED: Final = re.compile(r"(?P<what>[\w$]+|\"(?:[^\"]|\"\")+\"|.+\))\s+WITH\s+(?P<operator>\S+)", re.DOTALL)
_MYSQL: Final = {"FULLTEXT": "FullTextIndex", "SPATIAL": "SpatialIndex"}
_POSTGRES: Final = {
    "gin": "GinIndex",
    "gist": "GistIndex",
    "brin": "BrinIndex",
    "hash": "HashIndex",
    "spgist": "SpGistIndex",
    "bloom": "BloomIndex",
}
HOMES: Final = {
    **dict.fromkeys((*_MYSQL.values(), "PrefixIndex"), "ormgen.contrib.mysql.indexes"),
    **dict.fromkeys((*_POSTGRES.values(), "PostgreSQLIndex"), "ormgen.contrib.postgres.indexes"),
    **dict.fromkeys(("CheckConstraint", "Index", "PartialIndex", "UniqueConstraint"), "ormgen.indexes"),
    "ArrayField": "ormgen.contrib.postgres.fields",
    "ExclusionConstraint": "ormgen.constraints",
    "RawSQL": "ormgen.expressions",
    "SqlDefault": "ormgen.fields.db_defaults",
}
"""Where the names stand that written models use, besides `Model` and `fields`."""


@dataclass(frozen=True)
class SpecialIndex:
    """An index as its statement says; `elements` are columns or SQL, `opclasses` one for each of them, or none.

    `orders` are ways and places of nulls, both in upper case or empty, for each element.
    """

    name: str
    unique: bool
    kind: str
    columns: tuple[str, ...]
    elements: tuple[str, ...]
    opclasses: tuple[str, ...]
    condition: str | None
    orders: tuple[tuple[str, str], ...] = ()

    @property
    def ordered(self) -> bool:
        """Whether some element is not in the order that is usual."""
        return any(way == "DESC" or nulls for way, nulls in self.orders)

    @property
    def simply(self) -> bool:
        """Whether there is nothing about its columns but descending orders."""
        return bool(self.columns) and not self.opclasses and not any(nulls for _, nulls in self.orders)

    def source(self, field_of: Callable[[str], str]) -> str | None:
        """The source of an index; None where no class has it. `field_of` gives the attribute of a column."""
        name = f"name={self.name!r}"
        signs = ["-" if way == "DESC" else "" for way, _ in self.orders]
        columns = tuple(f"{sign}{field_of(each)}" for sign, each in zip(signs, self.columns, strict=False))
        what = f"fields={columns!r}"
        if not self.columns or (self.ordered and not self.simply):
            what = ", ".join(map(_expression, self.elements, self.orders))
        condition = [] if self.condition is None else [f"condition={self.condition!r}"]
        unique = ["unique=True"] if self.unique else []
        opclasses = [f"opclasses={self.opclasses!r}"] if self.opclasses else []
        if self.unique and not opclasses and "fields=('-" not in what and ", '-" not in what:
            return f"UniqueConstraint({', '.join([what, name, *condition])})"
        if self.kind == "btree":
            called = "PostgreSQLIndex" if opclasses else "PartialIndex" if condition else "Index"
            return f"{called}({', '.join([what, name, *condition, *opclasses, *unique])})"
        known = _POSTGRES.get(self.kind)
        return known and f"{known}({', '.join([what, name, *condition, *opclasses])})"


def read_index(statement: str, columns: Collection[str]) -> SpecialIndex | None:
    """An index of a table that has `columns`; None where its statement says what no model can."""
    head = _HEAD.match(statement)
    end = closing(statement, head.end() - 1) if head is not None else None
    rest = _REST.fullmatch(statement, end + 1) if end is not None else None
    if head is None or end is None or rest is None:
        return None
    elements = tuple(each.strip() for each in parts(statement[head.end() : end]))
    split = [match for each in elements if (match := _ORDERED.fullmatch(each)) is not None]
    elements = tuple(each["what"] for each in split)
    orders = tuple(((each["way"] or "").upper(), (each["nulls"] or "").upper()) for each in split)
    found = [_COLUMN.fullmatch(each) for each in elements]
    plain = [each if each is not None and unquoted(each["name"]) in columns else None for each in found]
    computed = [
        _COMPUTED.fullmatch(each) if columned is None else None for each, columned in zip(elements, plain, strict=True)
    ]
    served = [each or other for each, other in zip(plain, computed, strict=True)]
    classes = tuple((each["opclass"] if each is not None else "") or "" for each in served)
    elements = tuple(
        each if found is None or not found["opclass"] else found["name" if found is column else "what"]
        for each, found, column in zip(elements, served, plain, strict=True)
    )
    names = tuple(unquoted(each["name"]) for each in plain if each is not None) if all(plain) else ()
    kind = (head["kind"] or "btree").lower()
    opclasses = classes if any(classes) else ()
    return SpecialIndex(
        unquoted(head["name"]), bool(head["unique"]), kind, names, elements, opclasses, rest["condition"], orders
    )


def exclusion_source(name: str, definition: str) -> str | None:
    """The source of an exclusion constraint; None where no class says it."""
    head = _EXCLUSION.match(definition)
    end = closing(definition, head.end() - 1) if head is not None else None
    rest = _REST.fullmatch(definition, end + 1) if end is not None else None
    if head is None or end is None or rest is None:
        return None
    found = [_COMPARED.fullmatch(each.strip()) for each in parts(definition[head.end() : end])]
    listed = [(each["what"], each["operator"]) for each in found if each is not None]
    if len(listed) < len(found):
        return None
    listed = [(f"({what})" if not what.startswith("(") else what, operator) for what, operator in listed]
    kind = head["kind"].upper()
    told = [repr(listed), f"name={name!r}", *([] if kind == "GIST" else [f"index_type={kind!r}"])]
    told += [f"condition={rest['condition'].strip()!r}"] if rest["condition"] else []
    return f"ExclusionConstraint({', '.join(told)})"


def table_of(statement: str) -> str | None:
    """The table of an index, without its schema."""
    head = _HEAD.match(statement)
    return None if head is None else unquoted(head["table"])


def _expression(element: str, order: tuple[str, str]) -> str:
    way, nulls = order
    told = f"nulls_{nulls.lower()}=True" if nulls else ""
    turned = f".{'desc' if way == 'DESC' else 'asc'}({told})" if way == "DESC" or told else ""
    return f"RawSQL({element!r}){turned}"


@dataclass(frozen=True)
class MysqlIndex:
    """An index of MariaDB or MySQL; `marks` stand behind `columns`: the length of a prefix, D for descending order."""

    unique: bool
    kind: str
    table: str
    name: str
    columns: tuple[str, ...]
    marks: tuple[str, ...]

    @classmethod
    def read(cls, told: str) -> MysqlIndex:
        """The index that the lines of the catalog tell."""
        unique, kind, table, name, *pairs = told.split("\n")
        return cls(bool(unique), kind, table, name, tuple(pairs[::2]), tuple(pairs[1::2]))

    def source(self, field_of: Callable[[str], str]) -> str | None:
        """The source of the index; None where no class has it."""
        fields, name = [field_of(each) for each in self.columns], f"name={self.name!r}"
        if self.kind in _MYSQL:
            return f"{_MYSQL[self.kind]}(fields={tuple(fields)!r}, {name})"
        if self.kind != "BTREE" or not all(fields):
            return None
        name += ", unique=True" if self.unique else ""
        if set(self.marks) <= {"", "D"}:
            signed = tuple(f"-{each}" if mark else each for each, mark in zip(fields, self.marks, strict=True))
            return f"Index(fields={signed!r}, {name})"
        if any("D" in each for each in self.marks):
            return None
        lengths = tuple(int(mark or 0) for mark in self.marks)
        return f"PrefixIndex(fields={tuple(fields)!r}, lengths={lengths!r}, {name})"

    def __str__(self) -> str:
        listed = [
            f"{each}{f'({mark})' if mark.isdecimal() else ' DESC' if mark else ''}" for each, mark in self.parts()
        ]
        return f"{'UNIQUE ' if self.unique else ''}{self.kind} {self.name} ({', '.join(listed)})"

    def parts(self) -> list[tuple[str, str]]:
        """Columns and marks."""
        return list(zip(self.columns, self.marks, strict=True))


def imports(body: str) -> list[str]:
    """The lines that import what a text of models uses."""
    used: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        if re.search(rf"(?<![\w.'\"]){name}\(", body):
            used.setdefault(home, []).append(name)
    return [f"from {home} import {', '.join(sorted(names))}" for home, names in sorted(used.items())]
