"""Models as plain data: `Hero.describe()`, in the words that Tortoise users know."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, Final

from ormgen.models.info import ModelInfo
from ormgen.models.relations import Related, ReverseRelation
from ormgen.schema import describing
from ormgen.schema.field import MISSING, FieldSchema
from ormgen.schema.graph import LinkedModel, Relation, RelationKind
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance, OneToOneFieldInstance

_TYPES: Final[dict[RelationKind, tuple[str, str, type[Any]]]] = {
    RelationKind.FOREIGN_KEY: ("fk_fields", "ForeignKeyFieldInstance", ForeignKeyFieldInstance),
    RelationKind.ONE_TO_ONE: ("o2o_fields", "OneToOneFieldInstance", OneToOneFieldInstance),
    RelationKind.MANY_TO_MANY: ("m2m_fields", "ManyToManyFieldInstance", ManyToManyFieldInstance),
    RelationKind.REVERSE_FOREIGN_KEY: ("backward_fk_fields", "BackwardFKRelation", ReverseRelation),
    RelationKind.REVERSE_ONE_TO_ONE: ("backward_o2o_fields", "BackwardOneToOneRelation", Related),
    RelationKind.REVERSE_MANY_TO_MANY: ("m2m_fields", "ManyToManyFieldInstance", ManyToManyFieldInstance),
}
_LISTS: Final = ("fk_fields", "backward_fk_fields", "o2o_fields", "backward_o2o_fields", "m2m_fields")


def describe_model(info: ModelInfo, serializable: bool = True) -> dict[str, Any]:
    """A model as plain data; with `serializable` as JSON can say it, else with live types and defaults.

    Where the key consists of several columns, `pk_fields` has all of them.

    Raises:
        NotInitialised: `ORM.init` has not seen the model.
    """
    linked = info.need()
    keys = [_column(info, column, serializable) for column in linked.columns.values() if column.primary_key]
    others = [column for column in linked.columns.values() if not column.primary_key]
    found: dict[str, Any] = {
        "name": linked.key,
        "app": linked.app,
        "table": linked.table,
        "abstract": False,
        "description": linked.meta.table_description,
        "docstring": inspect.cleandoc(info.model.__doc__ or "") or None,
        "unique_together": [list(group) for group in linked.unique_together],
        "indexes": _indexes(linked, serializable),
        "pk_field": keys[0],
        "data_fields": [_column(info, column, serializable) for column in others],
    }
    found |= {name: [] for name in _LISTS} | ({"pk_fields": keys} if len(keys) > 1 else {})
    for relation in linked.relations.values():
        found[_TYPES[relation.kind][0]].append(_relation(info, linked, relation, serializable))
    return found


def _indexes(linked: LinkedModel, serializable: bool) -> list[Any]:
    if not serializable:
        return [index.index or list(index.fields) for index in linked.indexes]
    return [list(index.fields) if index.index is None else index.index.describe() for index in linked.indexes]


def _column(info: ModelInfo, column: FieldSchema, serializable: bool) -> dict[str, Any]:
    """A column; one of a foreign key has what the relation says of it."""
    described = describing.describe(column.field, serializable, column.name)
    own = {"db_column": column.column, "nullable": column.null, "unique": column.unique}
    own |= {"indexed": column.index or column.unique, "generated": column.generated}
    if column.relation is not None:
        own["description"] = column.description
    return described | own


def _relation(info: ModelInfo, linked: LinkedModel, relation: Relation, serializable: bool) -> dict[str, Any]:
    _, name, kind = _TYPES[relation.kind]
    column = linked.columns.get(relation.near) if relation.kind.forward else None
    joins = relation.through is not None
    far = None if relation.kind.forward or info.graph is None else info.graph[relation.target]
    declared = relation if far is None else far.relations.get(relation.reverse or "", relation)
    described: dict[str, Any] = {
        "name": relation.name,
        "field_type": name if serializable else kind,
        "python_type": relation.target if serializable else info.target(relation),
        "generated": False,
        "nullable": declared.null,
        "unique": joins if column is None else column.unique,
        "indexed": joins if column is None else column.index or column.unique,
        "default": None,
        "db_default": describing.NOT_SET if serializable else MISSING,
        "description": declared.description,
        "docstring": getattr(info.declared.get(relation.name), "docstring", None),
        "constraints": {},
        "db_constraint": relation.db_constraint,
    }
    if relation.kind.forward:
        described |= {"raw_field": relation.near, "on_delete": relation.on_delete.value}
        told = {"on_update": relation.on_update, "deferrable": relation.deferrable}
        described |= {name: rule.value for name, rule in told.items() if rule is not None}
        described |= {"constraint_name": relation.constraint_name} if relation.constraint_name else {}
    if relation.through is not None:
        described |= {
            "model_name": relation.target,
            "related_name": relation.reverse,
            "forward_key": relation.through.far_column,
            "backward_key": relation.through.near_column,
            "through": relation.through.table,
            "on_delete": declared.on_delete.value,
            "_generated": relation.kind is RelationKind.REVERSE_MANY_TO_MANY,
        }
    return described


def describe_models(models: Iterable[type[Any]], serializable: bool = True) -> dict[str, dict[str, Any]]:
    """Several models as plain data, by `app.Name`."""
    return {model.__model__.need().key: describe_model(model.__model__, serializable) for model in models}
