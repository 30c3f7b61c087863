"""What the finder of uses has to know about the classes behind the model graph: whose methods are the library's own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from pathlib import Path
from typing import Any

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.parse.library import ManagerRoot, QuerySetRoot
from ormgen_codegen.parse.managers import class_path
from ormgen_codegen.parse.parsed import ParsedManager, ParsedModel
from ormgen_codegen.parse.values import Function, Refused
from ormgen_codegen.project_root import LIBRARIES
from ormgen_codegen.run import Run


class Openness(IntEnum):
    """Which names that are no fields a question may know: those computed in sight, in the project, or any."""

    CLOSED = 0
    PROJECT = 1
    ANY = 2


@dataclass(frozen=True, slots=True)
class Source:
    """Where query sets come from: the user's classes whose methods come first, and what they may compute.

    `opaque` says that nobody can tell which query set it is.
    """

    classes: tuple[type, ...] = ()
    openness: Openness = Openness.CLOSED
    opaque: bool = False


class ModelClasses:
    """The models of a run, and the stand-ins for their classes, which are read when they are asked for."""

    def __init__(self, run: Run) -> None:
        self.graph = run.graph
        self.by_path: Mapping[str, LinkedModel] = dict(run.graph.paths)
        self.parsed = {f"{each.module}:{each.name}": each for module in run.modules for each in module.concrete}
        self.reader = run.reader.reader
        self.mirrors = self.reader.mirrors
        self.modules = run.reader.modules
        self._sources: dict[tuple[str, str | None], Source] = {}
        self._stand_ins: dict[str, type | None] = {}

    def stand_in(self, path: str) -> type | None:
        """What stands for the class of the program at `module:Qualified.Name`; None if there is none that is read."""
        if path not in self._stand_ins:
            self._stand_ins[path] = self._stand_in(path)
        return self._stand_ins[path]

    def _stand_in(self, path: str) -> type | None:
        module, _, qualified = path.partition(":")
        try:
            value: Any = self.reader.member(module, qualified.partition(".")[0])
            for name in qualified.split(".")[1:]:
                value = self.reader.attribute(value, name)
        except (Refused, RecursionError):
            return None
        return value if isinstance(value, type) and value in self.mirrors.known else None

    def is_incomplete(self, model: LinkedModel) -> bool:
        """Whether a model may have more fields than could be read."""
        cls = self.stand_in(model.path)
        return cls is None or not self.mirrors.is_complete(cls)

    def model_of(self, cls: type) -> LinkedModel | None:
        """The model that a class of the program is."""
        return self.by_path.get(class_path(cls))

    def family(self, model: LinkedModel) -> tuple[LinkedModel, ...]:
        """The model, and those that inherit from it."""
        heirs = (self.by_path.get(path) for path, each in self.parsed.items() if model.path in each.bases)
        return (model, *(heir for heir in heirs if heir is not None and heir != model))

    def user_classes(self, cls: type | None) -> tuple[type, ...]:
        """The classes of the program that a class inherits from, itself included."""
        return () if cls is None else tuple(each for each in cls.__mro__ if each in self.mirrors.known)

    def defines(self, classes: Iterable[type], name: str) -> bool:
        """Whether one of these classes binds `name` in its body."""
        return any(name in self.mirrors.known[cls].environment.scope.by_name for cls in classes)

    def own_classes(self, model: LinkedModel) -> tuple[type, ...]:
        """The user's classes behind a model."""
        return self.user_classes(self.stand_in(model.path))

    def source(self, model: LinkedModel, manager: str | None = None) -> Source:
        """Where the query sets of a model come from: its manager, or the one that is its attribute `manager`."""
        key = (model.key, manager)
        if key not in self._sources:
            parsed = self.parsed.get(model.path)
            self._sources[key] = Source(opaque=True) if parsed is None else self._source(parsed, manager)
        return self._sources[key]

    def has_manager(self, model: LinkedModel, name: str) -> bool:
        """Whether a class attribute of a model is a manager."""
        parsed = self.parsed.get(model.path)
        return parsed is not None and name in parsed.managers

    def _source(self, parsed: ParsedModel, name: str | None) -> Source:
        manager = parsed.manager if name is None else parsed.managers[name]
        if manager is None:
            return Source()
        classes = tuple(each for cls in self._both(manager) for each in self.user_classes(cls))
        if not classes:
            known = manager.path == class_path(ManagerRoot) and manager.queryset is None
            return Source(opaque=not known)
        outside = any(self._is_outside(cls) for cls in classes)
        opaque = manager.queryset is None and not self._is_plain(self.stand_in(manager.path))
        return Source(classes, Openness.ANY if outside else Openness.PROJECT, opaque)

    def _both(self, manager: ParsedManager) -> Iterator[type | None]:
        yield self.stand_in(manager.path)
        if manager.queryset is not None:
            yield self.stand_in(manager.queryset)

    def _is_outside(self, cls: type) -> bool:
        """Whether a class belongs to a library, whose source is not searched for what it computes."""
        found = self.modules.located(cls.__module__)
        return found is None or is_library_path(found.path)

    def _is_plain(self, cls: type | None) -> bool:
        """Whether a manager's query sets are visibly those of the library."""
        if cls is None:
            return False
        for each in self.user_classes(cls):
            method: Any = self.mirrors.known[each].environment.attempt("get_queryset")
            if isinstance(method, Function):
                return method.node is not None and all(map(_begins_plain, _returned(method.node)))
        return True


def is_library_path(path: Path | None) -> bool:
    """Whether a file belongs to an installed library."""
    return path is None or bool(set(LIBRARIES).intersection(path.parts))


def _returned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr | None]:
    yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return))


def _begins_plain(node: ast.expr | None) -> bool:
    """Whether a chain of calls begins with `super()` or `QuerySet(…)`."""
    while True:
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in ("super", QuerySetRoot.__name__)
            case ast.Call(func=inner) | ast.Attribute(value=inner):
                node = inner
            case _:
                return False
