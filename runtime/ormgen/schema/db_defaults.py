"""Defaults that the database itself computes, and what stands for one of them until the row is read back."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar


class SqlDefault:
    """SQL text as the default of a column: `db_default=SqlDefault("0")`. Never make it of anything a user sent.

    A subclass may override `get_sql`, for text that differs between databases.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def get_sql(self, _context: Any = None, dialect: str | None = None) -> str:
        """The text for `dialect` ("sqlite", "postgres" or "mysql")."""
        return self.sql

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sql!r})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, SqlDefault) and self.sql == other.sql

    def __hash__(self) -> int:
        return hash((type(self), self.sql))


class Now(SqlDefault):
    """The moment of the INSERT; for a `DateField` the day, for a `TimeField` the time of day, all in UTC."""

    def __init__(self) -> None:
        super().__init__("CURRENT_TIMESTAMP")

    def get_sql(self, _context: Any = None, dialect: str | None = None) -> str:
        return "CURRENT_TIMESTAMP(6)" if dialect == "mysql" else self.sql

    def __repr__(self) -> str:
        return "Now()"


class RandomHex(SqlDefault):
    """32 random hexadecimal digits."""

    by_dialect: ClassVar = MappingProxyType(
        {
            "sqlite": "(lower(hex(randomblob(16))))",
            "postgres": "md5(random()::text)",
            "mysql": "(LOWER(HEX(RANDOM_BYTES(16))))",
        }
    )

    def __init__(self) -> None:
        super().__init__(self.by_dialect["sqlite"])

    def get_sql(self, _context: Any = None, dialect: str | None = None) -> str:
        return self.by_dialect.get(dialect or "", self.sql)

    def __repr__(self) -> str:
        return "RandomHex()"


class DatabaseDefault:
    """The value of a column that the database has filled in, or will, and that has not been read back; false.

    `name` is the attribute, `field` the field where that is at hand.
    """

    __slots__ = ("field", "name")

    def __init__(self, field: Any) -> None:
        self.field: Any = None if isinstance(field, str) else field
        self.name: str = field if isinstance(field, str) else getattr(field, "model_field_name", "")

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return "<DB_DEFAULT>"

    def __repr__(self) -> str:
        return f"DatabaseDefault({self.name!r})"
