"""What a text says of writing objects: which methods are called on whom, and which classes are called."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ormgen_codegen.scan_calls import Call, call_at
from ormgen_codegen.scan_receiver import Receiver, receiver_of
from ormgen_codegen.usage import Write

CREATE: Final = "create"
GET_OR_CREATE: Final = "get_or_create"
UPDATE_OR_CREATE: Final = "update_or_create"
UPDATE: Final = "update"
UPDATE_FROM_DICT: Final = "update_from_dict"
CONSTRUCTOR: Final = "__init__"
NEEDLES: Final = (".create(", "_or_create(", ".update(", ".update_from_dict(")
BESIDE_VALUES: Final = frozenset({"using_db", "defaults", "data"})
OWN: Final = ("cls", "self")

_CALLED = re.compile(r"([A-Z]\w*)\(")  # with a look behind it would take four times as long
_DEFINED = re.compile(r"class ([A-Z]\w*)\(")
_CLASS = re.compile(r"^class\s+(\w+)", re.MULTILINE)
_OWN_CLASS = re.compile(r"(?<!\w)cls\(")


def constructed(text: str) -> set[str]:
    """The capitalised names that are called, and the classes in whose body `cls(…)` is."""
    called = Counter(_CALLED.findall(text))
    called.subtract(_DEFINED.findall(text))
    found = {name for name, times in called.items() if times > 0}
    if "cls(" in text:
        found.update(_class_around(text, match.start()) for match in _OWN_CLASS.finditer(text))
    return found - {""}


def writes(text: str) -> Iterator[tuple[tuple[str, ...], Write]]:
    """The calls of methods that write: the names that each is called on, and what it is.

    Left out are those that nothing is known of: neither a name in front of them, nor a literal keyword.
    """
    for needle in NEEDLES:
        place = text.find(needle)
        while place != -1:
            call = call_at(text, place + 1)
            if call is not None:
                names, keywords = _names(text, call), tuple(sorted(set(_keywords(call))))
                if keywords or (names and _says_something(call)):
                    yield names, (call.name, names[-1] if len(names) > 1 else "", keywords)
            place = text.find(needle, place + len(needle))


def _names(text: str, call: Call) -> tuple[str, ...]:
    """The names that a call is made on; the class around it for `cls` and `self`."""
    asked: Receiver = receiver_of(text, call.start)
    if len(asked.names) == 1 and asked.names[0] in OWN:
        return tuple(filter(None, [_class_around(text, call.start)]))
    return asked.names


def _class_around(text: str, place: int) -> str:
    """The class at the edge of the text that began last; "" if there is none."""
    start = text.rfind("\nclass ", 0, place) + 1
    match = _CLASS.match(text, start)
    return "" if match is None else match[1]


def _says_something(call: Call) -> bool:
    """Whether a call of a known model is worth an exact method: `update(data)` is one of a dictionary."""
    return call.name not in (UPDATE, UPDATE_FROM_DICT) or bool(call.node.keywords)


def _keywords(call: Call) -> Iterator[str]:
    """The names of columns and relations that are written out in a call."""
    yield from (each.arg for each in call.node.keywords if each.arg is not None and each.arg not in BESIDE_VALUES)
    if call.name == UPDATE_FROM_DICT:
        yield from _keys(call.argument(0, "data"))
    elif call.name in (GET_OR_CREATE, UPDATE_OR_CREATE):
        yield from _keys(call.argument(0, "defaults"))


def _keys(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Dict(keys=keys):
            for key in keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            yield from (each.arg for each in keywords if each.arg is not None)
