"""Data classes of `ormgen.records` behave as those of the standard library do."""

import copy
import dataclasses
import pickle
import weakref
from dataclasses import FrozenInstanceError
from functools import cached_property
from typing import Any, ClassVar

import pytest

from ormgen import records


@records.dataclass(frozen=True, slots=True)
class Point:
    """Two numbers."""

    kind: ClassVar[str] = "point"
    x: int
    y: int = 0
    tags: list[str] = records.field(default_factory=list, compare=False)
    note: str | None = records.field(default=None, kw_only=True, compare=False, repr=False)

    @property
    def sum(self) -> int:
        return self.x + self.y


@records.dataclass(frozen=True, slots=True)
class Deep(Point):
    """One more."""

    z: int = 1


@records.dataclass(frozen=True)
class Checked:
    """Has a `__dict__`, and looks at its values."""

    name: str
    size: int = 3

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")

    @cached_property
    def long(self) -> str:
        return self.name * self.size


@records.dataclass(frozen=True, eq=False)
class Same:
    """Is equal to itself only."""

    x: int = 1


@records.dataclass(frozen=True, slots=True)
class Empty:
    """Has no fields."""


@records.dataclass(frozen=True)
class Own:
    """Keeps its own methods."""

    x: int

    def __repr__(self) -> str:
        return "own"

    def __hash__(self) -> int:
        return 7


class Plain(Checked):
    """No data class itself."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 2)


STANDARD: Any = dataclasses.make_dataclass("Point", [("x", int), ("y", int, 0)], frozen=True, slots=True)


def test_values_are_taken_by_place_and_by_name() -> None:
    assert (Point(1).x, Point(1).y, Point(1, 2).y, Point(y=3, x=4).x, Point(1, note="n").note) == (1, 0, 2, 4, "n")
    assert Point(1).tags == []
    assert Point(1).tags is not Point(1).tags
    assert (Deep(1, z=4).sum, Deep(1).z, Point.kind, Point.sum.__get__(Point(1, 2))) == (1, 1, "point", 3)
    assert Plain("ab").long == "abab"
    wrong: Any
    for wrong in ((), (1, 2, [], "n")):
        with pytest.raises(TypeError, match=r"Point.__init__\(\)"):
            Point(*wrong)
    with pytest.raises(ValueError, match="no name"):
        Checked("")


def test_they_compare_and_hash_as_the_standard_ones() -> None:
    assert Point(1, 2) == Point(1, 2, ["t"], note="n") != Point(1, 3)
    assert Point(1, 2) != Deep(1, 2)
    assert Point(1).__eq__(1) is NotImplemented
    assert hash(Point(1, 2)) == hash(STANDARD(1, 2)) == hash(Point(1, 2, note="n"))
    assert len({Checked("a"), Checked("a"), Checked("b")}) == 2
    assert Same() != Same()
    assert Empty() == Empty()
    assert hash(Empty()) == hash(())
    assert (repr(Own(1)), hash(Own(1)), Own(1) == Own(1)) == ("own", 7, True)


def test_the_text_names_fields() -> None:
    assert repr(Point(1, 2, note="n")) == "Point(x=1, y=2, tags=[])" == repr(Point(1, 2))
    assert repr(STANDARD(1, 2)) == "Point(x=1, y=2)"
    assert repr(Empty()) == "Empty()"


def test_nothing_can_be_changed() -> None:
    point: Any = Point(1)
    for name in ("x", "other"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(point, name, 2)
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert not hasattr(point, "__dict__")
    assert Point.__slots__ == ("x", "y", "tags", "note")
    assert vars(Deep)["__slots__"] == ("z",)


def test_functions_of_the_standard_library_know_them() -> None:
    assert [each.name for each in records.fields(Deep)] == ["x", "y", "tags", "note", "z"]
    assert records.is_dataclass(Point)
    assert not records.is_dataclass(str)
    changed = records.replace(Deep(1, 2, note="n"), y=5)
    assert (changed.y, changed.note, changed.z, type(changed)) == (5, "n", 1, Deep)
    assert dataclasses.asdict(Checked("a")) == {"name": "a", "size": 3}
    assert Point.__match_args__ == ("x", "y", "tags")
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


@pytest.mark.parametrize("made", [Point(1, 2, ["a"], note="n"), Deep(1, z=9), Checked("a"), Empty()])
def test_they_are_copied_and_pickled(made: Any) -> None:
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert type(other) is type(made)
        assert other is not made
    if isinstance(made, Point):
        assert pickle.loads(pickle.dumps(made)).note == made.note


def test_a_class_of_the_standard_library_inherits() -> None:
    @dataclasses.dataclass(frozen=True)
    class Longer(Checked):
        more: int = 2

    assert Longer("a", more=5) == Longer("a", 3, 5)
    assert Longer("ab").long == "ababab"


@records.dataclass(slots=True, weakref_slot=True)
class Open:
    """Can be changed."""

    x: int = 1
    seen: list[int] = records.field(default_factory=list)


@records.dataclass(eq=False)
class Counted:
    """Can be changed and is equal to itself only."""

    size: int


def test_a_class_that_can_change() -> None:
    opened = Open()
    opened.x = 2
    assert (opened, opened.seen, Open().seen is Open().seen) == (Open(2), [], False)
    assert repr(opened) == "Open(x=2, seen=[])"
    assert weakref.ref(opened)() is opened
    assert pickle.loads(pickle.dumps(opened)) == opened
    assert not hasattr(opened, "__dict__")
    with pytest.raises(TypeError, match="unhashable"):
        hash(opened)
    counted = Counted(3)
    counted.size += 1
    assert (counted.size, counted == Counted(4), len({counted})) == (4, False, 1)
    assert dataclasses.replace(counted, size=5).size == records.replace(counted, size=5).size == 5


def test_names_and_replaced_values_of_classes_of_the_standard_library() -> None:
    @dataclasses.dataclass(frozen=True)
    class Longer(Checked):
        more: int = 2

    assert records.names_of(Longer) == ("name", "size", "more")
    assert records.names_of(Deep) == ("x", "y", "tags", "note", "z")
    assert records.replace(Longer("a", more=5), size=4) == Longer("a", 4, 5)
    wrong: Any = {"other": 1}
    with pytest.raises(TypeError, match="other"):
        records.replace(Point(1), **wrong)


def test_a_frozen_record_that_holds_itself_has_a_text() -> None:
    tags: list[Any] = []
    point = Point(1, tags=tags)
    tags.append(point)
    assert repr(point) == "Point(x=1, y=0, tags=[Point(x=1, y=0, tags=[...])])"
