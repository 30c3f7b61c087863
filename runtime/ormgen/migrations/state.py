"""The models as migrations leave them: what snapshots keep and operations change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Document, build, describe, document
from ormgen.migrations.index_documents import index_document, index_schema
from ormgen.records import dataclass, field, fields, replace
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.link import link
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema
from ormgen.schema.names import did_you_mean
from ormgen.schema.relation_fields import RelationSchema

OPTIONS: Final = tuple(
    option.name for option in fields(MetaOptions) if option.name not in ("abstract", "app", "manager", "ordering")
)
_DEFAULTS = MetaOptions()


@dataclass(frozen=True)
class State:
    """Models by key, `app.Name`; every change gives a new state."""

    models: Mapping[str, ModelSchema] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, schemas: Iterable[ModelSchema]) -> State:
        """The state of models as they are declared now.

        Raises:
            SchemaError: they do not fit together.
        """
        listed = tuple(schemas)
        graph = link(listed)
        return cls(MappingProxyType({each.key: _settled(each, graph) for each in listed}))

    @cached_property
    def graph(self) -> ModelGraph:
        """The models, linked."""
        return link(self.models.values(), halfway=True)

    def model(self, app: str, name: str) -> ModelSchema:
        """The model called `name` in `app`.

        Raises:
            ConfigurationError: there is none.
        """
        found = self.models.get(f"{app}.{name}")
        if found is None:
            known = [each.name for each in self.models.values() if each.app == app]
            raise ConfigurationError(
                f'migrations of app "{app}": there is no model {name}; {did_you_mean(name, known)}'
            )
        return found

    def having(self, model: ModelSchema) -> State:
        """With a model that is new or changed."""
        return State(MappingProxyType({**self.models, model.key: model}))

    def lacking(self, key: str) -> State:
        """Without a model."""
        return State(MappingProxyType({name: each for name, each in self.models.items() if name != key}))

    def renamed(self, app: str, old: str, new: str, to: str | None = None) -> State:
        """With another name for a model, in the app `to` if it is given, to which its relations follow."""
        before, after = f"{app}.{old}", f"{to or app}.{new}"
        made = {}
        for key, each in self.models.items():
            members = tuple(
                _pointing(member, before, after) if isinstance(member, RelationSchema) else member
                for member in each.members
            )
            made_of = replace(each, members=members)
            if key == before:
                label = to or app
                made_of = replace(made_of, name=new, app=label, module=module_of(label), meta=_plain(made_of.meta))
            made[made_of.key] = made_of
        return State(MappingProxyType(made))

    def of_app(self, app: str) -> dict[str, Document]:
        """The models of one app as plain data, by name."""
        return {each.name: model_document(each) for each in self.models.values() if each.app == app}

    def to_json(self, app: str) -> str:
        """The snapshot of one app: sorted, one line for each field, so that changes of two branches meet in Git."""
        models = self.of_app(app)
        lines = ["{"]
        for at, name in enumerate(sorted(models)):
            found = models[name]
            options = json.dumps(found["options"], ensure_ascii=False, sort_keys=True)
            lines += [f"  {json.dumps(name)}: {{", f'    "options": {options},', '    "fields": {']
            listed = [f"      {json.dumps(key)}: {_line(value)}" for key, value in found["fields"].items()]
            lines += [",\n".join(listed), "    }", "  }" + ("," if at + 1 < len(models) else "")]
        return "\n".join([*lines, "}"]) + "\n"

    def with_json(self, app: str, text: str) -> State:
        """With the models of a snapshot of one app.

        Raises:
            ConfigurationError: the text is none.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            hint = "it holds conflict markers of Git: run `ormgen merge`"
            raise ConfigurationError(
                f'snapshot of app "{app}": {hint if "<<<<<<<" in text else f"not JSON: {error}"}'
            ) from None
        others = {key: each for key, each in self.models.items() if each.app != app}
        made = {f"{app}.{name}": model_of(app, name, found) for name, found in data.items()}
        return State(MappingProxyType(others | made))


