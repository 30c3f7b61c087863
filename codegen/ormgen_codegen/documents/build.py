"""Models of the graph as classes for data: which fields each variant has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, replace
from ormgen.schema.documents import Document, DocumentOptions, Member, describe_document
from ormgen.schema.field import Default, FieldSchema
from ormgen.schema.field_types import CharField, DecimalField, IntField
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.lookups import Family, Lookup, Operand, lookups_of
from ormgen_codegen.documents.types import Imports
from ormgen_codegen.documents.views import DocumentClass, DocumentField, DocumentModule, Variant
from ormgen_codegen.naming import is_name

FILTERS: Final = ("exact", "not", "in", "isnull", "gt", "gte", "lt", "lte", "contains", "icontains", "istartswith")
"""The lookups that a filter class has, where the field's family has them."""
KEY_FILTERS: Final = ("exact", "not", "in", "isnull")
"""Those for the columns of foreign keys."""
WORDS: Final = frozenset("Any Annotated ClassVar Field Given Meta Unset UnsetType UNSET dataclass".split())

OptionsOf = Callable[[LinkedModel], DocumentOptions]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: which variants, and how many relations deep the classes for reading go."""

    variants: tuple[Variant, ...] = tuple(Variant)
    depth: int = 0


def build_module(
    graph: ModelGraph, models: Iterable[LinkedModel], options_of: OptionsOf, wanted: Wanted
) -> DocumentModule:
    """The classes of `models`, in order; those that are nested stand before those that hold them.

    Raises:
        ConfigurationError: two classes would have one name, or a field has a name that cannot be written.
    """
    builder = _Builder(graph, options_of, wanted)
    listed = tuple(models)
    for model in listed:
        for variant in wanted.variants:
            builder.add(model, variant)
    names = [each.name for each in builder.classes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"{', '.join(twice)}: several models have one name; write them to files of their own")
    modules = dict.fromkeys(model.module for model in listed)
    return DocumentModule(tuple(modules), tuple(builder.classes), builder.imports.listed())


class _Builder:
    def __init__(self, graph: ModelGraph, options_of: OptionsOf, wanted: Wanted) -> None:
        self.graph = graph
        self.options_of = options_of
        self.wanted = wanted
        self.imports = Imports()
        self.classes: list[DocumentClass] = []

    def add(self, model: LinkedModel, variant: Variant) -> None:
        """The class of one variant of a model, and the classes nested in it."""
        depth = self.wanted.depth if variant is Variant.READ else 0

        def options(key: str) -> DocumentOptions:
            return self.options_of(self.graph.models[key])

        own = replace(
            options(model.key), max_recursion=depth, exclude_readonly=variant in (Variant.CREATE, Variant.UPDATE)
        )
        document = describe_document(self.graph, model, own, options)
        self._write(f"{model.name.replace('.', '_')}{variant}", variant, model, document)

    def _write(self, name: str, variant: Variant, model: LinkedModel, document: Document) -> str:
        members = [each for each in document.members if is_name(each.name)]
        names = frozenset(each.name for each in members)
        for word in sorted(names & WORDS):
            raise ConfigurationError(f"{model.name}.{word}: a field of that name cannot be written; exclude it")
        fields = [field for each in members for field in self._fields(name, variant, model, each, names)]
        path = self.imports.path(model.path) if variant is Variant.READ else ""
        self.classes.append(DocumentClass(name, variant, path, model.name, tuple(fields)))
        return name

    def _fields(
        self, name: str, variant: Variant, model: LinkedModel, member: Member, names: frozenset[str]
    ) -> Iterator[DocumentField]:
        column = member.column
        if column is None:
            if variant is Variant.READ:
                yield self._related(name, member)
            return
        described = DocumentField(
            member.name,
            self.imports.annotation(column.python_type, names),
            null=column.null,
            limits=_limits(column),
            description=column.description,
        )
        if variant is Variant.FILTER:
            yield from self._asked(described, column, names)
        elif variant is Variant.READ:
            yield replace(described, limits=MappingProxyType({}))
        else:
            yield self._given(described, column, variant)

    def _related(self, name: str, member: Member) -> DocumentField:
        if member.relation is None or member.nested is None:
            return DocumentField(member.name, "Any")
        target = self.graph.target(member.relation)
        inner = self._write(f"{name}{_camel(member.name)}", Variant.READ, target, member.nested)
        text = f"list[{inner}]" if member.relation.many else inner
        return DocumentField(member.name, text, null=member.null, description=member.relation.description)

    def _given(self, field: DocumentField, column: FieldSchema, variant: Variant) -> DocumentField:
        if variant is Variant.UPDATE:
            return replace(field, left_out=True)
        if column.relation is None and column.default.kind in ("value", "enum"):
            known = _literal(self.imports, column.default)
            if known is not None and _fits(column, known):
                return replace(field, default=known)
        if field.null and column.default.kind == "none" and column.db_default.kind == "none":
            return replace(field, default="None")
        return field if column.required or _key_is_given(column) else replace(field, left_out=True)

    def _asked(self, field: DocumentField, column: FieldSchema, names: frozenset[str]) -> Iterator[DocumentField]:
        if column.family in (Family.JSON, Family.BINARY, Family.ARRAY, Family.SEARCH):
            return
        known = FILTERS if column.relation is None else KEY_FILTERS
        for lookup in lookups_of(column.family).values():
            if lookup.name not in known or (lookup.name == "isnull" and not column.null):
                continue
            name = field.name if lookup.name == "exact" else f"{field.name}__{lookup.name}"
            text = self._operand(lookup, field, names)
            if text is not None:
                yield DocumentField(name, text, null=True, default="None")

    def _operand(self, lookup: Lookup, field: DocumentField, names: frozenset[str]) -> str | None:
        match lookup.operand:
            case Operand.VALUE:
                return field.type
            case Operand.VALUES:
                return f"{self.imports.annotation('list', names)}[{field.type}]"
            case Operand.TEXT:
                return self.imports.annotation("str", names)
            case Operand.BOOLEAN:
                return self.imports.annotation("bool", names)
            case _:
                return None


def _key_is_given(column: FieldSchema) -> bool:
    return column.primary_key and not column.generated and column.default.kind == "none"


def _literal(imports: Imports, default: Default) -> str | None:
    if default.kind == "enum":
        return imports.path(str(default.value))
    value = default.value
    if isinstance(value, float) and not float("-inf") < value < float("inf"):
        return None
    return repr(value)


def _fits(column: FieldSchema, text: str) -> bool:
    """Whether a literal default is of the field's own type, so that it may stand in the class as it is."""
    kind = type(column.default.value).__name__
    return column.default.kind == "enum" or text == "None" or column.python_type == kind


def _limits(column: FieldSchema) -> Mapping[str, int]:
    """The limits that the field's type has, as pydantic calls them."""
    field = column.field
    if column.relation is not None:
        return MappingProxyType({})
    if isinstance(field, CharField) and column.python_type == "str":
        return MappingProxyType({"max_length": field.max_length})
    if isinstance(field, IntField) and column.python_type == "int":
        low, high = field.bounds
        return MappingProxyType({"ge": low, "le": high})
    if isinstance(field, DecimalField) and column.python_type == "decimal:Decimal":
        return MappingProxyType({"max_digits": field.max_digits, "decimal_places": field.decimal_places})
    return MappingProxyType({})


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))
