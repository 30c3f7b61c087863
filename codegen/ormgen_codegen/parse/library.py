"""What the names of ormgen, of Tortoise and of a few standard modules stand for: the reader's one table of names."""

from __future__ import annotations

import builtins
import importlib
import typing
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from ormgen.schema import database_fields, db_defaults, field_types, index_kinds, indexes, relation_fields
from ormgen.schema.field import Field
from ormgen.schema.lookups import Family
from ormgen.schema.names import nearest
from ormgen_codegen.parse.values import Instance, LibraryPath, Unread

ROOTS = ("ormgen", "tortoise")
READ_FROM_SOURCE = "ormgen.contrib"  # its classes are read as the user's own are

# Standard modules whose classes and constants models are made of; importing them runs nothing of the user's.
STANDARD = frozenset(
    """
    abc array builtins collections collections.abc dataclasses datetime decimal enum fractions functools http ipaddress
    json math numbers operator pathlib random re secrets string time types typing typing_extensions uuid zoneinfo
    """.split()
)


class ModelRoot:
    """Stands for `ormgen.Model`."""

    class Meta:
        """Stands for `ormgen.Model.Meta`."""


class ManagerRoot:
    """Stands for `ormgen.manager.Manager`."""

    def __class_getitem__(cls, parameters: Any) -> type:
        return cls


class QuerySetRoot:
    """Stands for `ormgen.queryset.QuerySet`."""

    def __class_getitem__(cls, parameters: Any) -> type:
        return cls


class GenericRoot:
    """Stands for `typing.Generic` and `typing.Protocol`."""

    def __class_getitem__(cls, parameters: Any) -> type:
        return cls


def manager_maker(cls: type, name: str) -> partial[Any] | None:
    """What `QuerySet.as_manager` or `Manager.from_queryset` of a class is to be called as; None for other names."""
    if name == "as_manager" and issubclass(cls, QuerySetRoot):
        return partial(Instance, ManagerRoot, (cls,))
    if name == "from_queryset" and issubclass(cls, ManagerRoot):
        return partial(_with_queryset, cls)
    return None


def _with_queryset(cls: type, queryset_class: Any) -> partial[Instance]:
    return partial(Instance, cls, (queryset_class,))


_OTHER_NAMES = {  # Django's words, which Tortoise knows too
    "IntegerField": "IntField",
    "BigIntegerField": "BigIntField",
    "SmallIntegerField": "SmallIntField",
    "DateTimeField": "DatetimeField",
    "DurationField": "TimeDeltaField",
    "ForeignKey": "ForeignKeyField",
}


for _root in (ModelRoot, ManagerRoot, QuerySetRoot, GenericRoot):
    _root.__name__ = _root.__qualname__ = _root.__name__.removesuffix("Root")


def _names() -> dict[str, Any]:
    names: dict[str, Any] = {kind.__name__: kind for kind in field_types.FIELD_TYPES}
    names |= {kind.__name__: kind for kind in database_fields.DATABASE_FIELDS}
    names |= {kind.__name__: kind for kind in (db_defaults.SqlDefault, db_defaults.Now, db_defaults.RandomHex)}
    names |= {"Field": Field, "Model": ModelRoot, "Manager": ManagerRoot, "QuerySet": QuerySetRoot}
    names |= {
        kind.__name__: kind for kind in (*index_kinds.INDEX_TYPES, indexes.CheckConstraint, indexes.ExclusionConstraint)
    }
    names["Family"] = Family
    names |= {"OnDelete": relation_fields.OnDelete, "Deferrable": relation_fields.Deferrable}
    names |= {member.name: member for member in relation_fields.OnDelete}
    for relation in ("ForeignKeyField", "OneToOneField", "ManyToManyField"):
        names[relation] = getattr(relation_fields, relation)
        names[f"{relation}Instance"] = getattr(relation_fields, f"{relation}Instance")
    return names | {other: names[name] for other, name in _OTHER_NAMES.items()}


_ELSEWHERE = {"contrib.mysql.fields.UUIDField": "CompressedUUIDField"}  # one name for two classes

LIBRARY: Mapping[str, Any] = MappingProxyType(_names())
FIELD_MODULES = tuple(f"{root}.fields" for root in ROOTS)


def is_library(module: str) -> bool:
    """Whether a module is part of ormgen or Tortoise, and is not read from source."""
    return module.partition(".")[0] in ROOTS and not f"{module}.".startswith(f"{READ_FROM_SOURCE}.")


def library_value(path: str) -> Any:
    """What a dotted name below `ormgen` or `tortoise` stands for; the module that holds it does not matter."""
    _, _, inside = path.partition(".")
    return LIBRARY.get(_ELSEWHERE.get(inside, path.rpartition(".")[2]), LibraryPath(path))


def probable_name(path: str) -> str | None:
    """What a name in `ormgen.fields` that ormgen does not know was probably meant to be."""
    module, _, name = path.rpartition(".")
    return nearest(name, LIBRARY) if module in FIELD_MODULES else None


def standard_value(module: str, name: str | None) -> Any:
    """A standard module, or what it holds under `name`; Unread if it is none of those that may be imported."""
    path = module if name is None else f"{module}.{name}"
    if path in STANDARD:
        return importlib.import_module(path)
    if module not in STANDARD or name is None:
        return Unread(path)
    found = getattr(importlib.import_module(module), name, None)
    if found in (typing.Generic, typing.Protocol):
        return GenericRoot
    return Unread(path) if found is None else found


def type_variable(name: str) -> Any:
    """A type variable of that name."""
    make: Any = typing.TypeVar  # a name that only running tells is nothing for type checkers
    return make(name)


def builtin_value(name: str) -> Any:
    """A builtin, or Unread."""
    return getattr(builtins, name, Unread(name))


def root_path(value: type) -> str | None:
    """How a class that stands for one of ormgen's is called in type texts."""
    return _ROOT_PATHS.get(value)


_ROOT_PATHS: dict[type, str] = {
    ModelRoot: "ormgen.models.model:Model",
    ManagerRoot: "ormgen.models.queryset:Manager",
    QuerySetRoot: "ormgen.models.queryset:QuerySet",
    GenericRoot: "typing:Generic",
}
