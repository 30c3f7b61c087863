"""JSON fields that say what they hold."""

from typing import Any

import pytest

from ormgen.schema.field_types import JSONField


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (list[str], ["a"], ["a"]),
        (list[str], ("a", "b"), ["a", "b"]),
        (dict[str, int], {"a": 1}, {"a": 1}),
        (list[str], None, None),
        (dict, {"a": 1}, {"a": 1}),
    ],
)
def test_values_are_of_the_type_that_is_said(kind: Any, value: Any, read: Any) -> None:
    found = JSONField(field_type=kind, null=True).to_python_value(value)
    assert (type(found), found) == (type(read), read)
