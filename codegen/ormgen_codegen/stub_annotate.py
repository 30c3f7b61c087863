"""Annotations that the project computes: `annotate(n=Count("heroes"))` gives a class with `n: int`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel
from ormgen.schema.lookups import EVERY_LOOKUP, lookups_of
from ormgen_codegen.expression_types import (
    Computer,
    Misnamed,
    Result,
    measured,
)
from ormgen_codegen.naming import is_name
from ormgen_codegen.question_methods import QUESTIONS
from ormgen_codegen.scan_chain import AGGREGATE, ANNOTATE, COMPUTING, DICTS, ROWS
from ormgen_codegen.signatures import EQUALITY, FIXED, Keyword, fixed, optional
from ormgen_codegen.spans import EXACT
from ormgen_codegen.stub_arguments import is_general, parameter_of, widened
from ormgen_codegen.stub_grown import Growing, Grown
from ormgen_codegen.stub_rows import Flat, Rows, RowUse, row_uses
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_trees import BARE, Tree, TreeKey, can_load, parameters_of
from ormgen_codegen.target_names import known_lookups
from ormgen_codegen.targets import Lack
from ormgen_codegen.usage import Step
from ormgen_codegen.views import Attribute


@dataclass(frozen=True, slots=True)
class Computed:
    """One annotation: its name, the parameter that it fits, what it gives (None if unknown)."""

    name: str
    parameter: str
    result: Result | None


@dataclass(frozen=True, slots=True)
class Annotated:
    """A model with certain annotations; `state` is the name of the class, `expression` what can be computed of it."""

    state: str
    names: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    keywords: tuple[Keyword, ...]
    rows: Rows
    expression: str


@dataclass(frozen=True, slots=True)
class Annotating:
    """A call of `annotate`: on which annotations, with which relations loaded, with which parameters.

    `rows` are the type arguments of the class of loaded objects.
    """

    before: Annotated | None
    tree: TreeKey
    parameters: tuple[str, ...]
    after: Annotated
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Loading:
    """A call that loads relations of objects with annotations or without; `rows` as for `Annotating`, and after it."""

    of: Annotated | None
    tree: TreeKey
    kind: str
    parameters: tuple[str, ...]
    after: TreeKey
    rows: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Aggregating:
    """A call of `aggregate`: on which annotations, with which parameters; `use` is the dictionary that it gives."""

    before: Annotated | None
    parameters: tuple[str, ...]
    use: RowUse


@dataclass(frozen=True, slots=True)
class Annotations:
    """All annotations of one model; `trees` are the relations that are loaded beside them, `forms` the classes."""

    sets: tuple[Annotated, ...] = ()
    calls: tuple[Annotating, ...] = ()
    loads: tuple[Loading, ...] = ()
    totals: tuple[Aggregating, ...] = ()
    trees: tuple[Tree, ...] = ()
    forms: tuple[tuple[Annotated, TreeKey, str, str], ...] = ()
    grown: tuple[Grown, ...] = ()

    @property
    def uses(self) -> tuple[RowUse, ...]:
        """The dictionaries that hold annotations or aggregates."""
        grown = (use for each in self.grown if each.key[0] == DICTS for _, use in each.calls)
        return (*grown, *(use for each in self.sets for use in each.rows.dicts), *(each.use for each in self.totals))

    def row(self, annotated: Annotated, tree: TreeKey) -> str:
        """The class of objects with annotations and loaded relations, without its type arguments."""
        found = (name for each, key, name, _ in self.forms if each is annotated and key == tree)
        return next(found, annotated.state)


def annotations_of(scope: Scope, model: LinkedModel) -> Annotations:
    """The annotations that the project computes and that make sense on `model`."""
    known = scope.project.usage.of.get(model.name)
    sure = frozenset() if known is None else known.chains
    chains, loadings = sorted(scope.asked(model).chains), sorted(scope.asked(model).loadings)
    if not chains and not loadings:
        return Annotations()
    seen: dict[tuple[str, str], Result | None] = {}
    unsure: set[tuple[str, str]] = set()
    for chain in chains:
        for computed in _computed_in(scope, model, chain, frozenset()):
            place = (computed.name, computed.parameter)
            if seen.setdefault(place, computed.result) != computed.result:
                unsure.add(place)
    writer = _Writer(scope, model, frozenset(unsure))
    for chain in chains:
        steps = tuple(_computed_in(scope, model, chain, writer.unsure))
        told = any(each.result is not None or each.name in QUESTIONS for each in steps)
        if told or chain in sure:  # else it would fit every model
            writer.follow(chain)
    for chain in loadings:
        writer.follow(chain)
    return writer.annotations()


def _computed_in(
    scope: Scope, model: LinkedModel, chain: tuple[Step, ...], unsure: frozenset[tuple[str, str]]
) -> Iterator[Computed]:
    """The annotations of a chain, up to the first call that makes no sense on `model`."""
    known: dict[str, Result | None] = {}
    for method, given in chain:
        if method in COMPUTING:
            step = annotations_in(scope, model, given, known, unsure, method == AGGREGATE)
            if step is None:
                return
            yield from step
            known |= {each.name: each.result for each in step}


def annotations_in(
    scope: Scope,
    model: LinkedModel,
    given: tuple[tuple[str, str], ...] | tuple[str, ...],
    before: Mapping[str, Result | None],
    unsure: frozenset[tuple[str, str]],
    apart: bool = False,
) -> tuple[Computed, ...] | None:
    """The annotations of one call; None if one of them cannot be made on `model`.

    `apart` says that their names stand apart from those that the model has.
    """
    known = dict(before)
    found: list[Computed] = []
    for pair in given:
        name, text = pair[0], pair[1]
        if not is_name(name) or (not apart and (name in known or name in model.names or name == "pk")):
            return None
        try:
            node = ast.parse(text, mode="eval").body if text else None
            result = None if node is None else measured(scope, node, Computer(scope, model, known).result(node))
        except (SyntaxError, ValueError, RecursionError, Misnamed):
            return None
        parameter = f"{name}: {parameter_of(scope, model, node, known)}"
        result = None if (name, parameter) in unsure else result
        found.append(Computed(name, parameter, result))
        if not apart:
            known[name] = result
    return tuple(found)


class _Writer:
    """Collects the annotations of one model, call by call."""

    def __init__(self, scope: Scope, model: LinkedModel, unsure: frozenset[tuple[str, str]]) -> None:
        self.scope = scope
        self.model = model
        self.unsure = unsure
        self.sets: dict[frozenset[tuple[str, Result | None]], Annotated] = {}
        self.calls: dict[Annotating, None] = {}
        self.loads: dict[Loading, None] = {}
        self.totals: dict[tuple[Annotated | None, tuple[str, ...]], Aggregating] = {}
        self.trees: dict[TreeKey, Tree] = {}
        self.growing = Growing(scope, model)

    def annotations(self) -> Annotations:
        """All that was collected."""
        forms: dict[tuple[str, TreeKey], tuple[Annotated, TreeKey, str, str]] = {}
        used = [(each.after, each.tree) for each in self.calls] + [(each.of, each.after) for each in self.loads]
        for annotated, key in used:
            if annotated is not None and key != BARE and (annotated.state, key) not in forms:
                name = self.scope.fresh(f"{annotated.state}_{self.trees[key].word()}")
                forms[annotated.state, key] = (annotated, key, name, self.trees[key].arguments())
        calls = sorted(self.calls, key=lambda each: sum(map(is_general, each.parameters)))
        return Annotations(
            tuple(self.sets.values()),
            tuple(calls),
            tuple(sorted(self.loads, key=lambda each: -len(each.tree))),  # what is loaded more is loaded less, too
            tuple(self.totals.values()),
            tuple(self.trees.values()),
            tuple(forms.values()),
            self.growing.all(),
        )

    def follow(self, chain: tuple[Step, ...]) -> None:
        """Add the calls of one chain, up to the first that makes no sense on the model."""
        known: dict[str, Result | None] = {}
        before: Annotated | None = None
        tree = Tree()
        for place, (method, given) in enumerate(chain):
            if method in ROWS:
                if not self.scope.lacks(Lack.GROWING_ROWS):
                    self._grow(chain[place:], known)
                return
            if method == AGGREGATE:
                self._total(before, annotations_in(self.scope, self.model, given, known, self.unsure, apart=True))
                return
            if method == ANNOTATE:
                step = annotations_in(self.scope, self.model, given, known, self.unsure)
                if step is None:
                    return
                known |= {each.name: each.result for each in step}
                after = self._set(known)
                parameters = tuple(each.parameter for each in step)
                self.calls[Annotating(before, tree.key(), parameters, after, tree.arguments())] = None
                before = after
            else:
                texts = tuple(str(text) for text in given)
                if not can_load(self.scope, self.model, method, texts, tree):
                    return
                tree = self._load(before, tree, method, texts)

    def _total(self, before: Annotated | None, step: tuple[Computed, ...] | None) -> None:
        """Add a call of `aggregate`."""
        if step is None:
            return
        parameters = tuple(each.parameter for each in step)
        if (before, parameters) not in self.totals:
            columns = tuple((each.name, _type(self.scope, each.result)) for each in step)
            stem = self.scope.stem(self.model) if before is None else before.state
            row = self.scope.row_name(f"{stem}Totals_" + "_".join(name for name, _ in columns[:6]))
            self.totals[before, parameters] = Aggregating(before, parameters, RowUse((), (), columns, row))

    def _grow(self, chain: tuple[Step, ...], before: Mapping[str, Result | None]) -> None:
        """Add what rows of values grow by: the first step says which rows."""
        (kind, given), known = chain[0], dict(before)
        pairs = tuple((pair[0], pair[1]) for pair in given)
        use = self.growing.begin(pairs, {name: _type(self.scope, result) for name, result in known.items()})
        for method, more in chain[1:] if use is not None else ():
            if use is None or method != ANNOTATE:
                return
            names = tuple(sorted({*known, *dict(use.columns)}))
            self.growing.open(kind, use, widened(f"{self.scope.stem(self.model)}Expression", names))
            step = annotations_in(self.scope, self.model, more, known, self.unsure)
            if step is None:
                return
            added = tuple((each.name, _type(self.scope, each.result)) for each in step)
            use = self.growing.add(kind, use, tuple(each.parameter for each in step), added)
            known |= {each.name: each.result for each in step}

    def _load(self, of: Annotated | None, tree: Tree, method: str, texts: tuple[str, ...]) -> Tree:
        """Add a call that loads relations; gives what is loaded then."""
        grown = tree.grown(texts)
        self.trees[grown.key()] = grown
        parameters = tuple(parameters_of(self.scope, self.model, texts, grown.rows))
        rows = tree.arguments(grown.rows), grown.arguments()
        if of is not None or tree.branches or grown.rows:  # else the relations' own names say it
            self.loads[Loading(of, tree.key(), method, parameters, grown.key(), rows)] = None
        return grown

    def _set(self, known: Mapping[str, Result | None]) -> Annotated:
        key = frozenset(known.items())
        if key not in self.sets:
            self.sets[key] = self._annotated(known)
        return self.sets[key]

    def _annotated(self, known: Mapping[str, Result | None]) -> Annotated:
        scope, stem = self.scope, self.scope.stem(self.model)
        names = tuple(sorted(known))
        types = {name: _type(scope, known[name]) for name in names}
        members = frozenset(types)
        return Annotated(
            scope.fresh(f"{stem}With_{'_and_'.join(names)}"),
            names,
            tuple(Attribute(name, scope.guard(text, members)) for name, text in types.items()),
            tuple(keyword for name in names for keyword in _keywords(scope, name, known[name])),
            row_uses(scope, self.model, types),
            widened(f"{stem}Expression", names),
        )


def _type(scope: Scope, result: Result | None) -> str:
    return "Any" if result is None else optional(scope.types.value(result.type), result.null)


def _keywords(scope: Scope, name: str, result: Result | None) -> Iterator[Keyword]:
    if result is None:
        yield from (
            Keyword(name if row.name == EXACT else f"{name}__{row.name}", "Any")
            for row in known_lookups(scope.project.target, EVERY_LOOKUP)
        )
        return
    operands = scope.types.operands(result.type)
    for lookup in known_lookups(scope.project.target, lookups_of(result.family)):
        key = name if lookup.name == EXACT else f"{name}__{lookup.name}"
        if lookup.operand in FIXED:
            yield Keyword(key, fixed(scope, lookup))
        elif lookup.name in ("in", "not_in"):
            yield Keyword(key, operands.several)
        elif lookup.name == "range":
            yield Keyword(key, operands.pair)
        else:
            yield Keyword(key, operands.exact(result.null) if lookup.name in EQUALITY else operands.one)


def annotated_list(each: Annotated, path: str) -> tuple[Flat, ...]:
    """Columns of a query with annotations, flat: these exactly, the others as Any."""
    own = [Flat(literal([attribute.name]), attribute.annotation) for attribute in each.attributes]
    return (*own, Flat(path, "Any"))
