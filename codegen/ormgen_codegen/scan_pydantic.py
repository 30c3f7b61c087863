"""Finds the calls that make pydantic models of models, with what their literal arguments choose."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Final

from ormgen.records import dataclass
from ormgen_codegen.scan_calls import Call, call_at

NEEDLES: Final = ("pydantic_model_creator", "pydantic_queryset_creator")
LISTS: Final = ("include", "exclude", "computed", "optional")
FLAGS: Final = ("allow_cycles", "exclude_readonly")
NEUTRAL: Final = ("name", "sort_alphabetically", "model_config", "validators", "module")


@dataclass(frozen=True, slots=True)
class DocumentCall:
    """One call: the last name of its model, the names that it lists, its flags by name where they are given, its name.

    `readable` says that nothing else has a say in which fields there are.
    """

    model: str
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    flags: tuple[tuple[str, bool], ...] = ()
    readable: bool = True
    name: str = ""

    @property
    def chooses(self) -> bool:
        """Whether it is about another choice of fields than the usual ones."""
        return bool(self.lists) or not self.readable or any(name == "allow_cycles" for name, _ in self.flags)


def document_calls(text: str) -> Iterator[DocumentCall]:
    """The calls in one file whose model is named."""
    for needle in NEEDLES:
        place = text.find(needle)
        while place != -1:
            call = call_at(text, place)
            found = None if call is None else document_call(call)
            if found is not None:
                yield found
            place = text.find(needle, place + len(needle))


def document_call(call: Call) -> DocumentCall | None:
    """What one call asks for; None if its model is not named."""
    match call.node.args:
        case [ast.Name(id=name) | ast.Attribute(attr=name)]:
            pass
        case _:
            return None
    lists: dict[str, tuple[str, ...]] = {}
    flags: dict[str, bool] = {}
    readable = True
    for keyword in call.node.keywords:
        value = _literal(keyword.value)
        if keyword.arg in LISTS and _is_names(value):
            lists[keyword.arg] = tuple(value)
        elif keyword.arg in FLAGS and isinstance(value, bool):
            flags[keyword.arg] = value
        elif value is not None or not _is_none(keyword.value):
            readable = readable and keyword.arg in NEUTRAL
    chosen = tuple((name, lists[name]) for name in LISTS if lists.get(name))
    called = call.argument(1, "name") if call.name == NEEDLES[0] else None
    known_as = called.value if isinstance(called, ast.Constant) and isinstance(called.value, str) else ""
    told = tuple(sorted((each, flag) for each, flag in flags.items() if flag))
    return DocumentCall(name, chosen, told, readable, known_as)


def _is_names(value: Any) -> bool:
    return isinstance(value, tuple | list | set) and all(isinstance(name, str) for name in value)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
