"""Turns a class body into a model: collects its fields and gives its instances slots for their columns."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Coroutine, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from ormgen.exceptions import ConfigurationError, SchemaError
from ormgen.models.info import Declared, ModelInfo
from ormgen.models.listeners import heard_by
from ormgen.schema.comments import comments_of, explain
from ormgen.schema.field import Field, describe_field
from ormgen.schema.model_schema import MetaOptions, ModelSchema, build_model_schema, read_meta
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, RelationalField

M = TypeVar("M")

WITHOUT_FIELDS: Final = ("builtins", "ormgen", "typing")  # their classes, bases of every model, declare none
NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class ModelMeta(type):
    """The class of model classes."""

    __model__: ModelInfo

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> ModelMeta:
        own = {
            key: value
            for key, value in namespace.items()
            if isinstance(value, Field | RelationalField) or (value is None and not key.startswith("__"))
        }
        body = {key: value for key, value in namespace.items() if not isinstance(value, Field | RelationalField)}
        explain_members(namespace.get("__module__"), namespace.get("__qualname__", name), own)
        declared = merged(bases, own)
        meta = meta_of(name, bases, namespace.get("Meta"), namespace.get("__doc__"))
        concrete = not meta.abstract and any(isinstance(base, ModelMeta) for base in bases)
        schema = described(name, namespace, declared, meta) if concrete else None
        slots = () if schema is None else slots_of(bases, schema, declared)
        body = {"__slots__": slots} | {key: value for key, value in body.items() if key not in slots}
        refuse_two_tables(name, bases)
        made = super().__new__(mcs, name, bases, body, **options)
        manager = manager_of(bases, namespace.get("Meta"))
        made.__model__ = ModelInfo(made, own, declared, meta, schema, manager)
        type.__setattr__(made, "_meta", made.__model__)
        made.__model__.heard = heard_by(made)
        return made

    def __getitem__(cls: type[M], key: Any) -> Coroutine[Any, Any, M]:
        model: Any = cls
        if getattr(model, "__parameters__", ()):  # a generic base: `class Hero(Owned[Team])`
            return model.__class_getitem__(key)  # type: ignore[no-any-return]
        found: Coroutine[Any, Any, M] = model.get_by_key(key)
        return found

    async def get_by_key(cls, key: Any) -> Any:
        """The object whose primary key is `key`; see `Model.get_by_key`."""
        raise ConfigurationError(f"{cls.__name__} is not a model")


def refuse_two_tables(name: str, bases: tuple[type, ...]) -> None:
    """Refuse bases that are several concrete models, none of which inherits from the others.

    Raises:
        ConfigurationError: there are several.
    """
    tables = [base for base in bases if getattr(base.__dict__.get("__model__"), "schema", None) is not None]
    apart = [base for base in tables if not any(base is not other and issubclass(other, base) for other in tables)]
    if len(apart) > 1:
        names = " and ".join(base.__name__ for base in apart)
        raise ConfigurationError(f"{name} inherits from two models with tables, {names}; make all but one abstract")


def described(
    name: str, namespace: Mapping[str, Any], declared: Mapping[str, Declared], meta: MetaOptions
) -> ModelSchema:
    """The schema of a concrete model.

    Raises:
        SchemaError: with everything that is wrong with the model on its own.
    """
    members = [
        describe_field(key, value) if isinstance(value, Field) else value.describe(key)
        for key, value in declared.items()
    ]
    schema, problems = build_model_schema(name, str(namespace.get("__module__", "")), members, meta)
    if problems:
        raise SchemaError(problems)
    return schema


def slots_of(bases: tuple[type, ...], schema: ModelSchema, declared: Mapping[str, Declared]) -> tuple[str, ...]:
    """The attributes of the columns that no base has a slot for yet."""
    names = [member.name for member in schema.members if not isinstance(declared.get(member.name), RelationalField)]
    names += [f"{key}_id" for key, value in declared.items() if isinstance(value, ForeignKeyFieldInstance)]
    taken = {slot for base in bases for entry in base.__mro__ for slot in entry.__dict__.get("__slots__", ())}
    return tuple(name for name in dict.fromkeys(names) if name not in taken)


def merged(bases: tuple[type, ...], own: Mapping[str, Declared | None]) -> dict[str, Declared]:
    """The members of a class: those of its bases, the most basic first, then its own; None removes a member."""
    found: dict[str, Declared] = {}
    for layer in [*(members_of(base) for base in reversed(linearised(bases))), own]:
        for key, value in layer.items():
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value
    return found


def explain_members(module: str | None, qualname: str, members: Mapping[str, Declared | None]) -> None:
    """Give fields and relations the comments that stand above them in the source."""
    if not members:
        return
    path = getattr(sys.modules.get(module or ""), "__file__", None)
    comments = comments_of(path, qualname)
    for name, member in members.items():
        if member is not None:
            member.model_field_name = name
            if name in comments:
                explain(member, comments[name], qualname.rpartition(".")[2])


def linearised(bases: Iterable[type]) -> list[type]:
    """The bases and all of theirs, each behind everything that inherits from it."""
    every = [entry for base in bases for entry in base.__mro__]
    return list(reversed(dict.fromkeys(reversed(every))))


def members_of(base: type) -> Mapping[str, Declared | None]:
    """What one class itself declares: a model, or a plain class with fields."""
    info = base.__dict__.get("__model__")
    if isinstance(info, ModelInfo):
        return info.own
    if base.__module__.partition(".")[0] in WITHOUT_FIELDS:
        return NOTHING
    found = {key: value for key, value in vars(base).items() if isinstance(value, Field | RelationalField)}
    explain_members(base.__module__, base.__qualname__, found)
    return found


def manager_of(bases: tuple[type, ...], meta_class: type | None) -> Any:
    """The manager that `class Meta` names, or that of the nearest abstract base."""
    own = getattr(meta_class, "manager", None)
    if own is not None:
        return own
    infos = [base.__dict__.get("__model__") for base in linearised(bases)]
    return next((info.manager for info in infos if isinstance(info, ModelInfo) and info.meta.abstract), None)


def meta_of(name: str, bases: tuple[type, ...], meta_class: type | None, doc: str | None) -> MetaOptions:
    """The options of `class Meta`, those of the nearest abstract base where it is silent.

    Raises:
        ConfigurationError: an option is misspelt or has the wrong form.
    """
    inherited = None
    for base in linearised(bases):
        info = base.__dict__.get("__model__")
        if isinstance(info, ModelInfo) and info.meta.abstract:
            inherited = info.meta
            break
    options: dict[str, Any] = {}
    for entry in reversed(meta_class.__mro__[:-1]) if meta_class is not None else ():
        options |= {key: value for key, value in vars(entry).items() if not key.startswith("__")}
    if meta_class is not None and "abstract" not in vars(meta_class):
        options.pop("abstract", None)
    if doc and "table_description" not in options:
        options["table_description"] = inspect.cleandoc(doc).partition("\n")[0].strip() or None
    manager = options.get("manager")
    text = None if manager is None else f"{type(manager).__module__}:{type(manager).__qualname__}"
    try:
        return read_meta(options, inherited, text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}: {error}") from None
