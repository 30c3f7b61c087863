"""What `class PydanticMeta` of a model and the arguments of a call say about its document."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from inspect import get_annotations
from typing import Any

from pydantic import ConfigDict

from ormgen.exceptions import ConfigurationError
from ormgen.models.info import ModelInfo
from ormgen.schema.documents import DocumentOptions
from ormgen.schema.names import did_you_mean, nearest


class PydanticMeta:
    """The options of `class PydanticMeta` in a model, with their defaults; it need not inherit from this.

    `include` and `exclude` choose members, `computed` adds methods and properties; names may cross relations:
    `"team.name"`. `backward_relations` are those that other models declare: without them only those are there that the
    class annotates, `heroes: fields.ReverseRelation["Hero"]`. `max_recursion` is how deep relations nest,
    `allow_cycles` whether they may lead back to a model on the way. `exclude_raw_fields` leaves out the column of a
    foreign key whose relation is shown.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    backward_relations: bool = True
    max_recursion: int = 3
    allow_cycles: bool = False
    exclude_raw_fields: bool = True
    sort_alphabetically: bool = False
    model_config: ConfigDict | None = None


KNOWN = tuple(name for name in vars(PydanticMeta) if not name.startswith("__"))
LISTS = ("include", "exclude", "computed")


def meta_options(model: Any, override: Any = None) -> tuple[DocumentOptions, ConfigDict]:
    """The options of a model, those of `override` first, and its pydantic configuration.

    Raises:
        ConfigurationError: an option is misspelt or has the wrong form.
    """
    given: dict[str, Any] = {}
    for meta in (getattr(model, "PydanticMeta", None), override):
        given |= _given(model, meta) if meta is not None else {}
    config = given.pop("model_config", None) or ConfigDict()
    if not given.get("backward_relations", True):
        given["annotated"] = frozenset(name for base in model.__mro__ for name in _annotated(base))
    return DocumentOptions(**given), config


def _annotated(cls: type) -> Iterable[str]:
    """The names that a class annotates; from Python 3.14 on nothing tells them but a look at their text."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format
        from annotationlib import get_annotations as annotations_of

        return annotations_of(cls, format=Format.STRING)
    return get_annotations(cls)


def _given(model: Any, meta: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in (name for name in dir(meta) if not name.startswith("_")):
        if name in KNOWN:
            value = getattr(meta, name)
            found[name] = names_of(f"PydanticMeta.{name}", value) if name in LISTS else value
        elif nearest(name, KNOWN) is not None:
            raise ConfigurationError(
                f'{model.__name__}: PydanticMeta has no option "{name}"; {did_you_mean(name, KNOWN)}'
            )
    return found


def names_of(option: str, value: Any) -> tuple[str, ...]:
    """A tuple of names.

    Raises:
        ConfigurationError: it is a single text, or holds something else than names.
    """
    if isinstance(value, str) or not all(isinstance(name, str) for name in value or ()):
        raise ConfigurationError(f"{option} is {value!r}, not a tuple of names")
    return tuple(value or ())


def refuse_unknown(info: ModelInfo, options: DocumentOptions) -> None:
    """Refuse names that the model does not have: a misspelt `exclude` would show what should be hidden.

    Raises:
        ConfigurationError: there is one.
    """
    for option in ("include", "exclude", "computed", "optional"):
        for name in getattr(options, option):
            _refuse_path(info, option, name.split("."))


def _refuse_path(info: ModelInfo, option: str, names: list[str]) -> None:
    linked, name = info.need(), names[0]
    known: Iterable[str] = linked.relations if len(names) > 1 else (*linked.columns, *linked.relations)
    if name in known:
        if len(names) > 1:
            _refuse_path(info.target(linked.relations[name]).__model__, option, names[1:])
    elif len(names) > 1 or not hasattr(info.model, name) or name == "pk":
        raise ConfigurationError(f'{option}: {linked.name} has no "{name}"; {did_you_mean(name, known)}')
