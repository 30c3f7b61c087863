"""What the project's own source asks of its models: the names that stubs spell out because somebody uses them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Literal texts found in calls; nothing here says which model they belong to.

    Each is tried against every model, and emitted for those on which all its names exist.
    `keys`: every keyword or string with `__` in it, a leading minus included.
    `loads`: the method (`select_related`, `prefetch_related`, `fetch_related`) and its arguments, as written.
    `rows`: the method (`values`, `values_list`), its positional arguments, its keywords.
    `annotations`: one tuple for each `annotate` call that was understood: name, function (`Count` …), its argument.
    `to_attrs`: relation and attribute of `Prefetch("heroes", to_attr="strong")`.
    """

    keys: frozenset[str] = frozenset()
    loads: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    rows: frozenset[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = frozenset()
    annotations: frozenset[tuple[tuple[str, str, str], ...]] = frozenset()
    to_attrs: frozenset[tuple[str, str]] = frozenset()
