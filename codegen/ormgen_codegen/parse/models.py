"""Reads one module: its models with their fields, their `Meta`, and everything a stub of it has to keep."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import Enum
from types import MappingProxyType

from ormgen.records import replace
from ormgen.schema.collector import collector_paused
from ormgen.schema.field import Field, FieldSchema, describe_field
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema, build_model_schema
from ormgen.schema.relation_fields import RelationalField
from ormgen.schema.type_text import ANY
from ormgen_codegen.hushed import hushed
from ormgen_codegen.locate import Locator
from ormgen_codegen.parse.bodies import Bodies, Body, Declared, Meta, linearised
from ormgen_codegen.parse.enums import ENUM_FIELDS, enum_values
from ormgen_codegen.parse.environment import UNBOUND, ScopeEnvironment
from ormgen_codegen.parse.kept import KeptModules
from ormgen_codegen.parse.library import ManagerRoot, ModelRoot, QuerySetRoot
from ormgen_codegen.parse.literals import read_expression
from ormgen_codegen.parse.managers import class_path
from ormgen_codegen.parse.mirrors import Mirror
from ormgen_codegen.parse.missing import missing_imports
from ormgen_codegen.parse.modules import Modules
from ormgen_codegen.parse.parsed import (
    ClassKind,
    Finding,
    ParsedClass,
    ParsedField,
    ParsedModel,
    ParsedModule,
    StatementKind,
)
from ormgen_codegen.parse.reader import Reader
from ormgen_codegen.parse.scope import When, flattened
from ormgen_codegen.parse.source import refused_by_compiler
from ormgen_codegen.parse.statements import header_span, local_classes, name_used, parsed_statements
from ormgen_codegen.parse.values import Refused, Unread
from ormgen_codegen.parse.windows import ROOT

NO_META = Meta(MetaOptions(), None, {})
MODEL_KINDS = (ClassKind.MODEL, ClassKind.ABSTRACT, ClassKind.MIXIN)


class ModelReader:
    """Reads the modules of a run; classes that several of them share are read once.

    What `kept` has of earlier runs is not read again.
    """

    def __init__(self, locator: Locator, kept: KeptModules | None = None) -> None:
        self.kept = kept
        self.modules = Modules(locator)
        self.reader = Reader(self.modules)
        self.bodies = Bodies(self.reader)
        self._modules: dict[str, ParsedModule | None] = {}
        self._classes: dict[type, ParsedClass] = {}
        self._models: dict[type, ParsedModel] = {}
        self._columns: dict[object, FieldSchema] = {}

    def read(self, name: str) -> ParsedModule | None:
        """The module called `name`; None if there is no source to read, or if it is not Python (see `faults`)."""
        if name not in self._modules:
            self._modules[name] = self._kept(name) or self._read(name)
        return self._modules[name]

    def _kept(self, name: str) -> ParsedModule | None:
        return None if self.kept is None else self.kept.find(name, self.modules)

    def _read(self, name: str) -> ParsedModule | None:
        with collector_paused(), hushed(DeprecationWarning):
            environment = self.reader.environment(name)
            if environment is None:
                return None
            before = len(self.bodies.findings)
            loaded = self.modules.load(name)
            refused = refused_by_compiler(environment.source)
            if refused is not None:
                self.bodies.report(refused.position, refused.fact)
            for fault in missing_imports(loaded, self.modules) if loaded is not None else ():
                self.bodies.report(fault.position, fault.fact, fault.hint)
            classes = list(self._written(environment))
            parsed = tuple(self._parsed_class(cls, mirror) for cls, mirror in classes)
            models = tuple(
                self.model(cls) for (cls, _), each in zip(classes, parsed, strict=True) if each.kind in MODEL_KINDS
            )
            concrete = tuple(self._concrete(environment))
            self._warn_of_local(environment)
        kinds = {each.name: StatementKind.CLASS for each in parsed if not each.nested}
        parsed_module = ParsedModule(
            source=environment.source,
            statements=parsed_statements(environment.source, environment.source.tree.body, kinds.get),
            names=environment.scope.names,
            classes=parsed,
            models=models,
            concrete=concrete,
            findings=tuple(self.bodies.findings)[before:],
        )
        if self.kept is not None:
            self.kept.keep(parsed_module)
        return parsed_module

    @property
    def faults(self) -> tuple[Finding, ...]:
        """What is wrong with modules as such, as far as they were looked at: no Python, or imports in vain."""
        faults = [Finding(fault.position, "error", fault.fact) for fault in self.modules.faults.values()]
        own = [module for module in self.modules.loaded if module.source.name.partition(".")[0] != ROOT]
        return (*faults, *(fault for module in own for fault in missing_imports(module, self.modules)))

    def _written(self, environment: ScopeEnvironment) -> Iterator[tuple[type, Mirror]]:
        source = environment.source
        for node, when in flattened(source.tree.body, lambda statement: self.modules.can_import(source, statement)):
            if isinstance(node, ast.ClassDef) and when is not When.NEVER:
                yield from self._class_and_nested(node, environment)

    def _class_and_nested(self, node: ast.ClassDef, environment: ScopeEnvironment) -> Iterator[tuple[type, Mirror]]:
        source = environment.source
        cls = self.reader.class_of(node, environment)
        mirror = self.reader.mirrors.known[cls]
        for unread in mirror.wrong:
            at = name_used(source, node.bases, unread.text) or source.position(node)
            self.bodies.report(at, f"{node.name}: {unread.fact}", unread.hint)
        if mirror.fault is not None:
            self.bodies.report(source.position(node), f"{node.name}: {mirror.fault}")
        yield cls, mirror
        for inner, when in flattened(node.body, lambda statement: self.modules.can_import(source, statement)):
            if isinstance(inner, ast.ClassDef) and when is not When.NEVER and inner.name != "Meta":
                yield from self._class_and_nested(inner, mirror.environment)

    def _warn_of_local(self, environment: ScopeEnvironment) -> None:
        """Models inside of functions have no name that a stub could give them."""
        for node in local_classes(environment.source.tree):
            try:
                bases = [read_expression(environment.source, base, environment) for base in node.bases]
            except (Refused, RecursionError):
                continue
            if any(isinstance(base, type) and issubclass(base, ModelRoot) for base in bases):
                fact = f"the model {node.name} is declared inside of a function: there are no types for it"
                hint = "declare it at the top of the module"
                self.bodies.report(environment.source.position(node), fact, hint, warning=True)
        self.reader.take_doubts()

    def _concrete(self, environment: ScopeEnvironment) -> Iterator[ParsedModel]:
        """The models that belong to the module: those of `__models__`, else those that it defines."""
        listed = environment.own("__models__")
        if isinstance(listed, Unread) and listed is not UNBOUND:
            position = environment.source.position(environment.scope.candidates("__models__")[0].node)
            self.bodies.report(position, "cannot read `__models__`", "list the classes by name", warning=True)
        values = listed if isinstance(listed, list | tuple | set) else list(self._defined(environment))
        for cls in dict.fromkeys(value for value in values if isinstance(value, type)):
            if (
                issubclass(cls, ModelRoot)
                and cls in self.reader.mirrors.known
                and not self.bodies.meta(cls).options.abstract
            ):
                yield self.model(cls)

    def _defined(self, environment: ScopeEnvironment) -> Iterator[type]:
        for name in environment.scope.names:
            node = environment.scope.candidates(name)[0].node
            if isinstance(node, ast.ClassDef) or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)):
                try:
                    value = environment.own(name)
                except (Refused, RecursionError):
                    continue
                if isinstance(value, type) and value.__module__ == environment.source.name:
                    yield value

    def _parsed_class(self, cls: type, mirror: Mirror) -> ParsedClass:
        if cls not in self._classes:
            self._classes[cls] = self._read_class(cls, mirror)
        return self._classes[cls]

    def _read_class(self, cls: type, mirror: Mirror) -> ParsedClass:
        node, environment = mirror.node, mirror.environment
        source = environment.source
        kind = self._kind(cls)
        body = self.bodies.body(cls) if kind in MODEL_KINDS else Body()
        return ParsedClass(
            name=node.name,
            path=class_path(cls),
            kind=kind,
            position=source.position(node),
            span=source.span(node),
            header=header_span(source, node),
            bases=tuple(source.segment(base) for base in node.bases),
            keywords=tuple(source.segment(keyword) for keyword in node.keywords),
            base_paths=tuple(class_path(base) if isinstance(base, type) else ANY for base in mirror.bases),
            body=parsed_statements(source, node.body, lambda name: _member_kind(name, body)),
            docstring=ast.get_docstring(node),
        )

    def _kind(self, cls: type) -> ClassKind:
        if issubclass(cls, ModelRoot):
            return ClassKind.ABSTRACT if self.bodies.meta(cls).options.abstract else ClassKind.MODEL
        for root, kind in (
            (Enum, ClassKind.ENUM),
            (Field, ClassKind.FIELD),
            (ManagerRoot, ClassKind.MANAGER),
            (QuerySetRoot, ClassKind.QUERYSET),
        ):
            if issubclass(cls, root):
                return kind
        return ClassKind.MIXIN if self._members(cls) else ClassKind.OTHER

    def _members(self, cls: type) -> dict[str, tuple[Declared, type]]:
        """The members of a class and the class that declares each, in column order."""
        found: dict[str, tuple[Declared, type]] = {}
        for layer in [*reversed(linearised(cls.__bases__)), cls]:
            for name, value in self.bodies.body(layer).members.items():
                if value is None:
                    found.pop(name, None)
                else:
                    found[name] = (value, layer)
        return found

    def model(self, cls: type) -> ParsedModel:
        """A model, an abstract model or a plain class with fields."""
        if cls not in self._models:
            self._models[cls] = self._model(cls)
        return self._models[cls]

    def _model(self, cls: type) -> ParsedModel:
        mirror = self.reader.mirrors.known[cls]
        declared = self._parsed_class(cls, mirror)
        members = tuple(self._field(name, *entry) for name, entry in self._members(cls).items())
        meta = self.bodies.meta(cls) if issubclass(cls, ModelRoot) else NO_META
        places = {**meta.places, **{member.name: member.position for member in members}}
        own = [entry for entry in cls.__mro__ if entry in self.reader.mirrors.known]
        managers = {name: each for entry in reversed(own) for name, each in self.bodies.body(entry).managers.items()}
        model = ParsedModel(
            declared=declared,
            module=mirror.environment.source.name,
            bases=tuple(class_path(entry) for entry in own[1:]),
            members=members,
            meta=meta.options,
            schema=None,
            managers=MappingProxyType(managers),
            manager=meta.manager,
            places=MappingProxyType(places),
        )
        return replace(model, schema=self._schema(model)) if declared.kind is ClassKind.MODEL else model

    def _field(self, name: str, value: Declared, owner: type) -> ParsedField:
        if isinstance(value, Field):
            member: Member = self._shared(describe_field(name, value, self.reader.calls.overrides_of(value)))
        else:
            member = value.describe(name)
        body = self.bodies.body(owner)
        whole = type(value) in ENUM_FIELDS and self.reader.mirrors.is_complete(getattr(value, "enum_type", None))
        values = enum_values(value) if whole and isinstance(value, Field) else ()
        return ParsedField(name, member, class_path(owner), body.places[name], body.annotations.get(name), values)

    def _shared(self, column: FieldSchema) -> FieldSchema:
        """The column as one object for all that are described alike, where it is to be kept: it is kept once."""
        if self.kept is None:
            return column
        try:
            return self._columns.setdefault((column, repr(column.default), repr(column.options)), column)
        except TypeError:  # a default that has no hash
            return column

    def _schema(self, model: ParsedModel) -> ModelSchema:
        members = [each.member for each in model.members]
        schema, problems = build_model_schema(model.name, model.module, members, model.meta)
        for problem in problems:
            self.bodies.report(model.place(problem.member), problem.fact, problem.hint)
        return schema


def _member_kind(name: str, body: Body) -> StatementKind | None:
    """What a name in the body of a model is to ormgen."""
    if name == "Meta":
        return StatementKind.META
    if name in body.managers:
        return StatementKind.MANAGER
    value = body.members.get(name)
    if value is None:
        return None
    return StatementKind.RELATION if isinstance(value, RelationalField) else StatementKind.FIELD
