"""How functions of JSON are spelled: paths are bound, keys of objects as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ormgen.query.json_functions import keys_told
from ormgen.query.resolved import Call
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import Fragment, Sql

Constant = Callable[[Any], Sql]


def _extract(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    return dialect.in_json(
        terms[0], dialect.json_place(terms[0], dialect.json_path(keys_told(call.option)), constant), Family.JSON
    )


def _set(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    *above, _ = keys = keys_told(call.option)
    value = dialect.as_json(terms[1], call.fields[1])
    made = dialect.json_set(terms[0], constant(dialect.json_path(keys)), value)
    if not above or not dialect.json_set_builds:
        return made
    return Fragment(
        "CASE WHEN json_type({0},{1}) IN ('object','array') THEN {2} ELSE {0} END",
        *(terms[0], constant(dialect.json_path(tuple(above))), made),
    )


def _remove(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    return dialect.json_remove(terms[0], constant(dialect.json_path(keys_told(call.option))))


def _length(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    return dialect.json_length(_extract(dialect, constant, call, terms) if call.option else terms[0])


def _object(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    pairs = zip(keys_told(call.option), _parts(dialect, call, terms), strict=True)
    return dialect.json_built(
        "object", [part for key, term in pairs for part in (dialect.json_key(constant(key)), term)]
    )


def _array(dialect: Dialect, constant: Constant, call: Call, terms: list[Sql]) -> Sql:
    return dialect.json_built("array", _parts(dialect, call, terms))


def _parts(dialect: Dialect, call: Call, terms: list[Sql]) -> list[Sql]:
    return [dialect.as_json(term, field) for term, field in zip(terms, call.fields, strict=True)]


JSON_CALLS: Final[Mapping[str, Callable[[Dialect, Constant, Call, list[Sql]], Sql]]] = MappingProxyType(
    {
        "JSON_EXTRACT": _extract,
        "JSON_SET": _set,
        "JSON_REMOVE": _remove,
        "JSON_ARRAY_LENGTH": _length,
        "JSON_OBJECT": _object,
        "JSON_ARRAY": _array,
    }
)
