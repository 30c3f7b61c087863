"""Models linked: every column and every relation in both directions, as one frozen graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property

from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.indexes import CheckSchema, IndexSchema
from ormgen.schema.lookups import Family
from ormgen.schema.model_schema import MetaOptions
from ormgen.schema.relation_fields import Deferrable, OnDelete


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

    `near_columns` hold the key of the model that the relation stands on, `far_columns` that of the target.
    `model` is the key of the model that declares the table, None where it exists for this relation only. Of a
    `symmetrical` relation both pairs are stored, so that either object leads to the other.
    """

    table: str
    near_columns: tuple[str, ...]
    far_columns: tuple[str, ...]
    model: str | None = None
    unique: bool = True
    symmetrical: bool = False

    @property
    def near_column(self) -> str:
        """The first of the near columns, which is the only one but for keys of several columns."""
        return self.near_columns[0]

    @property
    def far_column(self) -> str:
        """The first of the far columns."""
        return self.far_columns[0]


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation as seen from `model`.

    Rows match where attribute `near` of `model` equals attribute `far` of `target`; with `through`, where both are
    in one of its rows. `reverse` names the way back on `target`, None where there is none. `null` says that a
    foreign key may be empty; a reverse one-to-one is always optional.

    Of a key with several columns, `columns` holds the attributes that match, of `model` and of `target`; `near` and
    `far` are then the attributes whose value is the tuple of them all.
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
    columns: tuple[tuple[str, str], ...] = ()
    on_update: OnDelete | None = None
    deferrable: Deferrable | None = None
    constraint_name: str | None = None

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The columns that match, as attributes of `model` and of `target`."""
        return self.columns or ((self.near, self.far),)

    @property
    def many(self) -> bool:
        """Whether it leads to any number of objects."""
        return self.kind in _MANY

    @property
    def optional(self) -> bool:
        """Whether it may lead to nothing where it leads to one object."""
        return self.null or self.kind is RelationKind.REVERSE_ONE_TO_ONE


@dataclass(frozen=True, slots=True)
class LinkedModel:
    """One model of the graph; `columns` and `relations` are keyed by attribute, in order of declaration.

    `pk` is the attribute of the primary key, `pk_names` are the attributes of its columns: where these are several,
    `pk` is "pk". `composites` holds every attribute whose value is a tuple of columns: the key, and foreign keys to
    such keys.
    """

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
    pk_names: tuple[str, ...]
    composites: Mapping[str, tuple[str, ...]]
    checks: tuple[CheckSchema, ...] = ()

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
        """The column of the primary key, the first of several."""
        return self.columns[self.pk_names[0]]

    @property
    def pk_columns(self) -> tuple[FieldSchema, ...]:
        """The columns of the primary key."""
        return tuple(self.columns[name] for name in self.pk_names)

    def columns_of(self, name: str) -> tuple[FieldSchema, ...]:
        """The columns that `name` stands for: one, all of a key, or none where it is neither."""
        if name not in self.composites:
            column = self.columns.get(self.pk if name == "pk" else name)
            return () if column is None else (column,)
        names = self.composites[name]
        return tuple(self.columns[each] for each in names if each in self.columns)

    def member(self, name: str) -> FieldSchema:
        """The column `name`; of a key with several columns a description of the tuple that they are."""
        if name not in self.composites:
            return self.columns[self.pk if name == "pk" else name]
        columns = self.columns_of(name)
        types = ", ".join(column.python_type for column in columns)
        relation = next((each.name for each in self.relations.values() if each.near == name), None)
        return FieldSchema(
            name=name,
            column="",
            type="CompositeKey",
            python_type=f"tuple[{types}]",
            family=Family.KEY,
            null=any(column.null for column in columns),
            primary_key=name == "pk",
            relation=None if name == "pk" else relation,
            field=columns[0].field,
        )

    @property
    def keys(self) -> tuple[FieldSchema, ...]:
        """What `member` gives for the foreign keys that have several columns."""
        return tuple(self.member(name) for name in self.composites if name != "pk")

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that a query may begin with: columns, relations, `pk`, and other keys of several columns."""
        others = (name for name in self.composites if name != "pk")
        return (*self.columns, *self.relations, *others, "pk")


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
