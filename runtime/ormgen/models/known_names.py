"""The names of `Model._meta` that Tortoise users, and tools that were written for them, know."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ormgen.database.connection import Connection
from ormgen.exceptions import ConfigurationError
from ormgen.schema.field import Field, FieldSchema
from ormgen.schema.graph import LinkedModel
from ormgen.schema.model_schema import MetaOptions, ModelSchema
from ormgen.schema.relation_fields import RelationalField


class KnownNames:
    """What can be read of a model; its columns and relations after `ORM.init`."""

    model: type[Any]
    schema: ModelSchema | None
    linked: LinkedModel | None
    declared: Mapping[str, Field[Any] | RelationalField]
    meta: MetaOptions

    @abstractmethod
    def need(self) -> LinkedModel:
        """The linked model."""

    @abstractmethod
    def connection(self) -> Connection:
        """Where statements about this model run now."""

    @property
    def db_table(self) -> str:
        """The SQL name of the table."""
        if self.schema is None:
            raise ConfigurationError(f"{self.model.__name__} is abstract: it has no table")
        return self.schema.table if self.linked is None else self.linked.table

    @property
    def fetch_db_defaults(self) -> bool:
        """Whether what the database fills in is read back after an INSERT."""
        return self.meta.fetch_db_defaults

    @property
    def db_default_db_columns(self) -> set[str]:
        """The columns that have a default of the database, by their SQL names."""
        return {column.column for column in self.need().columns.values() if column.db_default.kind != "none"}

    @property
    def pk_attr(self) -> str:
        """The attribute that holds the primary key."""
        return self.need().pk

    @property
    def db(self) -> Connection:
        """Where statements about this model run now."""
        return self.connection()

    @property
    def fields_map(self) -> Mapping[str, Any]:
        """Columns and relations by attribute: the declarations where there are some; before `ORM.init` these alone."""
        if self.linked is None:
            members = () if self.schema is None else self.schema.members
            own = {each.name: each.field for each in members if isinstance(each, FieldSchema)}
            return MappingProxyType({**own, **self.declared})
        linked = self.linked
        found: dict[str, Any] = {name: column.field for name, column in linked.columns.items()}
        found |= {name: self.declared.get(name, relation) for name, relation in linked.relations.items()}
        if linked.pk in linked.columns:
            found["pk"] = linked.pk_column.field
        return MappingProxyType(found)

    def _names(self, *kinds: str) -> set[str]:
        return {name for name, relation in self.need().relations.items() if relation.kind.name in kinds}

    @property
    def fk_fields(self) -> set[str]:
        """The names of the foreign keys."""
        return self._names("FOREIGN_KEY")

    @property
    def o2o_fields(self) -> set[str]:
        """The names of the one-to-one relations declared here."""
        return self._names("ONE_TO_ONE")

    @property
    def m2m_fields(self) -> set[str]:
        """The names of the many-to-many relations, seen from either side."""
        return self._names("MANY_TO_MANY", "REVERSE_MANY_TO_MANY")

    @property
    def backward_fk_fields(self) -> set[str]:
        """The names of the relations from foreign keys of other models."""
        return self._names("REVERSE_FOREIGN_KEY")

    @property
    def backward_o2o_fields(self) -> set[str]:
        """The names of the relations from one-to-one fields of other models."""
        return self._names("REVERSE_ONE_TO_ONE")

    @property
    def indexes(self) -> tuple[tuple[str, ...], ...]:
        """The fields of each index of `Meta.indexes`."""
        return tuple(index.fields for index in self.meta.indexes)

    @property
    def pk(self) -> Field[Any]:
        """The field of the primary key; of a key of several columns, the first."""
        return self.need().pk_columns[0].field

    @property
    def app(self) -> str | None:
        """The label of the app that holds the model; before `ORM.init` what `Meta.app` says."""
        return self.meta.app if self.linked is None else self.linked.app

    @property
    def full_name(self) -> str:
        """The app and the name of the model: `models.Hero`."""
        return self.need().key

    @property
    def abstract(self) -> bool:
        """Whether the model has no table."""
        return self.schema is None

    @property
    def table_description(self) -> str | None:
        """What the comment of the table says."""
        return self.meta.table_description

    @property
    def unique_together(self) -> tuple[tuple[str, ...], ...]:
        """The groups of fields that are unique together."""
        return tuple(self.need().unique_together)

    @property
    def default_connection(self) -> str:
        """The alias of the connection that statements about this model run on now."""
        return self.connection().alias

    @property
    def fields(self) -> set[str]:
        """The names of all columns and relations."""
        return {*self.need().columns, *self.need().relations}

    @property
    def fetch_fields(self) -> set[str]:
        """The names of all relations."""
        return set(self.need().relations)

    @property
    def db_fields(self) -> set[str]:
        """The attributes of the columns."""
        return set(self.need().columns)

    @property
    def fields_db_projection(self) -> dict[str, str]:
        """The SQL name of each column, by attribute."""
        return {name: column.column for name, column in self.need().columns.items()}

    @property
    def fields_db_projection_reverse(self) -> dict[str, str]:
        """The attribute of each column, by SQL name."""
        return {column.column: name for name, column in self.need().columns.items()}

    @property
    def generated_db_fields(self) -> tuple[str, ...]:
        """The SQL names of the columns whose values the database makes."""
        return tuple(column.column for column in self.need().columns.values() if column.generated)
