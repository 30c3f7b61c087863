"""Operations on the indexes and constraints of models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.index_documents import index_document, index_schema
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.state import State
from ormgen.records import dataclass, replace
from ormgen.schema.indexes import CheckConstraint, CheckSchema, Index, IndexSchema


@dataclass(frozen=True)
class Listed(Operation):
    """One entry more or less in an option that is a list."""

    option: ClassVar[str] = "indexes"

    def with_entries(self, app: str, model: str, state: State, change: Any) -> State:
        """The state with other entries in the option of a model."""
        found = state.model(app, model)
        changed: dict[str, Any] = {self.option: tuple(change(getattr(found.meta, self.option)))}
        return state.having(replace(found, meta=replace(found.meta, **changed)))


Indexed: TypeAlias = Index | IndexSchema | CheckConstraint | CheckSchema | Mapping[str, Any] | Sequence[str]


def called(index: Indexed | str) -> str:
    """An index or constraint in a few words."""
    if isinstance(index, str):
        return index
    found = index_schema(index)
    if isinstance(found, CheckSchema):
        return f"check {found.name}"
    kind = "unique constraint" if found.unique else "index"
    return f"{kind} {found.name or 'over ' + ', '.join((*found.fields, *found.expressions))}"


@dataclass(frozen=True)
class AddIndex(Listed):
    """A new index of `Meta.indexes`.

    `concurrently` builds it, on PostgreSQL, while others go on writing; the migration needs `atomic = False`.
    """

    model_name: str
    index: Indexed
    concurrently: bool = False

    def changed(self, app: str, state: State) -> State:
        return self.with_entries(app, self.model_name, state, lambda known: (*known, index_schema(self.index)))

    def describe(self) -> str:
        return f"add {called(self.index)} to {self.model_name}"


@dataclass(frozen=True)
class RemoveIndex(Listed):
    """An index of `Meta.indexes` goes; it is named, or told by its fields; for `concurrently` see `AddIndex`."""

    model_name: str
    index: Indexed | str
    concurrently: bool = False

    def changed(self, app: str, state: State) -> State:
        return self.with_entries(app, self.model_name, state, self._without)

    def _without(self, known: Sequence[IndexSchema | CheckSchema]) -> list[IndexSchema | CheckSchema]:
        wanted = self.index
        kept = [each for each in known if (each.name if isinstance(wanted, str) else each) != self._key()]
        if len(kept) == len(known):
            raise ConfigurationError(f"{self.model_name} has no such entry in Meta.{self.option}: {wanted!r}")
        return kept

    def _key(self) -> Any:
        return self.index if isinstance(self.index, str) else index_schema(self.index)

    def describe(self) -> str:
        return f"remove {called(self.index)} from {self.model_name}"


@dataclass(frozen=True)
class AddConstraint(AddIndex):
    """A new constraint of `Meta.constraints`."""

    option: ClassVar[str] = "constraints"


@dataclass(frozen=True)
class RemoveConstraint(RemoveIndex):
    """A constraint of `Meta.constraints` goes."""

    option: ClassVar[str] = "constraints"


@dataclass(frozen=True)
class RenameIndex(Listed):
    """Another name for an index of `Meta.indexes`, which is told by its name or its fields; it is not made anew."""

    model_name: str
    index: Indexed | str
    new_name: str

    def changed(self, app: str, state: State) -> State:
        return self.with_entries(app, self.model_name, state, self._named)

    def _named(self, known: Sequence[IndexSchema | CheckSchema]) -> list[IndexSchema | CheckSchema]:
        wanted = self.index if isinstance(self.index, str) else index_schema(self.index)
        found = [each for each in known if wanted in (each, each.name)]
        if not found:
            raise ConfigurationError(f"{self.model_name} has no such entry in Meta.{self.option}: {self.index!r}")
        return [renamed(each, self.new_name) if each is found[0] else each for each in known]

    def describe(self) -> str:
        return f"rename {called(self.index)} of {self.model_name} to {self.new_name}"


def renamed(entry: IndexSchema | CheckSchema, name: str) -> IndexSchema | CheckSchema:
    """An index or constraint under another name."""
    return index_schema({**index_document(entry), "name": name})


@dataclass(frozen=True)
class RenameConstraint(RenameIndex):
    """Another name for a constraint of `Meta.constraints`."""

    option: ClassVar[str] = "constraints"
