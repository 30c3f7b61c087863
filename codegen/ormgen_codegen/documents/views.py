"""What a writer of documents needs to know, already decided."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from ormgen.records import dataclass, field


class Variant(StrEnum):
    """What a class is for; its name ends in this."""

    READ = "Read"
    CREATE = "Create"
    UPDATE = "Update"
    FILTER = "Filter"


class Library(StrEnum):
    """What the classes are made with."""

    PYDANTIC = "pydantic"
    MSGSPEC = "msgspec"
    DATACLASSES = "dataclasses"


@dataclass(frozen=True, slots=True)
class DocumentField:
    """One field: its type without None, whether None is a value of it, and what it falls back to.

    `default` is an expression, None where there is none; `left_out` says that the field may be missing and that
    nobody knows its value then. `limits` are constraints by pydantic's names.
    """

    name: str
    type: str
    null: bool = False
    default: str | None = None
    left_out: bool = False
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    description: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentClass:
    """One class: `about` is the model's name, `model` an expression for its class, "" where that is not needed."""

    name: str
    variant: Variant
    model: str
    about: str
    fields: tuple[DocumentField, ...]


@dataclass(frozen=True, slots=True)
class DocumentModule:
    """One file: the modules of models that it is about, its classes, and what it imports as (module, alias)."""

    about: tuple[str, ...]
    classes: tuple[DocumentClass, ...]
    imports: tuple[tuple[str, str], ...]
