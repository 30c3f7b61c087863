"""What the stub writer has to know about the user's classes, taken from the parsed modules."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import ModelGraph
from ormgen_codegen.declared import Declarations, DeclaredClass, Role, UsedManager
from ormgen_codegen.parse.library import ModelRoot
from ormgen_codegen.parse.managers import class_path
from ormgen_codegen.parse.parsed import (
    ClassKind,
    ParsedClass,
    ParsedManager,
    ParsedModel,
    ParsedModule,
    ParsedStatement,
    StatementKind,
)
from ormgen_codegen.parse.reader import Reader
from ormgen_codegen.parse.values import Refused

ROLES = {
    ClassKind.MODEL: Role.MODEL,
    ClassKind.ABSTRACT: Role.ABSTRACT,
    ClassKind.MIXIN: Role.MIXIN,
    ClassKind.MANAGER: Role.MANAGER,
    ClassKind.QUERYSET: Role.QUERYSET,
}
MEMBERS = (StatementKind.FIELD, StatementKind.RELATION)
NOT_WRITTEN = (*MEMBERS, StatementKind.IMPORT, StatementKind.META)


def declare(
    modules: Iterable[ParsedModule], graph: ModelGraph, reader: Reader, packages: Mapping[str, str]
) -> Declarations:
    """The classes of `modules` that stubs are about; `packages` as in Declarations."""
    found: dict[str, DeclaredClass] = {}
    listed = tuple(modules)
    nested = {
        f"{model.schema.module}:{model.schema.name}": model.path
        for module in listed
        for model in module.concrete
        if model.schema is not None and "." in model.path.partition(":")[2]
    }
    graph_paths = {path: key for key, path in nested.items()}
    roles = [each for module in listed for each in module.classes if each.kind in ROLES]
    known = {each.path: graph_paths.get(each.path, each.path) for each in roles}
    for module in listed:
        models = {model.path: model for model in (*module.models, *module.concrete)}
        for each in module.classes:
            if each.kind in ROLES and (each.kind is not ClassKind.MODEL or known[each.path] in graph.paths):
                found[known[each.path]] = _declared(each, models.get(each.path), known, graph, reader)
    return Declarations(
        MappingProxyType(found),
        MappingProxyType(dict(packages)),
        MappingProxyType(nested),
        enums=MappingProxyType(
            {
                member.member.python_type: member.values
                for module in listed
                for model in (*module.models, *module.concrete)
                for member in model.members
                if member.values and isinstance(member.member, FieldSchema)
            }
        ),
    )


def _declared(
    parsed: ParsedClass, model: ParsedModel | None, known: Mapping[str, str], graph: ModelGraph, reader: Reader
) -> DeclaredClass:
    linked = graph.paths.get(known[parsed.path])
    members = frozenset() if linked is None else frozenset(linked.names)
    managers = {} if model is None else model.managers
    body = tuple(statements(parsed.body))
    own = [name for each in body if each.kind is StatementKind.MANAGER for name in each.names]
    hidden = {name for each in body if each.hidden for name in each.names}
    about, generic = (None, False) if parsed.kind is not ClassKind.QUERYSET else _about(parsed, reader)
    return DeclaredClass(
        path=known[parsed.path],
        role=ROLES[parsed.kind],
        bases=tuple(known[path] for path in parsed.base_paths if path in known),
        fields=frozenset() if model is None else frozenset(member.name for member in model.own) - hidden,
        written=frozenset(_written(body, members)),
        manager=None if model is None else _used(model.manager),
        managers=tuple(
            (name, UsedManager(managers[name].path, managers[name].queryset)) for name in own if name in managers
        ),
        about=about,
        generic=generic,
    )


def _used(manager: ParsedManager | None) -> UsedManager | None:
    return None if manager is None else UsedManager(manager.path, manager.queryset)


def _written(body: Iterable[ParsedStatement], members: frozenset[str]) -> Iterator[str]:
    for each in body:
        if each.kind is StatementKind.ANNOTATION:
            yield from (name for name in each.names if name not in members)
        elif each.kind not in NOT_WRITTEN:
            yield from each.names


def statements(body: Iterable[ParsedStatement]) -> Iterator[ParsedStatement]:
    """The statements of a body and of the conditions in it."""
    for each in body:
        yield each
        if each.inside:
            yield from statements(each.inside)


def _about(parsed: ParsedClass, reader: Reader) -> tuple[str | None, bool]:
    """The model that a query set names in brackets behind its base, and whether it leaves that open."""
    environment = reader.environment(parsed.path.partition(":")[0])
    for base in parsed.bases:
        inner = argument_of(base)
        if inner is None or environment is None:
            continue
        try:
            value: Any = environment.look_up(inner.partition(".")[0])
            for name in inner.split(".")[1:]:
                value = reader.attribute(value, name)
        except (Refused, RecursionError):
            continue
        if isinstance(value, type) and issubclass(value, ModelRoot):
            return class_path(value), False
        return None, True
    return None, False


def argument_of(base: str) -> str | None:
    """The dotted name in brackets of `QuerySet["Product"]`; None if there is none."""
    try:
        node = ast.parse(base.strip(), mode="eval").body
        inner = node.slice if isinstance(node, ast.Subscript) else None
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            inner = ast.parse(inner.value.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return ast.unparse(inner) if isinstance(inner, ast.Name | ast.Attribute) else None
