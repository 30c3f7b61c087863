"""Columns in the words of SQLAlchemy: their types, and the classes that a module needs for those it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Final

from ormgen.migrations.documents import plain
from ormgen.migrations.tables import type_texts
from ormgen.records import dataclass, field
from ormgen.schema.column_types import own_type
from ormgen.schema.field import FieldSchema
from ormgen.schema.native_enums import native_enum
from ormgen_codegen.migrations.writer import WIDTH, folded

_MYSQL: Final = '"mysql", "mariadb"'
_PLAIN: Final[Mapping[str, str]] = {
    "IntField": "sa.Integer()",
    "BigIntField": "sa.BigInteger()",
    "SmallIntField": "sa.SmallInteger()",
    "CharField": "sa.String({max_length})",
    "TextField": f"sa.Text().with_variant(mysql.LONGTEXT(), {_MYSQL})",
    "BooleanField": "sa.Boolean()",
    "FloatField": "sa.Double()",
    "DecimalField": "ExactNumeric({max_digits}, {decimal_places})",
    "DateField": "sa.Date()",
    "TimeField": f"sa.Time().with_variant(mysql.TIME(fsp=6), {_MYSQL})",
    "DatetimeField": f"sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), {_MYSQL})",
    "TimeDeltaField": "Microseconds()",
    "UUIDField": "TextUuid()",
    "JSONField": 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
    "BinaryField": f"sa.LargeBinary().with_variant(mysql.LONGBLOB(), {_MYSQL})",
}
_TEXT_TYPE: Final = re.compile(r"(sa\.String\(|sa\.Text\(|mysql\.LONGTEXT\()(\d*)\)")
_PYTHON: Final[Mapping[str, str]] = {
    "IntField": "int",
    "BigIntField": "int",
    "SmallIntField": "int",
    "CharField": "str",
    "TextField": "str",
    "BooleanField": "bool",
    "FloatField": "float",
    "DecimalField": "decimal.Decimal",
    "DateField": "datetime.date",
    "TimeField": "datetime.time",
    "DatetimeField": "datetime.datetime",
    "TimeDeltaField": "datetime.timedelta",
    "UUIDField": "uuid.UUID",
    "BinaryField": "bytes",
}
_HELPERS: Final[Mapping[str, str]] = {
    "ExactNumeric": '''
class ExactNumeric(TypeDecorator[decimal.Decimal]):
    """A decimal number; SQLite keeps it as text, digit for digit."""

    impl = sa.Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.String(40) if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return decimal.Decimal(value) if isinstance(value, str) else value
''',
    "TextUuid": '''
class TextUuid(TypeDecorator[uuid.UUID]):
    """A UUID; databases without such a type keep it as text with hyphens."""

    impl = sa.CHAR(36)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Uuid() if dialect.name == "postgresql" else sa.CHAR(36))

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else str(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return uuid.UUID(value) if isinstance(value, str) else value
''',
    "Microseconds": '''
class Microseconds(TypeDecorator[datetime.timedelta]):
    """A length of time as a whole number of microseconds."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else value // datetime.timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else datetime.timedelta(microseconds=value)
''',
    "values_of": '''
def values_of(members: type[enum.Enum]) -> list[Any]:
    """What the database keeps of an enum."""
    return [each.value for each in members]
''',
    "NumberEnum": '''
