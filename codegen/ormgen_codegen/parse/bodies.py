"""What the class bodies of models declare: fields, relations, managers and `Meta`, each with its place."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field
from ormgen.schema.comments import comment_above, explain
from ormgen.schema.field import Field
from ormgen.schema.field_types import JSONField
from ormgen.schema.model_schema import MetaOptions, read_meta
from ormgen.schema.relation_fields import RelationalField
from ormgen.schema.type_text import ANY, type_text
from ormgen_codegen.parse.environment import UNBOUND, ScopeEnvironment
from ormgen_codegen.parse.library import ModelRoot
from ormgen_codegen.parse.literals import read_expression
from ormgen_codegen.parse.managers import parsed_manager
from ormgen_codegen.parse.mirrors import Mirror
from ormgen_codegen.parse.parsed import Finding, ParsedManager
from ormgen_codegen.parse.reader import Reader
from ormgen_codegen.parse.scope import Binding
from ormgen_codegen.parse.source import Position, Source
from ormgen_codegen.parse.statements import keyword_position, name_used, text_position
from ormgen_codegen.parse.values import Function, Instance, Refused, Unread, is_read

Declared = Field[Any] | RelationalField
BARE: Final = {"dict": f"dict[str, {ANY}]", "list": f"list[{ANY}]"}
"""What JSON can be by types that do not say what is inside."""


@dataclass(slots=True)
class Body:
    """What one class itself declares; None removes an inherited member."""

    members: dict[str, Declared | None] = field(default_factory=dict)
    managers: dict[str, ParsedManager] = field(default_factory=dict)
    places: dict[str, Position] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Meta:
    """The options of a model, its manager, and where each was written."""

    options: MetaOptions
    manager: ParsedManager | None
    places: Mapping[str, Position]


class Bodies:
    """Reads class bodies, each once; `findings` collects what is wrong or cannot be read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.findings: dict[Finding, None] = {}
        self._bodies: dict[type, Body] = {}
        self._metas: dict[type, Meta] = {}

    def report(self, position: Position, fact: str, hint: str | None = None, *, warning: bool = False) -> None:
        """Add a finding."""
        self.findings[Finding(position, "warning" if warning else "error", fact, hint)] = None

    def body(self, cls: type) -> Body:
        """What a class of the program itself declares."""
        if cls not in self._bodies:
            mirror = self.reader.mirrors.known.get(cls)
            self._bodies[cls] = Body() if mirror is None else self._read(cls, mirror)
        return self._bodies[cls]

    def _read(self, cls: type, mirror: Mirror) -> Body:
        body = Body()
        environment = mirror.environment
        for name in environment.scope.names:
            binding = environment.scope.candidates(name)[0]
            if not isinstance(binding.node, ast.Assign | ast.AnnAssign):
                continue
            value = self.read(environment, binding, f"{cls.__qualname__}.{name}")
            body.places[name] = _name_position(environment.source, binding)
            if isinstance(binding.node, ast.AnnAssign):
                body.annotations[name] = environment.source.segment(binding.node.annotation)
                self._take_type(environment, binding.node.annotation, value)
            if isinstance(value, Field | RelationalField) or (value is None and not name.startswith("__")):
                body.members[name] = value
                if value is not None:
                    comment = comment_above(environment.source.lines, binding.node.lineno)
                    explain(value, comment, cls.__qualname__.rpartition(".")[2])
            manager = parsed_manager(value, self.reader.mirrors)
            if manager is not None:
                body.managers[name] = manager
        if not issubclass(cls, ModelRoot):  # in a plain class, None is just a value
            body.members = {name: value for name, value in body.members.items() if value is not None}
        return body

    def read(self, environment: ScopeEnvironment, binding: Binding, where: str, declares: bool = True) -> Any:
        """The value of one assignment; reports what is wrong with it, or cannot be read and ought to be.

        Where fields are declared, what is probably one but cannot be read becomes a field of any type.
        """
        place = partial(_name_position, environment.source, binding)
        self.reader.take_doubts()
        try:
            value = environment.own(binding.name)
        except Refused as refused:
            at = keyword_position(environment.source, binding.value, refused.option)
            if not any(doubt.wrong for doubt in self.reader.doubts):  # else it may be about a guess
                self.report(at or place(), refused.fact, refused.hint)
            environment.remember(binding.name, refused.instead)
            value = refused.instead
        except RecursionError:
            value = Unread(where)
        doubts = self.reader.take_doubts()
        for unread in [doubt for doubt in doubts if doubt.wrong]:
            at = name_used(environment.source, [binding.value] if binding.value else [], unread.text)
            self.report(at or place(), f"{where}: {unread.fact}", unread.hint)
            doubts.remove(unread)
        if declares and isinstance(value, Unread) and (doubts or self._may_be_field(environment, binding)):
            doubts = doubts or ([] if value.wrong else [value])
            value = self._unknown_field(environment, binding.name)
        if isinstance(value, Field | RelationalField | Unread):
            for unread in doubts:
                at = text_position(environment.source, binding.value, unread.text)
                self.report(at or place(), f"{where}: {unread.fact}", unread.hint, warning=True)
        return value

    def _take_type(self, environment: ScopeEnvironment, annotation: ast.expr, value: Any) -> None:
        """A JSON field that does not say itself what it holds holds what its annotation says."""
        if not isinstance(value, JSONField) or value.type_text() != ANY:
            return
        try:
            if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
                annotation = ast.parse(annotation.value.strip(), mode="eval").body
            said = read_expression(environment.source, annotation, environment)
        except (Refused, RecursionError, SyntaxError, ValueError, MemoryError):
            return
        of_field = getattr(said, "__origin__", None)
        if isinstance(of_field, type) and issubclass(of_field, Field):
            said = said.__args__[0]
        text = "typing:Any" if isinstance(said, Unread) else type_text(said)
        parts = [BARE.get(part, part) for part in text.split(" | ") if part != "None"]
        if ANY not in parts and parts:
            self.reader.calls.overrides[id(value)] = (value, {"python_type": " | ".join(parts)})

    def _may_be_field(self, environment: ScopeEnvironment, binding: Binding) -> bool:
        """Whether an assignment that cannot be read is probably a field: by its annotation, or by what it calls."""
        if isinstance(binding.node, ast.AnnAssign):
            annotation = environment.source.segment(binding.node.annotation)
            if "Field[" in annotation or "ForeignKeyRelation" in annotation:
                return True
        if not isinstance(binding.value, ast.Call):
            return False
        made = binding.value.func
        called = environment.source.segment(made.value if isinstance(made, ast.Subscript) else made)
        if called.endswith(("Field", "ForeignKey")):
            return True
        try:
            function = read_expression(environment.source, binding.value.func, environment)
        except (Refused, RecursionError):
            return False
        if not isinstance(function, Function) or function.node is None:
            return False
        scope: Any = function.scope
        lines = scope.source.lines[function.node.lineno - 1 : function.node.end_lineno]
        return any("Field" in line for line in lines)

    def _unknown_field(self, environment: ScopeEnvironment, name: str) -> Field[Any]:
        made: Field[Any] = Field(default=Instance("unknown"))
        self.reader.calls.overrides[id(made)] = (made, {"python_type": ANY})
        environment.remember(name, made)
        return made

    def meta(self, cls: type) -> Meta:
        """The options of a model class, those of the nearest abstract base where it is silent."""
        if cls not in self._metas:
            self._metas[cls] = self._read_meta(cls)
        return self._metas[cls]

    def _read_meta(self, cls: type) -> Meta:
        mirror = self.reader.mirrors.known[cls]
        inherited = next((self.meta(base) for base in self._model_bases(cls) if self.meta(base).options.abstract), None)
        options, places = self._options(cls, mirror)
        if "table_description" not in options:
            doc = ast.get_docstring(mirror.node, clean=False)
            if doc:
                options["table_description"] = inspect.cleandoc(doc).partition("\n")[0].strip() or None
        own = parsed_manager(options.get("manager"), self.reader.mirrors)
        manager = own or (inherited.manager if inherited and options.get("manager") is None else None)
        above = None if inherited is None else inherited.options
        for name in list(options):
            try:
                read_meta({name: options[name]})
            except (ConfigurationError, TypeError, ValueError) as error:
                self.report(places.get(name) or self.place(cls), f"{cls.__name__}: {error}")
                del options[name]
        known = {**(inherited.places if inherited else {}), **{f"Meta.{name}": at for name, at in places.items()}}
        return Meta(read_meta(options, above, own.path if own else None), manager, known)

    def _model_bases(self, cls: type) -> list[type]:
        return [
            base
            for base in linearised(cls.__bases__)
            if issubclass(base, ModelRoot) and base in self.reader.mirrors.known
        ]

    def _options(self, cls: type, mirror: Mirror) -> tuple[dict[str, Any], dict[str, Position]]:
        """What `class Meta` and the classes that it inherits from bind."""
        options: dict[str, Any] = {}
        places: dict[str, Position] = {}
        meta = mirror.environment.attempt("Meta")
        if meta is UNBOUND or not isinstance(meta, type):
            return options, places
        own: tuple[str, ...] = ()
        for entry in reversed(meta.__mro__):
            layer = self.reader.mirrors.known.get(entry)
            if layer is None:
                continue
            environment = layer.environment
            own = environment.scope.names
            for name in own:
                if name.startswith("__"):
                    continue
                binding = environment.scope.candidates(name)[0]
                value = self._option(environment, binding, f"{cls.__qualname__}.Meta.{name}")
                places[name] = _name_position(environment.source, binding)
                if not isinstance(value, Unread):
                    options[name] = value
        if "abstract" not in own:
            options.pop("abstract", None)
        return options, places

    def _option(self, environment: ScopeEnvironment, binding: Binding, where: str) -> Any:
        value = self.read(environment, binding, where, declares=False)
        position = _name_position(environment.source, binding)
        if isinstance(value, Unread) and not value.wrong:
            at = text_position(environment.source, binding.value, value.text)
            self.report(at or position, f"{where}: {value.fact}", value.hint, warning=True)
        elif isinstance(value, list | tuple):
            unread = [each for each in value if not is_read(each) or _of_library(each)]
            for each in unread:
                self.report(position, f"{where}: cannot read `{each!r}`", warning=True)
            return [each for each in value if each not in unread] if unread else value
        return value

    def place(self, cls: type) -> Position:
        """Where the name of a class stands."""
        mirror = self.reader.mirrors.known[cls]
        return mirror.environment.source.position(mirror.node)


def linearised(bases: Iterable[type]) -> list[type]:
    """The bases and all of theirs, each behind everything that inherits from it."""
    every = [entry for base in bases for entry in base.__mro__]
    return list(reversed(dict.fromkeys(reversed(every))))


def _of_library(value: Any) -> bool:
    return isinstance(value, Instance) and isinstance(value.cls, str)


def _name_position(source: Source, binding: Binding) -> Position:
    targets = binding.node.targets if isinstance(binding.node, ast.Assign) else [getattr(binding.node, "target", None)]
    for target in targets:
        for node in (target,) if isinstance(target, ast.Name) else ast.walk(target) if target is not None else ():
            if isinstance(node, ast.Name) and node.id == binding.name:
                return source.position(node)
    return source.position(binding.node)
