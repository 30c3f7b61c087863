"""Source that nobody writes by hand: the search for queries takes no more than twice the steps for twice the text."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from check_project import make_project, told_about
from ormgen_codegen import scan_calls
from ormgen_codegen.receivers import Receivers
from ormgen_codegen.scan import Found, search
from ormgen_codegen.scan_words import constructed

UNITS = [
    *("cls( ", "A(", "class A(", "A" * 60, "\nclass A:\n cls(", "self.create(a=1)\n", "self.create(a=1);"),
    *(".create(", ".create()", "values", "__values", "a__a", " a__a=1", "a__"),
    *('.values("', "values('''", ".get(x='", ".values(#\n", ".annotate([", "Q(", '"', "(", ")"),
    *(".annotate(a=1)", "q.annotate(a=1)\n", "q = q.annotate(a=1)\n", "q:q.annotate(a=1)"),
    *("q = q.annotate(a=1\n", "q = (q\\\n.annotate(a=1)) \\\n", "x.y.annotate(a=1)", ")))))).values(1)", "\\\n"),
]


def found_in(text: str) -> Found:
    scan_calls._call_at.cache_clear()
    found = Found()
    search(text, found)
    return found


def steps_of(work: Callable[[], object]) -> int:
    """How many lines Python runs for something."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_twice_the_steps(unit: str) -> None:
    half, whole = ((unit * (size // len(unit) + 1))[:size] for size in (6_000, 12_000))
    once = steps_of(lambda: found_in(half))
    assert steps_of(lambda: found_in(whole)) < 2.5 * once + 500


def test_what_is_not_counted_in_steps() -> None:
    """With work that grows as the square, this would take many minutes."""
    assert constructed("A" * 500_000) == set()
    assert constructed("A" * 500_000 + "(") == {"A" * 500_000}
    assert constructed("class Hero:\n" + "cls( " * 400_000) == {"Hero"}
    assert constructed("cls( " * 400_000) == set()


def test_the_class_around() -> None:
    text = "cls(1)\nclass A:\n cls(2)\n class Inner:\n  cls(3)\nclass B(A):\n  pass\nclass\tC:\n cls(4)\n"
    assert constructed(text) == {"A", "C"}
    assert constructed("class A:\n cls()") == {"A"}


def test_calls_are_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse

    def count(text: str, mode: str) -> ast.AST:
        parsed.append(text)
        return parse(text, mode=mode)

    monkeypatch.setattr(ast, "parse", count)
    found = found_in("Hero" + "".join(f".annotate(a{number}=1)" for number in range(500)))
    assert len(parsed) == 500
    assert max(len(chain) for each in found.of.values() for chain in each.chains) == 20


def test_the_last_assignment_counts() -> None:
    text = "q = Hero.annotate(a=1)\nq: Any = Hero.annotate(b=1)\nx.q = 3\nq = q.annotate(c=q.annotate(d=1))\n"
    chains = {
        tuple(given[0][0] for _, given in chain) for chain in found_in(text).chains | found_in(text).of[("q",)].chains
    }
    assert ("b", "c") in chains
    assert not any("a" in chain and "c" in chain for chain in chains)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_long_chain_is_checked_once_for_each_call(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    seen = Receivers._seen

    def count(self: Receivers, *given: Any) -> Any:
        nonlocal asked
        asked += 1
        return seen(self, *given)

    monkeypatch.setattr(Receivers, "_seen", count)
    chain = "Hero" + '.filter(name="x")' * 40 + ".filter(nmae=1)"
    (project / "app" / "use.py").write_text(f"from app.models import Hero\n{chain}\n")
    place = f"app/use.py:2:{chain.index('nmae') + 1}"
    assert told_about(project) == [f'{place}: Hero has no field "nmae" [did you mean "name"?]']
    assert asked < 41 * 42
