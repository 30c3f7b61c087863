"""Reads `class PydanticMeta` of models, and what the methods beside it are annotated to return."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from ormgen.records import names_of, replace
from ormgen.schema.documents import DocumentOptions
from ormgen_codegen.declared import Declarations, DocumentMeta
from ormgen_codegen.parse.parsed import ParsedModule

NAME: Final = "PydanticMeta"
OPTIONS: Final = {
    name: type(getattr(DocumentOptions(), name)) for name in names_of(DocumentOptions) if name != "annotated"
}
WITHOUT_EFFECT: Final = ("model_config",)


def read_metas(modules: Iterable[ParsedModule], declarations: Declarations) -> Mapping[str, DocumentMeta]:
    """What every model says or inherits, by its path."""
    nodes = {path: node for module in modules for path, node in _classes(module.name, module.source.tree.body)}
    found: dict[str, DocumentMeta] = {}
    for path in declarations.classes:
        line = [declarations.nested.get(each.path, each.path) for each in declarations.line(path)]
        known = [nodes[each] for each in line if each in nodes]
        inner = (each for node in known for each in node.body)
        meta = next((each for each in inner if isinstance(each, ast.ClassDef) and each.name == NAME), None)
        options = DocumentOptions() if meta is None else read_options(meta)
        if options is not None and not options.backward_relations:
            options = replace(options, annotated=frozenset(name for node in known for name in _annotated(node)))
        returns = {name: text for node in reversed(known) for name, text in _returns(node)}
        found[path] = DocumentMeta(options, MappingProxyType(returns))
    return MappingProxyType(found)


def _classes(module: str, body: Iterable[ast.stmt], above: str = "") -> Iterator[tuple[str, ast.ClassDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield f"{module}:{above}{node.name}", node
            yield from _classes(module, node.body, f"{above}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from _classes(module, [*node.body, *node.orelse], above)


def read_options(meta: ast.ClassDef) -> DocumentOptions | None:
    """The options in a class body; None if one of them is not a plain literal, or is inherited."""
    given: dict[str, Any] = {}
    if any(ast.unparse(base).rpartition(".")[2] not in (NAME, "object") for base in meta.bases):
        return None
    if any(isinstance(base, ast.Attribute) and not _is_library(base) for base in meta.bases):
        return None
    for node in meta.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                if name in WITHOUT_EFFECT:
                    continue
                given[name] = _read(value)
                if name not in OPTIONS or type(given[name]) is not OPTIONS[name]:
                    return None
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                continue
            case _:
                return None
    return DocumentOptions(**given)


def _is_library(base: ast.Attribute) -> bool:
    """Whether the base is `pydantic.PydanticMeta` rather than the class inside of another model."""
    return isinstance(base.value, ast.Name) and base.value.id.islower()


def _read(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, list | set | tuple):
        return tuple(value) if all(isinstance(name, str) for name in value) else None
    return value


def _annotated(node: ast.ClassDef) -> Iterator[str]:
    for inner in node.body:
        if isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
            yield inner.target.id


def _returns(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for inner in node.body:
        if isinstance(inner, ast.FunctionDef) and inner.returns is not None:
            yield inner.name, ast.unparse(inner.returns)
