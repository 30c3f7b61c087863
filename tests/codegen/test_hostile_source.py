"""Source that is too deep, too long or too strange costs one answer, never a crash."""

import sys

import pytest

from counting import counted
from sources import HEAD, errors_of, read, warnings_of

NO_UTF8 = (
    "(unicode error) 'utf-8' codec can't decode byte 0xff in position 0"
    if sys.version_info < (3, 14)
    else "Non-UTF-8 code starting with '\\xff' on line 1, but no encoding declared; see https"
)
MODEL = "\nclass A(Model):\n    a = fields.IntField()\n"


def compiles(text: str) -> bool:
    """Whether this Python can import such a module; older ones need more room than the reader takes."""
    try:
        compile(text, "models.py", "exec")
    except RecursionError:
        return sys.version_info < (3, 12)
    return True


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\nif x:\n    pass\n" + "".join(f"elif x == {n}:\n    pass\n" for n in range(500)),
        "def f(x):\n    if x:\n        pass\n" + "".join(f"    elif x == {n}:\n        pass\n" for n in range(500)),
        "x = " + "+".join(["1"] * 3000),
        "def f():\n    return " + "+".join(["1"] * 3000),
        "x = y" + ".z" * 900,
        "x = " + "a and " * 30_000 + "b",
        "x = '" + "a" * 1_000_000 + "'",
        "x = (" + "'a' " * 5_000 + ")",
        "x = [" + "1, " * 20_000 + "]",
        "if " + "not " * 2_000 + "x:\n    pass",
        "x0 = 1\n" + "".join(f"x{n + 1} = x{n}\n" for n in range(900)),
        "x = y\ny = x\nclass B(B):\n    pass\nclass C(D):\n    pass\nclass D(C):\n    pass\n",
        "x = ['a'] * 10**9\ny = 2 ** 10 ** 10\nz = 'a' * 10**12\nw = 1 << 10**9\n",
        "from models import *\nimport models\nfrom models import A as B\n",
    ],
    ids=lambda text: text[:20],
)
def test_around_a_model(text: str) -> None:
    if not compiles(text):  # what is too deep differs between versions
        assert errors_of(text + MODEL) == ["1:1 is nested more deeply than Python can compile"]
        return
    (only,) = read(text + MODEL).graph.models
    assert only == "models.A"


@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("+".join(["1"] * 3000), "cannot read"),
        ("x" + ".y" * 900, "cannot read"),
        ("['a'] * 10**9", "cannot read"),
        ("9" * 4000, "cannot read"),
        ("-" * 500 + "1", "cannot read"),
        ("[" + "1, " * 20_000 + "]", None),
        ("(" + "'a' " * 5_000 + ")", None),
        ("'" + "a" * 1_000_000 + "'", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_in_a_field(default: str, told: str | None) -> None:
    text = f"class A(Model):\n    a = fields.JSONField(default={default})\n    b = fields.IntField()\n"
    if not compiles(text):
        assert errors_of(text) == ["1:1 is nested more deeply than Python can compile"]
        return
    assert [told in warning for warning in warnings_of(text) if told] == [True] * (told is not None)
    assert list(read(text).graph["models.A"].columns) == ["id", "a", "b"]


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"x = 1\x00\n", "1:1 source code string cannot contain null bytes"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "1:1 encoding problem: iso-8859-1 with BOM"),
        (b"# coding: nothing\n", "1:1 unknown encoding: nothing"),
        ("x = 1\n".encode("utf-16"), "1:1 source code string cannot contain null bytes"),
        (b"x = '\xff'\n", f"1:1 {NO_UTF8}"),
        (b"x = " + b"(" * 5_000 + b"1" + b")" * 5_000, "1:204 too many nested parentheses"),
        (b"x = " + b"-" * 100_000 + b"1", "1:1 is nested more deeply than Python can compile"),
        (b"x = " + b"lambda: " * 3_000 + b"1", "1:1 is nested more deeply than Python can compile"),
        (b"class A:\n  x = (1\n", "2:7 '(' was never closed"),
        ("x = 'é' ö ö\n".encode(), "1:9 invalid syntax"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_not_python(source: bytes, error: str) -> None:
    (told,) = errors_of(source)
    assert told.partition(" ")[2].split(":")[0] == error.partition(" ")[2].split(":")[0]
    assert told.split(":")[0] == error.split(":")[0]


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("return 1", "3:1 'return' outside function"),
        ("def f():\n    try: pass\n    except* OSError: return", "5:22 'break', 'continue' and 'return' cannot appear"),
        ("é = 1; break", "3:8 'break' outside loop"),
        ("def f(a, a): ...", "3:10 duplicate argument 'a' in function definition"),
        ("from __future__ import nothing", "3:1 from __future__ imports must occur at the beginning of the file"),
        ("class B:\n    nonlocal x", "4:5 no binding for nonlocal 'x' found"),
    ],
)
def test_what_only_the_compiler_refuses(statement: str, error: str) -> None:
    (told,) = errors_of(f"x = 1\n{statement}\nclass A(Model): ...\n")
    assert told.startswith(error)


def test_long_lines_take_no_longer_than_their_length() -> None:
    with counted() as few:
        read("x = " + "+".join(["1"] * 290) + "\ny = " + "a and " * 3_000 + "b" + MODEL)
    with counted() as many:
        read("x = " + "+".join(["1"] * 2_900) + "\ny = " + "a and " * 30_000 + "b" + MODEL)
    assert many.count < 11 * few.count


def test_nothing_is_run() -> None:
    read("raise SystemExit\nimport other\nother.stop()\n" + MODEL, other="raise SystemExit\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = HEAD + "\x0c\nclass A(Model):\n    a = fields.IntField()\n\x0c\n    b = fields.IntField(nul=True)\n"
    assert errors_of(text.replace("\n", end).encode()) == ["6:25 IntField has no option 'nul'; did you mean 'null'?"]
