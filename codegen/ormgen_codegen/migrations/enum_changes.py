"""Enum types of the database whose values are others than they were, as operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import document
from ormgen.migrations.enum_operations import AlterEnum, default_text, enum_name
from ormgen.migrations.state import State
from ormgen.schema.model_schema import Member, ModelSchema
from ormgen_codegen.migrations.questions import Answers

Typed = tuple[ModelSchema, Member]
Members = list[tuple[str, str]]


def enum_changes(before: State, after: State, answers: Answers) -> Iterator[tuple[str, AlterEnum]]:
    """The operations that give types their new values, with their apps.

    Raises:
        ConfigurationError: models of several apps have such a type.
    """
    old, new = _types(before), _types(after)
    for name, having in old.items():
        was, now = _members(having[0][1]), _members(new[name][0][1]) if name in new else []
        if name not in new or [value for _, value in was] == [value for _, value in now]:
            continue
        apps = sorted({model.app for model, _ in (*having, *new[name])})
        if len(apps) > 1:
            model, member = new[name][0]
            told = (
                f'{model.key}.{member.name}: the type "{name}" gets other values, and apps {" and ".join(apps)} have it'
            )
            raise ConfigurationError(f"{told}; give each app a type of its own first, with another native_enum")
        renamed = _renamed(name, apps[0], was, now, answers)
        anew = _used_at_once(before, new[name], {value for _, value in was})
        yield apps[0], AlterEnum(name, now, renamed, anew)


def _types(state: State) -> dict[str, list[Typed]]:
    """The fields of each type, by its name."""
    found: dict[str, list[Typed]] = {}
    for model in state.models.values():
        for member in model.members:
            if name := enum_name(member):
                found.setdefault(name, []).append((model, member))
    return found


def _members(member: Member) -> Members:
    return [(name, value) for name, value in document(member)["enum"]["members"]]


def _used_at_once(before: State, having: list[Typed], known: set[str]) -> bool:
    """Whether what follows in the migration gives rows or a column one of the values that come."""
    for model, member in having:
        found, old = document(member), _before(before, model, member)
        filled = found.get("default") if old is None or getattr(old, "null", False) else None
        coming = {value for _, value in _members(member)} - known
        written: list[Any] = [found.get("db_default"), filled]
        if any(each in (value, {"python": default_text(value)}) for each in written for value in coming):
            return True
    return False


def _before(state: State, model: ModelSchema, member: Member) -> Member | None:
    """What a field was."""
    members = state.models[model.key].members if model.key in state.models else ()
    return next((each for each in members if each.name == member.name), None)


def _renamed(name: str, app: str, was: Members, now: Members, answers: Answers) -> dict[str, str]:
    """Which values got other words, as somebody says."""
    old, new = {value: member for member, value in was}, {value: member for member, value in now}
    found: dict[str, str] = {}
    for value in [each for each in old if each not in new]:
        coming = [each for each in new if each not in old and each not in found.values()]
        coming.sort(key=lambda each, value=value: new[each] != old[value])  # type: ignore[misc]
        to = answers.renamed_value(app, f"{name}.{value}", coming) if coming else None
        if not coming:
            answers.use_drop(app, f"{name}.{value}")
        if to is not None:
            found[value] = to
    return found
