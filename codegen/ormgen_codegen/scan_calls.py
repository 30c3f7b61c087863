"""One call found in a text, parsed without what stands around it."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Final

from ormgen.records import dataclass
from ormgen_codegen.hushed import hushed, is_hushed

LONGEST_CALL: Final = 20_000  # characters
LONGEST_NAME: Final = 40  # characters; no method that is looked for has so many
DEEPEST: Final = 200  # brackets in one another; Python's own parser takes no more
PATHS: Final = "q"
"""Where path expressions begin: `Hero.q`."""

_START = re.compile(
    r"(?<!\w)(?:select_related|prefetch_related|fetch_related|fetch_for_list|values_list|values|annotate|aggregate|to_dict|Prefetch"
    r"|pydantic_model_creator|pydantic_queryset_creator|(?:get_or_|update_or_)?create|update_from_dict|update|get_or_none|get|exclude|exists|select_for_update|Q)\s*\("
)
_STOP = re.compile(r"[()\[\]{}'\"#]")
_QUOTED = re.compile(
    r"'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"", re.DOTALL
)
_DEFINITION = re.compile(r"(?:def|class)\s+\Z")


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its last name, with its arguments; `start` is where the name stands in the text."""

    name: str
    node: ast.Call
    start: int = 0

    def argument(self, place: int, keyword: str) -> ast.expr | None:
        """The argument at a place, or under a keyword; None if it is not given."""
        if place < len(self.node.args):
            return self.node.args[place]
        return next((each.value for each in self.node.keywords if each.arg == keyword), None)


def call_at(text: str, place: int) -> Call | None:
    """The call of a query method whose name has `place` in it; None if there is none, or it cannot be parsed."""
    limit = max(0, place - LONGEST_NAME)
    while place > limit and (text[place - 1].isalnum() or text[place - 1] == "_"):
        place -= 1
    return _call_at(text, place)


@lru_cache(maxsize=64)  # each call of a chain is asked for by those behind it
def _call_at(text: str, place: int) -> Call | None:
    start = _START.match(text, place)
    if start is None or _DEFINITION.search(text, max(place - 10, 0), place):
        return None
    end = closing(text, start.end())
    if end is None:
        return None
    name = start[0].rstrip("( \t\r\n\\")
    written = f"f({text[start.end() : end]}"
    if is_hushed():
        node = _parsed(written)
    else:
        with hushed():
            node = _parsed(written)
    return Call(name, node, place) if isinstance(node, ast.Call) else None


def _parsed(written: str) -> ast.expr | None:
    try:
        return ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def path_name(node: ast.expr) -> str | None:
    """The name that a path expression stands for: `team__name` for `Hero.q.team.name`; None for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.insert(0, node.attr)
        node = node.value
    if PATHS not in names[:-1]:
        return None
    return "__".join(names[names.index(PATHS) + 1 :])


def closing(text: str, place: int) -> int | None:
    """Behind the bracket that closes the one before `place`; None if there is none near."""
    depth, limit = 1, min(len(text), place + LONGEST_CALL)
    while depth:
        stop = _STOP.search(text, place, limit)
        if stop is None:
            return None
        mark, place = stop[0], stop.end()
        if mark in "([{":
            depth += 1
            if depth > DEEPEST:
                return None
        elif mark in ")]}":
            depth -= 1
        elif mark == "#":
            place = text.find("\n", place)
            if place == -1:
                return None
        else:
            quoted = _QUOTED.match(text, stop.start())
            if quoted is None:
                return None
            place = quoted.end()
    return place
