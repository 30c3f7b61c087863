"""The tables between the two sides of many-to-many relations: found among the models, or made for the relation."""

from __future__ import annotations

from typing import Protocol

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import Through
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import RelationSchema


class Known(Protocol):
    """What is known of all models while they are linked."""

    schemas: dict[str, ModelSchema]
    columns: dict[str, dict[str, FieldSchema]]
    by_path: dict[str, ModelSchema]
    by_table: dict[str, ModelSchema]
    pair_tables: dict[str, str]

    def report(self, schema: ModelSchema, member: str | None, fact: str, hint: str | None = None) -> None: ...

    def key_columns(self, schema: ModelSchema) -> tuple[FieldSchema, ...]: ...

    def resolve(self, schema: ModelSchema, relation: RelationSchema, quiet: bool = True) -> ModelSchema | None: ...


def through_table(known: Known, schema: ModelSchema, declared: RelationSchema, target: ModelSchema) -> Through:
    """The table that joins `schema` with `target`; what is wrong with it is reported."""
    if declared.symmetrical and target is not schema:
        fact = f"{schema.name}.{declared.name}: only a relation of a model with itself can be symmetrical"
        known.report(schema, declared.name, fact)
    table = declared.through or f"{schema.table}_{target.table}"
    model = through_model(known, schema, table)
    if model is not None:
        return _declared_table(known, schema, declared, target, model)
    far = _own_columns(known, schema, declared, target, target.name.lower(), declared.forward_key)
    near = _own_columns(known, schema, declared, schema, schema.name.lower(), declared.backward_key)
    if set(near) & set(far):
        near = _own_columns(known, schema, declared, schema, f"{schema.name.lower()}_rel", None)
    where = f"{schema.name}.{declared.name}"
    other = known.pair_tables.setdefault(table, where)
    if other != where:
        fact = f'{where}: the table "{table}" joins {other} already'
        hint = "give it a through= of its own"
        if declared.through is not None:
            hint = f'name another table, or declare a model with table = "{table}" that both go through'
        known.report(schema, declared.name, fact, hint)
    return Through(table, near, far, None, declared.unique, declared.symmetrical)


def through_model(known: Known, schema: ModelSchema, name: str) -> ModelSchema | None:
    """The model that `name` stands for, by its table, its class or its place; None where there is none."""
    models = known.schemas
    return known.by_table.get(name) or known.by_path.get(name) or models.get(name) or models.get(f"{schema.app}.{name}")


def _declared_table(
    known: Known, schema: ModelSchema, declared: RelationSchema, target: ModelSchema, model: ModelSchema
) -> Through:
    """A table that is a model of its own: its columns are those of its foreign keys to both sides."""
    far = _columns_to(known, schema, declared, model, target, declared.forward_key, ())
    near = _columns_to(known, schema, declared, model, schema, declared.backward_key, far)
    unique = _is_unique(known, model, {*near, *far})
    return Through(model.table, near, far, model.key, unique, declared.symmetrical)


def _own_columns(
    known: Known, schema: ModelSchema, declared: RelationSchema, side: ModelSchema, stem: str, given: str | None
) -> tuple[str, ...]:
    """The SQL names of the columns of a table of pairs that hold the key of `side`: one, which may be `given`, or one
    for each column of the key."""
    names = [column.name for column in known.key_columns(side)]
    if len(names) < 2:
        return (given or f"{stem}_id",)
    if given is not None:
        fact = f"{schema.name}.{declared.name}: the key of {side.name} has several columns ({', '.join(names)})"
        known.report(schema, declared.name, fact, f'leave "{given}" out, or make the table between them a model')
    return tuple(f"{stem}_{name}" for name in names)


def _columns_to(
    known: Known,
    schema: ModelSchema,
    declared: RelationSchema,
    model: ModelSchema,
    side: ModelSchema,
    given: str | None,
    taken: tuple[str, ...],
) -> tuple[str, ...]:
    """The SQL names of the columns of `model` that point at `side`, in the order of its key."""
    first = _key_of(known, schema, declared, model, side, given, taken)
    size = len(known.key_columns(side))
    if size < 2:
        return (first,)
    columns = list(known.columns[model.key].values())
    relation = next((column.relation for column in columns if column.column == first), None)
    found = tuple(column.column for column in columns if relation is not None and column.relation == relation)
    return found if len(found) == size else (first,) * size


def _is_unique(known: Known, model: ModelSchema, pair: set[str]) -> bool:
    """Whether the table of `model` holds each pair of values of two columns once."""
    columns = known.columns[model.key].values()
    groups = [*model.meta.unique_together, model.meta.primary_key]
    groups += [index.fields for index in model.meta.uniques]
    return any(
        {column.column for column in columns if column.name in group or column.relation in group} == pair
        for group in groups
    )


def _key_of(
    known: Known,
    schema: ModelSchema,
    declared: RelationSchema,
    model: ModelSchema,
    side: ModelSchema,
    given: str | None,
    taken: tuple[str, ...],
) -> str:
    """The SQL name of the first column of `model` that points at `side`: the `given` one, else that of the only key."""
    columns = known.columns[model.key].values()
    wanted = given or f"{side.name.lower()}_id"
    for column in columns:
        if wanted in (column.column, column.name, column.relation) and column.column not in taken:
            return column.column
    pointing = {
        member.name
        for member in model.members
        if isinstance(member, RelationSchema) and member.kind != "ManyToMany" and known.resolve(model, member) is side
    }
    firsts: dict[str | None, str] = {}
    for column in columns:
        if column.relation in pointing and column.column not in taken:
            firsts.setdefault(column.relation, column.column)
    found = list(firsts.values())
    if len(found) == 1 and given is None:
        return found[0]
    option = "backward_key" if taken else "forward_key"
    fact, hint = f"{schema.name}.{declared.name}: {model.name}", None
    if given is not None:
        close = nearest(given, [column.column for column in columns])
        fact += f' has no column "{given}" for {option}'
        hint = f'did you mean "{close}"?' if close else None
    else:
        what = "several foreign keys" if found else "no foreign key"
        fact += f" has {what} to {side.name}"
        hint = f"say which with {option}=" if found else "add one, or name another table with through="
    known.report(schema, declared.name, fact, hint)
    return wanted
