"""The columns of keys: which make up a primary key, and which a foreign key brings to its model."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from ormgen.records import replace
from ormgen.schema.field import MISSING, Default, Field, FieldSchema
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, OnDelete, RelationSchema
from ormgen.schema.through import Known

Pairs = tuple[tuple[str, FieldSchema], ...]


class KeyColumns:
    """Finds the columns of keys while models are linked; what is wrong with them is reported once."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.resolving: set[tuple[str, str]] = set()
        self.found_keys: dict[str, tuple[FieldSchema, ...]] = {}
        self.found_names: dict[str, tuple[str, ...]] = {}
        self.found_pairs: dict[tuple[str, str], Pairs] = {}

    def collect(self, schema: ModelSchema) -> dict[str, FieldSchema]:
        """The columns of a model by attribute, those of its foreign keys included."""
        columns: dict[str, FieldSchema] = {}
        taken: dict[str, str] = {}
        for member in schema.members:
            for column in [member] if isinstance(member, FieldSchema) else self.brought(schema, member, columns):
                name, stored = column.name, column.column.lower()
                if name in columns:
                    fact = f'{schema.name}.{name} is also the column of "{columns[name].relation or column.relation}"'
                    self.known.report(schema, member.name, fact, _sharing(schema, member, self.known))
                elif stored in taken:
                    fact = f'{schema.name}.{name} is kept in column "{column.column}", and so is {taken[stored]}'
                    self.known.report(schema, member.name, fact, "give one of them another source_field")
                columns[name] = column
                taken[stored] = name
        self._check_shared(schema, columns)
        return self._with_key(schema, columns)

    def _with_key(self, schema: ModelSchema, columns: dict[str, FieldSchema]) -> dict[str, FieldSchema]:
        """The columns, those of a key that `Meta` names marked."""
        names = self.key_names(schema)
        if len(names) < 2 and not schema.meta.primary_key:
            return columns
        for name in names:
            column = columns.get(name)
            if column is None:
                continue
            where, fact = f"{schema.name}.{name}", None
            if column.null and schema.meta.db_primary_key is not False:
                fact = f"{where} is part of the primary key and cannot be null"
            elif column.generated:
                fact = f"{where} is part of the primary key, so that the database cannot make it"
            if fact is not None:
                self.known.report(schema, column.relation or name, fact)
            columns[name] = replace(column, primary_key=True)
        return columns

    # -- primary keys

    def key_names(self, schema: ModelSchema) -> tuple[str, ...]:
        """The attributes of the columns of a primary key."""
        place = schema.key
        if place not in self.found_names:
            self.found_names[place] = tuple([column.name for column in self.key_of(schema)])
        return self.found_names[place]

    def key_of(self, schema: ModelSchema) -> tuple[FieldSchema, ...]:
        """The columns of a primary key."""
        place = schema.key
        if place not in self.found_keys:
            self.found_keys[place] = self._key_of(schema)
        return self.found_keys[place]

    def _key_of(self, schema: ModelSchema) -> tuple[FieldSchema, ...]:
        listed = schema.meta.primary_key
        if not listed:
            key = next((member for member in schema.members if member.primary_key), None)
            if isinstance(key, FieldSchema):
                return (key,)
            return () if key is None else self.own(schema, key)
        members = {member.name: member for member in schema.members}
        found: list[FieldSchema] = []
        for name in dict.fromkeys(listed):
            member = members.get(name)
            if isinstance(member, FieldSchema):
                found.append(member)
            elif member is not None and member.kind != "ManyToMany":
                found += self.own(schema, member)
            else:
                found += self._column_of_relation(schema, name)
        return tuple(found)

    def _column_of_relation(self, schema: ModelSchema, name: str) -> Iterable[FieldSchema]:
        """The column called `name` that a foreign key brings; a missing one is reported."""
        keys = foreign_keys(schema)
        named = sorted((key for key in keys if name.startswith(f"{key.name}_")), key=lambda key: -len(key.name))
        for key in (*named, *(key for key in keys if name in key.from_fields)):
            for column in self.own(schema, key):
                if column.name == name:
                    return (column,)
        known = [member.name for member in schema.members] + [f"{key.name}_id" for key in keys]
        close = nearest(name, known)
        fact = f'{schema.name}.Meta.primary_key names "{name}", which is no field'
        hint = f'did you mean "{close}"?' if close else None
        self.known.report(schema, "Meta.primary_key", fact, hint)
        return ()

    # -- foreign keys

    def own(self, schema: ModelSchema, relation: RelationSchema) -> tuple[FieldSchema, ...]:
        """A column for each that a foreign key points at."""
        pairs = self.pairs(schema, relation)
        single = len(pairs) == 1 and not relation.from_fields
        return tuple([_near(relation, name, far, single) for name, far in pairs])

    def brought(
        self, schema: ModelSchema, relation: RelationSchema, known: dict[str, FieldSchema]
    ) -> tuple[FieldSchema, ...]:
        """The columns that a foreign key adds to its model: all but those that it shares."""
        if not relation.from_fields:
            return self.own(schema, relation)
        others = {member.name for member in schema.members if isinstance(member, FieldSchema)} | {*known}
        others |= {f"{key.name}_id" for key in foreign_keys(schema) if key.name != relation.name}
        shared = others.intersection(relation.from_fields)
        return tuple(column for column in self.own(schema, relation) if column.name not in shared)

    def pairs(self, schema: ModelSchema, relation: RelationSchema) -> Pairs:
        """The names of a foreign key's columns, each with the column that it points at; empty where there are none."""
        if relation.kind == "ManyToMany":
            return ()
        place = (schema.key, relation.name)
        if place not in self.found_pairs:
            if place in self.resolving:
                self.known.report(schema, relation.name, f"the primary key of {schema.name} leads back to itself")
                return ()
            self.resolving.add(place)
            self.found_pairs[place] = self._pairs(schema, relation)
            self.resolving.discard(place)
        return self.found_pairs[place]

    def _pairs(self, schema: ModelSchema, relation: RelationSchema) -> Pairs:
        target = self.known.resolve(schema, relation, quiet=False)
        if target is None:
            return ()
        if relation.to_field is not None:
            column = self._unique_column(schema, relation, target, relation.to_field)
            return () if column is None else ((f"{relation.name}_id", column),)
        far = self.key_of(target)
        if len(far) == 1:
            if relation.from_fields:
                fact = f"{schema.name}.{relation.name}: from_fields is for keys of several columns"
                self.known.report(schema, relation.name, fact, f"{target.name} has one; use source_field")
            return ((f"{relation.name}_id", far[0]),)
        names = relation.from_fields or tuple(f"{relation.name}_{column.name}" for column in far)
        self._check_composite(schema, relation, target, far, names)
        return tuple(zip(names, far, strict=False))

    def _check_composite(
        self,
        schema: ModelSchema,
        relation: RelationSchema,
        target: ModelSchema,
        far: tuple[FieldSchema, ...],
        names: tuple[str, ...],
    ) -> None:
        where, listed = f"{schema.name}.{relation.name}", ", ".join(column.name for column in far)
        if len(names) != len(far):
            fact = f"{where}: the key of {target.name} has {len(far)} columns ({listed}), from_fields {len(names)}"
            self.known.report(schema, relation.name, fact)
        for option in ("source_field", "default"):
            given = relation.source_field is not None if option == "source_field" else relation.default.kind != "none"
            if given:
                fact = f"{where}: {option} is for one column, the key of {target.name} has {len(far)} ({listed})"
                self.known.report(schema, relation.name, fact, "declare the columns and name them in from_fields")

    def _check_shared(self, schema: ModelSchema, columns: dict[str, FieldSchema]) -> None:
        """Report columns that foreign keys share and that do not fit."""
        for relation in foreign_keys(schema):
            for name, far in self.pairs(schema, relation) if relation.from_fields else ():
                near, where = columns.get(name), f"{schema.name}.{relation.name}"
                if near is None or near.relation == relation.name:
                    continue
                if near.python_type != far.python_type:
                    fact = f"{where}: {name} is {near.python_type}, but {far.name} is {far.python_type}"
                    self.known.report(schema, relation.name, fact)
                for option, rule in (("on_delete", relation.on_delete), ("on_update", relation.on_update)):
                    if rule is OnDelete.SET_NULL and not near.null:
                        fact = f"{where}: {option}=SET_NULL would empty {name}, which cannot be null"
                        self.known.report(schema, relation.name, fact)

    def _unique_column(
        self, schema: ModelSchema, relation: RelationSchema, target: ModelSchema, name: str
    ) -> FieldSchema | None:
        fields = {member.name: member for member in target.members if isinstance(member, FieldSchema)}
        where = f"{schema.name}.{relation.name}"
        if name not in fields:
            close = nearest(name, fields)
            hint = f'did you mean "{close}"?' if close else None
            fact = f'{where}: there is no field named "{name}" in {target.name} for to_field'
            self.known.report(schema, relation.name, fact, hint)
            return None
        if not fields[name].unique:
            fact = f"{where}: {target.name}.{name} is not unique"
            self.known.report(schema, relation.name, fact, "to_field needs unique=True there")
        return fields[name]


