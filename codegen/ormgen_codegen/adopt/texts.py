"""Texts in a program that name what Tortoise ORM has: paths, engines, loggers, modules of models."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeVar

import libcst as cst

from ormgen_codegen.adopt import names
from ormgen_codegen.adopt.module import Habits
from ormgen_codegen.adopt.names import NEW_SETTINGS, RENAMED, SETTINGS

AERICH: Final = "aerich.models"
_DOTTED: Final = re.compile(r"tortoise(\.\w+)+")
_PATH: Final = re.compile(rf"[A-Za-z_][\w.]*[.:]{SETTINGS}")
_REQUIRED: Final = re.compile(r"(tortoise[-_]orm|aerich)\b[^\n]{0,60}\Z")
_TYPE: Final = re.compile(r"[\w.]+(\[.*\])?( *\| *[\w.]+(\[.*\])?)*")
_GIVEN_ON: Final = re.compile(rf"(?:\w+\.)+({'|'.join(RENAMED)})(\.\w+)*")
_OPEN, _CLOSED = cst.LeftSquareBracket(), cst.RightSquareBracket()
_LIST = TypeVar("_LIST", cst.List, cst.Tuple)


class Told(NamedTuple):
    """What a text is instead, or what is to be told about it."""

    value: str | None = None
    fact: str | None = None
    hint: str | None = None


def adopted_text(value: str, path: str, habits: Habits, news: dict[str, str]) -> Told:
    """What becomes of a text in the module at `path`, whose imported names are called `news` now."""
    if habits.settings and _PATH.fullmatch(value):
        return Told(value.removesuffix(SETTINGS) + NEW_SETTINGS)
    if habits.settings and value == SETTINGS:
        return Told(fact=f'"{value}" stands here, and the settings are called {NEW_SETTINGS} now')
    if value == AERICH:
        return Told(fact=f'"{value}" is named outside of a list', hint=names.HINTS["aerich"])
    if _DOTTED.fullmatch(value):
        return _path(value)
    if path.endswith("setup.py") and _REQUIRED.match(value):
        return Told(fact=f"{value} is required", hint='write "ormgen-orm", with the extra postgres or mysql')
    if found := _GIVEN_ON.fullmatch(value):
        return Told(
            fact=f'"{value}" stands here; if that module has it from Tortoise ORM, it is {RENAMED[found[1]]} now'
        )
    for old, new in news.items() if _TYPE.fullmatch(value) else ():
        if re.search(rf"\b{old}\b", value):
            return Told(fact=f'"{value}" stands here, and {old} is {new} now')
    return Told()


def _path(value: str) -> Told:
    module, _, last = value.rpartition(".")
    if module == "tortoise.backends":
        if last in names.ENGINES:
            return Told(names.own(value))
        return Told(fact=f"ormgen has no engine {last}", hint="SQLite, PostgreSQL, MariaDB and MySQL are served")
    if value in names.LOGGERS or names.has_module(names.own(value)):
        return Told(names.own(value))
    found = names.equal_path(value)
    return Told(found) if found is not None else Told(fact=f'ormgen has nothing called "{value}"')


def rewritten(node: cst.SimpleString, value: str) -> cst.SimpleString | None:
    """A text with other words between the same quotes; None if it is written with escapes."""
    if node.raw_value != node.evaluated_value:
        return None
    return node.with_changes(value=f"{node.prefix}{node.quote}{value}{node.quote}")


def without_aerich(node: _LIST) -> _LIST:
    """A list without the models of aerich."""
    kept = [each for each in node.elements if not is_aerich(each.value)]
    if len(kept) == len(node.elements):
        return node
    last = node.elements[-1]
    if not kept:
        made = node.with_changes(elements=[])
        return made.with_changes(lbracket=_OPEN, rbracket=_CLOSED) if isinstance(made, cst.List) else made
    if not is_aerich(last.value):
        return node.with_changes(elements=kept)
    space = _commented(kept[-1])
    if space is None:
        kept[-1] = kept[-1].with_changes(comma=last.comma)
        return node.with_changes(elements=kept)
    kept[-1] = kept[-1].with_changes(comma=cst.Comma())
    if isinstance(node, cst.List):
        bracket = node.rbracket.with_changes(whitespace_before=_joined(space, node.rbracket.whitespace_before))
        return node.with_changes(elements=kept, rbracket=bracket)
    bracket = node.rpar[0].with_changes(whitespace_before=_joined(space, node.rpar[0].whitespace_before))
    return node.with_changes(elements=kept, rpar=[bracket, *node.rpar[1:]])


def is_aerich(node: cst.CSTNode) -> bool:
    """Whether a text names the models of aerich."""
    return isinstance(node, cst.SimpleString) and node.evaluated_value == AERICH


def _commented(element: cst.BaseElement) -> cst.ParenthesizedWhitespace | None:
    """What follows the comma behind an element, if that is a comment."""
    space = element.comma.whitespace_after if isinstance(element.comma, cst.Comma) else None
    commented = isinstance(space, cst.ParenthesizedWhitespace) and space.first_line.comment is not None
    return space if isinstance(space, cst.ParenthesizedWhitespace) and commented else None


def _joined(
    space: cst.ParenthesizedWhitespace, closing: cst.BaseParenthesizableWhitespace
) -> cst.BaseParenthesizableWhitespace:
    """What stood behind an element, and what stands before the bracket: the comments of both."""
    if not isinstance(closing, cst.ParenthesizedWhitespace):
        return space
    comment = closing.first_line.comment
    own = [] if comment is None else [cst.EmptyLine(whitespace=space.last_line, comment=comment)]
    lines = [*space.empty_lines, *own, *closing.empty_lines]
    return space.with_changes(empty_lines=lines, last_line=closing.last_line)
