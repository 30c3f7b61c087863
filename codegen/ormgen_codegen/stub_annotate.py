"""Annotations that the project computes: `annotate(n=Count("heroes"))` gives a class with `n: int`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel
from ormgen.schema.lookups import LOOKUPS, Family, lookups_of
from ormgen_codegen.naming import is_name
from ormgen_codegen.signatures import EQUALITY, FIXED, Keyword, optional
from ormgen_codegen.spans import EXACT, Span, find_span
from ormgen_codegen.stub_rows import Flat, Rows, row_uses
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.views import Attribute, Method, method, signature

COUNT: Final = "Count"
TEXTS: Final = {
    "Lower": ("str", Family.TEXT),
    "Upper": ("str", Family.TEXT),
    "Trim": ("str", Family.TEXT),
    "Length": ("int", Family.INTEGER),
}
KNOWN: Final = frozenset({COUNT, "Sum", "Avg", "Min", "Max", *TEXTS})
NUMBERS: Final = (Family.INTEGER, Family.FLOAT, Family.DECIMAL)


@dataclass(frozen=True, slots=True)
class Result:
    """What an aggregate gives: a type text, its family of lookups, and whether it can be None."""

    type: str
    family: Family
    null: bool


@dataclass(frozen=True, slots=True)
class Computed:
    """One annotation: its name, the parameter that it fits, its type, the keywords that filters gain."""

    name: str
    parameter: str
    type: str
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True)
class Annotated:
    """A model with certain annotations; `state` is the name of the class."""

    state: str
    computed: tuple[Computed, ...]
    attributes: tuple[Attribute, ...]
    rows: Rows

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the annotations."""
        return tuple(each.name for each in self.computed)

    @property
    def keywords(self) -> tuple[Keyword, ...]:
        """The keywords that filters gain."""
        return tuple(keyword for each in self.computed for keyword in each.keywords)


def annotations_of(scope: Scope, model: LinkedModel) -> Iterator[Annotated]:
    """The annotations that the project computes and that make sense on `model`; alike ones once."""
    seen: set[tuple[Computed, ...]] = set()
    candidates = []
    for call in sorted(scope.asked(model).annotations):
        computed = tuple(_computed(scope, model, name, function, argument) for name, function, argument in call)
        known = tuple(each for each in computed if each is not None)
        told = any(each.type != "Any" for each in known)  # else it would fit every model
        if told and len(known) == len(computed) and known not in seen:
            seen.add(known)
            candidates.append(known)
    for known in sorted(candidates, key=lambda each: sum(computed.type == "Any" for computed in each)):
        word = "_and_".join(each.name for each in known)
        state = scope.names.fresh(f"{scope.stem(model)}With_{word}")
        types = {each.name: each.type for each in known}
        members = frozenset(types)
        attributes = tuple(Attribute(name, scope.guard(text, members)) for name, text in types.items())
        yield Annotated(state, known, attributes, row_uses(scope, model, types))


def _computed(scope: Scope, model: LinkedModel, name: str, function: str, argument: str) -> Computed | None:
    if not is_name(name) or name in model.columns or name in model.relations or name == "pk":
        return None
    stem = scope.stem(model)
    if function not in KNOWN:
        keywords = tuple(Keyword(f"{name}__{row.name}" if row.name != EXACT else name, "Any") for row in LOOKUPS)
        return Computed(name, f"{name}: {stem}Expression", "Any", keywords)
    span = find_span(scope.graph, model, argument)
    result = None if span is None else computed_by(scope, span, function)
    if result is None:
        return None
    given = f"Count[{stem}Term]" if function == COUNT else f"{function}[{literal([argument])}]"
    text = optional(scope.types.value(result.type), result.null)
    return Computed(name, f"{name}: {given}", text, tuple(_keywords(scope, name, result)))


def computed_by(scope: Scope, span: Span, function: str) -> Result | None:
    """What `function` gives for the column that `span` stands for; None if that is not known."""
    if span.lookup is not None:
        return None
    if function == COUNT:
        return Result("int", Family.INTEGER, False)
    column = span.column or _key(scope, span)
    if function in TEXTS:
        null = column.null or span.null
        return Result(*TEXTS[function], null) if column.family is Family.TEXT else None
    if function in ("Min", "Max") and column.family is not Family.JSON:
        return Result(column.python_type, column.family, True)
    if column.family not in NUMBERS:
        return None
    if function == "Sum":
        return Result(column.python_type, column.family, True)
    if function == "Avg":
        return Result("float", Family.FLOAT, True) if column.family is not Family.DECIMAL else _same(column)
    return None


def _same(column: FieldSchema) -> Result:
    return Result(column.python_type, column.family, True)


def _key(scope: Scope, span: Span) -> FieldSchema:
    last = span.relations[-1]
    if last.kind.forward:
        return scope.graph.models[last.model].columns[last.near]
    return scope.target(last).pk_column


def _keywords(scope: Scope, name: str, result: Result) -> Iterator[Keyword]:
    operands = scope.types.operands(result.type)
    for lookup in lookups_of(result.family).values():
        key = name if lookup.name == EXACT else f"{name}__{lookup.name}"
        if lookup.operand in FIXED:
            yield Keyword(key, FIXED[lookup.operand])
        elif lookup.name in ("in", "not_in"):
            yield Keyword(key, operands.several)
        elif lookup.name == "range":
            yield Keyword(key, operands.pair)
        else:
            yield Keyword(key, operands.exact(result.null) if lookup.name in EQUALITY else operands.one)


def annotate_method(
    annotated: Iterable[Annotated],
    expression: str,
    wrap: Callable[[str], str],
    loose: str,
    on_class: bool = False,
) -> Method:
    """`annotate`: calls that the project makes, then any other."""
    first, decorators = ("cls", ("classmethod",)) if on_class else ("self", ())
    known = [
        signature(
            "*",
            *(computed.parameter for computed in each.computed),
            returns=wrap(each.state),
            first=first,
            decorators=decorators,
        )
        for each in annotated
    ]
    other = signature(f"**annotations: {expression}", returns=loose, first=first, decorators=decorators)
    return method("annotate", [*known, other])


def annotated_list(each: Annotated, path: str) -> tuple[Flat, ...]:
    """Columns of a query with annotations, flat: these exactly, the others as Any."""
    own = [Flat(literal([computed.name]), computed.type) for computed in each.computed]
    return (*own, Flat(path, "Any"))
