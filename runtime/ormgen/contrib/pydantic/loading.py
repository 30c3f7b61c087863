"""Asks for exactly those columns and relations that a pydantic model holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel

from ormgen.models.info import ModelInfo
from ormgen.models.prefetch import Branch, Prefetch
from ormgen.models.queryset import QuerySet
from ormgen.models.relations import ReverseRelation
from ormgen.models.single import Single, question_of

READER: Final = "_read_instance"
Way = tuple[type[BaseModel], ...]


def nested_model(annotation: Any) -> Any:
    """The pydantic model of an ORM model in `Team`, `Team | None` or `list[Team]`; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and hasattr(annotation, "__orm_model__"):
        return annotation
    return next((found for part in get_args(annotation) if (found := nested_model(part)) is not None), None)


def loaded_for(cls: type[BaseModel], question: Any) -> Any:
    """The question, which loads what `cls` holds and nothing else.

    What it loads by itself stays: its columns where it says `only` or `select_related`, its own prefetches.
    """
    asked = question.all() if isinstance(question, ReverseRelation) else question
    many: QuerySet[Any] = question_of(asked) if isinstance(asked, Single) else asked
    statement, names = many.statement, needed_columns(cls, many.info)
    plain = statement.only is None and not statement.related and not statement.group_by and statement.output is None
    if plain and names is not None:
        asked = asked.only(*names)
    relations = tuple(_relations(cls, many.info, many.prefetched, (cls,)))
    return asked.prefetch_related(*relations) if relations else asked


def needed_columns(cls: type[BaseModel], info: ModelInfo) -> tuple[str, ...] | None:
    """The columns that `cls` is read from; None for all, as where a method or a property is read."""
    linked, found = info.need(), dict[str, None]()
    readers = cls.__pydantic_decorators__.model_validators
    if any(name != READER and reader.info.mode != "after" for name, reader in readers.items()):
        return None
    for name in cls.model_fields:
        if name in linked.columns:
            found[name] = None
        elif name in linked.relations:
            found.update(dict.fromkeys(near for near, _ in linked.relations[name].pairs))
        elif name != "pk" and hasattr(info.model, name):
            return None
    return None if len(found.keys() | set(linked.pk_names)) == len(linked.columns) else tuple(found)


def _relations(
    cls: type[BaseModel], info: ModelInfo, asked: Mapping[str, Branch], way: Way, before: str = ""
) -> Iterator[str | Prefetch[Any, Any, Any]]:
    """The relations that documents of `cls` hold, nested ones too; those that are `asked` already stay as they are."""
    linked = info.need()
    for name, field in cls.model_fields.items():
        nested = nested_model(field.annotation)
        if nested is None or name not in linked.relations:
            continue
        target: ModelInfo = info.target(linked.relations[name]).__model__
        path, branch = f"{before}{name}", asked.get(name)
        columns = None if branch is not None and branch.question is not None else needed_columns(nested, target)
        yield path if columns is None else Prefetch(path, QuerySet(target.model).only(*columns))
        if nested not in way:
            inner = {} if branch is None else branch.branches
            yield from _relations(nested, target, inner, (*way, nested), f"{path}__")