def _line(value: Document) -> str:
    return json.dumps(value, ensure_ascii=False)


def model_document(model: ModelSchema) -> Document:
    """One model as plain data."""
    return {
        "options": options_document(model.meta),
        "fields": {member.name: document(member) for member in model.members},
    }


def options_document(meta: MetaOptions) -> Document:
    """The options of a model as far as they differ from the usual ones."""
    found: Document = {}
    for name in OPTIONS:
        value = getattr(meta, name)
        if value == getattr(_DEFAULTS, name):
            continue
        found[name] = [index_document(each) for each in value] if name in ("indexes", "constraints") else value
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def meta_of(options: Mapping[str, Any]) -> MetaOptions:
    """The options that plain data describes.

    Raises:
        ConfigurationError: there is no such option.
    """
    made: dict[str, Any] = {}
    for name, value in options.items():
        if name not in OPTIONS:
            raise ConfigurationError(f"models have no option {name!r}; {did_you_mean(name, OPTIONS)}")
        if name in ("indexes", "constraints"):
            value = tuple(index_schema(each) for each in value)
        elif name == "unique_together":
            value = tuple(tuple(group) for group in value)
        elif isinstance(value, list):
            value = tuple(value)
        made[name] = value
    return MetaOptions(**made)


def model_of(app: str, name: str, found: Mapping[str, Any]) -> ModelSchema:
    """The model that plain data describes."""
    members = tuple(describe(key, build(value)) for key, value in found["fields"].items())
    return with_key(ModelSchema(name, module_of(app), app, members, meta_of(found["options"])))


def with_key(model: ModelSchema) -> ModelSchema:
    """A model whose fields know whether they are part of a key of several columns."""
    members = tuple(_keyed(member, model.meta.primary_key) for member in model.members)
    return replace(model, members=members)


def _keyed(member: Member, names: tuple[str, ...]) -> Member:
    if isinstance(member, RelationSchema):
        return member
    key = member.field.primary_key or member.name in names
    return member if member.primary_key == key else replace(member, primary_key=key)


def module_of(app: str) -> str:
    """The module that models of a state stand in, because none of the program's is imported."""
    return f"ormgen.migrations.models.{app}"


def _settled(model: ModelSchema, graph: ModelGraph) -> ModelSchema:
    """A model whose relations name their targets by key, wherever the classes are."""
    linked = graph[model.key]
    members = tuple(
        _resolved(member, linked) if isinstance(member, RelationSchema) else member for member in model.members
    )
    meta = replace(model.meta, abstract=False, app=None, manager=None, ordering=())
    return replace(model, module=module_of(model.app), members=members, meta=meta)


def _resolved(member: RelationSchema, linked: LinkedModel) -> RelationSchema:
    relation = linked.relations[member.name]
    through = relation.through
    named = through.model if through is not None and through.model is not None else member.through
    return replace(member, to=relation.target, through=named)


def _pointing(member: RelationSchema, before: str, after: str) -> RelationSchema:
    return replace(
        member,
        to=after if member.to == before else member.to,
        through=after if member.through == before else member.through,
    )


def _plain(meta: MetaOptions) -> MetaOptions:
    """Options that do not say what the model was called."""
    return meta if meta.renamed_from is None else replace(meta, renamed_from=None)


def with_member(model: ModelSchema, member: Member) -> ModelSchema:
    """A model with one more member, or with another one in its place."""
    if any(each.name == member.name for each in model.members):
        return replace(model, members=tuple(member if each.name == member.name else each for each in model.members))
    return replace(model, members=(*model.members, member))


def without_member(model: ModelSchema, name: str) -> ModelSchema:
    """A model without a member."""
    return replace(model, members=tuple(each for each in model.members if each.name != name))


def member_of(model: ModelSchema, name: str) -> Member:
    """The member called `name`.

    Raises:
        ConfigurationError: there is none.
    """
    for each in model.members:
        if each.name == name:
            return each
    hint = did_you_mean(name, [each.name for each in model.members])
    raise ConfigurationError(f"{model.key} has no field {name}; {hint}")
