"""The words of a text that lean runs spell out when they are used: methods by whom they are called on, constructors."""

from __future__ import annotations

import ast
import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from typing import Final

from ormgen.records import replace
from ormgen_codegen.scan_calls import Call, call_at
from ormgen_codegen.scan_receiver import Receiver, receiver_of
from ormgen_codegen.usage import WordCall

CREATE: Final = "create"
GET_OR_CREATE: Final = "get_or_create"
UPDATE_OR_CREATE: Final = "update_or_create"
UPDATE: Final = "update"
UPDATE_FROM_DICT: Final = "update_from_dict"
CONSTRUCTOR: Final = "__init__"
GET: Final = "get"
GET_OR_NONE: Final = "get_or_none"
EXCLUDE: Final = "exclude"
EXISTS: Final = "exists"
CONDITION: Final = "Q"
LOCK: Final = "select_for_update"
NEEDLES: Final = (
    *(".create(", "_or_create(", ".update(", ".update_from_dict("),
    *(".get(", ".get_or_none(", ".exclude(", ".exists(", ".Q("),
    ".select_for_update(",
)
CHAINED: Final = "()"
"""In place of the attribute that a method is called on: it is called on what another call gives."""
BESIDE_VALUES: Final = frozenset({"using_db", "defaults", "data"})
OWN: Final = ("cls", "self")

_CALLED = re.compile(r"[A-Z]\w*\(?")  # with a look behind it would take four times as long
_DEFINED = re.compile(r"class ([A-Z]\w*)\(")
_CLASS = re.compile(r"\nclass[ \t]+(\w+)")
_OWN_CLASS = re.compile(r"(?<!\w)cls\(")


def constructed(text: str) -> set[str]:
    """The capitalised names that are called, and the classes in whose body `cls(…)` is."""
    called = Counter(word[:-1] for word in _CALLED.findall(text) if word[-1] == "(")
    called.subtract(_DEFINED.findall(text))
    found = {name for name, times in called.items() if times > 0}
    if "cls(" in text:
        classes = Classes(text)
        found.update(classes.around(match.start()) for match in _OWN_CLASS.finditer(text))
    return found - {""}


class Classes:
    """The classes at the edge of a text."""

    def __init__(self, text: str) -> None:
        found = [*_CLASS.finditer(f"\n{text}")]
        self.starts = [match.start() for match in found]
        self.names = [match[1] for match in found]

    def around(self, place: int) -> str:
        """The class that began last before `place`; "" if there is none."""
        number = bisect(self.starts, place)
        return self.names[number - 1] if number else ""


def words(text: str) -> Iterator[tuple[tuple[str, ...], WordCall]]:
    """The calls of such methods: the names that each is called on, and what it is.

    Left out are those that nothing is known of: neither a name in front of them, nor a literal keyword.
    """
    classes = Classes(text)
    for needle in NEEDLES:
        place = text.find(needle)
        while place != -1:
            behind = place + len(needle)
            # `values.get("name")` is no question, and there are thousands of them.
            call = call_at(text, place + 1) if text[behind : behind + 1] not in ("'", '"') else None
            if call is not None:
                asked, keywords = _receiver(text, call, classes), tuple(sorted(set(_keywords(call))))
                if keywords or (asked.names and _says_something(call)):
                    one = asked.names[-1] if len(asked.names) > 1 else ""
                    yield asked.names, (call.name, CHAINED if asked.calls else one, keywords)
            place = text.find(needle, behind)


def _receiver(text: str, call: Call, classes: Classes) -> Receiver:
    """Whom a call is made on; the class around it for `cls` and `self`."""
    asked = receiver_of(text, call.start)
    if len(asked.names) == 1 and asked.names[0] in OWN:
        return replace(asked, names=tuple(filter(None, [classes.around(call.start)])))
    return asked


def _says_something(call: Call) -> bool:
    """Whether a call of a known model is worth an exact method: `update(data)` is one of a dictionary."""
    match call.name:
        case "update" | "update_from_dict":
            return bool(call.node.keywords)
        case "create" | "get_or_create" | "update_or_create" | "select_for_update":
            return True
    return bool(call.node.keywords or call.node.args)


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
