"""Enum types of the database itself, as `CharEnumField(Mood, native_enum="mood")` asks for them."""

from __future__ import annotations

import re
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass

_NAME: Final = re.compile(r"[^.\0]+(\.[^.\0]+)?")


@dataclass(frozen=True, slots=True)
class NativeEnum:
    """A type and its values in their order; `name` may begin with a schema of PostgreSQL and a dot."""

    name: str
    values: tuple[str, ...]

    @property
    def schema(self) -> str | None:
        """The schema that it is in, if its name says so."""
        return self.name.rpartition(".")[0] or None


def checked_name(field: Any, name: str | None) -> str | None:
    """The name of a type, as a field is given it.

    Raises:
        ConfigurationError: it is no name, or the members of the field's enum are no text.
    """
    kind = type(field).__name__
    if name is None:
        return None
    if not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise ConfigurationError(f'{kind}: native_enum is {name!r}, not the name of a type such as "mood"')
    for member in field.enum_type:
        if not isinstance(member.value, str):
            told = f"{field.enum_type.__name__}.{member.name} is {member.value!r}"
            hint = "give it a text, or leave native_enum out"
            raise ConfigurationError(f"{kind}: native_enum keeps text only, and {told}; {hint}")
    return name


def native_option(field: Any) -> tuple[tuple[str, str], ...]:
    """How the description of a field tells of its type, if it asks for one."""
    return () if field.native_enum is None else (("native_enum", field.native_enum),)


def native_enum(field: Any) -> NativeEnum | None:
    """The type that a field asks for; on SQLite, which has none, nothing comes of it."""
    name = getattr(field, "native_enum", None)
    if name is None:
        return None
    values = vars(field).get("native_values")  # of a column on its way to other ones
    return NativeEnum(name, values or tuple(str(member.value) for member in field.enum_type))


def native_type(field: Any, dialect: str) -> str | None:
    """The SQL type of a column of such a field, where it has one."""
    found = native_enum(field) if dialect != "sqlite" else None
    if found is None:
        return None
    if dialect == "postgres":
        return quoted_type(found.name)
    listed = ",".join("'" + value.replace("\\", "\\\\").replace("'", "''") + "'" for value in found.values)
    return f"ENUM({listed})"


def quoted_type(name: str) -> str:
    """The name of a type of PostgreSQL as an identifier, with its schema."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))
