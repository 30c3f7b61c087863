"""Rows of values: their classes, and the signatures of `values` and `values_list`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from ormgen.records import dataclass, replace
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import is_name
from ormgen_codegen.signatures import (
    column_type,
    columns_of,
    far_paths,
    own_paths,
    span_type,
)
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.targets import Lack
from ormgen_codegen.usage import PATH, WHOLE_ROW
from ormgen_codegen.views import Alias, Attribute, Class, Signature, Variable, signature

Wrap = Callable[[str], str]

PATH_TYPES: Final = ("P0", "P1", "P2", "P3")
"""Type variables for the values of paths in one call; calls with more of them have any values."""


@dataclass(frozen=True, slots=True)
class RowUse:
    """One literal call of `values` or `values_list`: names as written, and the type of each column of the row.

    `root` is the model of the paths among the columns, each of which has its own type variable. `grows` is the class
    of such rows to which the project adds something, if it does.
    """

    names: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    row: str = ""
    root: str = ""
    grows: str = ""

    def grown(self, rows: str) -> str:
        """A question for these rows, of the class to which something may be added."""
        inside = rows.removeprefix("Rows[").removesuffix("]")
        if not self.grows or inside == rows:
            return rows
        return f"{self.grows}[{inside if ', list[' in inside else f'{inside}, list[{inside}]'}]"

    def parameters(self) -> tuple[str, ...]:
        """The parameters that this call alone fits."""
        found = []
        for number, (name, (_, text)) in enumerate(zip(self.names, self.columns, strict=False)):
            found.append(f"c{number}: " + (f"Path[{self.root}, {text}]" if name == PATH else f'Literal["{name}"]'))
        if self.names:
            found.append("/")
        if self.renamed:
            types = dict(self.columns)
            paths = {name: f"Path[{self.root}, {types[name]}]" for name, path in self.renamed if path.startswith(PATH)}
            found += ["*", *(f"{name}: " + paths.get(name, f'Literal["{path}"]') for name, path in self.renamed)]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known about the rows of one model, or of one with annotations; `whole` are those of `values()`."""

    dicts: tuple[RowUse, ...]
    tuples: tuple[RowUse, ...]
    whole: bool = False


def row_uses(scope: Scope, model: LinkedModel, annotated: Mapping[str, str] | None = None) -> Rows:
    """The rows that the project asks of `model`; with `annotated` only those that hold one of these."""
    names_of: dict[tuple[tuple[str, str], ...], str] = {}
    dicts: list[RowUse] = []
    tuples: list[RowUse] = []
    asked = scope.asked(model)
    for kind, names, renamed in sorted(asked.rows):
        use = resolved(scope, model, names, renamed, annotated or {})
        if use is None or (annotated and annotated.keys().isdisjoint((*names, *dict(renamed).values()))):
            continue
        if kind == "values_list" and not renamed:
            tuples.append(use)
        elif kind == "values":
            if use.columns not in names_of:
                names_of[use.columns] = row_name(scope, model, use.columns)
            dicts.append(replace(use, row=names_of[use.columns]))
    whole = annotated is None and (scope.project.reach.complete or WHOLE_ROW in asked.marks)
    if annotated is None and scope.project.reach.complete and not scope.lacks(Lack.PATHS):
        tuples += [use for use in _paths_only(scope, model) if use not in tuples]
    return Rows(tuple(dicts), tuple(tuples), whole)


def _paths_only(scope: Scope, model: LinkedModel) -> Iterator[RowUse]:
    """Tuples of two and more paths, which type checkers know whether the project asks for them or not."""
    for size in range(2, len(PATH_TYPES) + 1):
        columns = tuple((f"{place}", text) for place, text in enumerate(PATH_TYPES[:size]))
        yield RowUse((PATH,) * size, (), columns, root=scope.ref(model))


def row_name(scope: Scope, model: LinkedModel, columns: tuple[tuple[str, str], ...]) -> str:
    """A free name for the class of rows with these columns."""
    return scope.row_name(f"{scope.stem(model)}Row_" + "_".join(column for column, _ in columns[:6]))


def resolved(
    scope: Scope,
    model: LinkedModel,
    names: tuple[str, ...],
    renamed: tuple[tuple[str, str], ...],
    annotated: Mapping[str, str],
) -> RowUse | None:
    """One call with the types of its columns, some of them `annotated`; None if it makes no sense on `model`."""
    if not names and not renamed:
        return None
    columns: dict[str, str] = {}
    free = iter(PATH_TYPES)
    for shown, given in (*((name, name) for name in names), *renamed):
        if given == PATH:
            columns[f"{len(columns)}"] = next(free, "Any")
            continue
        name = given.removeprefix(PATH)
        span = None if name in annotated else scope.span(model, name)
        if (
            not is_name(shown)
            or not is_name(name)
            or (name not in annotated and (span is None or not scope.names_values(name, span)))
        ):
            return None
        columns[shown] = annotated[name] if span is None else span_type(scope, span)
    if len(columns) != len(names) + len(renamed):
        return None
    has_paths = any(name.startswith(PATH) for name in (*names, *dict(renamed).values()))
    return RowUse(names, renamed, tuple(columns.items()), root=scope.ref(model) if has_paths else "")


