"""Links described models into one graph: the only place that knows the rules of relations."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import replace
from keyword import iskeyword
from types import MappingProxyType
from typing import Any

from ormgen.exceptions import Problem, SchemaError
from ormgen.schema.field import MISSING, Default, Field, FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind, Through
from ormgen.schema.indexes import IndexSchema
from ormgen.schema.model_schema import RESERVED, ModelSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, OnDelete, RelationSchema
from ormgen.schema.through import through_table


def link(schemas: Iterable[ModelSchema], problems: Iterable[Problem] = ()) -> ModelGraph:
    """The graph of `schemas`.

    `problems` found earlier are reported together with those found here.

    Raises:
        SchemaError: with every problem of every model.
    """
    linker = _Linker(tuple(schemas), list(problems))
    graph = linker.run()
    if linker.problems:
        raise SchemaError(linker.problems)
    return graph


class _Linker:
    def __init__(self, schemas: tuple[ModelSchema, ...], problems: list[Problem]) -> None:
        self.problems = problems
        self.schemas: dict[str, ModelSchema] = {}
        self.columns: dict[str, dict[str, FieldSchema]] = {}
        self.relations: dict[str, dict[str, Relation]] = {}
        self.resolving: set[tuple[str, str]] = set()
        for schema in schemas:
            if schema.key in self.schemas:
                self.report(schema, None, f"{schema.key} is declared twice", "give one of them another name or app")
            self.schemas[schema.key] = schema
            self.columns[schema.key] = {}
            self.relations[schema.key] = {}
        self.pair_tables: dict[str, str] = {}
        self.by_path = {f"{schema.module}:{schema.name}": schema for schema in schemas}
        self.by_table = {schema.table: schema for schema in schemas}

    def report(self, schema: ModelSchema, member: str | None, fact: str, hint: str | None = None) -> None:
        self.problems.append(Problem(schema.key, member, fact, hint))

    def run(self) -> ModelGraph:
        for schema in self.schemas.values():
            self.columns[schema.key] = self.collect_columns(schema)
        for schema in self.schemas.values():
            for member in schema.members:
                if isinstance(member, RelationSchema):
                    self.add_relation(schema, member)
        linked = {schema.key: self.finish(schema) for schema in self.schemas.values()}
        return ModelGraph(MappingProxyType(linked))

    def collect_columns(self, schema: ModelSchema) -> dict[str, FieldSchema]:
        columns: dict[str, FieldSchema] = {}
        taken: dict[str, str] = {}
        for member in schema.members:
            column = member if isinstance(member, FieldSchema) else self.key_column(schema, member)
            if column is None:
                continue
            if column.name in columns:
                other = columns[column.name].relation or column.relation
                self.report(schema, member.name, f'{schema.name}.{column.name} is also the column of "{other}"')
            elif column.column.lower() in taken:
                other = taken[column.column.lower()]
                fact = f'{schema.name}.{column.name} is kept in column "{column.column}", and so is {other}'
                self.report(schema, member.name, fact, "give one of them another source_field")
            columns[column.name] = column
            taken[column.column.lower()] = column.name
        return columns

    def key_column(self, schema: ModelSchema, relation: RelationSchema) -> FieldSchema | None:
        """The column behind a foreign key: typed like the column that it points at."""
        if relation.kind == "ManyToMany":
            return None
        target = self.resolve(schema, relation, quiet=False)
        if target is None:
            return None
        far = self.far_column(schema, relation, target)
        if far is None:
            return None
        name = f"{relation.name}_id"
        return replace(
            far,
            field=key_field(far, relation),
            name=name,
            column=relation.source_field or name,
            null=relation.null,
            unique=relation.unique,
            index=relation.index or relation.primary_key,
            primary_key=relation.primary_key,
            generated=False,
            default=relation.default,
            db_default=relation.default if relation.on_delete is OnDelete.SET_DEFAULT else Default(),
            auto=None,
            description=relation.description,
            relation=relation.name,
        )

    def far_column(self, schema: ModelSchema, relation: RelationSchema, target: ModelSchema) -> FieldSchema | None:
        if relation.to_field is not None:
            return self.unique_column(schema, relation, target, relation.to_field)
        key = next(member for member in target.members if member.primary_key)
        if isinstance(key, FieldSchema):
            return key
        step = (target.key, key.name)
        if step in self.resolving:
            self.report(schema, relation.name, f"the primary key of {target.name} leads back to itself")
            return None
        self.resolving.add(step)
        column = self.key_column(target, key)
        self.resolving.discard(step)
        return column

    def unique_column(
        self, schema: ModelSchema, relation: RelationSchema, target: ModelSchema, name: str
    ) -> FieldSchema | None:
        fields = {member.name: member for member in target.members if isinstance(member, FieldSchema)}
        where = f"{schema.name}.{relation.name}"
        if name not in fields:
            close = nearest(name, fields)
            hint = f'did you mean "{close}"?' if close else None
            self.report(
                schema, relation.name, f'{where}: there is no field named "{name}" in {target.name} for to_field', hint
            )
            return None
        if not fields[name].unique:
            self.report(
                schema,
                relation.name,
                f"{where}: {target.name}.{name} is not unique",
                "to_field needs unique=True there",
            )
        return fields[name]

    def resolve(self, schema: ModelSchema, relation: RelationSchema, quiet: bool = True) -> ModelSchema | None:
        """The model that a relation points at: `app.Model`, `Model`, `self`, or a path `pkg.module.Model`."""
        to = relation.to
        if to == "self":
            return schema
        module, _, name = to.replace(":", ".").rpartition(".")
        found = (
            self.by_path.get(to)
            or self.schemas.get(to)
            or (self.schemas.get(f"{schema.app}.{to}") if not module else None)
            or self.by_path.get(f"{module}:{name}")
        )
        if found is None and not quiet:
            self.report_unknown(schema, relation, module, name)
        return found

    def report_unknown(self, schema: ModelSchema, relation: RelationSchema, app: str, name: str) -> None:
        fact = f'{schema.name}.{relation.name} points at "{relation.to}", which is not a model'
        apps = sorted({other.app for other in self.schemas.values()})
        if not app or not name or "." in app:
            detail = f'"{relation.to}" is not a valid model reference such as "{schema.app}.Name"'
        else:
            detail = f'No model with name "{name}" in app "{app}"' if app in apps else f'No app with name "{app}"'
        elsewhere = [other.key for other in self.schemas.values() if other.name == name]
        if elsewhere:
            told = f'the app is called "{elsewhere[0].partition(".")[0]}"; ' if app and app not in apps else ""
            hint = f'{told}did you mean "{elsewhere[0]}"?'
        else:
            in_app = {other.name: other.key for other in self.schemas.values() if other.app == app or app not in apps}
            close = nearest(name, in_app)
            hint = f'did you mean "{in_app[close] if app else close}"?' if close else f"the apps are: {', '.join(apps)}"
        self.problems.append(Problem(schema.key, relation.name, fact, hint, detail))

    def add_relation(self, schema: ModelSchema, declared: RelationSchema) -> None:
        target = self.resolve(schema, declared, quiet=declared.kind != "ManyToMany")
        if target is None:
            return
        forward, backward = (
            self.many_to_many(schema, declared, target)
            if declared.kind == "ManyToMany"
            else self.key_relations(schema, declared, target)
        )
        self.relations[schema.key][forward.name] = forward
        if backward is not None:
            self.add_backward(schema, declared, target, backward)

    def add_backward(
        self, schema: ModelSchema, declared: RelationSchema, target: ModelSchema, backward: Relation
    ) -> None:
        if self.unusable_name(schema, declared, target, backward.name):
            return
        taken = backward.name in self.columns[target.key] or backward.name in self.relations[target.key]
        declared_there = any(member.name == backward.name for member in target.members)
        if taken or declared_there:
            where = f"{schema.name}.{declared.name}"
            fact = f'{where}: the reverse name "{backward.name}" is already taken on {target.name}'
            self.report(schema, declared.name, fact, "give it a related_name of its own")
            return
        self.relations[target.key][backward.name] = backward

    def unusable_name(self, schema: ModelSchema, declared: RelationSchema, target: ModelSchema, name: str) -> bool:
        """Whether `name` cannot be the way back, which is reported then."""
        if name in RESERVED:
            fact = f"hides {target.name}.{name}"
        elif not name.isidentifier() or (iskeyword(name) and declared.related_name is not None):
            fact = "cannot be the name of an attribute"
        elif "__" in name:
            fact = 'contains "__", which separates lookups'
        else:
            return False
        where = f"{schema.name}.{declared.name}"
        self.report(schema, declared.name, f'{where}: the reverse name "{name}" {fact}', "give it another related_name")
        return True

    def key_relations(
        self, schema: ModelSchema, declared: RelationSchema, target: ModelSchema
    ) -> tuple[Relation, Relation | None]:
        one = declared.kind == "OneToOne"
        far = declared.to_field or self.pk_name(target)
        near = f"{declared.name}_id"
        reverse = reverse_name(declared, schema.table if one else f"{schema.table}s")
        forward = Relation(
            name=declared.name,
            kind=RelationKind.ONE_TO_ONE if one else RelationKind.FOREIGN_KEY,
            model=schema.key,
            target=target.key,
            near=near,
            far=far,
            reverse=reverse,
            null=declared.null,
            on_delete=declared.on_delete,
            db_constraint=declared.db_constraint,
            description=declared.description,
        )
        if reverse is None:
            return forward, None
        kind = RelationKind.REVERSE_ONE_TO_ONE if one else RelationKind.REVERSE_FOREIGN_KEY
        return forward, self.turned(forward, reverse, kind, None)

    def many_to_many(
        self, schema: ModelSchema, declared: RelationSchema, target: ModelSchema
    ) -> tuple[Relation, Relation | None]:
        through = through_table(self, schema, declared, target)
        reverse = None if declared.symmetrical else reverse_name(declared, f"{schema.name.lower()}s")
        forward = Relation(
            name=declared.name,
            kind=RelationKind.MANY_TO_MANY,
            model=schema.key,
            target=target.key,
            near=self.pk_name(schema),
            far=self.pk_name(target),
            reverse=reverse,
            through=through,
            on_delete=declared.on_delete,
            db_constraint=declared.db_constraint,
            description=declared.description,
        )
        if reverse is None:
            return forward, None
        back = replace(through, near_column=through.far_column, far_column=through.near_column)
        return forward, self.turned(forward, reverse, RelationKind.REVERSE_MANY_TO_MANY, back)

    def turned(self, forward: Relation, name: str, kind: RelationKind, through: Through | None) -> Relation:
        return replace(
            forward,
            name=name,
            kind=kind,
            model=forward.target,
            target=forward.model,
            near=forward.far,
            far=forward.near,
            reverse=forward.name,
            null=False,
            through=through,
            description=None,
        )

    def pk_name(self, schema: ModelSchema) -> str:
        key = next(member for member in schema.members if member.primary_key)
        return key.name if isinstance(key, FieldSchema) else f"{key.name}_id"

    def finish(self, schema: ModelSchema) -> LinkedModel:
        columns, relations = self.columns[schema.key], self.relations[schema.key]
        self.check_ordering(schema, columns, relations)
        return LinkedModel(
            name=schema.name,
            app=schema.app,
            module=schema.module,
            table=schema.table,
            pk=self.pk_name(schema),
            columns=MappingProxyType(columns),
            relations=MappingProxyType(relations),
            unique_together=tuple(
                self.attributes(schema, group, "unique_together") for group in schema.meta.unique_together
            ),
            indexes=tuple(
                IndexSchema(self.attributes(schema, index.fields, "indexes"), index.name, index.unique)
                for index in (*schema.meta.indexes, *schema.meta.constraints)
            ),
            meta=schema.meta,
        )

    def attributes(self, schema: ModelSchema, names: tuple[str, ...], option: str) -> tuple[str, ...]:
        """Field names of a Meta option as column attributes: a foreign key stands for its column."""
        columns = self.columns[schema.key]
        found = []
        for name in names:
            attribute = self.pk_name(schema) if name == "pk" else name if name in columns else f"{name}_id"
            unresolved = (member.name for member in schema.members if getattr(member, "kind", "") != "ManyToMany")
            if attribute not in columns and name not in unresolved:
                close = nearest(name, columns)
                hint = f'did you mean "{close}"?' if close else None
                self.report(
                    schema, f"Meta.{option}", f'{schema.name}.Meta.{option} names "{name}", which is no field', hint
                )
            found.append(attribute)
        return tuple(found)

    def check_ordering(
        self, schema: ModelSchema, columns: Mapping[str, FieldSchema], relations: Mapping[str, Relation]
    ) -> None:
        for entry in schema.meta.ordering:
            name = entry.removeprefix("-").partition("__")[0]
            if name not in columns and name not in relations and name != "pk":
                close = nearest(name, [*columns, *relations])
                hint = f'did you mean "{close}"?' if close else None
                self.report(
                    schema, "Meta.ordering", f'{schema.name}.Meta.ordering names "{name}", which is no field', hint
                )


def reverse_name(declared: RelationSchema, default: str) -> str | None:
    """The name of the way back; None where `related_name=False` says that there is none."""
    if declared.related_name is False:
        return None
    return default if declared.related_name is None else str(declared.related_name)


def key_field(far: FieldSchema, relation: RelationSchema) -> Field[Any]:
    """The field of a foreign key's column: it converts as the field that it points at, and has its own default."""
    field = copy.copy(far.field)
    declared = relation.field
    field.default = declared.default if isinstance(declared, ForeignKeyFieldInstance) else MISSING
    field.db_default = MISSING
    return field
