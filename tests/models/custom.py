"""Fields of a user's own, as Tortoise users write them."""

import datetime
from enum import Enum
from typing import Any

from ormgen import Model, fields
from ormgen.exceptions import ValidationError


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class EnumField(fields.CharField):
    """Keeps members of an enum as text."""

    def __init__(self, enum_type: type[Enum], **kwargs: Any) -> None:
        super().__init__(128, **kwargs)
        self.enum_type = enum_type

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, self.enum_type):
            raise ValidationError(f"Expected type {self.enum_type.__name__}, got {value!r}")
        return value.value

    def to_python_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, self.enum_type) else self.enum_type(value)


class WordsField(fields.Field[list[str]]):
    """Words with spaces between them; PostgreSQL has a type of its own for them."""

    SQL_TYPE = "VARCHAR(200)"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return " ".join(value)

    def to_python_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    class _db_postgres:
        SQL_TYPE = "TEXT[]"

        def to_db_value(self, value: Any, instance: Any) -> Any:
            return list(value)

        def to_python_value(self, value: Any) -> Any:
            return list(value)


class SizedField(fields.Field[str]):
    """Text whose SQL type depends on an option."""

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    @property
    def SQL_TYPE(self) -> str:
        return f"CHAR({self.size})"

    class _db_mysql:
        def __init__(self, field: "SizedField") -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:
            return f"VARCHAR({self.field.size + 1})"


class EpochField(fields.DatetimeField):
    """A moment kept as whole seconds."""

    SQL_TYPE = "BIGINT"

    def to_db_value(self, value: Any, instance: Any) -> Any:
        return int(value.timestamp()) if isinstance(value, datetime.datetime) else value

    def to_python_value(self, value: Any) -> Any:
        return datetime.datetime.fromtimestamp(value, datetime.UTC) if isinstance(value, int) else value


class DoubledField(fields.IntField):
    """Computed by the database."""

    SQL_TYPE = "INT"
    GENERATED_SQL = "GENERATED ALWAYS AS (number * 2) STORED"


class Thing(Model):
    colour = EnumField(Colour, null=True)
    words = WordsField(null=True)
    sized = SizedField(4, default="abcd")
    since = EpochField(null=True)
    number = fields.IntField(default=1)
    doubled = DoubledField(generated=True)
