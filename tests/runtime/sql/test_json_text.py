"""JSON columns are read alike with orjson and without."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ormgen.schema.writing import ENCODER
from ormgen.schema.writing import json_text as written
from ormgen.sql import json_text


def documents(*, infinite: bool) -> st.SearchStrategy[Any]:
    numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=infinite)
    leaves = st.none() | st.booleans() | numbers | st.text(max_size=6)
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner))


TEXTS = ["18446744073709551616", "-9223372036854775809", "1e400", '"\\ud800"', '{"a":1,"a":2}', " [1]\n", "NaN", "1E5"]


def typed(value: Any) -> str:
    return repr(value)


@pytest.mark.feature(92)
@given(documents(infinite=True))
@settings(max_examples=60, database=None, derandomize=True)
def test_documents(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, separators=(",", ":"))):
        assert typed(json_text.loads(text)) == typed(json.loads(text))
        assert typed(json_text.loads(text.encode("utf-8", "surrogatepass"))) == typed(json.loads(text))


@pytest.mark.feature(92)
@pytest.mark.parametrize("text", TEXTS)
def test_edges(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = typed(json.loads(text))
    assert typed(json_text.loads(text)) == expected
    monkeypatch.setattr(json_text, "_fast", lambda: None)
    assert typed(json_text.loads(text)) == expected


@pytest.mark.feature(92)
def test_what_is_no_json() -> None:
    pytest.importorskip("orjson", reason="orjson is not installed")
    for text in ("{", "", "[1,]", "'a'"):
        with pytest.raises(json.JSONDecodeError):
            json_text.loads(text)


@pytest.mark.feature(92)
@given(documents(infinite=False))
@settings(max_examples=60, database=None, derandomize=True)
def test_documents_are_written_as_the_standard_library_does(value: Any) -> None:
    for document in (value, {"in": value}):
        assert written(document) == ENCODER.encode(document)


@pytest.mark.feature(92)
def test_what_cannot_be_written_is_refused_each_time() -> None:
    ring: dict[str, Any] = {}
    ring["self"] = ring
    wrong: list[tuple[Any, type[Exception], str]] = [
        (ring, ValueError, "Circular"),
        ({"x": [float("nan")]}, ValueError, "Out of range"),
        ({"x": object()}, TypeError, "not JSON serializable"),
    ]
    for value, error, told in wrong * 2:
        with pytest.raises(error, match=told):
            written(value)
    assert written({"a": {"b": 1}}) == '{"a":{"b":1}}'
