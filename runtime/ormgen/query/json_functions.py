"""Functions of JSON values. A path is written as in lookups, `"owner__age"`, or as a list of keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final, Never

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import Computable, Expression, F, Name, Shape
from ormgen.query.functions import Function, S_co, Standalone

Path = str | Iterable[str | int]


class JSONLiteral(Expression[Never]):
    """A Python value as JSON: a number, a text, true, false, None, a list or a dictionary."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value: Final = value

    def shape(self, values: list[Any]) -> Shape:
        values.append(self.value)
        return ("JSON",)

    def __repr__(self) -> str:
        return repr(self.value)


def keys_of(path: Path) -> tuple[str, ...]:
    """The keys of a path.

    Raises:
        ParamsError: there is none.
    """
    keys = path.split("__") if isinstance(path, str) else [str(key) for key in path]
    if not keys or not all(keys):
        raise ParamsError(f'{path!r} leads nowhere: a path into JSON is text such as "owner__age", or a list of keys')
    return tuple(keys)


def keys_told(option: str) -> tuple[str, ...]:
    """The keys that an option of a function holds."""
    return tuple(json.loads(option)) if option else ()


def _told(keys: Iterable[str]) -> str:
    return json.dumps(list(keys))


def _column(field: Any) -> Expression:
    return field.__expression__() if isinstance(field, Computable) else Name(str(field))


def _value(value: Any) -> Expression:
    return value.__expression__() if isinstance(value, Computable) else JSONLiteral(value)


class JSONExtract(Function[S_co]):
    """What stands inside a JSON value, as JSON: `JSONExtract("data", "owner__age")`; null where nothing does."""

    __slots__ = ()
    name = "JSON_EXTRACT"

    def __init__(self, field: S_co, path: Path) -> None:
        self._fill(_column(field), (), _told(keys_of(path)))


class JSONSet(Function[S_co]):
    """A JSON value with another one at a path: `JSONSet("data", "owner__age", 30)`, `JSONSet("data", "n", F("power"))`.

    The last key is made where there is none; where what it would stand in is missing, nothing changes.
    """

    __slots__ = ()
    name = "JSON_SET"

    def __init__(self, field: S_co, path: Path, value: Any) -> None:
        self._fill(_column(field), (_value(value),), _told(keys_of(path)))


class JSONRemove(Function[S_co]):
    """A JSON value without what stands at a path."""

    __slots__ = ()
    name = "JSON_REMOVE"

    def __init__(self, field: S_co, path: Path) -> None:
        self._fill(_column(field), (), _told(keys_of(path)))


class JSONArrayLength(Function[S_co]):
    """How long a JSON array is, or the one at a path; null where there is none."""

    __slots__ = ()
    name = "JSON_ARRAY_LENGTH"

    def __init__(self, field: S_co, path: Path | None = None) -> None:
        self._fill(_column(field), (), "" if path is None else _told(keys_of(path)))


class JSONObject(Standalone):
    """A JSON object: `JSONObject(name="name", twice=F("power") * 2)`; texts are columns, other values what they are."""

    __slots__ = ()
    name = "JSON_OBJECT"

    def __init__(self, **values: Any) -> None:
        self._fill(None, tuple([_part(value) for value in values.values()]), _told(values))


class JSONArray(Standalone):
    """A JSON array: `JSONArray("name", F("power") * 2)`; texts are columns, other values what they are."""

    __slots__ = ()
    name = "JSON_ARRAY"

    def __init__(self, *values: Any) -> None:
        self._fill(None, tuple([_part(value) for value in values]))


def _part(value: Any) -> Expression:
    return F(value) if isinstance(value, str) else _value(value)
