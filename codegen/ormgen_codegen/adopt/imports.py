"""What the imports of a module say with ormgen, and which of its names are called otherwise then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, TypeGuard

import libcst as cst
from libcst import matchers as m
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import GatherExportsVisitor
from libcst.helpers import get_full_name_for_node
from libcst.metadata import BaseAssignment, ImportAssignment, Scope

from ormgen.records import dataclass, field
from ormgen_codegen.adopt import names
from ormgen_codegen.adopt.module import Habits

OWN: Final = "ormgen"
WIDTH: Final = 88  # characters
_TEXTS: Final = (cst.SimpleString, cst.ConcatenatedString)
Place = tuple[str, str]
"""A module and a name in it."""


@dataclass
class Plan:
    """What becomes of names that imports bind."""

    renamed: dict[cst.CSTNode, str] = field(default_factory=dict)
    """Names which mean something imported that is called otherwise now."""
    texts: dict[cst.CSTNode, Scope] = field(default_factory=dict)
    """Texts which stand for types and name something imported from Tortoise ORM, and where they are read."""
    news: dict[str, str] = field(default_factory=dict)
    """Every new name that the module has, by the old one."""
    aliased: set[tuple[cst.CSTNode, str]] = field(default_factory=set)
    """Imports and names of theirs which have to stay, under `as`."""
    modules: set[str] = field(default_factory=set)
    """First names of what is imported from Tortoise ORM."""


def planned(module: cst.Module, scopes: Collection[Scope], habits: Habits, keeping: bool) -> Plan:
    """The names of a module which change; with `keeping`, not those behind `import tortoise`."""
    plan = Plan()
    taken = {each.name for scope in scopes for each in scope.assignments}
    taken |= {access.node.value for scope in scopes for access in scope.accesses if isinstance(access.node, cst.Name)}
    listed = {*habits.given_on, *(_exported(module) if "__all__" in taken else ())}
    for each in [each for scope in scopes for each in scope.assignments if is_theirs(each)]:
        plan.modules.add(each.name.partition(".")[0])
        plan.texts.update((access.node, access.scope) for access in each.references if isinstance(access.node, _TEXTS))
        new = _new_name(each, keeping)
        if new is None:
            continue
        others = [other for other in each.scope.assignments if other.name == each.name]
        if new != OWN and (each.name in listed or new in taken or any(_new_name(it, keeping) != new for it in others)):
            plan.aliased.add((each.node, each.name))
            continue
        plan.news[each.name.partition(".")[0]] = new
        early = [access for access in each.scope.accesses[each.name] if not access.referents]
        plan.renamed.update((root(access.node), new) for access in [*each.references, *early])
    return plan


def _exported(module: cst.Module) -> Collection[str]:
    """The names that `__all__` lists."""
    gathered = GatherExportsVisitor(CodemodContext())
    module.visit(gathered)
    return gathered.explicit_exported_objects


def is_theirs(assignment: BaseAssignment) -> TypeGuard[ImportAssignment]:
    """Whether a name is bound by an import of Tortoise ORM."""
    return isinstance(assignment, ImportAssignment) and any(
        names.is_theirs(each.name) for each in assignment.get_qualified_names_for(assignment.name)
    )


def _new_name(assignment: BaseAssignment, keeping: bool) -> str | None:
    """The name that an import without `as` binds with ormgen, if that is another one."""
    node = assignment.node if isinstance(assignment, ImportAssignment) else None
    for alias in node.names if isinstance(node, cst.Import) else aliases(node):
        if alias.asname is not None or not is_theirs(assignment):
            continue
        if isinstance(node, cst.Import):
            return None if keeping or assignment.name.partition(".")[0] != names.TORTOISE else OWN
        if alias.evaluated_name == assignment.name:
            place = names.equal(assignment.get_module_name_for_import(), assignment.name)
            return place[1] if place is not None and place[1] != assignment.name else None
    return None


def root(node: cst.CSTNode) -> cst.CSTNode:
    """The first name of a path."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node


def source_of(node: cst.ImportFrom) -> str | None:
    """The module that names are imported from; None if it is said from here on."""
    return None if node.relative or node.module is None else get_full_name_for_node(node.module)


def aliases(node: cst.CSTNode | None) -> Sequence[cst.ImportAlias]:
    """The names that are imported from a module, none for a star."""
    return node.names if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar) else ()


def dotted(name: str) -> cst.Name | cst.Attribute:
    """A path as a tree."""
    found = cst.parse_expression(name)
    assert isinstance(found, cst.Name | cst.Attribute)
    return found


def adopted_alias(node: cst.ImportFrom, alias: cst.ImportAlias, place: Place | None, plan: Plan) -> cst.ImportAlias:
    """One imported name."""
    name = alias.evaluated_name
    if place is None or place[1] == name:
        return alias
    made = alias.with_changes(name=cst.Name(place[1]))
    return made.with_changes(asname=cst.AsName(cst.Name(name))) if (node, name) in plan.aliased else made


def split(groups: Mapping[str, Sequence[cst.ImportAlias]]) -> Sequence[cst.ImportFrom]:
    """One import for each module that names are in."""
    return [cst.ImportFrom(module=dotted(source), names=_listed(found)) for source, found in groups.items()]


def _listed(found: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    named = [(each.name, each.asname) for each in found]
    return [cst.ImportAlias(name, None if other is None else cst.AsName(other.name)) for name, other in named]


def fitting(node: cst.ImportFrom, room: int) -> cst.ImportFrom:
    """An import on several lines, if there is no `room` for it on one."""
    if isinstance(node.names, cst.ImportStar) or len(cst.Module([]).code_for_node(node)) <= room:
        return node
    inner, last = (cst.ParenthesizedWhitespace(indent=True, last_line=cst.SimpleWhitespace(it)) for it in ("    ", ""))
    listed = [each.with_changes(comma=cst.Comma(whitespace_after=inner)) for each in node.names]
    listed[-1] = listed[-1].with_changes(comma=cst.Comma(whitespace_after=last))
    return node.with_changes(names=listed, lpar=cst.LeftParen(whitespace_after=inner), rpar=cst.RightParen())


def comments(node: cst.CSTNode) -> list[cst.EmptyLine]:
    """The comments inside of a statement, as lines above it."""
    found = [each for each in m.findall(node, m.Comment()) if isinstance(each, cst.Comment)]
    return [cst.EmptyLine(comment=each) for each in found]
