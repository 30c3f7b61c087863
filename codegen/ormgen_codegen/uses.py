"""Checks what one file asks of models: every name, and that no question is taken for true before it is awaited."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel
from ormgen.schema.lookups import Family
from ormgen_codegen.blocks import Block, Calls, How
from ormgen_codegen.document_names import unknown_members
from ormgen_codegen.model_classes import Openness
from ormgen_codegen.name_judge import BARE, Asked, Judge
from ormgen_codegen.name_rules import Role, family_of, target_of
from ormgen_codegen.outer_questions import OUTER, OuterQuestions
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.values import LibraryPath
from ormgen_codegen.question_methods import FUNCTIONS, QUESTIONS, Method, Parameter, Shape
from ormgen_codegen.receivers import Receivers
from ormgen_codegen.seen import Known, Named

IGNORED: Final = re.compile(r"#\s*ormgen:\s*ignore(?![\w-])")
CONDITIONS: Final = {"Q": "join_type", "When": "then"}
"""Expressions whose keywords are conditions, and the keyword that is none."""
PREFETCH: Final = "Prefetch"
UNTRUE: Final = {
    Shape.QUERY: ("a query set", ", or use `await ….exists()`"),
    Shape.ROWS: ("a question for values", ""),
    Shape.SINGLE: ("a question for one object", ""),
}
"""What raises TypeError when it is asked whether it is true, how it is called, and what else there is to do."""
PASSING: Final = frozenset({"Case", "Window", "Cast", "SearchVector"})
EXPRESSIONS: Final = frozenset({"F", PREFETCH, OUTER, *CONDITIONS, *PASSING}) | FUNCTIONS

SUMMING: Final = frozenset({"Sum", "Avg", "StdDev", "Variance"})
NOT_NUMBERS: Final[frozenset[Family | None]] = frozenset(
    {Family.TEXT, Family.TEXT_ENUM, Family.UUID, Family.DATETIME, Family.DATE, Family.TIME}
)
"""What has no sum in any database."""


@dataclass(frozen=True, slots=True)
class Use:
    """One name with the place where it is written, and what it is used for."""

    node: ast.expr | ast.keyword
    name: str
    role: Role


class Uses:
    """The names that one file asks for."""

    def __init__(self, source: Source, calls: Calls, receivers: Receivers, judge: Judge) -> None:
        self.source = source
        self.calls = calls
        self.receivers = receivers
        self.judge = judge
        self.outer = OuterQuestions(calls, receivers)
        self._contexts: dict[ast.Call, Asked] = {}

    def findings(self) -> Iterator[Finding]:
        """What is wrong, in the order of the calls."""
        for call, block in self.calls.found:
            word = self._expression(call, block)
            if word is not None:
                yield from self._in_expression(call, word, block)
            elif self._may_ask(call):
                for node, fact, hint in unknown_members(call, block, self.receivers):
                    yield from self._told(node, fact, hint)
                known = self.receivers.receiver(call, block)
                if known is not None:
                    yield from self._in_question(call, *known)
        for node, block in self.calls.tested:
            yield from self._in_test(node, block)

    def _in_test(self, node: ast.expr, block: Block) -> Iterator[Finding]:
        """A question that is asked whether it is true, as mypy lets it be.

        Relations are left out: those that are loaded are true where they hold objects.
        """
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute | ast.Name):
            return
        found = self.receivers.seen(node, block)
        if (
            isinstance(found, Known)
            and found.shape in UNTRUE
            and not self.judge.classes.defines(found.classes, "__bool__")
        ):
            what, remedy = UNTRUE[found.shape]
            yield from self._told(node, f"{what} is neither true nor false", f"await it first{remedy}")

    @cached_property
    def _model_names(self) -> frozenset[str]:
        return frozenset(model.name for model in self.judge.graph)

    def _may_ask(self, call: ast.Call) -> bool:
        """Whether a call is worth finding out about; this decides over most of the time that a file takes."""
        if isinstance(call.func, ast.Attribute):
            return bool(call.args or call.keywords)
        return isinstance(call.func, ast.Name) and bool(call.keywords)

    # -- Q, F, Count …

    def _expression(self, call: ast.Call, block: Block) -> str | None:
        """Which of ormgen's expressions a call makes."""
        match call.func:
            case ast.Name(id=name):
                found = block.find(name)
                if found is None:
                    if name not in EXPRESSIONS:
                        return None
                elif not any(
                    each.how is How.IMPORT and each.alias is not None and each.alias.name in EXPRESSIONS
                    for each in found[1]
                ):
                    return None
            case ast.Attribute(value=ast.Name() | ast.Attribute(), attr=name) if name in EXPRESSIONS:
                pass
            case _:
                return None
        seen = self.receivers.seen(call.func, block)
        if not isinstance(seen, Named) or not isinstance(seen.value, LibraryPath):
            return None
        word = seen.value.path.rpartition(".")[2]
        return word if word in EXPRESSIONS else None

    def _in_expression(self, call: ast.Call, word: str, block: Block) -> Iterator[Finding]:
        asked = self._contexts.get(call, BARE)
        if word == OUTER:
            question = self.outer.of(call)
            asked = BARE if question is None else self._asked(*question)
        elif word == PREFETCH:
            yield from self._in_prefetch(call, asked, block)
        if word in CONDITIONS:
            uses = list(_keywords(call, Role.FILTER, frozenset({CONDITIONS[word]})))
            inner = [*call.args, *(each.value for each in call.keywords if each.arg != "join_type")]
        elif word in PASSING:
            uses = [use for each in _named_by(word) for use in _parameter(call, each)]
            inner = [*call.args, *(each.value for each in call.keywords)]
        else:
            parameter = {"F": "name", OUTER: "name", PREFETCH: "relation"}.get(word, "field")
            role = Role.RELATION if word == PREFETCH else Role.COLUMN
            uses = [use for use in _parameter(call, Parameter(parameter, 0, role)) if use.name != "*"]
            inner = [] if word == PREFETCH else [*call.args, *(each.value for each in call.keywords)]
            if word in SUMMING:
                yield from self._not_summed(word, uses, asked)
        for each in inner:
            self._pass_on(each, asked)
        yield from self._judged(uses, asked)

    def _not_summed(self, word: str, uses: list[Use], asked: Asked) -> Iterator[Finding]:
        """Columns of which no database can make a sum."""
        for use in uses:
            families = [family_of(self.judge.graph, model, use.name) for model in asked.models]
            first = families[0] if families else None
            if first is not None and use.name not in asked.computed and NOT_NUMBERS.issuperset(families):
                yield from self._told(use.node, f'{word} takes numbers, "{use.name}" is {first.value}', None)

    def _in_prefetch(self, call: ast.Call, asked: Asked, block: Block) -> Iterator[Finding]:
        """A query set of another model than that of the relation."""
        names = [use.name for use in _parameter(call, Parameter("relation", 0, Role.RELATION))]
        node = argument(call, "queryset", 1)
        given = self.receivers.seen(node, block) if node is not None and asked.models and len(names) == 1 else None
        if node is None or not (isinstance(given, Known) and given.shape in (Shape.QUERY, Shape.TO_MANY)):
            return
        classes = self.judge.classes
        targets = [target_of(self.judge.graph, model, names[0]) for model in asked.models]
        for target in targets:
            if target is None or given.model in classes.family(target) or target in classes.family(given.model):
                return
        wanted = next(target.name for target in targets if target is not None)
        fact = f'"{names[0]}" leads to {wanted}, the query set is about {given.model.name}'
        yield from self._told(node, fact, None)

    def _pass_on(self, node: ast.expr, asked: Asked) -> None:
        """Let the expressions in an argument be about the same model."""
        pending: list[ast.AST] = [node]
        while pending:
            each = pending.pop()
            match each:
                case ast.Call():
                    self._contexts[each] = asked
                case ast.BinOp() | ast.UnaryOp() | ast.BoolOp() | ast.IfExp() | ast.Starred():
                    pending += [child for child in ast.iter_child_nodes(each) if isinstance(child, ast.expr)]
                case ast.List() | ast.Tuple() | ast.Set() | ast.NamedExpr():
                    pending += [child for child in ast.iter_child_nodes(each) if isinstance(child, ast.expr)]

    # -- Hero.filter(…)

    def _in_question(self, call: ast.Call, base: Known, method: Method) -> Iterator[Finding]:
        asked = self._asked(call, base, method)
        for each in (*call.args, *(keyword.value for keyword in call.keywords)):
            self._pass_on(each, asked)
        uses: list[Use] = []
        if method.keywords is not None:
            uses += _keywords(call, method.keywords, method.reserved)
        if method.names is not None:
            uses += _texts(call, method.names, method.start)
            if method.aliases:
                uses += [
                    Use(each.value, each.value.value, method.names)
                    for each in call.keywords
                    if isinstance(each.value, ast.Constant) and isinstance(each.value.value, str)
                ]
        for parameter in method.parameters:
            uses += _parameter(call, parameter)
        yield from self._judged(uses, asked)

    def _asked(self, call: ast.Call, base: Known, method: Method) -> Asked:
        """What the names of a call are judged by: its models, and what the whole chain of calls computes."""
        later, openness, complete = self._later(call, method)
        if base.openness is Openness.CLOSED and not complete:
            openness = max(openness, Openness.PROJECT)
        if base.shape is Shape.ONE:
            later, openness = frozenset(), Openness.CLOSED
        models: tuple[LinkedModel, ...] = (base.model,) if base.exact else self.judge.classes.family(base.model)
        return Asked(models, base.computed | later, max(base.openness, openness))

    def _later(self, call: ast.Call, method: Method) -> tuple[frozenset[str], Openness, bool]:
        """What is computed by this call and those behind it, and whether the chain ends where everybody can see."""
        names: set[str] = set()
        openness = Openness.CLOSED
        node: ast.AST = call
        here: Method | None = method
        while True:
            if here is not None and (here.computes or here.aliases) and isinstance(node, ast.Call):
                names.update(each.arg for each in node.keywords if each.arg is not None)
                if any(each.arg is None for each in node.keywords):
                    openness = Openness.ANY
            if here is not None and here.ends:
                return frozenset(names), openness, True
            parent = self.calls.parents.get(node)
            around = self.calls.parents.get(parent) if parent is not None else None
            if isinstance(parent, ast.Attribute) and isinstance(around, ast.Call) and around.func is parent:
                node, here = around, QUESTIONS.get(parent.attr)
                openness = openness if here is not None else max(openness, Openness.PROJECT)
                continue
            asked_for = isinstance(parent, ast.AsyncFor | ast.comprehension) and parent.iter is node
            return frozenset(names), openness, isinstance(parent, ast.Await) or asked_for

    def _judged(self, uses: list[Use], asked: Asked) -> Iterator[Finding]:
        for use in uses:
            verdict = self.judge.verdict(use.name, use.role, asked)
            if verdict is None:
                continue
            yield from self._told(use.node, *verdict)

    def _told(self, node: ast.expr | ast.keyword, fact: str, hint: str | None) -> Iterator[Finding]:
        position = self.source.position(node)
        if not IGNORED.search(self.source.lines[position.line - 1]):
            yield Finding(position, "error", fact, hint)


