"""Links described models into one graph: the only place that knows the rules of relations."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from types import MappingProxyType

from ormgen.exceptions import Problem, SchemaError
from ormgen.records import replace
from ormgen.schema.collector import collector_paused
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind, Through
from ormgen.schema.indexes import CheckSchema, IndexSchema
from ormgen.schema.keys import KeyColumns, foreign_keys
from ormgen.schema.model_schema import RESERVED, ModelSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import RelationSchema
from ormgen.schema.shared_enums import differing
from ormgen.schema.through import through_table


@collector_paused()
def link(schemas: Iterable[ModelSchema], problems: Iterable[Problem] = (), *, halfway: bool = False) -> ModelGraph:
    """The graph of `schemas`.

    `problems` found earlier are reported together with those found here. Models that are `halfway` to others may have
    reverse names that are still taken: these ways back are left out.

    Raises:
        SchemaError: with every problem of every model.
    """
    linker = _Linker(tuple(schemas), list(problems), halfway)
    graph = linker.run()
    if linker.problems:
        raise SchemaError(linker.problems)
    return graph


class _Linker:
    def __init__(self, schemas: tuple[ModelSchema, ...], problems: list[Problem], halfway: bool) -> None:
        self.problems = problems
        self.halfway = halfway
        self.schemas: dict[str, ModelSchema] = {}
        self.columns: dict[str, dict[str, FieldSchema]] = {}
        self.relations: dict[str, dict[str, Relation]] = {}
        for schema in schemas:
            key = schema.key
            if key in self.schemas:
                self.report(schema, None, f"{key} is declared twice", "give one of them another name or app")
            self.schemas[key] = schema
            self.columns[key] = {}
            self.relations[key] = {}
        self.declared = {schema.key: {member.name for member in schema.members} for schema in schemas}
        self.pair_tables: dict[str, str] = {}
        self.by_path = {f"{schema.module}:{schema.name}": schema for schema in schemas}
        self.by_table = {schema.table: schema for schema in schemas}
        self.keys = KeyColumns(self)

    def report(self, schema: ModelSchema, member: str | None, fact: str, hint: str | None = None) -> None:
        self.problems.append(Problem(schema.key, member, fact, hint))

    def run(self) -> ModelGraph:
        for key, schema in self.schemas.items():
            self.columns[key] = self.keys.collect(schema)
        for schema in self.schemas.values():
            for member in schema.members:
                if isinstance(member, RelationSchema):
                    self.add_relation(schema, member)
        if not self.halfway:
            self.problems += differing(self.schemas.values())
        linked = {key: self.finish(key, schema) for key, schema in self.schemas.items()}
        return ModelGraph(MappingProxyType(linked))

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
        key = target.key
        taken = backward.name in self.columns[key] or backward.name in self.relations[key]
        if taken or backward.name in self.declared[key]:
            if self.halfway:
                return
            where = f"{schema.name}.{declared.name}"
            fact = f'{where}: the reverse name "{backward.name}" is already taken on {target.name}'
            hint = "give it a related_name of its own"
            detail = f'backward relation "{backward.name}" duplicates in model {target.name}'
            self.problems.append(Problem(schema.key, declared.name, fact, hint, detail))
            return
        self.relations[key][backward.name] = backward

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
        pairs = self.keys.pairs(schema, declared)
        composite = len(pairs) > 1
        reverse = reverse_name(declared, schema.table if one else f"{schema.table}s")
        columns = [self.columns[schema.key].get(name) for name, _ in pairs] if composite else []
        forward = Relation(
            name=declared.name,
            kind=RelationKind.ONE_TO_ONE if one else RelationKind.FOREIGN_KEY,
            model=schema.key,
            target=target.key,
            near=f"{declared.name}_pk" if composite else f"{declared.name}_id",
            far=declared.to_field or self.pk_name(target),
            reverse=reverse,
            null=any(column.null for column in columns if column is not None) if composite else declared.null,
            on_delete=declared.on_delete,
            db_constraint=declared.db_constraint,
            description=declared.description,
            columns=tuple((name, far.name) for name, far in pairs) if composite else (),
            on_update=declared.on_update,
            deferrable=declared.deferrable,
            constraint_name=declared.constraint_name,
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
        back = replace(through, near_columns=through.far_columns, far_columns=through.near_columns)
        return forward, self.turned(forward, reverse, RelationKind.REVERSE_MANY_TO_MANY, back)

    def turned(self, forward: Relation, name: str, kind: RelationKind, through: Through | None) -> Relation:
        return Relation(
            name=name,
            kind=kind,
            model=forward.target,
            target=forward.model,
            near=forward.far,
            far=forward.near,
            reverse=forward.name,
            through=through,
            on_delete=forward.on_delete,
            db_constraint=forward.db_constraint,
            columns=tuple((far, near) for near, far in forward.columns),
        )

    def key_columns(self, schema: ModelSchema) -> tuple[FieldSchema, ...]:
        """The columns of the primary key."""
        return self.keys.key_of(schema)

    def pk_name(self, schema: ModelSchema) -> str:
        """The attribute that holds the primary key."""
        names = self.keys.key_names(schema)
        return names[0] if len(names) == 1 else "pk"

    def finish(self, place: str, schema: ModelSchema) -> LinkedModel:
        columns, relations = self.columns[place], self.relations[place]
        composites = self.composites(schema)
        if schema.meta.ordering:
            self.check_ordering(schema, {*columns, *relations, *composites, "pk"})
        options = [key for key in foreign_keys(schema) if key.name in relations and relations[key.name].columns]
        keyed = {key.name: composites[relations[key.name].near] for key in options}
        return LinkedModel(
            name=schema.name,
            app=schema.app,
            module=schema.module,
            table=schema.table,
            pk=self.pk_name(schema),
            columns=MappingProxyType(columns),
            relations=MappingProxyType(relations),
            unique_together=(
                *(self.attributes(schema, group, "unique_together") for group in schema.meta.unique_together),
                *(keyed[key.name] for key in options if key.unique and not key.primary_key),
            ),
            indexes=(
                *(
                    replace(index, fields=self.attributes(schema, index.fields, "indexes"))
                    for index in (*schema.meta.indexes, *schema.meta.constraints)
                    if isinstance(index, IndexSchema)
                ),
                *(IndexSchema(keyed[key.name]) for key in options if key.index),
            ),
            meta=schema.meta,
            pk_names=self.keys.key_names(schema),
            composites=MappingProxyType(composites),
            checks=tuple(check for check in schema.meta.constraints if isinstance(check, CheckSchema)),
        )

    def composites(self, schema: ModelSchema) -> dict[str, tuple[str, ...]]:
        """The attributes whose values are tuples of columns: the primary key, and foreign keys to such keys."""
        names, found = self.keys.key_names(schema), dict[str, tuple[str, ...]]()
        if len(names) > 1:
            found["pk"] = names
        for relation in self.relations[schema.key].values():
            if relation.columns and relation.kind.forward:
                if relation.near in self.columns[schema.key] or relation.near in self.relations[schema.key]:
                    fact = f"{schema.name}.{relation.near} hides the value of the foreign key {relation.name}"
                    self.report(schema, relation.name, fact, "rename one of them")
                found[relation.near] = tuple(near for near, _ in relation.columns)
        return found

    def attributes(self, schema: ModelSchema, names: tuple[str, ...], option: str) -> tuple[str, ...]:
        """Field names of a Meta option as column attributes: a foreign key stands for its columns."""
        columns, keys = self.columns[schema.key], {key.name: key for key in foreign_keys(schema)}
        found: list[str] = []
        for name in names:
            if name == "pk":
                found += self.keys.key_names(schema)
            elif name in columns:
                found.append(name)
            elif name in keys:
                found += [near for near, _ in self.keys.pairs(schema, keys[name])]
            else:
                close = nearest(name, columns)
                hint = f'did you mean "{close}"?' if close else None
                self.report(
                    schema, f"Meta.{option}", f'{schema.name}.Meta.{option} names "{name}", which is no field', hint
                )
        return tuple(found)

    def check_ordering(self, schema: ModelSchema, names: set[str]) -> None:
        for entry in schema.meta.ordering:
            name = entry.removeprefix("-").partition("__")[0]
            if name not in names:
                close = nearest(name, names)
                hint = f'did you mean "{close}"?' if close else None
                self.report(
                    schema, "Meta.ordering", f'{schema.name}.Meta.ordering names "{name}", which is no field', hint
                )


def reverse_name(declared: RelationSchema, default: str) -> str | None:
    """The name of the way back; None where `related_name=False` says that there is none."""
    if declared.related_name is False:
        return None
    return default if declared.related_name is None else str(declared.related_name)
