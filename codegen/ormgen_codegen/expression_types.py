"""The type of what an expression of the project computes: `Count("heroes")`, `F("power") * 2`, `Max("born")`."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Final

from ormgen.records import dataclass, replace
from ormgen.schema.field import FieldSchema
from ormgen.schema.functions import FUNCTIONS
from ormgen.schema.graph import LinkedModel, Relation
from ormgen.schema.lookups import Family
from ormgen_codegen.naming import is_name
from ormgen_codegen.scan_calls import path_name
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.targets import Lack

COUNT: Final = "Count"
KNOWN: Final = frozenset({COUNT, "Sum", "Avg", "Min", "Max", "Coalesce", "Lower", "Upper", "Trim", "Length"})
"""Functions that stubs name, so that type checkers look into them."""
EXPRESSIONS: Final = frozenset({"F", "Case", "Exists", "RawSQL", "Subquery", "Value", "Window"})
"""Expressions of `ormgen.expressions` whose class tells what they are."""
GENERAL: Final = frozenset(FUNCTIONS) - frozenset(
    """
    ArrayAgg Rand ToTsVector ToTsQuery PlainToTsQuery SearchVector SearchQuery Lexeme SearchRank SearchHeadline
    SearchCriterion
    """.split()
)
"""The functions of `ormgen.functions`; the others belong to single databases."""
TYPES: Final = {
    Family.TEXT: "str",
    Family.INTEGER: "int",
    Family.FLOAT: "float",
    Family.DATETIME: "datetime:datetime",
    Family.DATE: "datetime:date",
}
SEVERAL: Final = ("Coalesce", "Greatest", "Least")
RANKS: Final = {Family.INTEGER: 0, Family.DECIMAL: 1, Family.FLOAT: 2}
LITERALS: Final = {
    bool: ("bool", Family.BOOLEAN),
    int: ("int", Family.INTEGER),
    float: ("float", Family.FLOAT),
    str: ("str", Family.TEXT),
}
ALIKE: Final = ("str", "int", "float")
"""Types that every database hands out by themselves."""
DIFFERING: Final = frozenset({"Sum", "Avg"})
"""Functions whose results have other types than their columns, by the database: perhaps Decimal."""
ROWS: Final = ("values", "values_list")
ARITHMETIC: Final = (ast.Add, ast.Sub, ast.Mult, ast.Mod)


@dataclass(frozen=True, slots=True)
class Result:
    """What is computed: a type text, its family of lookups, and whether it can be None."""

    type: str
    family: Family
    null: bool


class Misnamed(Exception):
    """An expression names a column that its model does not have."""


@dataclass(frozen=True, slots=True)
class Computer:
    """Tells what expressions on one model give; `computed` are earlier annotations, None those of unknown type."""

    scope: Scope
    model: LinkedModel
    computed: Mapping[str, Result | None]

    def result(self, node: ast.expr) -> Result | None:
        """What an expression gives; None if that is not known.

        Raises:
            Misnamed: it names what the model does not have.
        """
        match node:
            case ast.Constant(value=value):
                known = LITERALS.get(type(value))
                return None if known is None else Result(*known, null=False)
            case ast.Attribute():
                name = path_name(node)
                return None if name is None or self.scope.span(self.model, name) is None else self._column(name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return self.result(inner)
            case ast.BinOp(left=left, op=operator, right=right):
                return self._combined(self.result(left), operator, self.result(right))
            case ast.Call(func=ast.Name(id="Exists") | ast.Attribute(attr="Exists")):
                return Result("bool", Family.BOOLEAN, False)
            case ast.Call(func=ast.Name(id="Subquery") | ast.Attribute(attr="Subquery"), args=[ast.Call() as inner]):
                return self._nested(inner)
            case ast.Call(func=ast.Name(id="Case") | ast.Attribute(attr="Case"), args=branches, keywords=[*more]):
                default = next((each.value for each in more if each.arg == "default"), None)
                return self._chosen([*map(_then, branches)], default)
            case ast.Call(func=ast.Name(id="Window") | ast.Attribute(attr="Window"), args=[first, *_]):
                return self.result(first)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=_) if is_alone(name):
                family = FUNCTIONS[name].gives or Family.FLOAT
                if family is Family.JSON:
                    return None
                return Result(TYPES[family], family, False)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *rest]):
                return self._called(name, first, rest)
        return None

    def _called(self, name: str, first: ast.expr, rest: list[ast.expr]) -> Result | None:
        if name == "Value":
            return self.result(first)
        if name == "F":
            return self._named(first)
        if name not in FUNCTIONS or FUNCTIONS[name].gives in (Family.OTHER, Family.JSON, Family.ARRAY):
            return None
        if name == COUNT:
            if not (isinstance(first, ast.Constant) and first.value == "*"):
                self._argument(first)
            return Result("int", Family.INTEGER, False)
        given = self._argument(first)
        if given is None:
            return None
        if name in SEVERAL:
            found = self._first_of([given, *(self.result(each) for each in rest)])
            return found if name == "Coalesce" or found is None else replace(found, null=True)
        found = given_by(name, given)
        if found is None:
            raise Misnamed(name)
        return found

    def _chosen(self, branches: list[ast.expr | None], default: ast.expr | None) -> Result | None:
        """What a `Case` gives, where all its values are of one type."""
        given = [None if each is None else self.result(each) for each in branches]
        if default is not None and not (isinstance(default, ast.Constant) and default.value is None):
            given.append(self.result(default))
            missing = False
        else:
            missing = True
        known = [each for each in given if each is not None]
        if not known or len(known) < len(given) or len({each.type for each in known}) > 1:
            return None
        return replace(known[0], null=missing or any(each.null for each in known))

    def _nested(self, asked: ast.Call) -> Result | None:
        """The one column that a sub-query gives: of `Team.annotate(n=Count("heroes")).values("n")` it is `n`."""
        calls: list[ast.Call] = []
        node: ast.expr = asked
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            calls.append(node)
            node = node.func.value
        found = [model for model in self.scope.graph if isinstance(node, ast.Name) and model.name == node.id]
        if len(found) != 1:
            return None
        return Computer(self.scope, found[0], {})._column_of(calls)

    def _column_of(self, calls: list[ast.Call]) -> Result | None:
        """The column that a chain of calls gives, the last of which comes first."""
        computed: dict[str, Result | None] = {}
        column: ast.expr | None = None
        for call in reversed(calls):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if name == "annotate":
                inner = replace(self, computed=dict(computed))
                computed |= {each.arg: inner.result(each.value) for each in call.keywords if each.arg is not None}
            elif name in ROWS:
                column = call.args[0] if len(call.args) == 1 else None
        given = None if column is None else replace(self, computed=computed)._named(column)
        return None if given is None else replace(given, null=True)

    def _argument(self, node: ast.expr) -> Result | None:
        """The first argument of a function: a text names a column."""
        return self._named(node) if isinstance(node, ast.Constant) else self.result(node)

    def _named(self, node: ast.expr) -> Result | None:
        if not isinstance(node, ast.Constant):
            return None
        name = str(node.value)
        return self.computed[name] if name in self.computed else self._column(name)

    def _column(self, name: str) -> Result | None:
        span = self.scope.span(self.model, name) if is_name(name) else None
        if span is None or span.lookup is not None:
            raise Misnamed(name)
        column = span.column
        if column is None:
            return self._key(span.relations[-1], span.null)
        return Result(column.python_type, column.family, column.null or span.null)

    def _key(self, last: Relation, null: bool) -> Result:
        if last.kind.forward:
            column: FieldSchema = self.scope.graph.models[last.model].member(last.near)
        else:
            column = self.scope.target(last).member("pk")
        return Result(column.python_type, column.family, column.null or null)

    def _combined(self, left: Result | None, operator: ast.operator, right: Result | None) -> Result | None:
        if left is None or right is None:
            return None
        if left.family not in RANKS or right.family not in RANKS:
            return None
        wider = max(left, right, key=lambda each: RANKS[each.family])
        whole = wider.family is Family.INTEGER
        if not isinstance(operator, ARITHMETIC) and (whole or not isinstance(operator, ast.Div)):
            return None  # what whole numbers divided give depends on the database
        if {left.family, right.family} == {Family.FLOAT, Family.DECIMAL}:
            return None
        return replace(wider, null=left.null or right.null)

    def _first_of(self, given: list[Result | None]) -> Result | None:
        known = [each for each in given if each is not None]
        if len(known) < len(given):
            return None
        null = all(each.null for each in known)
        if len({each.type for each in known}) == 1:
            return replace(known[0], null=null)
        if all(each.family in RANKS for each in known) and known[0].family is not Family.INTEGER:
            return replace(known[0], null=null)  # a whole number in place of a wider one
        return None


def measured(scope: Scope, node: ast.expr, result: Result | None) -> Result | None:
    """What an expression gives as far as that is the same for objects and for rows, and on every database."""
    if result is None or not scope.lacks(Lack.MEASURED_ROWS):
        return result
    names = {each.func.id for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)}
    names |= {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
    return result if result.type in ALIKE and names.isdisjoint(DIFFERING) else None


def _then(branch: ast.expr) -> ast.expr | None:
    """The value of a `When`."""
    match branch:
        case ast.Call(func=ast.Name(id="When") | ast.Attribute(attr="When"), keywords=given):
            return next((each.value for each in given if each.arg == "then"), None)
    return None


def is_alone(name: str) -> bool:
    """Whether a function has no column."""
    return name in FUNCTIONS and FUNCTIONS[name].alone


def given_by(function: str, given: Result) -> Result | None:
    """What a function gives for what it is given; None if it makes no sense of it."""
    schema = FUNCTIONS[function]
    if given.family not in schema.takes:
        return None
    null = given.null or schema.null
    if function == "Avg" and given.family is not Family.DECIMAL:
        return Result("float", Family.FLOAT, True)
    if schema.gives is None:
        return replace(given, null=null)
    return Result(TYPES[schema.gives], schema.gives, null)
