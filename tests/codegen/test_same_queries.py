"""Methods of query sets that give on what they were called on mean `Self`, whatever class they name."""

import ast
from pathlib import Path

import pytest

from ormgen_codegen.edits import edited
from ormgen_codegen.parse.source import Source
from ormgen_codegen.same_queries import same_edits


def changed(body: str, more: str = "") -> str:
    """The return annotation of the first method of a class with this body, as stubs have it."""
    text = "class Heroes(QuerySet['Hero']):\n" + "\n".join(f"    {line}" for line in body.splitlines()) + f"\n{more}\n"
    source = Source("models", Path("models.py"), "models.py", False, text.encode())
    nodes = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    line = edited(source.lines, same_edits(source, nodes, "_.Self"))[1]
    return line.partition("-> ")[2].removesuffix(":")


@pytest.mark.parametrize("annotation", ["Heroes", "'Heroes'", "Heroes[M]", "QuerySet['Hero']", "'QuerySet[Hero]'"])
def test_what_narrows_self_means_self(annotation: str) -> None:
    assert changed(f"def strong(self) -> {annotation}:\n    return self.filter(power=3).order_by('x')") == "_.Self"


@pytest.mark.parametrize(
    "lines",
    [
        "found = self.exclude(x=1)\nif y:\n    found = found.filter(y=y)\nreturn found",
        "if y:\n    return self\nreturn super().filter(y=1)",
        "return self.all() if y else self.named().distinct()",
        "def inner() -> int:\n    return 3\nreturn self.limit(inner())",
    ],
)
def test_ways_to_narrow(lines: str) -> None:
    body = "".join(f"\n    {line}" for line in lines.splitlines())
    named = "def named(self) -> 'Heroes':\n    return self.only('name')"
    assert changed(f"def strong(self, y: int = 0) -> Heroes:{body}\n{named}") == "_.Self"


@pytest.mark.parametrize(
    "lines",
    [
        "return Heroes(self.model)",
        "return self.annotate(n=Count('x'))",
        "return self.select_related('team')",
        "found = self.filter(x=1)\nfor found in heroes:\n    pass\nreturn found",
        "found: Heroes = self.filter(x=1)\nreturn found",
        "return y.filter(x=1)",
        "return self.strange().filter(x=1)",
        "return super().strange()",
        "print(self)",
        "return",
    ],
)
def test_what_is_left_as_it_is(lines: str) -> None:
    body = "".join(f"\n    {line}" for line in lines.splitlines())
    strange = "def strange(self) -> Heroes:\n    return other"
    assert changed(f"def strong(self, y: int = 0) -> Heroes:{body}\n{strange}") == "Heroes"


@pytest.mark.parametrize(
    "body",
    [
        "async def strong(self) -> Heroes:\n    return self.filter(x=1)",
        "def strong(self: 'Heroes') -> Heroes:\n    return self.filter(x=1)",
        "def strong() -> Heroes:\n    return self.filter(x=1)",
        "def filter(self, x: int) -> Heroes:\n    return other",
    ],
)
def test_methods_of_other_kinds(body: str) -> None:
    assert changed(body) == "Heroes"


def test_a_method_that_an_heir_gives_another_result_stays() -> None:
    heir = "class Few(Heroes):\n    def strong(self) -> QuerySet['Team']:\n        return teams"
    assert changed("def strong(self) -> Heroes:\n    return self.filter(x=1)", heir) == "Heroes"
