"""Pieces of SQL text that pypika puts together: columns, templates and places for bound values.

pypika never sees a Python value: it is handed `Place` terms, which render as a token that no SQL text can contain,
and `finish` turns the tokens into the placeholders of the dialect, in the order of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from pypika.terms import Criterion, Term
from pypika.utils import format_quotes

AT_ONCE = 200
_TOKEN = re.compile("\x00([0-9]+)\x00")


class Sql(Criterion):
    """Base of all pieces of SQL text made here."""

    def get_sql(self, **options: Any) -> str:
        """The text; `options` are pypika's."""
        raise TypeError(f"{type(self).__name__} has no text")


class Place(Sql):
    """Where the bound value of parameter number `number` stands."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def get_sql(self, **options: Any) -> str:
        return f"\x00{self.number}\x00"


class Fragment(Sql):
    """Text with terms in it: `Fragment("LOWER({})", column)`. The text is ours, never a user's."""

    def __init__(self, template: str, *terms: Term, alias: str | None = None) -> None:
        super().__init__(alias)
        self.template = template
        self.terms = terms

    def get_sql(self, with_alias: bool = False, **options: Any) -> str:
        options.pop("subquery", None)
        text = self.template.format(*[term.get_sql(with_alias=False, subquery=True, **options) for term in self.terms])
        if with_alias and self.alias:
            return f"{text} {format_quotes(self.alias, options.get('quote_char'))}"
        return text


class ColumnTerm(Sql):
    """A column, always written with the name of its table."""

    def __init__(self, table: str, column: str, alias: str | None = None) -> None:
        super().__init__(alias)
        self.table_name = table
        self.column = column

    def get_sql(self, with_alias: bool = False, quote_char: str | None = None, **options: Any) -> str:
        text = f"{format_quotes(self.table_name, quote_char)}.{format_quotes(self.column, quote_char)}"
        if with_alias and self.alias:
            return f"{text} {format_quotes(self.alias, quote_char)}"
        return text


class Text(Sql):
    """SQL text that is finished, such as a whole query."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def get_sql(self, **options: Any) -> str:
        return self.text


TRUE = Fragment("1=1")
FALSE = Fragment("1=0")


def bare(term: Sql) -> Sql:
    """`term` without the name that it is given in a SELECT."""
    inner = term.terms[0] if isinstance(term, Fragment) and term.template == "{}" else term
    return inner if isinstance(inner, Sql) else term


def quoted(text: str) -> Fragment:
    """A string of ours, never a user's, as SQL text."""
    return Fragment("'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'")


def joined(terms: Sequence[Sql], word: str) -> Sql:
    """Conditions joined by AND or OR, each in parentheses where there are several."""
    if len(terms) == 1:
        return terms[0]
    if len(terms) > AT_ONCE:  # databases read `a OR b OR c` as nested: SQLite refuses more than 1,000 levels
        terms = [joined(terms[at : at + AT_ONCE], word) for at in range(0, len(terms), AT_ONCE)]
        return joined(terms, word)
    return Fragment(f" {word} ".join(["({})"] * len(terms)), *terms)


def listed(terms: Sequence[Sql]) -> Sql:
    """Terms separated by commas."""
    return Fragment(",".join(["{}"] * len(terms)), *terms)


def finish(
    text: str, placeholder: Callable[[int], str], same: Callable[[int], Hashable] | None = None
) -> tuple[str, list[int]]:
    """The text with the dialect's placeholders, and the number of the value for each of them, in order.

    `same` gives numbers a key; those with the same one share a placeholder, where the dialect has numbered ones: it
    takes `x+$1` and `x+$2` for different terms, in GROUP BY for one.
    """
    order: list[int] = []
    known: dict[Hashable, str] = {}

    def place(match: re.Match[str]) -> str:
        number = int(match[1])
        key = None if same is None else same(number)
        if key is not None and key in known:
            return known[key]
        order.append(number)
        made = placeholder(len(order))
        if key is not None:
            known[key] = made
        return made

    return _TOKEN.sub(place, text), order
