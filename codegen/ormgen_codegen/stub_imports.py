"""What generated modules import of the library and of Python, and under which conditions by name.

Where models are many no module of the ring has a star: wherever one stands, pyright asks the whole module before a name
what else it may stand for, and a module with thousands of names took it a third of its time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from ormgen_codegen.naming import BASES_MODULE, FIELDS_MODULE, TYPES_MODULE, import_line
from ormgen_codegen.render import filled, support_text
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.targets import STANDARD

STAR: Final = " import *"
VOCABULARY: Final = "ormgen.typing"
DEFINED: Final = re.compile(r"^(?:class )?([A-Za-z]\w*)(?=[(:]| =)|\b(\w+) as \2\b", re.MULTILINE)


def library_imports(
    scope: Scope, name: str, modules: Iterable[str] = (), named: Collection[str] | None = None
) -> tuple[str, ...]:
    """The imports of a generated module of what is not generated; `named` are the words in it if it has no star."""
    target = scope.project.target
    support = f"{scope.package}.{target.support}" if target.support and scope.package else target.support
    found = [*STANDARD, *target.imports, *([f"from {support}{STAR}"] if support else [])]
    if named is not None:
        found = [each for line in found for each in _by_name(scope, line, name == TYPES_MODULE, named)]
    if "itself" in vars(scope):
        found = [_given_on(line) for line in found]
        if name != BASES_MODULE:
            found.append(import_line(scope.package, name, scope.itself))
    found += scope.foreign_imports(FIELDS_MODULE)
    if name in (TYPES_MODULE, BASES_MODULE):
        found += scope.foreign_imports(TYPES_MODULE)
        found += scope.foreign_imports(BASES_MODULE)
    found += [f"import {module} as {scope.types.modules[module]}" for module in sorted(modules)]
    return tuple(found)


def _by_name(scope: Scope, line: str, everything: bool, named: Collection[str]) -> Iterator[str]:
    """An import whose star is spelled out; the modules of models take what they need from the module of types."""
    if not line.endswith(STAR):
        yield line
        return
    module = line.removeprefix("from ").removesuffix(STAR)
    defined = _vocabulary() if module == VOCABULARY else _defined(scope.project.target.support)
    given_on = everything or "itself" in vars(scope)
    yield from imported(module, defined if everything else {*named}.intersection(defined), given_on)


@cache
def _vocabulary() -> frozenset[str]:
    """The names of `ormgen.typing`, from its text: importing it would load most of the library."""
    package = find_spec("ormgen")
    assert package is not None
    assert package.origin is not None
    tree = ast.parse(Path(package.origin).with_name("typing.py").read_bytes())
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=listed):
                return frozenset(ast.literal_eval(listed))
    return frozenset()


@cache
def _defined(support: str) -> frozenset[str]:
    """The names that can be taken from the module that is written beside the generated ones."""
    return frozenset(found[1] or found[2] for found in DEFINED.finditer(support_text(support)))


def imported(module: str, names: Iterable[str], given_on: bool | Collection[str]) -> Iterator[str]:
    """An import of some names, those of which are `given_on` can be read from outside, as a stub must say."""
    listed = sorted(names)
    parts = [f"{each} as {each}" if given_on is True or (given_on and each in given_on) else each for each in listed]
    if parts:
        yield f"from {module} import (\n{filled(parts, 1)},\n)"


def _given_on(line: str) -> str:
    """An import whose names can be read from outside, as a stub must say."""
    head, _, names = line.rpartition(" import ")
    if names.startswith(("*", "(")):
        return line
    listed = [name.partition(" as ")[0] for name in names.split(", ")]
    return f"{head} import {', '.join(f'{name} as {name}' for name in listed)}"
