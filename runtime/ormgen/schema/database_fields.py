"""Field types of single databases: arrays and search vectors of PostgreSQL, geometry and short UUIDs of MySQL."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

from ormgen.exceptions import ConfigurationError, ValidationError
from ormgen.schema.field import Field
from ormgen.schema.field_types import UUIDField
from ormgen.schema.lookups import Family
from ormgen.schema.type_text import ANY, type_text

_ELEMENTS: Mapping[str, type] = MappingProxyType(
    {
        **dict.fromkeys(("int", "integer", "int2", "int4", "int8", "bigint", "smallint"), int),
        **dict.fromkeys(("text", "varchar", "character varying", "char", "character", "citext"), str),
        **dict.fromkeys(("real", "float", "float4", "float8", "double precision"), float),
        **dict.fromkeys(("bool", "boolean"), bool),
        **dict.fromkeys(("decimal", "numeric"), Decimal),
        **dict.fromkeys(("timestamptz", "timestamp with time zone"), datetime.datetime),
        "date": datetime.date,
        "uuid": uuid.UUID,
        "bytea": bytes,
    }
)


class ArrayField(Field[list[Any]]):
    """A list of values of one SQL type: `ArrayField("int")`, `ArrayField(element_type="varchar(32)")`. PostgreSQL."""

    family = Family.ARRAY
    option_names = ("element_type",)
    dialects = ("postgres",)
    window = "ormgen.contrib.postgres.fields"

    def __init__(self, element_type: str = "int", **options: Any) -> None:
        if not isinstance(element_type, str) or not element_type.strip():
            raise ConfigurationError(f'ArrayField: element_type is {element_type!r}, not a SQL type such as "int"')
        self.element_type = element_type.strip().upper()
        self.element = _ELEMENTS.get(self.element_type.lower().partition("(")[0].strip())
        super().__init__(**options)

    @property
    def SQL_TYPE(self) -> str:
        """The type of the column."""
        return f"{self.element_type}[]"

    def to_python_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise ValidationError(f"{value!r} is not a list")
        return [self._item(item) for item in value]

    def _item(self, item: Any) -> Any:
        if item is None or self.element is None:
            return item
        if isinstance(item, list | tuple):
            return [self._item(inner) for inner in item]
        if isinstance(item, self.element) and not (isinstance(item, bool) and self.element is not bool):
            return item
        if self.element is float and type(item) is int:
            return float(item)
        raise ValidationError(f"{item!r} in a list is not a valid {self.element.__name__}")

    def type_text(self) -> str:
        return f"list[{ANY if self.element is None else type_text(self.element)}]"


class TSVectorField(Field[str]):
    """Text prepared for full-text search; with `source_fields`, computed by the database from other columns.

    `config` is the text search configuration ("english"), `weights` gives each source field "A" to "D". PostgreSQL.
    """

    python_type = str
    family = Family.SEARCH
    SQL_TYPE: ClassVar[str] = "TSVECTOR"
    option_names = ("source_fields", "config", "weights", "stored")
    dialects = ("postgres",)
    window = "ormgen.contrib.postgres.fields"

    def __init__(
        self,
        source_fields: Sequence[str] | str | None = None,
        config: str | None = None,
        weights: Sequence[str] | None = None,
        stored: bool = True,
        **options: Any,
    ) -> None:
        self.source_fields = (source_fields,) if isinstance(source_fields, str) else tuple(source_fields or ())
        self.config = config
        self.weights = None if weights is None else tuple(weights)
        self.stored = bool(stored and self.source_fields)
        if self.weights is not None and len(self.weights) != len(self.source_fields):
            raise ConfigurationError("TSVectorField: weights has one letter for each of source_fields")
        if not set(self.weights or ()) <= set("ABCD"):
            raise ConfigurationError(f"TSVectorField: weights are letters from A to D, not {self.weights!r}")
        if bool(options.get("generated", self.stored)) != self.stored:
            raise ConfigurationError("TSVectorField is generated where it has source_fields and is stored, else not")
        super().__init__(**{**options, "generated": self.stored})

    def describe_options(self) -> tuple[tuple[str, Any], ...]:
        return (
            ("source_fields", ",".join(self.source_fields)),
            ("config", self.config),
            ("weights", None if self.weights is None else "".join(self.weights)),
            ("stored", self.stored),
        )

    def generated_sql(self, columns: Mapping[str, str]) -> str | None:
        """What makes the column compute itself; `columns` are the columns of the table by attribute.

        Raises:
            ConfigurationError: a source field is no column of the table.
        """
        if not self.stored:
            return None
        parts = []
        for at, name in enumerate(self.source_fields):
            if name not in columns:
                known = ", ".join(columns)
                raise ConfigurationError(f'TSVectorField: source field "{name}" is no column; choose from {known}')
            quoted = columns[name].replace('"', '""')
            config = "" if self.config is None else f"{_literal(self.config)}, "
            vector = f"to_tsvector({config}COALESCE(\"{quoted}\", ''))"
            parts.append(vector if self.weights is None else f"setweight({vector}, '{self.weights[at]}')")
        return f"GENERATED ALWAYS AS ({' || '.join(parts)}) STORED"


def _literal(text: str) -> str:
    """Text in quotes; with a cast, because only then PostgreSQL holds the function for immutable."""
    return "'" + text.replace("'", "''") + "'::regconfig"


class GeometryField(Field[str]):
    """A shape as well-known text: `"POINT(1 2)"`, `"POLYGON((0 0, 1 0, 1 1, 0 0))"`. MySQL and MariaDB."""

    python_type = str
    family = Family.OTHER
    SQL_TYPE: ClassVar[str] = "GEOMETRY"
    dialects = ("mysql",)
    window = "ormgen.contrib.mysql.fields"

    def to_python_value(self, value: Any) -> Any:
        from ormgen.schema.geometry import text_of_geometry, wkb_of_text

        if isinstance(value, bytes | bytearray):
            return text_of_geometry(bytes(value))
        if value is None or not isinstance(value, str):
            return super().to_python_value(value)
        wkb_of_text(value)
        return value

    def to_db_value(self, value: Any, instance: Any) -> Any:
        from ormgen.schema.geometry import wkb_of_text

        return wkb_of_text(value) if isinstance(value, str) else value


class CompressedUUIDField(UUIDField):
    """A UUID in 16 bytes instead of 36 characters on MySQL and MariaDB; elsewhere as `UUIDField`."""

    window = "ormgen.contrib.mysql.fields"
    option_names = ("binary_compression",)

    def __init__(
        self, binary_compression: bool = True, *, binary_compressed: bool | None = None, **options: Any
    ) -> None:
        self.binary_compression = bool(binary_compression if binary_compressed is None else binary_compressed)
        super().__init__(**options)

    class _db_mysql:
        def __init__(self, field: CompressedUUIDField) -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:
            return "BINARY(16)" if self.field.binary_compression else "CHAR(36)"


DATABASE_FIELDS: tuple[type[Field[Any]], ...] = (ArrayField, TSVectorField, GeometryField, CompressedUUIDField)
