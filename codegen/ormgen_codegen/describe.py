"""A model graph as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph


def graph_text(graph: ModelGraph) -> str:
    """Every model with its columns and relations, one to a line."""
    return "\n\n".join("\n".join(_model(graph[key])) for key in sorted(graph.models)) + "\n"


def _model(model: LinkedModel) -> Iterator[str]:
    yield f"{model.key}  table {model.table}  from {model.module}"
    width = max(map(len, (*model.columns, *model.relations)), default=0)
    for name, column in model.columns.items():
        yield f"  {name:{width}}  {_column(column)}"
    for name, relation in model.relations.items():
        back = f", back as {relation.reverse}" if relation.reverse else ""
        yield f"  {name:{width}}  {relation.kind.value} to {relation.target}{back}"


def _column(column: FieldSchema) -> str:
    words = [column.type, column.python_type, f"column {column.column}" if column.column != column.name else ""]
    words += [word for word in ("primary_key", "unique", "null") if getattr(column, word)]
    return " ".join(filter(None, words))
