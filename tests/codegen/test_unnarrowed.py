"""Lines that ask something of a name which pyright would have to narrow."""

from pathlib import Path

import pytest

from ormgen_codegen.parse.source import parse_source
from ormgen_codegen.unnarrowed import unnarrowed_edits


def passed_over(text: str) -> list[int] | None:
    edits = unnarrowed_edits(parse_source(text.encode(), "m", Path("m.py"), "m.py"))
    return None if edits is None else [edit.span.first for edit in edits]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("y = f()\n    y.a", []),
        ("x = f()\n    x = g()\n    x.a", [4]),
        ("x: A = f()\n    x.a", [3]),
        ("if x:\n        pass\n    x.a", [2, 4]),
        ("if x.a:\n        pass\n    x.b", []),
        ("if self.a is None:\n        pass\n    self.b", []),
        ("if x.kind == 3:\n        pass\n    x.b", [2, 4]),
        ("while x:\n        pass", [2]),
        ("assert isinstance(x, A)\n    x.a", [2, 3]),
        ("y = x or 3\n    y.a", [2, 3]),
        ("y = 1 if x else 2\n    y.a", [2, 3]),
        ("y = [z.a for z in x if z]", [2]),
        ("match x:\n        case A(y):\n            y.a", [2]),
        ("x += 1\n    x.a", [2, 3]),
        ("for y in x:\n        y.a\n    for y in z:\n        y.b", [3, 5]),
        ("with f() as y, g() as y:\n        y.a", [3]),
        ("try:\n        pass\n    except A as e:\n        e.a\n    except B as e:\n        e.b", [5, 7]),
        ("def g():\n        if x: pass\n    x.a", [3, 4]),
        ("del x\n    x.a", [2, 3]),
    ],
)
def test_lines(body: str, lines: list[int]) -> None:
    assert passed_over(f"def f(self, x):\n    {body}\n") == lines


def test_names_of_the_module_count_too() -> None:
    assert passed_over("try:\n    import a\nexcept ImportError:\n    a = None\ndef f():\n    a.b\n    c.d\n") == [6]


def test_a_class_that_descends_from_its_namesake() -> None:
    assert passed_over("class A(A): pass\n") == [1]


def test_a_line_that_takes_no_comment() -> None:
    assert passed_over("def f(x):\n    if x:\n        x = x + \\\n            1\n") is None
    assert passed_over("def f(x):\n    if x:\n        x = x.a  # type: ignore[union-attr]\n") == [2, 3]
