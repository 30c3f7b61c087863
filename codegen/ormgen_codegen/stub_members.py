"""Leaves out of generated classes what a library does not have, and gives methods the parameters that they have there.

The builders describe models as ormgen has them. Where Tortoise ORM differs only in single members, this is where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ormgen.records import replace
from ormgen_codegen.stub_shared import EXACT_TERM, HELD_TERM, SOME
from ormgen_codegen.stub_writing import SIGNALS, USING
from ormgen_codegen.targets import ORMGEN, Target
from ormgen_codegen.views import Attribute, Class, Method, Section, Signature

ON_CLASS: Final = "ClassVar["
CONNECTED: Final = ", Connection | None]]"
"""How the class attribute of a question ends that takes `using_db`."""
UNCONNECTED: Final = ("filter", "exclude")
LOCK: Final = (
    "nowait: bool = ...",
    "skip_locked: bool = ...",
    "of: tuple[str, ...] = ...",
    USING,
    "no_key: bool = ...",
)


def for_target(target: Target, section: Section) -> Section:
    """The section as the library has it."""
    if target is ORMGEN:
        return section
    return replace(section, classes=tuple(_class(target, each) for each in section.classes))


def _class(target: Target, view: Class) -> Class:
    attributes = tuple(
        _attribute(each)
        for each in view.attributes
        if each.name not in target.members or not each.annotation.startswith(ON_CLASS)
    )
    methods = tuple(_method(each) for each in view.methods if each.name not in target.members)
    return replace(view, attributes=attributes, methods=methods)


def _attribute(view: Attribute) -> Attribute:
    if view.name in UNCONNECTED and view.annotation.endswith(CONNECTED):
        return Attribute(view.name, f"{view.annotation.removesuffix(CONNECTED)}]]")
    return view


def _method(view: Method) -> Method:
    change = _CHANGED.get(view.name)
    if change is None:
        return view
    changed = tuple(dict.fromkeys(map(change, view.signatures)))
    if len(changed) < len(view.signatures) and len(changed) == 1:
        (only,) = changed
        changed = (only._replace(decorators=tuple(each for each in only.decorators if each != "overload")),)
    return Method(view.name, changed)


def _with(view: Signature, parameters: Mapping[str, str], returns: str | None = None) -> Signature:
    """The signature with other parameters; an empty text takes one away."""
    rows = tuple(tuple(filter(None, (parameters.get(each, each) for each in row))) for row in view.rows)
    return view._replace(rows=rows, returns=view.returns if returns is None else returns)


def _locking(view: Signature) -> Signature:
    first = view.rows[0][0]
    return view._replace(rows=((first, *LOCK),)) if first == "cls" else view


def _in_bulk(view: Signature) -> Signature:
    """Query sets have to be told the column."""
    parameters = {each: each.removesuffix(" = ...") for each in view.rows[0] if each.startswith("field_name: ")}
    return _with(view, parameters if view.rows[0][0].startswith("self") else {})


_BY_NAME: Final = {
    **{f"*relations: {each}": "*relations: Nested" for each in SOME},
    **{
        f"**{each}: {known}": f"**{each}: {EXACT_TERM.removesuffix(' | Q[Refs]')}"
        for each in ("annotations", "aggregates")
        for known in (EXACT_TERM, HELD_TERM)
    },
}
_UNCONNECTED: Final[Callable[[Signature], Signature]] = lambda view: _with(view, {USING: ""})  # noqa: E731
_CHANGED: Final[Mapping[str, Callable[[Signature], Signature]]] = MappingProxyType(
    {
        "latest": _UNCONNECTED,
        "earliest": _UNCONNECTED,
        "select_for_update": _locking,
        "in_bulk": _in_bulk,
        "bulk_create": lambda view: _with(view, {SIGNALS: ""}, "None"),
        "bulk_update": lambda view: _with(view, {SIGNALS: ""}),
        "fetch_related": lambda view: _with(view, _BY_NAME, "None"),
        "annotate": lambda view: _with(view, _BY_NAME),
        "aggregate": lambda view: _with(view, _BY_NAME),
        "fetch_for_list": lambda view: _with(view, _BY_NAME),
    }
)
