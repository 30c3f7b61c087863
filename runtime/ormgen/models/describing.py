"""Models as plain data, in words Tortoise users know: `Hero.describe()`, `ORM.describe_models()`."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

from ormgen.models.info import ModelInfo
from ormgen.schema.describing import describe as describe_field
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import Relation, RelationKind

_GROUPS = {
    "fk_fields": ((RelationKind.FOREIGN_KEY,), "ForeignKeyFieldInstance"),
    "backward_fk_fields": ((RelationKind.REVERSE_FOREIGN_KEY,), "BackwardFKRelation"),
    "o2o_fields": ((RelationKind.ONE_TO_ONE,), "OneToOneFieldInstance"),
    "backward_o2o_fields": ((RelationKind.REVERSE_ONE_TO_ONE,), "BackwardOneToOneRelation"),
    "m2m_fields": ((RelationKind.MANY_TO_MANY, RelationKind.REVERSE_MANY_TO_MANY), "ManyToManyFieldInstance"),
}


def describe_model(info: ModelInfo, serializable: bool) -> dict[str, Any]:
    """A linked model as plain data; with `serializable` nothing in it is more than JSON can say.

    Raises:
        NotInitialised: the model is not linked yet.
    """
    linked = info.need()
    described = {
        "name": linked.key,
        "app": linked.app,
        "table": linked.table,
        "abstract": False,
        "description": linked.meta.table_description,
        "docstring": cleandoc(info.model.__doc__ or "") or None,
        "unique_together": [list(names) for names in linked.meta.unique_together],
        "indexes": [list(index.fields) for index in linked.meta.indexes],
        "pk_field": _column(linked.pk_column, serializable),
        "data_fields": [_column(each, serializable) for each in linked.columns.values() if not each.primary_key],
    }
    for group, (kinds, type_name) in _GROUPS.items():
        relations = [relation for relation in linked.relations.values() if relation.kind in kinds]
        described[group] = [_relation(info, relation, type_name, serializable) for relation in relations]
    if len(linked.pk_names) > 1:
        described["pk_fields"] = [_column(each, serializable) for each in linked.pk_columns]
    return described


def describe_models(models: Iterable[Any], serializable: bool) -> dict[str, dict[str, Any]]:
    """Each of these models by its key, `app.Name`."""
    found = [describe_model(model.__model__, serializable) for model in models]
    return {each["name"]: each for each in found}


def _column(column: FieldSchema, serializable: bool) -> dict[str, Any]:
    found = describe_field(column.field, serializable, column.name)
    return found | {
        "db_column": column.column,
        "generated": column.generated,
        "nullable": column.null,
        "unique": column.unique,
        "indexed": column.index or column.unique,
        "description": column.description,
    }


def _relation(info: ModelInfo, relation: Relation, type_name: str, serializable: bool) -> dict[str, Any]:
    column = info.columns.get(relation.near) if relation.kind.forward else None
    declared = info.declared.get(relation.name)
    described: dict[str, Any] = {
        "name": relation.name,
        "field_type": type_name if serializable else type(declared) if declared is not None else type_name,
        "python_type": relation.target if serializable else info.target(relation),
        "generated": False,
        "nullable": column.null if column is not None else relation.kind.name.startswith("REVERSE") or relation.null,
        "unique": bool(column is not None and column.unique),
        "indexed": bool(column is not None and (column.index or column.unique)),
        "default": None,
        "db_default": None,
        "description": getattr(declared, "description", None),
        "docstring": None,
        "constraints": {},
    }
    if column is not None:
        described |= {"raw_field": column.name, "on_delete": relation.on_delete.value}
        described |= {"db_constraint": getattr(declared, "db_constraint", True)}
    through = relation.through
    if through is not None:
        described |= {"through": through.table, "forward_key": through.far_column, "backward_key": through.near_column}
        described |= {"related_name": relation.reverse, "model_name": relation.target}
        described |= {"_generated": declared is None, "nullable": False}
    return described
