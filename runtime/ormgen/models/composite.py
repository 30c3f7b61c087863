"""Attributes whose value is the tuple of several columns: a primary key, or a foreign key to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ormgen.exceptions import KeyUpdateError, ParamsError
from ormgen.models.info import ModelInfo
from ormgen.query.expressions import Computable
from ormgen.query.instance import key_of
from ormgen.query.keys import parts_of
from ormgen.schema.graph import LinkedModel
from ormgen.schema.instance import Instance


class CompositeKey:
    """`instance.pk` as a tuple; None while one of its columns is.

    Setting it sets the columns. None empties those that no other field has.
    """

    def __init__(self, name: str, columns: tuple[str, ...]) -> None:
        self.name = name
        self.columns = columns

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        value = tuple([getattr(instance, column) for column in self.columns])
        return None if None in value else value

    def __set__(self, instance: Any, value: Any) -> None:
        model = type(instance).__model__.need()
        for column, part in parts(model, self.name, value).items():
            setattr(instance, column, part)


def parts(model: LinkedModel, name: str, value: Any) -> Mapping[str, Any]:
    """The columns of the key `name` with their values; None empties those that belong to the key alone.

    Raises:
        ValidationError: `value` has not one item for each column.
    """
    columns = model.composites[name]
    if value is not None:
        return dict(zip(columns, parts_of(value, columns, f"{model.name}.{name}"), strict=True))
    relation = next((each for each in model.relations.values() if each.near == name and each.kind.forward), None)
    owned = [each for each in columns if relation is not None and model.columns[each].relation == relation.name]
    return dict.fromkeys(owned or columns)


def with_parts(info: ModelInfo, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an update, in which keys of several columns are replaced by their columns.

    Raises:
        FieldError: it is the primary key.
        ParamsError: such a key is set to an expression, or shares columns with the primary key.
        ValidationError: an object is of another model, or a value has not one item for each column.
    """
    model = info.need()
    found: dict[str, Any] = {}
    for name, value in values.items():
        relation = model.relations.get(name)
        key = name if relation is None else relation.near
        if key not in model.composites or (relation is not None and not relation.kind.forward):
            found[name] = value
            continue
        if key == "pk":
            raise KeyUpdateError(f"update: {model.name}.pk is the primary key and cannot be changed")
        if isinstance(value, Computable):
            raise ParamsError(
                f"update: {name} has several columns ({', '.join(model.composites[key])}); set each of them"
            )
        if isinstance(value, Instance) and relation is not None:
            value = key_of(value, "pk", info.target(relation).__model__.path)
        changes = parts(model, key, value)
        fixed = [column for column in changes if model.columns[column].primary_key]
        if fixed:
            others = " and ".join(column for column in changes if column not in fixed)
            shared = " and ".join(fixed)
            raise ParamsError(f"update: {name} shares {shared} with the primary key, which stays; set {others}")
        found |= changes
    return found
