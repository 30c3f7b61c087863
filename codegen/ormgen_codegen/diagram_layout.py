"""Places the boxes of a diagram: what points at others stands to the left of them, and none covers another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from ormgen.records import dataclass

HEAD: Final = 26  # pixels, as all here
ROW: Final = 20
PAD: Final = 10
LETTER: Final = 7.4  # the width of one, with room to spare
BETWEEN: Final = 90
BELOW: Final = 26
TALL: Final = 1_400  # a column of boxes goes on beside itself below this


@dataclass(frozen=True)
class Box:
    """One box: its title, and rows of name, type and marks."""

    key: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def second(self) -> int:
        """Where types begin."""
        return PAD * 2 + _wide(name for name, _, _ in self.rows)

    @property
    def third(self) -> int:
        """Where marks begin."""
        return self.second + PAD + _wide(kind for _, kind, _ in self.rows)

    @property
    def width(self) -> int:
        """Its width."""
        return max(self.third + _wide(marks for _, _, marks in self.rows) + PAD, _wide([self.key]) + 3 * PAD)

    @property
    def height(self) -> int:
        """Its height."""
        return HEAD + len(self.rows) * ROW + (4 if self.rows else 0)


@dataclass(frozen=True, slots=True)
class Placed:
    """A box and its upper left corner."""

    box: Box
    x: int
    y: int


def _wide(texts: Iterable[str]) -> int:
    return int(max(map(len, texts), default=0) * LETTER)


def placed(boxes: Sequence[Box], lines: Iterable[tuple[str, str]]) -> dict[str, Placed]:
    """Each box with its place, by its key; `lines` lead from one to another."""
    following: dict[str, list[str]] = {box.key: [] for box in boxes}
    for one, other in lines:
        if one != other and other not in following[one]:
            following[one].append(other)
    ranks = _ranks(following)
    last = max(ranks.values(), default=0)
    columns: list[list[Box]] = [[] for _ in range(last + 1)]
    for box in boxes:
        columns[last - ranks[box.key]].append(box)
    found: dict[str, Placed] = {}
    x = PAD
    for column in columns:
        for part in _parts(_ordered(column, following, found)):
            y = PAD
            for box in part:
                found[box.key] = Placed(box, x, y)
                y += box.height + BELOW
            x += max(box.width for box in part) + BETWEEN
    return found


def _ranks(following: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many lines there are at most from each to the end; lines that close a ring do not count."""
    ranks: dict[str, int] = {}
    open_: list[str] = []
    on_the_way: set[str] = set()
    for start in following:
        open_.append(start)
        while open_:
            key = open_[-1]
            if key in ranks:
                open_.pop()
                on_the_way.discard(key)
                continue
            on_the_way.add(key)
            waiting = [each for each in following[key] if each not in ranks and each not in on_the_way]
            if waiting:
                open_.append(waiting[0])
                continue
            ranks[key] = 1 + max((ranks[each] for each in following[key] if each in ranks), default=-1)
    return ranks


def _ordered(column: list[Box], following: Mapping[str, Sequence[str]], found: Mapping[str, Placed]) -> list[Box]:
    """A column in the order of what points at its boxes, so that lines cross little."""

    def middle(box: Box) -> float:
        heights = [found[key].y for key, others in following.items() if box.key in others and key in found]
        return sum(heights) / len(heights) if heights else 0.0

    return sorted(column, key=middle)


def _parts(column: list[Box]) -> list[list[Box]]:
    """A column that would be too tall, as several."""
    parts: list[list[Box]] = []
    tall = TALL
    for box in column:
        if tall + box.height > TALL:
            parts.append([])
            tall = 0
        parts[-1].append(box)
        tall += box.height + BELOW
    return parts
