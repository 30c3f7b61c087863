"""Rows of values to which the project adds: `Team.all().values("city").annotate(n=Count("heroes"))`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ormgen.records import dataclass, replace
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.scan_chain import DICTS
from ormgen_codegen.stub_arguments import is_general
from ormgen_codegen.stub_rows import RowUse, dict_rows, resolved, row_name, tuple_rows
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.views import Class, method, signature

RowKey = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]
"""Rows by the method that asks for them, its names and aliases, and the columns with their types."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grown:
    """Rows that grow: the name of their class, and each call of `annotate` with the rows that it gives.

    `expression` is what any other call may compute.
    """

    name: str
    key: RowKey
    expression: str
    calls: tuple[tuple[tuple[str, ...], RowUse], ...]


def key_of(kind: str, use: RowUse) -> RowKey:
    """What tells rows apart."""
    return kind, use.names, use.renamed, use.columns


class Growing:
    """Collects what one model's rows grow by."""

    def __init__(self, scope: Scope, model: LinkedModel) -> None:
        self.scope = scope
        self.model = model
        self._calls: dict[RowKey, dict[tuple[str, ...], RowUse]] = {}
        self._expressions: dict[RowKey, str] = {}

    def begin(self, given: Pairs, types: Mapping[str, str]) -> RowUse | None:
        """The rows that `values` or `values_list` gives, of pairs of alias and name; None if it gives none."""
        names = tuple(name for alias, name in given if not alias)
        return resolved(self.scope, self.model, names, tuple(pair for pair in given if pair[0]), types)

    def open(self, kind: str, use: RowUse, expression: str) -> None:
        """Note that something is added to these rows, and what `annotate` takes at all."""
        self._calls.setdefault(key_of(kind, use), {})
        self._expressions.setdefault(key_of(kind, use), expression)

    def add(self, kind: str, use: RowUse, parameters: tuple[str, ...], more: Pairs) -> RowUse:
        """The rows with further columns, each name with its type."""
        calls = self._calls[key_of(kind, use)]
        if parameters not in calls:
            columns = (*use.columns, *more)
            row = row_name(self.scope, self.model, columns) if kind == DICTS else ""
            calls[parameters] = RowUse((*use.names, *(name for name, _ in more)), use.renamed, columns, row, use.root)
        return calls[parameters]

    def all(self) -> tuple[Grown, ...]:
        """Those with most columns first, so that each stands behind what it gives."""
        stem = self.scope.stem(self.model)
        found = [
            Grown(
                self.scope.fresh(f"{stem}Growing_" + "_".join(name for name, _ in key[3][:6])),
                key,
                self._expressions[key],
                tuple(sorted(calls.items(), key=lambda call: sum(map(is_general, call[0])))),
            )
            for key, calls in self._calls.items()
        ]
        return tuple(sorted(found, key=lambda each: -len(each.key[3])))


def growing(grown: Iterable[Grown], kind: str, uses: Iterable[RowUse]) -> tuple[RowUse, ...]:
    """The rows, with the name of their class where they grow."""
    names = {each.key: each.name for each in grown}
    return tuple(replace(use, grows=names.get(key_of(kind, use), "")) for use in uses)


def grown_classes(grown: tuple[Grown, ...]) -> tuple[Class, ...]:
    """The rows that grow, with `annotate`."""
    found = []
    for each in grown:
        kind = each.key[0]
        uses = growing(grown, kind, (use for _, use in each.calls))
        given = [
            signature("*", *parameters, returns=use.grown(_asked(kind, use)))
            for (parameters, _), use in zip(each.calls, uses, strict=True)
        ]
        loose = signature(f"**annotations: {each.expression}", returns="Rows[Any]")
        found.append(Class(each.name, ("Rows[R_co, L_co]",), methods=(method("annotate", [*given, loose]),)))
    return tuple(found)


def _asked(kind: str, use: RowUse) -> str:
    if kind == DICTS:
        return dict_rows(f"{use.row}OrDict")
    return tuple_rows(f"tuple[{', '.join(text for _, text in use.columns)}]")
