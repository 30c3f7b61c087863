"""What autodetection asks of single members and models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Document
from ormgen.migrations.state import State, options_document
from ormgen.records import replace
from ormgen.schema.field import FieldSchema
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema
from ormgen.schema.relation_fields import RelationSchema


def declared_of(label: str, coming: Iterable[tuple[str, str | None]], names: tuple[str, ...]) -> str | None:
    """Which of those that come declares to have been called one of `names`.

    Raises:
        ConfigurationError: several do.
    """
    found = [name for name, before in coming if before in names]
    if len(found) > 1:
        raise ConfigurationError(f"{' and '.join(found)} both say renamed_from, of {label}: only one of them can be it")
    return found[0] if found else None


def alike(old: Mapping[str, ModelSchema], new: Mapping[str, ModelSchema], name: str, to: str) -> bool:
    """Whether one model may be the other under a new name: they share fields."""
    mine, theirs = ({member.name for member in each.members if member.name != "id"} for each in (old[name], new[to]))
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


def models_of(state: State, app: str) -> dict[str, ModelSchema]:
    return {model.name: model for model in state.models.values() if model.app == app}


def same_kind(old: Member, new: Member) -> bool:
    return kind_of(old) == kind_of(new)


def kind_of(member: Member) -> str:
    if isinstance(member, FieldSchema):
        return "field"
    return "pairs" if member.kind == "ManyToMany" else "key"


def key_names(model: ModelSchema) -> tuple[str, ...]:
    """The fields that are the primary key."""
    return model.meta.primary_key or tuple(member.name for member in model.members if member.primary_key)


def column_of(member: Member) -> str | None:
    if isinstance(member, FieldSchema):
        return member.column
    return None if member.kind == "ManyToMany" or member.from_fields else member.source_field or f"{member.name}_id"


def alterable(old: Member, new: Member) -> bool:
    if not same_kind(old, new):
        return False
    return kind_of(old) != "pairs" or (isinstance(new, RelationSchema) and getattr(old, "to", "") == new.to)


def needs_others(model: ModelSchema, waiting: Iterable[str]) -> bool:
    """Whether a model points at another one that is yet to come."""
    others = {key for key in waiting if key != model.key}
    return any(isinstance(member, RelationSchema) and bool(targets_of(member) & others) for member in model.members)


def targets_of(member: RelationSchema) -> set[str]:
    return {member.to} | ({member.through} if member.through is not None and "." in member.through else set())


def without_names(meta: MetaOptions, names: set[str]) -> MetaOptions:
    """Options without whatever is over one of these fields."""

    def free(group: Iterable[str]) -> bool:
        return not names.intersection(group)

    return replace(
        meta,
        unique_together=tuple(group for group in meta.unique_together if free(group)),
        indexes=tuple(each for each in meta.indexes if free(each.fields)),
        constraints=tuple(each for each in meta.constraints if free(getattr(each, "fields", ()))),
    )


def changed_options(old: MetaOptions, new: MetaOptions) -> Document:
    """The options that differ, None where one is no longer said."""
    before, after = options_document(old), options_document(new)
    return {name: after.get(name) for name in {**before, **after} if before.get(name) != after.get(name)}


def has_value(member: Member) -> bool:
    """Whether a declaration says what a row gets that is not told."""
    if (member.default.kind != "none" and member.default.value is not None) or member.default.kind == "callable":
        return True
    if isinstance(member, RelationSchema):
        return False
    return member.db_default.kind != "none" or member.auto is not None or member.default.kind == "object"


def needs_value(member: Member) -> bool:
    if isinstance(member, RelationSchema):
        return member.kind != "ManyToMany" and not member.null and not has_value(member)
    return not (member.null or member.generated or has_value(member))
