"""Models as another tool remembers them, and those of the source where both mean the same tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Document, build, describe
from ormgen.migrations.state import State, with_key
from ormgen.records import dataclass, field, replace
from ormgen.schema.column_types import COLUMN_TYPES, column_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel
from ormgen.schema.indexes import IndexSchema
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema, read_meta

ENUMS: Final = {"CharEnumField": "CharField", "IntEnumField": "SmallIntField"}


@dataclass
class Foreign:
    """One model of another tool: its members as documents, None for those that only its program could read.

    `indexes` are tuples of fields, `unread` says which options could not be read.
    """

    app: str
    name: str
    table: str | None = None
    members: dict[str, Document | None] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """`app.Name`."""
        return f"{self.app}.{self.name}"


def remembered(models: Iterable[Foreign], source: State) -> State:
    """The models of another tool; what means the same as in the source is taken from there, with all that it says.

    Raises:
        ConfigurationError: a field can be read neither there nor in the source.
        SchemaError: the models do not fit together.
    """
    found = {each.key: each for each in models}
    theirs = State.of([_schema(each, source.models.get(each.key)) for each in found.values()])
    return State(
        {
            key: _merged(model, source.models[key], theirs, source) if key in source.models else model
            for key, model in theirs.models.items()
        }
    )


def _schema(model: Foreign, mine: ModelSchema | None) -> ModelSchema:
    known = {member.name: member for member in mine.members} if mine is not None else {}
    members: list[Member] = []
    for name, found in model.members.items():
        if found is not None:
            members.append(describe(name, build(_completed(found, known.get(name)))))
        elif name in known:
            members.append(known[name])
        else:
            told = "its field is of a class that cannot be read here, and the models do not have it any more"
            raise ConfigurationError(f"{model.key}.{name}: {told}; migrate it away with the other tool first")
    order = list(known)
    members.sort(key=lambda member: order.index(member.name) if member.name in known else len(order))
    options = {name: value for name, value in model.options.items() if value}
    meta = read_meta({"table": model.table, **options})
    return with_key(ModelSchema(model.name, model.app, model.app, tuple(members), meta))


def _completed(found: Document, mine: Member | None) -> Document:
    """A relation with what descriptions of it do not say: the way back of a key, whether pairs are unique."""
    if str(found["type"]).removesuffix("Field") not in ("ForeignKey", "OneToOne", "ManyToMany"):
        return found
    named = getattr(mine, "related_name", False)
    made = {**found, "related_name": named} if "related_name" not in found and named is not None else found
    if found["type"] == "ManyToManyField" and getattr(mine, "unique", True) is False:
        made = {"unique": False, **made}
    return made


def _merged(theirs: ModelSchema, mine: ModelSchema, their_state: State, my_state: State) -> ModelSchema:
    known = {member.name: member for member in mine.members}
    here, there = my_state.graph[mine.key], their_state.graph[theirs.key]
    members = tuple(
        known[member.name] if member.name in known and _same(member, known[member.name], there, here) else member
        for member in theirs.members
    )
    return with_key(replace(mine, members=members, meta=_merged_meta(theirs, mine)))


def _same(theirs: Member, mine: Member, there: LinkedModel, here: LinkedModel) -> bool:
    """Whether both make the same column, or the same key, or the same table of pairs."""
    if isinstance(theirs, FieldSchema) and isinstance(mine, FieldSchema):
        return _column(theirs) == _column(mine)
    if isinstance(theirs, FieldSchema) or isinstance(mine, FieldSchema):
        return False
    return _relation(theirs.name, there) == _relation(mine.name, here)


def _column(field: FieldSchema) -> tuple[object, ...]:
    homes = field.field.dialects or tuple(COLUMN_TYPES)
    types = tuple(column_type(field, dialect) for dialect in homes)
    indexed = field.index and not field.unique
    default = field.db_default.kind != "none"
    return (field.column, field.null, field.unique, indexed, field.primary_key, types, default)


def _relation(name: str, model: LinkedModel) -> tuple[object, ...]:
    relation = model.relations[name]
    columns = tuple(
        (model.columns[near].column, model.columns[near].unique, model.columns[near].index)
        for near, _ in (relation.pairs if relation.kind.forward else ())
    )
    through = relation.through
    pairs = through and (through.table, through.near_column, through.far_column, through.unique)
    return (relation.kind, relation.target, relation.null, relation.on_delete, relation.db_constraint, columns, pairs)


def _merged_meta(theirs: ModelSchema, mine: ModelSchema) -> MetaOptions:
    """My options, but for those that make another table."""
    changes: dict[str, Any] = {}
    if theirs.table != mine.table:
        changes["table"] = theirs.table
    if set(theirs.meta.unique_together) != set(mine.meta.unique_together):
        changes["unique_together"] = theirs.meta.unique_together
    if _groups(theirs.meta.indexes) != _groups(mine.meta.indexes):
        changes["indexes"] = theirs.meta.indexes
    return replace(mine.meta, **changes)


def _groups(indexes: Iterable[IndexSchema]) -> set[tuple[str, ...]]:
    return {index.fields or index.expressions for index in indexes}


def plain_default(value: Any) -> Mapping[str, Any]:
    """A default that is plain text, a number or a truth value, as part of a document."""
    return {"default": value} if isinstance(value, bool | int | float | str) else {}
