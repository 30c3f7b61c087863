"""What of a model goes into a document made from it, such as a pydantic model: columns, nested relations, computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ormgen.records import dataclass, replace
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation


@dataclass(frozen=True, slots=True)
class DocumentOptions:
    """What is said about a document by `class PydanticMeta` and by the arguments of a call.

    Names in `include`, `exclude`, `computed` and `optional` may cross relations: `team.name`. An empty `include`
    means everything. `annotated` are the relations that the class itself annotates, which `backward_relations` does not
    leave out.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    backward_relations: bool = True
    max_recursion: int = 3
    allow_cycles: bool = False
    exclude_raw_fields: bool = True
    exclude_readonly: bool = False
    sort_alphabetically: bool = False
    annotated: frozenset[str] = frozenset()

    def extended(self, lists: Mapping[str, tuple[str, ...]], flags: Mapping[str, bool | None]) -> DocumentOptions:
        """With the arguments of a call: names are added, flags replace where they are not None."""
        changes: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
        changes |= {name: tuple(dict.fromkeys((*getattr(self, name), *more))) for name, more in lists.items()}
        return replace(self, **changes)

    def shows(self, name: str) -> bool:
        """Whether a member is in, as far as `include` and `exclude` go."""
        listed = not self.include or any(item == name or item.startswith(f"{name}.") for item in self.include)
        return listed and name not in self.exclude

    def below(self, name: str, own: DocumentOptions) -> DocumentOptions:
        """The options of the document nested under `name`; `own` are those of its model."""
        return replace(
            own,
            include=_behind(name, self.include) or own.include,
            exclude=(*own.exclude, *_behind(name, self.exclude)),
            computed=(*own.computed, *_behind(name, self.computed)),
            optional=_behind(name, self.optional),
            max_recursion=self.max_recursion - 1,
            allow_cycles=self.allow_cycles,
            sort_alphabetically=self.sort_alphabetically,
        )


def _behind(name: str, listed: Iterable[str]) -> tuple[str, ...]:
    return tuple(item.removeprefix(f"{name}.") for item in listed if item.startswith(f"{name}."))


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of a document: a column, a relation with the document that it nests, or else something computed.

    `optional` says that the caller allowed it to be missing.
    """

    name: str
    column: FieldSchema | None = None
    relation: Relation | None = None
    nested: Document | None = None
    optional: bool = False

    @property
    def null(self) -> bool:
        """Whether it can be None."""
        if self.optional:
            return True
        return self.column.null if self.column is not None else self.relation is not None and self._may_lack

    @property
    def required(self) -> bool:
        """Whether whoever makes a document has to give it."""
        if self.null or self.column is None:
            return not self.null
        made = self.column.default.kind != "none" and self.column.relation is None
        return self.column.primary_key or not made

    @property
    def _may_lack(self) -> bool:
        return self.relation is not None and not self.relation.many and self.relation.optional


@dataclass(frozen=True, slots=True)
class Document:
    """The members of a document in order; `model` is the key of the model, "" while that is not linked."""

    model: str
    members: tuple[Member, ...]


OptionsOf = Callable[[str], DocumentOptions]


def describe_document(
    graph: ModelGraph, model: LinkedModel, options: DocumentOptions, options_of: OptionsOf
) -> Document:
    """The document of `model`; `options_of` gives what a nested model, by its key, says about itself.

    A relation is left out where it leads back to a model on the way, unless cycles are allowed, and where it is
    deeper than `max_recursion`; the column of a foreign key stands for it then, but not for the way back to the object
    around it.
    """
    return _describe(graph, model, options, options_of, (model.key,))


def describe_columns(columns: Mapping[str, FieldSchema], options: DocumentOptions) -> Document:
    """The document of a model that is not linked yet: its own columns, and what is computed."""
    members = [Member(name, column) for name, column in columns.items() if _has_column(column, options)]
    return Document("", _finished([*members, *_computed(options)], options))


def _describe(
    graph: ModelGraph,
    model: LinkedModel,
    options: DocumentOptions,
    options_of: OptionsOf,
    way: tuple[str, ...],
    back: str | None = None,
) -> Document:
    nested: dict[str, Member] = {}
    for relation in model.relations.values():
        if not _is_shown(relation, options, way):
            continue
        target = graph.target(relation)
        inner = options.below(relation.name, options_of(target.key))
        document = _describe(graph, target, inner, options_of, (*way, target.key), relation.reverse)
        nested[relation.name] = Member(relation.name, relation=relation, nested=document)
    members = [*_columns(model, options, nested, back), *nested.values(), *_computed(options)]
    return Document(model.key, _finished(members, options))


def _is_shown(relation: Relation, options: DocumentOptions, way: tuple[str, ...]) -> bool:
    if options.exclude_readonly or options.max_recursion < 1 or relation.name.startswith("_"):
        return False
    if relation.target in way and not options.allow_cycles:
        return False
    declared = relation.kind.forward or relation.kind.name == "MANY_TO_MANY"
    kept = declared or options.backward_relations or relation.name in options.annotated
    return options.shows(relation.name) and kept


def _columns(
    model: LinkedModel, options: DocumentOptions, nested: dict[str, Member], back: str | None
) -> Iterator[Member]:
    """The columns that are shown; a relation that is nested takes the place of its column, and so does the way back."""
    shown = {*nested, back} if back is not None and options.shows(back) else {*nested}
    for name, column in model.columns.items():
        held = nested.pop(column.relation or "", None)
        replaced = column.relation in shown and options.exclude_raw_fields and not column.primary_key
        if _has_column(column, options) and not replaced:
            yield Member(name, column)
        if held is not None:
            yield held


def _has_column(column: FieldSchema, options: DocumentOptions) -> bool:
    if column.name.startswith("_") or not options.shows(column.name):
        return False
    return not (options.exclude_readonly and is_readonly(column))


def is_readonly(column: FieldSchema) -> bool:
    """Whether the value of a column is made by the field or the database: a made key, a time of saving."""
    made_key = column.primary_key and column.relation is None and (column.generated or column.default.kind != "none")
    return made_key or column.auto is not None


def _computed(options: DocumentOptions) -> Iterator[Member]:
    for name in dict.fromkeys(options.computed):
        if "." not in name and options.shows(name) and not options.exclude_readonly:
            yield Member(name)


def _finished(members: Iterable[Member], options: DocumentOptions) -> tuple[Member, ...]:
    """The members in order, the optional ones marked."""
    listed = [replace(each, optional=True) if each.name in options.optional else each for each in members]
    if options.sort_alphabetically:
        listed.sort(key=lambda each: each.name)
    return tuple(listed)
