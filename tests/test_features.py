"""The table of features tells the truth about the tests that there are."""

import re

from feature_table import TABLE, features, marked, name, unknown_rows


def test_marked_rows_exist() -> None:
    assert unknown_rows(marked()) == []


def test_rows_are_numbered_in_order() -> None:
    assert [feature.number for feature in features()] == list(range(1, len(features()) + 1))


def test_the_page_is_fresh() -> None:
    """`make features` writes the page again."""
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]*) \|$", TABLE.read_text(), re.MULTILINE)
    listed = {int(number): re.findall(r"`([^`]+)`", tests) for number, tests in rows}
    shown = {number: [name(test) for test in each.tests][:3] for number, each in marked().items()}
    assert {number: tests for number, tests in listed.items() if tests} == shown
