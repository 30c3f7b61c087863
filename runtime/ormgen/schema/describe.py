"""A graph as plain JSON data, the same bytes for the same graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any

from ormgen.records import fields, is_dataclass
from ormgen.schema.graph import ModelGraph


def describe_graph(graph: ModelGraph) -> dict[str, Any]:
    """Every model of the graph, by key in sorted order; columns and relations keep their order."""
    return {"models": {key: _plain(graph[key]) for key in sorted(graph.models)}}


def graph_json(graph: ModelGraph) -> str:
    """`describe_graph` as indented JSON text with a final newline."""
    return json.dumps(describe_graph(graph), indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name.lower() if not isinstance(value.value, str) else value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value) if item.compare}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
