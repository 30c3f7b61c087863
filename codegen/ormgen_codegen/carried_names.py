"""The names that a stub has to list, because the module gives on what it imports under another name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ormgen_codegen.carried_imports import Exports
from ormgen_codegen.parse.modules import absolute
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.scope import Binding, Scope, When


def listed_names(module: ParsedModule, exports: Exports) -> Iterator[str]:
    """The line `__all__ = [...]` where a stub needs it to show what the module shows.

    In a stub, `from x import a as b` is the module's own business unless `__all__` lists it. A module with an
    `__all__` has said what it shows.
    """
    loaded = exports.modules.load(module.name)
    if loaded is None or "__all__" in loaded.scope.by_name or not any(map(_renames, loaded.scope.bindings)):
        return
    names = [name for name in module.names if not name.startswith("_")]
    for star in loaded.scope.stars:
        given = _given_by(star, module, exports)
        if given is None:
            return
        names += given
    if names:
        quoted = ", ".join(f'"{name}"' for name in dict.fromkeys(names))
        yield f"__all__ = [{quoted}]"


def _renames(binding: Binding) -> bool:
    alias = binding.alias
    hidden = binding.name.startswith("_") or binding.when is When.NEVER
    return alias is not None and alias.asname not in (None, alias.name) and not hidden


def _given_by(star: Binding, module: ParsedModule, exports: Exports) -> list[str] | None:
    """What a star import binds; None if that cannot be told."""
    if not isinstance(star.node, ast.ImportFrom) or star.when is When.NEVER:
        return []
    loaded = exports.modules.load(exports.home(absolute(module.source, star.node)))
    if loaded is None or loaded.scope.stars:
        return None
    listed = loaded.scope.candidates("__all__")
    return [name for name in loaded.scope.names if not name.startswith("_")] if not listed else _texts(loaded.scope)


def _texts(scope: Scope) -> list[str] | None:
    bindings = scope.by_name["__all__"]
    if len(bindings) > 1 or bindings[0].value is None:
        return None
    try:
        names = ast.literal_eval(bindings[0].value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list | tuple) else None
