"""Calls that make pydantic models, found in source."""

import pytest

from ormgen_codegen.scan import Found, search
from ormgen_codegen.scan_pydantic import DocumentCall, document_calls


def calls(text: str) -> list[DocumentCall]:
    return list(document_calls(text))


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("P = pydantic_model_creator(Hero)", DocumentCall("Hero")),
        ("P = pydantic_model_creator(\n    models.Hero,  # it's\n)", DocumentCall("Hero")),
        ("pydantic.pydantic_queryset_creator(Hero, name='x', module=m, validators=v())", DocumentCall("Hero")),
        ("pydantic_model_creator(Hero, exclude=None, optional=(), allow_cycles=False)", DocumentCall("Hero")),
        (
            "pydantic_model_creator(Hero, exclude=['a'], include={'b'}, computed=('c', 'd.e'))",
            DocumentCall("Hero", (("include", ("b",)), ("exclude", ("a",)), ("computed", ("c", "d.e")))),
        ),
        (
            "pydantic_model_creator(Hero, exclude_readonly=True, allow_cycles=True)",
            DocumentCall("Hero", (), (("allow_cycles", True), ("exclude_readonly", True))),
        ),
        ("pydantic_model_creator(Hero, exclude=names)", DocumentCall("Hero", readable=False)),
        ("pydantic_model_creator(Hero, exclude=('a', b))", DocumentCall("Hero", readable=False)),
        ("pydantic_model_creator(Hero, exclude='a')", DocumentCall("Hero", readable=False)),
        ("pydantic_model_creator(Hero, exclude_readonly=flag)", DocumentCall("Hero", readable=False)),
        ("pydantic_model_creator(Hero, meta_override=Own)", DocumentCall("Hero", readable=False)),
        ("pydantic_model_creator(Hero, **options)", DocumentCall("Hero", readable=False)),
    ],
)
def test_one_call(text: str, call: DocumentCall) -> None:
    assert calls(text) == [call]


@pytest.mark.parametrize(
    "text",
    [
        "pydantic_model_creator()",
        "pydantic_model_creator(get_model('x'))",
        "pydantic_model_creator(*models)",
        "pydantic_model_creator(Hero",
        "def pydantic_model_creator(Hero): ...",
        "from ormgen.contrib.pydantic import pydantic_model_creator",
        "my_pydantic_model_creator(Hero)",
    ],
)
def test_no_call(text: str) -> None:
    assert calls(text) == []


def test_what_chooses() -> None:
    usual, chosen, flagged, unread, cyclic = calls(
        "pydantic_model_creator(A); pydantic_model_creator(A, include=('a',)); "
        "pydantic_model_creator(A, exclude_readonly=True); pydantic_model_creator(A, **x); "
        "pydantic_model_creator(A, allow_cycles=True)"
    )
    assert [each.chooses for each in (usual, chosen, flagged, unread, cyclic)] == [False, True, False, True, True]


def test_the_search_of_a_project_finds_them() -> None:
    found = Found()
    search("P = pydantic_model_creator(Hero)\nL = pydantic_queryset_creator(Team)\n", found)
    assert found.usage().documents == {DocumentCall("Hero"), DocumentCall("Team")}
