"""Imports of what ormgen does not have: running the module would stop there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from ormgen_codegen.parse.library import is_library
from ormgen_codegen.parse.modules import Module, Modules, absolute
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.scope import CanImport, When, branches, condition
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.windows import ROOT, lacks, located, meant


def missing_imports(module: Module, modules: Modules) -> Iterator[Finding]:
    """An error for each name or module of ormgen that a module surely imports and that does not exist."""
    source = module.source
    for node in _certain(source.tree.body, lambda statement: modules.can_import(source, statement)):
        if isinstance(node, ast.Import):
            yield from (_no_module(source, alias, alias.name) for alias in node.names if _is_lost(alias.name))
        elif isinstance(node, ast.ImportFrom):
            where = absolute(source, node)
            if _is_lost(where):
                yield _no_module(source, node, where)
                continue
            for alias in node.names:
                if where.partition(".")[0] == ROOT and alias.name != "*" and lacks(where, alias.name):
                    close = meant(where, alias.name)
                    hint = None if close is None else f'did you mean "{close}"?'
                    yield Finding(source.position(alias), "error", f"`{where}` has no `{alias.name}`", hint)


def _certain(body: Iterable[ast.stmt], can_import: CanImport) -> Iterator[ast.stmt]:
    """The statements of a body that run whatever happens, those of decided conditions included."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.TryStar):
            if not isinstance(node, ast.If) or condition(node.test) is not None:
                for inner, when in branches(node, When.RUNS, can_import):
                    if when is When.RUNS:
                        yield from _certain(inner, can_import)
        elif isinstance(node, ast.With):
            yield from _certain(node.body, can_import)
        else:
            yield node


def _is_lost(module: str) -> bool:
    return module.partition(".")[0] == ROOT and located(module) is None


def _no_module(source: Source, node: ast.AST, module: str) -> Finding:
    parent, _, name = module.rpartition(".")
    close = meant(parent, name) if is_library(parent) else None
    hint = None if close is None else f'did you mean "{parent}.{close}"?'
    return Finding(source.position(node), "error", f"there is no module `{module}`", hint)
