"""Documents as classes: writes the pydantic model of a document, and those of the documents nested in it."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pydantic import ConfigDict, create_model

from ormgen.contrib.pydantic.base import OpenPydanticModel
from ormgen.contrib.pydantic.columns import Entry, column_entry, computed_entry, relation_entry
from ormgen.contrib.pydantic.options import meta_options, names_of, refuse_unknown
from ormgen.database.call_site import Site, call_site
from ormgen.exceptions import ConfigurationError
from ormgen.models.info import ModelInfo
from ormgen.models.model import Model
from ormgen.schema.documents import Document, DocumentOptions, Member, describe_columns, describe_document
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.relation_fields import RelationSchema


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments of a call: `lists` of names, `flags` that are None where they were not given, and the rest."""

    model: Any
    lists: Mapping[str, Any]
    flags: Mapping[str, bool | None]
    meta_override: type[Any] | None
    config: ConfigDict | None
    validators: Mapping[str, Any] | None
    module: str

    @property
    def changed(self) -> bool:
        """Whether the model differs from the one that is made without arguments."""
        given = (*self.lists.values(), *self.flags.values(), self.meta_override, self.config, self.validators)
        return any(given)

    def mark(self, options: DocumentOptions) -> str:
        """Six characters that tell the arguments apart, the same in every process."""
        facts = (options, sorted(self.config or {}), sorted(self.validators or {}))
        return sha256(repr(facts).encode()).hexdigest()[:6]


def made_model(wanted: Wanted, name: str | None) -> type[OpenPydanticModel]:
    """The pydantic model of a call; equal calls give the same class, until the models are linked anew.

    Raises:
        ConfigurationError: the model has no table, or an argument names what it does not have.
    """
    info = table_info(wanted.model)
    own, config = meta_options(wanted.model, wanted.meta_override)
    options = own.extended({name: names_of(name, value) for name, value in wanted.lists.items()}, wanted.flags)
    title = name or wanted.model.__name__
    if name is None and wanted.changed:
        title = f"{title}_{wanted.mark(options)}"
    key = ("pydantic", title, options, wanted.meta_override, wanted.module)
    shared = not wanted.config and not wanted.validators
    if shared and key in info.memo:
        known: type[OpenPydanticModel] = info.memo[key]
        return known
    writer = Writer(wanted.module)
    settings: ConfigDict = {"title": name or wanted.model.__name__, **config, **(wanted.config or {})}
    made = writer.write(title, wanted.model, document_of(info, options), settings, wanted.validators)
    if shared:
        info.memo[key] = made
    return made


def table_info(model: Any) -> ModelInfo:
    """What a model class knows of itself.

    Raises:
        ConfigurationError: it is no model with a table.
    """
    info = getattr(model, "__model__", None)
    if not isinstance(info, ModelInfo) or info.schema is None or model is Model:
        raise ConfigurationError(f"a pydantic model is made from a model with a table, not from {model!r}")
    return info


def document_of(info: ModelInfo, options: DocumentOptions) -> Document:
    """The document of a model; without relations, and with a warning where they are declared, before it is linked.

    Raises:
        ConfigurationError: an option names what the model does not have.
    """
    if info.linked is None or info.graph is None:
        return unlinked_document(info, options)
    refuse_unknown(info, options)
    return linked_document(info, info.graph, info.linked, options)


def linked_document(info: ModelInfo, graph: ModelGraph, linked: LinkedModel, options: DocumentOptions) -> Document:
    """The document of a model with its relations."""
    classes = info.classes
    return describe_document(graph, linked, options, lambda key: meta_options(classes[key])[0])


def unlinked_document(info: ModelInfo, options: DocumentOptions) -> Document:
    """The document of a model before `ORM.init`: its own columns.

    What it lacks is warned of where the creator was called: now what the model declares itself, and what others declare
    when it is linked.
    """
    assert info.schema is not None
    members = info.schema.members
    relations = [] if options.exclude_readonly else [each for each in members if isinstance(each, RelationSchema)]
    missing = [each.name for each in relations if options.shows(each.name)]
    site = call_site()
    if missing:
        warn(site, f"{info.model.__name__} is not linked yet", missing)

    def look_again() -> None:
        assert info.graph is not None
        assert info.linked is not None
        known = linked_document(info, info.graph, info.linked, options)
        late = [each.name for each in known.members if each.relation is not None and each.name not in missing]
        if late:
            warn(site, f"{info.model.__name__} was not linked when this ran", late)

    info.awaiting.append(look_again)
    return describe_columns({each.name: each for each in members if isinstance(each, FieldSchema)}, options)


def warn(site: Site, fact: str, lacking: Sequence[str]) -> None:
    """Say what the pydantic model lacks that was made at `site`, and what to do."""
    told = f"{fact}, its pydantic model lacks {', '.join(lacking)}: call ORM.init or ORM.init_models before"
    warnings.warn_explicit(
        f"{told} pydantic_model_creator, or exclude them", RuntimeWarning, site.file or "<unknown>", site.line
    )


class Writer:
    """Makes classes of documents; `module` is where they say that they are defined."""

    def __init__(self, module: str) -> None:
        self.module = module

    def write(
        self,
        name: str,
        model: Any,
        document: Document,
        config: ConfigDict,
        validators: Mapping[str, Any] | None = None,
    ) -> type[OpenPydanticModel]:
        """The class of one document."""
        entries = {member.name: self._entry(name, model, member) for member in document.members}
        settings: Any = {"extra": "forbid", **config}
        fields: Any = entries
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Field name .* shadows an attribute in parent")
            made = create_model(
                name,
                __base__=OpenPydanticModel,
                __module__=self.module,
                __doc__=described(model),
                __validators__=dict(validators or {}),
                __cls_kwargs__=settings,
                **fields,
            )
        made.__orm_model__ = model
        return made

    def _entry(self, name: str, model: Any, member: Member) -> Entry:
        if member.column is not None:
            return column_entry(member, member.column)
        if member.relation is None or member.nested is None:
            return computed_entry(member, model)
        target = model.__model__.target(member.relation)
        title = ConfigDict(title=target.__name__)
        config: ConfigDict = {**title, **meta_options(target)[1]}
        return relation_entry(member, self.write(f"{name}_{member.name}", target, member.nested, config))


def described(model: Any) -> str | None:
    """The docstring of a model's own, else what its table is described with."""
    own = model.__dict__.get("__doc__")
    return inspect.cleandoc(own) if own else model.__model__.meta.table_description
