"""Models linked: every column and every relation in both directions, as one frozen graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from ormgen.schema.field import FieldSchema
from ormgen.schema.indexes import IndexSchema
from ormgen.schema.model_schema import MetaOptions
from ormgen.schema.relation_fields import OnDelete


class RelationKind(Enum):
    """How many objects a relation leads to, and which side holds the column."""

    FOREIGN_KEY = "foreign key"
    ONE_TO_ONE = "one to one"
    MANY_TO_MANY = "many to many"
    REVERSE_FOREIGN_KEY = "reverse foreign key"
    REVERSE_ONE_TO_ONE = "reverse one to one"
    REVERSE_MANY_TO_MANY = "reverse many to many"

    @property
    def many(self) -> bool:
        """Whether it leads to any number of objects."""
        return self in _MANY

    @property
    def forward(self) -> bool:
        """Whether this side holds the foreign-key column."""
        return self in (RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE)


_MANY = (RelationKind.MANY_TO_MANY, RelationKind.REVERSE_FOREIGN_KEY, RelationKind.REVERSE_MANY_TO_MANY)


@dataclass(frozen=True, slots=True)
class Through:
    """The table that joins both sides of a many-to-many relation.

    `near_column` holds the key of the model that the relation stands on, `far_column` that of the target.
    `model` is the key of the model that declares the table, None where it exists for this relation only. Of a
    `symmetrical` relation both pairs are stored, so that either object leads to the other.
    """

    table: str
    near_column: str
    far_column: str
    model: str | None = None
    unique: bool = True
    symmetrical: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation as seen from `model`.

    Rows match where attribute `near` of `model` equals attribute `far` of `target`; with `through`, where both are
    in one of its rows. `reverse` names the way back on `target`, None where there is none. `null` says that a
    foreign key may be empty; a reverse one-to-one is always optional.
    """

    name: str
    kind: RelationKind
    model: str
    target: str
    near: str
    far: str
    reverse: str | None
    null: bool = False
    through: Through | None = None
    on_delete: OnDelete = OnDelete.CASCADE
    db_constraint: bool = True
    description: str | None = None

    @property
    def many(self) -> bool:
        """Whether it leads to any number of objects."""
        return self.kind.many

    @property
    def optional(self) -> bool:
        """Whether it may lead to nothing where it leads to one object."""
        return self.null or self.kind is RelationKind.REVERSE_ONE_TO_ONE


@dataclass(frozen=True, slots=True)
class LinkedModel:
    """One model of the graph; `columns` and `relations` are keyed by attribute, in order of declaration."""

    name: str
    app: str
    module: str
    table: str
    pk: str
    columns: Mapping[str, FieldSchema]
    relations: Mapping[str, Relation]
    unique_together: tuple[tuple[str, ...], ...]
    indexes: tuple[IndexSchema, ...]
    meta: MetaOptions

    @property
    def key(self) -> str:
        """`app.Name`."""
        return f"{self.app}.{self.name}"

    @property
    def path(self) -> str:
        """Where the class is defined: `module:Name`."""
        return f"{self.module}:{self.name}"

    @property
    def pk_column(self) -> FieldSchema:
        """The column of the primary key."""
        return self.columns[self.pk]

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a query may begin with: columns, relations and `pk`."""
        return (*self.columns, *self.relations, "pk")


@dataclass(frozen=True)
class ModelGraph:
    """All models of a run, by key; `graph[...]` finds a model also by its path `module:Name`."""

    models: Mapping[str, LinkedModel]

    def __getitem__(self, key: str) -> LinkedModel:
        found = self.models.get(key)
        return self.paths[key] if found is None else found

    @cached_property
    def paths(self) -> Mapping[str, LinkedModel]:
        """The models by where they are defined."""
        return {model.path: model for model in self.models.values()}

    def __iter__(self) -> Iterator[LinkedModel]:
        return iter(self.models.values())

    def target(self, relation: Relation) -> LinkedModel:
        """The model at the far end of `relation`."""
        return self.models[relation.target]
