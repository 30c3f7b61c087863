"""Keywords → a new instance and the parameters of its INSERT, by one function that is generated for each model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import getattr_static
from typing import Any, Final, NamedTuple

from ormgen.database.connection import Connection
from ormgen.models.construct import ABSENT, default_of, plain_type
from ormgen.models.info import ModelInfo
from ormgen.models.parameters import REFUSED, custom_conversion, quick_lines
from ormgen.models.saving import prepared_for, usual_insertion
from ormgen.schema.generate import generated

Make = Callable[..., tuple[Any, list[Any]] | None]

USED: Final = frozenset({"len"})  # what the generated text takes from Python


class AtOnce(NamedTuple):
    """How new instances of a model are made and stored: what makes them, the statement, and the column it tells."""

    make: Make | None
    sql: str
    told: str


def sent_at_once(
    connection: Connection, info: ModelInfo, given: Mapping[str, Any]
) -> tuple[Any, str, Awaitable[Any]] | None:
    """A new instance of these keywords, the column that its INSERT tells, and what is awaited for that; None where
    that takes more: another value than one of a field's own type, a related object, a default that is a function.

    7,000 instructions less for each `create`: no value is looked at twice, and none is read from the instance.
    """
    known: AtOnce | None = connection.compiler.made.get(info)
    if known is None:
        known = at_once(connection, info)
        connection.compiler.keep_made(info, known)
    if known.make is None or info.heard is not None:
        return None
    found = known.make(**given)
    return None if found is None else (found[0], known.told, connection.send(known.sql, found[1]))


def at_once(connection: Connection, info: ModelInfo) -> AtOnce:
    """How instances of a model are made and stored; with nothing that makes them where its own code has a say in it."""
    usual = info.memo.get("usual insertion") or usual_insertion(info)
    if not usual or not plainly_saved(info.model) or not plainly_made(info.model):
        return AtOnce(None, "", "")
    key, chosen = usual
    prepared = prepared_for(connection, info, chosen)
    if prepared.extras and prepared.told is None:
        return AtOnce(None, "", "")
    return AtOnce(maker(connection, info, key, prepared.names), prepared.sql, key)  # the key is all that it tells


def plainly_made(model: Any) -> bool:
    """Whether making an instance means setting its columns and nothing else."""
    init = getattr_static(model, "__init__")
    init = getattr(init, "__wrapped__", init)
    own = (init.__module__, init.__qualname__) != ("ormgen.models.model", "Model.__init__")
    return not own and model.__new__ is object.__new__ and model.__setattr__ is object.__setattr__


def plainly_saved(model: Any) -> bool:
    """Whether saving means storing and nothing else: nobody listens, and `save` is not the model's own."""
    info: ModelInfo = model.__model__
    own: bool | None = info.memo.get("own save")
    if own is None:
        save = getattr_static(model, "save")
        own = info.memo["own save"] = (save.__module__, save.__qualname__) != ("ormgen.models.model", "Model.save")
    return info.heard is None and not own


def maker(connection: Connection, info: ModelInfo, key: str, names: tuple[str, ...]) -> Make | None:
    """The function that takes keywords and gives an instance and its parameters, in the order of `names`; None for
    what is to be looked at by others. It is None itself where a column is made or stored by the user's own code."""
    codec, columns = connection.compiler.codec, info.columns
    scope: dict[str, Any] = {"__absent": ABSENT, "__type": type, "__refused": REFUSED, "__model": info.model}
    scope["__new"] = object.__new__
    lines = []
    for at, name in enumerate(names):
        column = columns[name]
        if column.auto is not None or custom_conversion(column.field) or codec.is_custom(column.field):
            return None
        factory, constant = default_of(column)
        scope |= {f"__default{at}": constant, f"__type{at}": plain_type(column.field)}
        lines += [f"if {name} is __absent:", f"    {name} = __default{at}" if factory is None else "    return None"]
        lines += [f"v{at} = {name}", f"if __type(v{at}) is __type{at}:"]
        lines += [f"    {line}" for line in quick_lines(at, column.field, codec, scope)]
        lines += [f"elif v{at} is not None:" if column.null else "else:", "    return None"]
    if {*columns} & {*scope, *USED, *[f"v{at}" for at in range(len(names))]} or default_of(columns[key]) != (
        None,
        None,
    ):
        return None
    keywords = "".join(f" {name}=__absent," for name in columns)
    head = [f"def make(*,{keywords} **__others):", f"    if __others or {key} is not __absent:", "        return None"]
    body = [f"        {line}" for line in lines or ["pass"]]  # a model may have a key and nothing else
    text = [*head, "    try:", *body, "    except __refused:", "        return None"]
    text += ["    __made = __new(__model)", "    __made._saved_in_db = False", "    __made.__loaded__ = None"]
    text += [f"    __made.{name} = {'None' if name == key else name}" for name in columns]
    text.append(f"    return __made, [{', '.join(f'v{at}' for at in range(len(names)))}]")
    return generated("make", text, scope)