def _named_by(word: str) -> tuple[Parameter, ...]:
    """The parameters of an expression that name columns."""
    if word == "Window":
        return Parameter("partition_by", 1, Role.COLUMN), Parameter("order_by", 2, Role.COLUMN)
    return (Parameter("field", 0, Role.COLUMN),) if word in ("Cast", "SearchVector") else ()


def _keywords(call: ast.Call, role: Role, reserved: frozenset[str]) -> Iterator[Use]:
    """The free keywords of a call, those of a dictionary written behind two stars included."""
    for each in call.keywords:
        if each.arg is not None:
            if each.arg not in reserved:
                yield Use(each, each.arg, role)
        elif isinstance(each.value, ast.Dict):
            yield from (use for use in _names_in(each.value, role) if use.name not in reserved)


def _texts(call: ast.Call, role: Role, start: int) -> Iterator[Use]:
    """The positional texts of a call."""
    if any(isinstance(each, ast.Starred) for each in call.args[:start]):
        return
    for each in call.args[start:]:
        yield from _names_in(each.value if isinstance(each, ast.Starred) else each, role)


def _parameter(call: ast.Call, parameter: Parameter) -> Iterator[Use]:
    """The names in the value of one parameter."""
    value = argument(call, parameter.name, parameter.place)
    if value is not None:
        yield from _names_in(value, parameter.role)


def argument(call: ast.Call, name: str, place: int | None) -> ast.expr | None:
    """The value of a parameter, None where it is not given or cannot be told."""
    for each in call.keywords:
        if each.arg == name:
            return each.value
    before = call.args if place is None else call.args[: place + 1]
    if place == len(before) - 1 and not any(isinstance(each, ast.Starred) for each in before):
        return before[-1]
    return None


def _names_in(node: ast.expr, role: Role) -> Iterator[Use]:
    """A text, the texts of a list, the keys of a dictionary."""
    match node:
        case ast.Constant(value=str(text)):
            yield Use(node, text, role)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield Use(part, part.value, role)
        case ast.Dict(keys=keys):
            for key in keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield Use(key, key.value, role)
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            yield from (Use(each, each.arg, role) for each in keywords if each.arg is not None)