def row_class(scope: Scope, name: str, columns: Iterable[tuple[str, str]]) -> Class:
    """A row as a dictionary with these keys."""
    listed = tuple(columns)
    members = frozenset(key for key, _ in listed)
    attributes = tuple(Attribute(key, scope.guard(text, members)) for key, text in listed)
    return Class(name, ("TypedDict",), attributes)


def or_dict(row: str) -> Variable:
    """The row, or a plain dictionary where the caller's annotation asks for one."""
    return Variable(f"{row}OrDict", (f"bound={row} | dict[str, Any]", f"default={row}"))


def whole_row(scope: Scope, model: LinkedModel) -> Class:
    """The row of `values()` without names."""
    return row_class(
        scope,
        scope.stem(model) + "Row",
        [(column.name, column_type(scope, column)) for column in columns_of(model)],
    )


def used_rows(scope: Scope, uses: Iterable[RowUse]) -> tuple[tuple[Variable, ...], tuple[Class, ...]]:
    """The classes of rows that the project asks for."""
    columns = {use.row: use.columns for use in uses}
    return tuple(or_dict(row) for row in columns), tuple(row_class(scope, row, each) for row, each in columns.items())


@dataclass(frozen=True, slots=True)
class Flat:
    """Names of columns with one type of values."""

    names: str
    type: str


def flat_groups(scope: Scope, model: LinkedModel) -> tuple[tuple[Flat, ...], tuple[Alias, ...]]:
    """Names of columns by the type of their values, long groups behind an alias.

    With many models only those that the project asks for.
    """
    groups: dict[str, list[str]] = {}
    complete, used = scope.project.reach.complete, scope.asked(model).flats
    paths = [Flat(f"Path[{scope.ref(model)}, R_co]", "R_co")] if complete or PATH in used else []
    for column in (*own_paths(scope, model), *far_paths(scope, model)):
        if complete or column.name in used:
            groups.setdefault(column.type, []).append(column.name)
    if not complete:
        any_of = Flat(f"{scope.stem(model)}Path", "Any")
        return (*paths, *(Flat(literal(names), text) for text, names in groups.items()), any_of), ()
    flats, aliases = [*paths], []
    for text, names in groups.items():
        value = literal(names)
        if len(value) > 60:
            aliases.append(Alias(scope.fresh(f"{scope.stem(model)}Column_{_word(text)}"), value))
            value = aliases[-1].name
        flats.append(Flat(value, text))
    return tuple(flats), tuple(aliases)


def _word(text: str) -> str:
    word = "".join(part if part.isalnum() else "_" for part in text.removesuffix(" | None")).strip("_")
    return f"{word}_or_none" if text.endswith(" | None") else word


def dict_rows(row: str) -> str:
    """A question for rows that are dictionaries."""
    return f"Rows[{row}, list[{row}]]"


def tuple_rows(row: str) -> str:
    """A question for rows that are tuples or single values."""
    return f"Rows[{row}]"


def dict_calls(
    uses: Iterable[RowUse], path: str, wrap: Wrap, whole: str | None = None, first: str = "self"
) -> Iterator[Signature]:
    """What `values` takes: rows that are used, the whole row unless `whole` is None, any other row."""
    for use in uses:
        yield signature(*use.parameters(), returns=use.grown(wrap(f"{use.row}OrDict")), first=first)
    if whole is not None:
        # A list behind a star may be empty: without a parameter this would take it.
        yield signature("nothing: Never = ...", "/", returns=wrap(f"{whole}OrDict"), first=first)
    some = f"{path} | Expression"
    yield signature(f"*columns: {some}", f"**aliases: {some}", returns=wrap("dict[str, Any]"), first=first)


def tuple_calls(
    flats: Iterable[Flat], uses: Iterable[RowUse], path: str, wrap: Wrap, first: str = "self"
) -> Iterator[Signature]:
    """What `values_list` takes: one column flat, tuples that are used, any other tuple."""
    for flat in flats:
        yield signature(f"column: {flat.names}", "/", "*", "flat: Literal[True]", returns=wrap(flat.type), first=first)
    for use in uses:
        types = ", ".join(text for _, text in use.columns)
        yield signature(*use.parameters(), returns=use.grown(wrap(f"tuple[{types}]")), first=first)
    yield signature("column: Expression", "/", "*", "flat: Literal[True]", returns=wrap("Any"), first=first)
    yield signature(f"*columns: {path} | Expression", returns=wrap("tuple[Any, ...]"), first=first)
