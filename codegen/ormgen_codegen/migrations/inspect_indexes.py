"""Indexes that are more than columns, from the statements that a catalog keeps of them to what a model says."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ormgen.migrations.live import closing, parts, unquoted

_NAME: Final = r"(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_HEAD: Final = re.compile(
    rf"\s*CREATE\s+(?P<unique>UNIQUE\s+)?INDEX\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>{_NAME})\s+ON\s+(?:ONLY\s+)?"
    rf"(?:{_NAME}\.)?(?P<table>{_NAME})\s*(?:USING\s+(?P<kind>\w+)\s*)?\(",
    re.IGNORECASE,
)
_REST: Final = re.compile(r"\s*(?:WHERE\s+(?P<condition>.+?))?\s*;?\s*", re.IGNORECASE | re.DOTALL)
_COLUMN: Final = re.compile(rf"(?P<name>{_NAME})(?:\s+(?P<opclass>[\w.]+))?")
_ORDERED: Final = re.compile(r"\b(?:ASC|DESC|NULLS\s+(?:FIRST|LAST)|COLLATE\s+\S+)$", re.IGNORECASE)
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
    **dict.fromkeys(_MYSQL.values(), "ormgen.contrib.mysql.indexes"),
    **dict.fromkeys(_POSTGRES.values(), "ormgen.contrib.postgres.indexes"),
    **dict.fromkeys(("CheckConstraint", "Index", "PartialIndex", "UniqueConstraint"), "ormgen.indexes"),
    "ArrayField": "ormgen.contrib.postgres.fields",
    "RawSQL": "ormgen.expressions",
    "SqlDefault": "ormgen.fields.db_defaults",
}
"""Where the names stand that written models use, besides `Model` and `fields`."""


@dataclass(frozen=True)
class SpecialIndex:
    """An index as its statement says; `elements` are columns or SQL, `opclasses` one for each of them, or none."""

    name: str
    unique: bool
    kind: str
    columns: tuple[str, ...]
    elements: tuple[str, ...]
    opclasses: tuple[str, ...]
    condition: str | None


def read_index(statement: str, columns: Collection[str]) -> SpecialIndex | None:
    """An index of a table that has `columns`; None where its statement says what no model can."""
    head = _HEAD.match(statement)
    end = closing(statement, head.end() - 1) if head is not None else None
    rest = _REST.fullmatch(statement, end + 1) if end is not None else None
    if head is None or end is None or rest is None:
        return None
    elements = tuple(each.strip() for each in parts(statement[head.end() : end]))
    if any(_ORDERED.search(each) for each in elements):
        return None
    found = [_COLUMN.fullmatch(each) for each in elements]
    plain = [each for each in found if each is not None and unquoted(each["name"]) in columns]
    classes = tuple(each["opclass"] or "" for each in plain)
    if any(classes) and (len(plain) < len(elements) or not all(classes)):
        return None
    names = tuple(unquoted(each["name"]) for each in plain) if len(plain) == len(elements) else ()
    kind = (head["kind"] or "btree").lower()
    opclasses = classes if any(classes) else ()
    return SpecialIndex(
        unquoted(head["name"]), bool(head["unique"]), kind, names, elements, opclasses, rest["condition"]
    )


def table_of(statement: str) -> str | None:
    """The table of an index, without its schema."""
    head = _HEAD.match(statement)
    return None if head is None else unquoted(head["table"])


def special_index(index: SpecialIndex, field_of: Callable[[str], str]) -> str | None:
    """The source of an index; None where no class has it. `field_of` gives the attribute of a column."""
    name = f"name={index.name!r}"
    fields = f"fields={tuple(field_of(each) for each in index.columns)!r}"
    what = fields if index.columns else ", ".join(f"RawSQL({each!r})" for each in index.elements)
    condition = [] if index.condition is None else [f"condition={index.condition!r}"]
    if index.unique:
        plain = index.kind == "btree" and index.columns and not index.opclasses
        return f"UniqueConstraint({', '.join([fields, name, *condition])})" if plain else None
    if index.kind == "btree":
        called = "PartialIndex" if condition else "Index"
        return None if index.opclasses else f"{called}({', '.join([what, name, *condition])})"
    known = _POSTGRES.get(index.kind)
    opclasses = [f"opclasses={index.opclasses!r}"] if index.opclasses else []
    return known and f"{known}({', '.join([what, name, *condition, *opclasses])})"


def mysql_index(told: str, columns: tuple[str, ...], field_of: Callable[[str], str]) -> str | None:
    """The source of an index of MySQL or MariaDB, of which `told` is the kind and the name."""
    kind, _, name = told.partition(" ")
    known = _MYSQL.get(kind)
    return known and f"{known}(fields={tuple(field_of(each) for each in columns)!r}, name={name!r})"


def imports(body: str) -> list[str]:
    """The lines that import what a text of models uses."""
    used: dict[str, list[str]] = {}
    for name, home in HOMES.items():
        if re.search(rf"(?<![\w.'\"]){name}\(", body):
            used.setdefault(home, []).append(name)
    return [f"from {home} import {', '.join(sorted(names))}" for home, names in sorted(used.items())]
