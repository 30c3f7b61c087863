"""A table for people, before anybody has decided how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from ormgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts under a title; each row has as many texts as there are headings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
