"""Constraints as the statements say that SQLite keeps of its tables: their names, and when they are looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ormgen.records import dataclass
from ormgen.sql.statement_parts import closing, parts, unquoted

_TOKEN: Final = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|[\w$]+|\S", re.DOTALL
)
_WORDS: Final = ("CHECK", "NOT", "NULL", "DEFAULT", "COLLATE", "GENERATED", "AS")  # what else begins a constraint


@dataclass(frozen=True)
class SqliteConstraint:
    """One constraint of CREATE TABLE; `kind` is PRIMARY, UNIQUE or REFERENCES, `deferrable` stands behind a key."""

    kind: str
    columns: tuple[str, ...]
    name: str | None
    deferrable: str = ""


def sqlite_constraints(statement: str) -> list[SqliteConstraint]:
    """The keys and unique constraints of CREATE TABLE, in order."""
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    return [found for part in parts(statement[opened + 1 : end]) for found in _of_part(part)] if end is not None else []


def _of_part(part: str) -> Iterator[SqliteConstraint]:
    """The constraints of one column, or of the table."""
    tokens = list(_tokens(part))
    column, name = unquoted(tokens[0]) if tokens else "", None
    near: tuple[str, ...] = (column,)
    group: tuple[str, ...] = ()
    at = 0
    while at < len(tokens):
        word, group = tokens[at].upper(), ()
        if word == "CONSTRAINT" and at + 1 < len(tokens):
            name, at = unquoted(tokens[at + 1]), at + 2
            continue
        if word in ("PRIMARY", "FOREIGN") and at + 1 < len(tokens):
            at += 1
        if word in ("PRIMARY", "UNIQUE", "FOREIGN") and tokens[at + 1 : at + 2] and tokens[at + 1][0] == "(":
            group, at = _columns(tokens[at + 1]), at + 1
        if word == "FOREIGN":
            near = group
        elif word == "REFERENCES":
            yield SqliteConstraint(word, near, name, _deferrable(tokens[at:]))
            name = None
        elif word in ("PRIMARY", "UNIQUE"):
            yield SqliteConstraint(word, group or (column,), name)
            name = None
        elif word in _WORDS:
            name = None
        at += 1


def _tokens(text: str) -> Iterator[str]:
    """The words of a text; what is in brackets is one of them, comments are none."""
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        token, at = match[0], match.end()
        if token == "(":
            end = closing(text, match.start())
            at = len(text) if end is None else end + 1
            yield text[match.start() : at]
        elif not token.startswith(("--", "/*")):
            yield token


def _columns(group: str) -> tuple[str, ...]:
    return tuple(unquoted(next(_tokens(each), "")) for each in parts(group[1:-1]))


def _deferrable(tokens: list[str]) -> str:
    words = [token.upper() for token in tokens]
    if "DEFERRABLE" not in words or words[words.index("DEFERRABLE") - 1] == "NOT":
        return ""
    deferred = words[words.index("DEFERRABLE") + 1 :][:2] == ["INITIALLY", "DEFERRED"]
    return f"DEFERRABLE INITIALLY {'DEFERRED' if deferred else 'IMMEDIATE'}"


_NAME: Final = r"(?:\"(?:[^\"]|\"\")+\"|`[^`]+`|\[[^\]]+\]|[\w$]+)"
_COLLATED: Final = re.compile(rf"\s*(?P<column>{_NAME})(?P<rest>.*)", re.DOTALL)
_COLLATE: Final = re.compile(rf"\bCOLLATE\s+(?P<name>{_NAME})", re.IGNORECASE)
_INSIDE: Final = re.compile(r"\([^()]*\)|'(?:[^']|'')*'|/\*.*?\*/", re.DOTALL)


def sqlite_collations(statement: str) -> Iterator[tuple[str, str]]:
    """The columns that CREATE TABLE gives a collation, and its name."""
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    for part in parts(statement[opened + 1 : end]) if end is not None else ():
        while (shorter := _INSIDE.sub(" ", part)) != part:
            part = shorter
        match = _COLLATED.match(part)
        found = _COLLATE.search(match["rest"]) if match is not None else None
        if match is not None and found is not None:
            yield unquoted(match["column"]), unquoted(found["name"])


def sqlite_generated(statement: str) -> Iterator[tuple[str, str]]:
    """The columns that CREATE TABLE computes, and how."""
    for tokens in _definitions(statement):
        words = [token.upper() for token in tokens]
        at = next((at for at, word in enumerate(words) if word == "AS" and at and tokens[at + 1 : at + 2]), None)
        if at is not None and tokens[at + 1].startswith("("):
            stored = "STORED" if "STORED" in words[at:] else "VIRTUAL"
            yield unquoted(tokens[0]), f"GENERATED ALWAYS AS {tokens[at + 1]} {stored}"


def unkept_by_models(statement: str) -> Iterator[str]:
    """What CREATE TABLE says that no model can, in words."""
    if re.match(r"\s*CREATE\s+VIRTUAL\b", statement, re.IGNORECASE):
        yield "it is a virtual table"
        return
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    behind = statement[end + 1 :].upper() if end is not None else ""
    yield from (f"it is {word}" for word in ("WITHOUT ROWID", "STRICT") if re.search(rf"\b{word}\b", behind))
    for tokens in _definitions(statement):
        words = [token.upper() for token in tokens]
        column = unquoted(tokens[0]) if words[0] not in ("CONSTRAINT", "UNIQUE", "PRIMARY", "FOREIGN", "CHECK") else ""
        for at, word in enumerate(words):
            if word == "CONFLICT" and words[at - 1] == "ON":
                yield f"{f'column {column}' if column else 'a constraint'} says ON CONFLICT {words[at + 1]}"
            if word == "MATCH" and "REFERENCES" in words[:at]:
                yield f"a foreign key says MATCH {words[at + 1]}"
        if column and "PRIMARY" in words and "AUTOINCREMENT" not in words:
            whole = words[1:2] == ["INTEGER"]
            told = "AUTOINCREMENT comes with models: keys of rows that are gone are not given again"
            if whole:
                yield f"column {column} has no AUTOINCREMENT; {told}"
            elif "NOT" not in words:
                yield f"column {column} may be NULL although it is the primary key"


def _definitions(statement: str) -> Iterator[list[str]]:
    opened = statement.find("(")
    end = closing(statement, opened) if opened >= 0 else None
    for part in parts(statement[opened + 1 : end]) if end is not None else ():
        if tokens := list(_tokens(part)):
            yield tokens
