"""A model graph as text for people, and one model with everything that queries may say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ormgen.schema.describe import describe_graph
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen_codegen.spans import RELATION_LOOKUPS, lookups_of_column
from ormgen_codegen.tables import Table


def graph_text(graph: ModelGraph) -> str:
    """Every model with its columns and relations, one to a line."""
    return "\n\n".join("\n".join(_model(graph[key])) for key in sorted(graph.models)) + "\n"


def _model(model: LinkedModel) -> Iterator[str]:
    yield f"{model.key}  table {model.table}  from {model.module}"
    width = max(map(len, (*model.columns, *model.relations, *model.composites)), default=0)
    for name, column in model.columns.items():
        yield f"  {name:{width}}  {_column(column)}"
    for name, names in model.composites.items():
        yield f"  {name:{width}}  key of {', '.join(names)}"
    for name, relation in model.relations.items():
        back = f", back as {relation.reverse}" if relation.reverse else ""
        yield f"  {name:{width}}  {relation.kind.value} to {relation.target}{back}"


def _column(column: FieldSchema) -> str:
    words = [column.type, column.python_type, f"column {column.column}" if column.column != column.name else ""]
    words += [word for word in ("primary_key", "unique", "null") if getattr(column, word)]
    return " ".join(filter(None, words))


# -- one model


def models_data(graph: ModelGraph, models: Iterable[LinkedModel]) -> dict[str, Any]:
    """The entries of some models in the description of their graph, with the lookups that each name accepts."""
    every = describe_graph(graph)["models"]
    return {"models": {model.key: every[model.key] | {"lookups": _lookups(model)} for model in models}}


def _lookups(model: LinkedModel) -> dict[str, list[str]]:
    accepted = {name: list(lookups_of_column(column)) for name, column in model.columns.items()}
    accepted |= {name: list(lookups_of_column(model.member(name))) for name in model.composites}
    return accepted | {name: list(RELATION_LOOKUPS) for name in model.relations}


def model_tables(model: LinkedModel) -> list[Table]:
    """One model as tables: its columns, its relations both ways, its indexes."""
    place = f"table {model.table}, from {model.module}"
    columns = [_column_row(column) for column in model.columns.values()]
    columns += [_key_row(model, name) for name in model.composites]
    tables = [Table(f"{model.key}, {place}", ("column", "field", "type", "details", "lookups"), columns)]
    if model.relations:
        rows = [_relation_row(relation) for relation in model.relations.values()]
        tables.append(Table("Relations", ("name", "kind", "leads to", "back as", "details"), rows))
    groups = [(", ".join(model.pk_names), "primary key", "")] if len(model.pk_names) > 1 else []
    groups += [(", ".join(group), "unique", "") for group in model.unique_together]
    rows = [
        (", ".join((*each.fields, *each.expressions)), "unique" if each.unique else "index", each.name or "")
        for each in model.indexes
    ]
    if groups or rows:
        tables.append(Table("Indexes", ("columns", "kind", "name"), [*groups, *rows]))
    return tables


def _column_row(column: FieldSchema) -> tuple[str, ...]:
    kind = column.python_type.replace(":", ".") + (" | None" if column.null else "")
    lookups = " ".join(lookups_of_column(column))
    return column.name, column.custom or column.type, kind, ", ".join(_details(column)), lookups


def _key_row(model: LinkedModel, name: str) -> tuple[str, ...]:
    row = _column_row(model.member(name))
    return *row[:3], f"key of {', '.join(model.composites[name])}", row[4]


def _details(column: FieldSchema) -> Iterator[str]:
    if column.column != column.name:
        yield f"column {column.column}"
    if column.primary_key:
        yield "primary key"
    elif column.unique:
        yield "unique"
    elif column.index:
        yield "indexed"
    if column.relation is not None:
        yield f"key of {column.relation}"
    if column.generated:
        yield "generated"
    if column.auto is not None:
        yield f"auto_{column.auto}"
    if column.default.kind == "value":
        yield f"default {column.default.value!r}"
    elif column.default.kind != "none":
        yield f"default {column.default.value or 'computed'}"
    if column.db_default.kind != "none":
        yield "default of the database"
    yield from (f"{name} {value}" for name, value in column.options if value is not None)


def _relation_row(relation: Relation) -> tuple[str, ...]:
    details = ["may be empty"] if relation.optional else []
    if relation.kind.forward:
        details.append(f"on_delete {relation.on_delete.value}")
        details += [f"on_update {relation.on_update.value}"] if relation.on_update is not None else []
        details += [f"deferrable, {relation.deferrable.value.lower()}"] if relation.deferrable is not None else []
        details += [f"constraint {relation.constraint_name}"] if relation.constraint_name else []
    if relation.through is not None:
        details.append(f"through {relation.through.model or relation.through.table}")
    return relation.name, relation.kind.value, relation.target, relation.reverse or "", ", ".join(details)
