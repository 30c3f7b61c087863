"""How functions are spelled: one table of templates for each dialect; what is not in it is called as it is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from ormgen.schema.field import Field
from ormgen.schema.field_types import DecimalField
from ormgen.sql.fragments import Fragment, Sql

Spelling = str | Callable[[int], str]  # the name of a function, a template, or what makes one for so many arguments


def _each(template: str, between: str) -> Callable[[int], str]:
    return lambda size: between.join([template.replace("#", str(at)) for at in range(size)])


def _called(name: str, *casts: str) -> Callable[[int], str]:
    """A call of `name` with a cast behind each of its arguments but the first."""

    def template(size: int) -> str:
        behind = ("", *casts)
        return f"{name}({','.join([f'{{{at}}}{behind[at]}' for at in range(size)])})"

    return template


def _unless_null(name: str) -> Callable[[int], str]:
    def template(size: int) -> str:
        test = " OR ".join([f"{{{at}}} IS NULL" for at in range(size)])
        return f"CASE WHEN {test} THEN NULL ELSE {name}({','.join([f'{{{at}}}' for at in range(size)])}) END"

    return template


def _double(name: str) -> Callable[[int], str]:
    return lambda size: f"{name}({','.join([f'({{{at}}})::double precision' for at in range(size)])})"


_PARTS: Final = _each("COALESCE({#},'')", ",")
_MATH: Final = "SQRT POWER EXP LN SIN COS TAN".split()

SQLITE: Final[Mapping[str, Spelling]] = MappingProxyType(
    {
        **{name: f"ormgen_{name.lower()}" for name in ("LOWER UPPER RIGHT LPAD RPAD REVERSE REPEAT MD5 MOD".split())},
        **{name: f"ormgen_{name.lower()}" for name in ("LENGTH", "SUBSTRING", "REPLACE")},
        **{name: f"ormgen_{name.lower()}" for name in ("CEIL", "FLOOR", "SIGN", "LOG10", *_MATH)},
        "CONCAT": _each("COALESCE({#},'')", "||"),
        "LEFT": "ormgen_substring({0},1,{1})",
        "POSITION": "instr",
        "GREATEST": "max",
        "LEAST": "min",
        "RANDOM": "(abs(random()%9007199254740992)/9007199254740992.0)",
        "SQLITE_RANDOM": "random",
        "NOW": "strftime('%Y-%m-%d %H:%M:%f+00:00','now')",
    }
)
SQLITE_DECIMAL: Final[Mapping[str, Spelling]] = MappingProxyType(
    {
        **{name: f"ormgen_decimal_{name.lower()}" for name in ("ABS", "ROUND", "GREATEST", "LEAST")},
        "NULLIF": "NULLIF({0} COLLATE ormgen_decimal,CAST({1} AS TEXT))",
    }
)
POSTGRES: Final[Mapping[str, Spelling]] = MappingProxyType(
    {
        **{name: _double(name.lower()) for name in _MATH},
        "LOG10": _double("log"),
        "SUBSTRING": _called("substr", "::int", "::int"),
        **{name: _called(name.lower(), "::int", "") for name in ("LEFT", "RIGHT", "LPAD", "RPAD", "REPEAT")},
        "POSITION": "strpos",
        "CEIL": "ceil({0})::bigint",
        "FLOOR": "floor({0})::bigint",
        "SIGN": "sign({0})::int",
        "ROUND": "round(({0})::numeric,({1})::int)",
        "MOD": "mod(({0})::numeric,({1})::numeric)",
        "GREATEST": _unless_null("GREATEST"),
        "LEAST": _unless_null("LEAST"),
        "RANDOM": "random",
        "NOW": "now",
        **{name: name.lower() for name in "ARRAY_APPEND ARRAY_REMOVE ARRAY_REPLACE ARRAY_CAT UNNEST".split()},
        "ARRAY_PREPEND": "array_prepend({1},{0})",
        "ARRAY_POSITION": "array_position",
        "ARRAY_LENGTH": "cardinality",
        "ARRAY_TO_STRING": "array_to_string",
        "NTILE": "ntile({0}::int)",
        "LAG": _called("lag", "::int", ""),
        "LEAD": _called("lead", "::int", ""),
        "NTH_VALUE": _called("nth_value", "::int"),
    }
)
MYSQL: Final[Mapping[str, Spelling]] = MappingProxyType(
    {
        "LENGTH": "CHAR_LENGTH",  # LENGTH counts bytes
        "CONCAT": lambda size: f"CONCAT({_PARTS(size)})",
        "POSITION": "LOCATE({1},{0})",
        "RANDOM": "RAND",
        "NOW": "UTC_TIMESTAMP(6)",
    }
)
CASTS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "int": {"sqlite": "INTEGER", "postgres": "bigint", "mysql": "SIGNED"},
        "float": {"sqlite": "REAL", "postgres": "double precision", "mysql": "DOUBLE"},
        "Decimal": {"sqlite": "TEXT", "postgres": "numeric", "mysql": "DECIMAL(65,20)"},
        "str": {"sqlite": "TEXT", "postgres": "text", "mysql": "CHAR"},
        "date": {"postgres": "date", "mysql": "DATE"},
        "datetime": {"postgres": "timestamptz", "mysql": "DATETIME(6)"},
    }
)
BY_DIALECT: Final[Mapping[str, Mapping[str, Spelling]]] = MappingProxyType(
    {"sqlite": SQLITE, "postgres": POSTGRES, "mysql": MYSQL}
)


def spelled(dialect: str, name: str, terms: Sequence[Sql], fields: Sequence[Field[Any] | None]) -> Sql:
    """A call of the function `name`; `fields` are those of the arguments."""
    spelling = BY_DIALECT[dialect].get(name, name)
    if dialect == "sqlite" and any(isinstance(field, DecimalField) for field in fields):
        spelling = SQLITE_DECIMAL.get(name, spelling)
    if not isinstance(spelling, str):
        spelling = spelling(len(terms))
    if spelling.isidentifier():
        spelling = f"{spelling}({','.join(['{}'] * len(terms))})"
    return Fragment(spelling, *terms)


def cast(dialect: str, kind: str, term: Sql) -> Sql:
    """`term` as another type."""
    if dialect == "sqlite" and kind in ("date", "datetime"):
        return Fragment("date({})" if kind == "date" else "(datetime({})||'+00:00')", term)
    return Fragment(f"CAST({{}} AS {CASTS[kind][dialect]})", term)
