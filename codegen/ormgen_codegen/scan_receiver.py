"""Whom a call is made on, read backwards from its name: `Hero.filter(x=1).values("id")` asks `Hero`."""

from __future__ import annotations

from typing import Final

from ormgen.records import dataclass, field

FURTHEST: Final = 4_000  # characters that one chain may have
MOST_CALLS: Final = 60  # that one chain may have
CLOSED_BY: Final = {")": "(", "]": "[", "}": "{"}
ONE: Final = frozenset({"get", "get_or_none", "first", "last", "latest", "earliest"})
MANY: Final = frozenset(
    """
    all filter exclude order_by limit offset distinct select_related prefetch_related annotate only defer
    select_for_update group_by using_db values values_list use_index force_index none reverse
    """.split()
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The names that a chain begins with, `("Hero", "objects")`, and the method called last, if they could be read.

    `one` is whether that method gives one object's question; None where it is not known. `calls` are all methods of
    the chain in the order in which they are called, each with the place of its name.
    """

    names: tuple[str, ...] = ()
    one: bool | None = None
    calls: tuple[tuple[str, int], ...] = field(default=(), compare=False)


UNKNOWN: Final = Receiver()


def receiver_of(text: str, place: int) -> Receiver:
    """Whom the method whose name begins at `place` is called on."""
    called: list[tuple[str, int]] = []
    plain: list[str] = []
    limit = max(0, place - FURTHEST)
    while len(called) < MOST_CALLS:
        dot = _before_space(text, place, limit)
        if _passed_comment(text, dot, place):
            return _made((), called)
        if dot <= limit or text[dot - 1] != ".":
            return _made(tuple(reversed(plain)), called)
        place = _before_space(text, dot - 1, limit)
        if _passed_comment(text, place, dot):
            return _made((), called)
        opening = _opening(text, place, limit) if text[place - 1 : place] == ")" else None
        end = _before_space(text, place if opening is None else opening, limit)
        start = end
        while start > limit and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        name = text[start:end]
        if not name.isidentifier():
            return _made((), called)
        if opening is None:
            plain.append(name)
        else:
            called.append((name, start))
            plain.clear()  # what stands behind a call says nothing about a model
        place = start
    return _made((), called)


def _made(names: tuple[str, ...], called: list[tuple[str, int]]) -> Receiver:
    if not called:
        return Receiver(names, False if names and names[0][:1].isupper() else None)
    last = called[0][0]
    one = True if last in ONE else False if last in MANY else None
    return Receiver(names, one, tuple(reversed(called)))


def _before_space(text: str, place: int, limit: int) -> int:
    while place > limit and text[place - 1] in " \t\r\n\\":
        place -= 1
    return place


def _passed_comment(text: str, start: int, end: int) -> bool:
    """Whether the space from `start` to `end` begins behind a comment, or what looks like one."""
    return "\n" in text[start:end] and "#" in text[text.rfind("\n", 0, start) + 1 : start]


def _opening(text: str, place: int, limit: int) -> int | None:
    """Where the bracket opens that closes just before `place`; None if that cannot be told."""
    depth = 0
    while place > limit:
        place -= 1
        mark = text[place]
        if mark in ")]}":
            depth += 1
        elif mark in "([{":
            depth -= 1
            if not depth:
                return place
        elif mark in "'\"":
            place = text.rfind(mark, limit, place)
            if place == -1:
                return None
        elif mark == "\n" and "#" in text[text.rfind("\n", limit, place) + 1 : place]:
            return None  # a comment may hold anything
    return None
