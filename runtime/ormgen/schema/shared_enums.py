"""Enum types of the database that several fields share, which have to agree on the values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ormgen.exceptions import Problem
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.native_enums import native_enum
from ormgen.schema.relation_fields import RelationSchema


def differing(schemas: Iterable[ModelSchema]) -> Iterator[Problem]:
    """Fields that ask for one type with other values than a field before them."""
    known: dict[str, tuple[str, tuple[str, ...]]] = {}
    for schema in schemas:
        for member in schema.members:
            enum = None if isinstance(member, RelationSchema) else native_enum(member.field)
            if enum is None:
                continue
            where = f"{schema.name}.{member.name}"
            first, values = known.setdefault(enum.name, (where, enum.values))
            if values != enum.values:
                fact = f'{where}: the type "{enum.name}" has the values {_listed(enum.values)} here'
                hint = "give both the same enum, or one of them another native_enum"
                yield Problem(schema.key, member.name, f"{fact}, and {_listed(values)} in {first}", hint)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(repr, values)) or "none"