def foreign_keys(schema: ModelSchema) -> list[RelationSchema]:
    """The foreign keys and one-to-one relations that a model declares."""
    return [member for member in schema.members if isinstance(member, RelationSchema) and member.kind != "ManyToMany"]


def _sharing(schema: ModelSchema, member: FieldSchema | RelationSchema, known: Known) -> str | None:
    """How two members could have one column."""
    keys = [member] if isinstance(member, RelationSchema) else foreign_keys(schema)
    several = any((target := known.resolve(schema, key)) is not None and target.meta.primary_key for key in keys)
    return "name the columns of the foreign key in from_fields to share one" if several else None


def _near(relation: RelationSchema, name: str, far: FieldSchema, single: bool) -> FieldSchema:
    """The column of a foreign key that points at `far`: it is typed alike."""
    return far.changed(
        field=_key_field(far, relation),
        name=name,
        column=(relation.source_field if single else None) or name,
        null=relation.null,
        unique=relation.unique and single,
        index=(relation.index or relation.primary_key) and single,
        primary_key=relation.primary_key,
        generated=False,
        default=relation.default,
        db_default=relation.default if OnDelete.SET_DEFAULT in (relation.on_delete, relation.on_update) else Default(),
        auto=None,
        description=relation.description,
        relation=relation.name,
    )


def _key_field(far: FieldSchema, relation: RelationSchema) -> Field[Any]:
    """The field of a foreign key's column: it converts as the field that it points at, and has its own default."""
    field = copy.copy(far.field)
    declared = relation.field
    field.default = declared.default if isinstance(declared, ForeignKeyFieldInstance) else MISSING
    field.db_default = MISSING
    return field
