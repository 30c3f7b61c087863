"""What is known of a value in SQL: its Python type, what reads it, and whether it may be NULL."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass, replace
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, RelationKind

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bool": "bool",
        "bytes": "bytes",
        "date": "datetime:date",
        "datetime": "datetime:datetime",
        "Decimal": "decimal:Decimal",
        "float": "float",
        "int": "int",
        "str": "str",
        "time": "datetime:time",
        "timedelta": "datetime:timedelta",
        "UUID": "uuid:UUID",
    }
)
"""Types that can be written in SQL files, and their type texts."""
SERVER: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("smallint", "integer", "bigint"), "int"),
        **dict.fromkeys(("text", "character varying", "character", "bpchar", '"char"', "name"), "str"),
        **dict.fromkeys(("real", "double precision"), "float"),
        **dict.fromkeys(("timestamp with time zone", "timestamp without time zone"), "datetime"),
        **dict.fromkeys(("time without time zone", "time with time zone"), "time"),
        "boolean": "bool",
        "numeric": "Decimal",
        "date": "date",
        "uuid": "UUID",
        "bytea": "bytes",
        "interval": "timedelta",
    }
)
"""Types of PostgreSQL, as names of NAMES."""
_PLAIN: Final = {text: name for name, text in NAMES.items()}


@dataclass(frozen=True, slots=True)
class SqlType:
    """`text` is a type text, `reader` the path of a model's attribute or one of NAMES, which reads and writes it."""

    text: str
    reader: str
    null: bool = False

    def optional(self, null: bool = True) -> SqlType:
        """The same, which may be NULL."""
        return replace(self, null=self.null or null)

    def computed(self) -> SqlType:
        """The same as the result of a computation, which no column holds."""
        return replace(self, reader=_PLAIN.get(self.text, self.reader))


def plain(name: str, null: bool = False) -> SqlType:
    """A type by its name in NAMES."""
    return SqlType(NAMES[name], name, null)


def declared_type(text: str) -> tuple[SqlType, bool] | None:
    """A type as users write it, and whether it is a list; None where it cannot be read."""
    parts = [each.strip() for each in text.split("|")]
    null = "None" in parts
    rest = [each for each in parts if each != "None"]
    if len(rest) != 1:
        return None
    name, several = rest[0], rest[0].startswith("list[") and rest[0].endswith("]")
    name = name[5:-1].strip() if several else name
    return (plain(name, null), several) if name in NAMES else None


@dataclass(frozen=True, slots=True)
class Tables:
    """The columns of every table, by its name; and the model that a table belongs to."""

    columns: Mapping[str, Mapping[str, SqlType]]
    models: Mapping[str, str]

    @classmethod
    def of(cls, graph: ModelGraph) -> Tables:
        """The tables of models, and those between them."""
        columns: dict[str, Mapping[str, SqlType]] = {}
        models: dict[str, str] = {}
        for model in graph:
            columns[model.table] = {each.column: _of_column(model, each) for each in model.columns.values()}
            models[model.table] = model.key
            for relation in model.relations.values():
                through = relation.through
                if relation.kind is RelationKind.MANY_TO_MANY and through is not None and through.model is None:
                    ends = ((through.near_columns, model), (through.far_columns, graph.models[relation.target]))
                    columns[through.table] = {
                        name: _of_column(end, key)
                        for names, end in ends
                        for name, key in zip(names, end.pk_columns, strict=False)
                    }
                    models[through.table] = model.key
        return cls(columns, models)


def _of_column(model: LinkedModel, column: FieldSchema) -> SqlType:
    return SqlType(column.python_type, f"{model.key}.{column.name}", column.null)
