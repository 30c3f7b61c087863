"""The text of `models.pyi`: the module's own source with every line on its own number, and generated types in it."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from ormgen.records import dataclass, field
from ormgen.schema.graph import ModelGraph
from ormgen_codegen.carried_imports import Exports, import_edits
from ormgen_codegen.carried_names import listed_names
from ormgen_codegen.edits import Edit, edited, insertion
from ormgen_codegen.loaded_bodies import loaded_edits
from ormgen_codegen.parse.parsed import ClassKind, ParsedClass, ParsedModule, ParsedStatement, StatementKind
from ormgen_codegen.parse.source import Source, Span, fault_of
from ormgen_codegen.quiet import quiet_edits, quiet_module_edits
from ormgen_codegen.same_queries import same_edits
from ormgen_codegen.trailer import trailer
from ormgen_codegen.unnarrowed import unnarrowed_edits

DECLARING = (StatementKind.FIELD, StatementKind.RELATION, StatementKind.MANAGER, StatementKind.ASSIGNMENT)
COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
NOTHING_BEFORE_COOKIE = re.compile(r"^[ \t\f]*(?:#|$)")


NOTHING = ModelGraph(MappingProxyType({}))


class CarryError(Exception):
    """The text that was made is not Python, which is a fault of ormgen."""


@dataclass(frozen=True, slots=True)
class ClassPlan:
    """What changes in one class of the source.

    `base` is put in front of its bases, `bases` replaces some of them by their place. `members` gives the annotation
    that stands in for the statement which declares the member; None drops the statement. Those of `twice` are declared
    in generated classes too.
    """

    base: str | None = None
    bases: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    members: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    twice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CarryPlan:
    """What changes in one module: its classes by path, and the lines that import the generated types.

    `anything` is how the generated types call `typing.Any`. `early` imports the bases before the classes, where there
    is a line for it, so that type checkers know them when they come to the classes. `guard` is what mypy takes for
    true: it passes over members that are declared twice, where the module imports something before its classes.
    """

    classes: Mapping[str, ClassPlan]
    import_line: str
    anything: str
    early: str = ""
    guard: str = ""


def carry(module: ParsedModule, plan: CarryPlan, exports: Exports, graph: ModelGraph = NOTHING) -> str:
    """The stub of a module; `graph` tells which of its classes have relations.

    Raises:
        CarryError: what came out is not Python.
    """
    source = module.source
    plan, models = _renamed(plan, source.text), graph.paths
    place = _first_import(source.tree, source.lines)
    guard = "" if place is None else plan.guard
    unnarrowed = unnarrowed_edits(source)
    edits = [*(unnarrowed or ()), *import_edits(module, exports), *quiet_module_edits(module)]
    nodes = {(node.lineno, node.name): node for node in class_nodes(source.tree)}
    for each in module.classes:
        edits += quiet_edits(source, each)
        if each.path in plan.classes:
            node, changes = nodes[each.position.line, each.name], plan.classes[each.path]
            edits += _header_edits(source, each, node, changes)
            edits += _body_edits(source, each.body, changes, plan.anything, guard)
            if changes.base is not None and f"{module.name}:{each.name}" in models:
                edits += loaded_edits(source, node, models[f"{module.name}:{each.name}"].relations)
    asked = [
        nodes[each.position.line, each.name]
        for each in module.classes
        if each.kind is ClassKind.QUERYSET and each.path in plan.classes
    ]
    edits += same_edits(source, asked, f"{plan.anything.rpartition('.')[0]}.Self")
    lines = edited(_without_cookie(source.lines), edits)
    if not lines[-1]:
        lines.pop()
    code, missing = [*_imports(plan, place, lines), *listed_names(module, exports)], bool(exports.missing(module))
    last = trailer(source, code, missing, checked=unnarrowed is not None)
    text = "\n".join([*lines, *last]) + "\n"
    text = text.encode("utf-8", "replace").decode()
    fault = fault_of(text, source.shown)
    if fault is not None:
        raise CarryError(f"{fault.position}: {fault.fact}")
    return text


def _imports(plan: CarryPlan, place: int | None, lines: list[str]) -> list[str]:
    """The imports to put behind the source; that of bases stands before its first import, if it has a `place`."""
    if not plan.early:
        return [plan.import_line]
    given = plan.early.rpartition(" ")[2]
    late = [f"if {given}.TYPE_CHECKING:", f"    {plan.import_line}"]  # which says nothing of the order of modules
    if place is None:
        return [plan.early, *late]
    lines[place] = f"{plan.early}; {lines[place]}"
    return late


def _first_import(tree: ast.Module, lines: Sequence[str]) -> int | None:
    """The place of the line with the first import of a module, if it precedes all classes and begins its line."""
    for node in tree.body:
        blocks = isinstance(node, ast.ClassDef | ast.If | ast.Try | ast.With)
        if blocks and any(isinstance(each, ast.ClassDef) for each in ast.walk(node)):
            return None
        imports = isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__")
        if imports and lines[node.lineno - 1].startswith(("import ", "from ")):
            return node.lineno - 1
    return None


def _renamed(plan: CarryPlan, text: str) -> CarryPlan:
    """The plan with other names for the generated modules where the source has those names already."""
    for line in filter(None, (plan.early, plan.import_line)):
        given = line.rpartition(" ")[2]
        alias, number = given, 1
        while re.search(rf"(?<!\w){alias}(?!\w)", text):
            number += 1
            alias = f"{given}{number}"
        if alias != given:
            plan = _called(plan, given, alias)
    return plan


def _called(plan: CarryPlan, given: str, alias: str) -> CarryPlan:
    prefix = re.compile(rf"(?<![\w.]){given}\.")

    def put(words: str) -> str:
        return prefix.sub(f"{alias}.", words)

    def put_last(line: str) -> str:
        return line.removesuffix(f" {given}") + f" {alias}" if line.endswith(f" {given}") else line

    classes = {
        path: ClassPlan(
            None if each.base is None else put(each.base),
            {place: put(base) for place, base in each.bases.items()},
            {name: None if note is None else put(note) for name, note in each.members.items()},
            each.twice,
        )
        for path, each in plan.classes.items()
    }
    lines = put_last(plan.import_line), put(plan.anything), put_last(plan.early)
    return CarryPlan(classes, *lines, put(plan.guard))


def class_nodes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """The class statements of a module, those in its conditions and classes included, never those in functions."""
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ClassDef):
            yield node
            pending += node.body
        elif isinstance(node, ast.If | ast.Try | ast.TryStar | ast.With):
            for name in ("body", "orelse", "finalbody"):
                pending += getattr(node, name, [])
            for handler in getattr(node, "handlers", []):
                pending += handler.body


def _header_edits(source: Source, parsed: ParsedClass, node: ast.ClassDef, plan: ClassPlan) -> Iterator[Edit]:
    for place, text in plan.bases.items():
        base = node.bases[place]
        first, last = base.lineno, base.end_lineno or base.lineno
        start, end = source.column(first, base.col_offset), source.column(last, base.end_col_offset or 0)
        yield Edit(Span(first, last, start, end), text)
    if plan.base is not None:
        line, column, empty = _bases_start(source, parsed)
        yield insertion(line, column, plan.base if empty else f"{plan.base}, ")


def _bases_start(source: Source, parsed: ParsedClass) -> tuple[int, int, bool]:
    """Where the first base may be written, and whether there is none yet; right behind the bracket that opens."""
    header = parsed.header
    lines = [*source.lines[header.first - 1 : header.last], ""]
    lines[0] = " " * (header.start - 1) + lines[0][header.start - 1 :]
    depth = 0
    tokens = tokenize.generate_tokens(iter([f"{line}\n" for line in lines]).__next__)
    for token in tokens:
        if token.string == "(" and not depth:
            line, column = token.end
            return header.first + line - 1, column + 1, not parsed.bases and not parsed.keywords
        depth += (token.string == "[") - (token.string == "]")
    raise CarryError(f"{parsed.position}: class {parsed.name} has no bases")


def _body_edits(
    source: Source, body: Iterable[ParsedStatement], changes: ClassPlan, anything: str, guard: str
) -> Iterator[Edit]:
    statements, members = tuple(body), changes.members
    every = tuple(_simple(statements))
    last = {name: each for each, _ in every if each.kind in DECLARING for name in each.names}
    texts: dict[int, tuple[ParsedStatement, str]] = {}
    guarded: list[ParsedStatement] = []
    for each, inside in every:
        touched = [name for name in each.names if name in members]
        if not touched or each.kind not in (*DECLARING, StatementKind.ANNOTATION):
            continue
        declares = [name for name in each.names if last.get(name) is each and members.get(name, "") is not None]
        text = "; ".join(f"{name}: {members.get(name) or anything}" for name in declares)
        texts[id(each)] = each, text or ("..." if inside else "")
        twice = bool(guard and declares) and not inside and set(changes.twice).issuperset(declares)
        if twice and _is_alone(source, each.span):
            guarded.append(each)
    if statements and not any(texts.get(id(each), (each, "kept"))[1] for each in statements):
        texts[id(statements[0])] = statements[0], "..."
    for place, each in enumerate(guarded):
        listed = "; ".join(texts[id(one)][1] for one in guarded) if not place else ""
        texts[id(each)] = each, f"if not {guard}: {listed}" if listed else ""
    for each, text in texts.values():
        yield Edit(each.span, text, statement=True)


def _is_alone(source: Source, span: Span) -> bool:
    """Whether a statement has its lines to itself, but for a comment."""
    before, behind = source.lines[span.first - 1][: span.start - 1], source.lines[span.last - 1][span.end - 1 :]
    return not before.strip() and (not behind.strip() or behind.lstrip().startswith("#"))


def _simple(body: Iterable[ParsedStatement], inside: bool = False) -> Iterator[tuple[ParsedStatement, bool]]:
    """The statements of a class body and whether each is in a condition, which must keep a statement."""
    for each in body:
        yield each, inside
        yield from _simple(each.inside, inside=True)


def _without_cookie(lines: tuple[str, ...]) -> list[str]:
    """The lines, none of which declares an encoding: a stub is UTF-8."""
    result = list(lines)
    for number, line in enumerate(result[:2]):
        if COOKIE.match(line):
            result[number] = re.sub(r"coding[:=]", "coding ", line)
        if not NOTHING_BEFORE_COOKIE.match(line):
            break
    return result