class NumberEnum(TypeDecorator[Any]):
    """The member of an enum, as its number."""

    impl = sa.SmallInteger
    cache_ok = True

    def __init__(self, members: type[enum.Enum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else self.members(value)
''',
    "SqlType": '''
class SqlType(UserDefinedType[Any]):
    """A type by its SQL, of each database."""

    cache_ok = True

    def __init__(self, sqlite: str = "", postgresql: str = "", mysql: str = "") -> None:
        self.sqlite, self.postgresql, self.mysql = sqlite, postgresql, mysql


@compiles(SqlType)
def _sql_type(element: SqlType, compiler: Any, **options: Any) -> str:
    name = compiler.dialect.name
    return str(getattr(element, {"mariadb": "mysql"}.get(name, name)))
''',
    "Sql": '''
class Sql(sa.ColumnElement[Any]):
    """An expression by its SQL, of each database."""

    inherit_cache = False

    def __init__(self, sqlite: str = "", postgresql: str = "", mysql: str = "") -> None:
        self.sqlite, self.postgresql, self.mysql = sqlite, postgresql, mysql


@compiles(Sql)
def _sql(element: Sql, compiler: Any, **options: Any) -> str:
    name = compiler.dialect.name
    written = str(getattr(element, {"mariadb": "mysql"}.get(name, name)))
    return written.replace("%", "%%") if compiler.dialect.paramstyle in ("format", "pyformat") else written
''',
}
_FROM: Final[Mapping[str, str]] = {
    "sqlalchemy.dialects": "mysql postgresql",
    "sqlalchemy.dialects.postgresql": "ExcludeConstraint",
    "sqlalchemy.ext.compiler": "compiles",
    "sqlalchemy.orm": "DeclarativeBase Mapped mapped_column relationship",
    "sqlalchemy.types": "TypeDecorator TypeEngine UserDefinedType",
}
_MODULES: Final = ("datetime", "decimal", "enum", "uuid")


def _collated(text: str, column: FieldSchema) -> str:
    """A type of text with the collation of its column."""
    name = dict(column.options).get("db_collation")
    if name is None:
        return text
    return _TEXT_TYPE.sub(
        lambda found: f"{found[1]}{found[2]}{', ' if found[2] else ''}collation={quoted(str(name))})", text
    )


@dataclass
class Words:
    """Types of columns as they are asked for, with the enums that have to be defined."""

    enums: dict[str, str] = field(default_factory=dict)

    def type_of(self, column: FieldSchema) -> str:
        """The type of a column as an expression."""
        members = getattr(column.field, "enum_type", None)
        if members is not None and own_type(column.field, "sqlite") is None:
            name = self._enum(members)
            if column.type == "IntEnumField":
                return f"NumberEnum({name})"
            length = dict(column.options)["max_length"]
            if native := native_enum(column.field):
                where = f", schema={quoted(native.schema)}" if native.schema else ""
                called = quoted(native.name.rpartition(".")[2])
                return f"sa.Enum({name}, name={called}{where}, values_callable=values_of)"
            return f"sa.Enum({name}, native_enum=False, length={length}, values_callable=values_of)"
        texts = type_texts(column)
        usual = column.type in _PLAIN and all(own_type(column.field, dialect) is None for dialect in texts)
        if usual:
            return _collated(_PLAIN[column.type].format_map(dict(column.options)), column)
        return f"SqlType({sql_arguments(texts)})"

    def python_of(self, column: FieldSchema) -> str:
        """The type of its values."""
        members = getattr(column.field, "enum_type", None)
        known = self._enum(members) if members is not None else _PYTHON.get(column.type, "Any")
        return f"{known} | None" if column.null else known

    def _enum(self, members: type[Enum]) -> str:
        name = members.__name__
        listed = "".join(
            f"    {each.name} = {quoted(each.value) if isinstance(each.value, str) else repr(each.value)}\n"
            for each in members
        )
        text = f"class {name}(enum.Enum):\n{listed}"
        at = 2
        while self.enums.setdefault(name, text) != text:
            name, at = f"{members.__name__}{at}", at + 1
            text = f"class {name}(enum.Enum):\n{listed}"
        return name


def quoted(text: str) -> str:
    """Text as source, in double quotes where that needs no marks."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in text else shown


def default_of(column: FieldSchema) -> Iterator[str]:
    """A default that is no plain value: a function of Python itself, or a value that can be written down."""
    found = plain(column.field.default)
    if not isinstance(found, dict):
        return
    module, _, name = str(found.get("call", "")).partition(":")
    if module == "builtins" and name:
        yield f"default={name}"
    elif module in _MODULES:
        yield f"default={module}.{name}"
    elif str(found.get("python", "")).startswith("Decimal("):
        yield f"default=decimal.{found['python']}"
    elif "python" in found and not str(found["python"])[:1].isupper():
        yield f"default=lambda: {found['python']}"


def sql_arguments(texts: Mapping[str, str]) -> str:
    """SQL by dialect as arguments, under the names that SQLAlchemy has for databases."""
    return ", ".join(f"{'postgresql' if name == 'postgres' else name}={text!r}" for name, text in texts.items())


def helpers_for(body: str) -> list[str]:
    """The classes that a module uses and SQLAlchemy does not have."""
    return [text.strip() for name, text in _HELPERS.items() if re.search(rf"\b{name}\b", body)]


def imports_for(body: str) -> Iterator[str]:
    """The imports of a module by the names in it."""
    body = re.sub(r'"[^"\n]*"', '""', body)
    for module in _MODULES:
        if re.search(rf"\b{module}\.", body):
            yield f"import {module}"
    if re.search(r"\bAny\b", body):
        yield "from typing import Any"
    yield ""
    yield "import sqlalchemy as sa"
    for module, names in _FROM.items():
        used = [name for name in names.split() if re.search(rf"(?<![.\w\"']){name}\b", body)]
        if used:
            line = f"from {module} import {', '.join(sorted(used))}"
            yield line if len(line) <= WIDTH else folded(f"from {module} import (", sorted(used), ")", 0)
