"""The tables of a graph, those between many-to-many sides included, in the order in which they can be created."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from ormgen.records import dataclass, field, replace
from ormgen.schema.field import Default, FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind
from ormgen.schema.indexes import CheckSchema, IndexSchema
from ormgen.schema.relation_fields import Deferrable, OnDelete
from ormgen.sql.ddl_text import constraint_name


@dataclass(frozen=True, slots=True)
class TableName:
    """A table, and the PostgreSQL schema that it is in if its model names one."""

    name: str
    schema: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index or unique constraint over columns, by their SQL names, or as `declared` in the Meta of `model`."""

    name: str
    columns: tuple[str, ...]
    declared: IndexSchema | None = None
    model: LinkedModel | None = field(default=None, compare=False)
    graph: ModelGraph | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns whose values are those of unique columns of `target`; `label` says which relation it is."""

    name: str
    columns: tuple[str, ...]
    target: TableName
    target_columns: tuple[str, ...]
    on_delete: OnDelete
    label: str
    on_update: OnDelete | None = None
    deferrable: Deferrable | None = None

    @property
    def rules(self) -> str:
        """What stands behind it."""
        updated = f" ON UPDATE {self.on_update.value}" if self.on_update is not None else ""
        return f"ON DELETE {self.on_delete.value}{updated}{f' {self.deferrable.sql}' if self.deferrable else ''}"


@dataclass(frozen=True, slots=True)
class Table:
    """One table, ready to be written as SQL; `label` is its model or relation, `primary_key` are the columns of a key
    that has several, `key_name` what it is called if not as the database likes."""

    name: TableName
    columns: tuple[FieldSchema, ...]
    uniques: tuple[Index, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    comment: str | None = None
    label: str = ""
    primary_key: tuple[str, ...] = ()
    checks: tuple[CheckSchema, ...] = ()
    key_name: str | None = None
    model: LinkedModel | None = field(default=None, compare=False)
    graph: ModelGraph | None = field(default=None, compare=False)


def tables_of(graph: ModelGraph, models: Collection[str] | None = None) -> list[Table]:
    """The tables of `models` (keys, by default all), each behind those that its foreign keys need.

    Two that need each other come in either order. A foreign key to a model that is not among them is left out,
    because no database knows the tables of another.
    """
    chosen = [model for model in graph if models is None or model.key in models]
    tables = [*(model_table(model, graph) for model in chosen), *through_tables(chosen, graph)]
    here = {table.name for table in tables}
    return _ordered([_without_foreign(table, here) for table in tables])


def _without_foreign(table: Table, here: Collection[TableName]) -> Table:
    return replace(table, foreign_keys=tuple(key for key in table.foreign_keys if key.target in here))


def late_foreign_keys(tables: Iterable[Table]) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys that need a table which comes later than their own."""
    late: list[tuple[Table, ForeignKey]] = []
    seen: set[TableName] = set()
    for table in tables:
        seen.add(table.name)
        late += [(table, key) for key in table.foreign_keys if key.target not in seen]
    return late


def table_name(model: LinkedModel) -> TableName:
    """Where the rows of `model` are."""
    return TableName(model.table, model.meta.schema)


def through_name(relation: Relation, graph: ModelGraph) -> TableName:
    """The table that joins both sides of a many-to-many relation, seen from either side.

    One that exists for the relation only is in the schema of the model that declares the relation.
    """
    assert relation.through is not None
    if relation.through.model is not None:
        return table_name(graph[relation.through.model])
    declared_on = relation.model if relation.kind is RelationKind.MANY_TO_MANY else relation.target
    return TableName(relation.through.table, graph[declared_on].meta.schema)


def model_table(model: LinkedModel, graph: ModelGraph) -> Table:
    """The table of one model."""
    columns = model.columns

    def index(prefix: str, fields: tuple[str, ...], name: str | None = None) -> Index:
        names = tuple(columns[name].column for name in fields)
        return Index(name or constraint_name(prefix, model.table, names), names)

    def special(prefix: str, declared: IndexSchema) -> Index:
        names = tuple(columns[name].column for name in declared.fields)
        texts = tuple(re.sub(r"\W+", "_", text).strip("_") for text in declared.expressions)
        extra = (declared.type, *declared.expressions, declared.condition or "", *declared.marks)
        extra = extra if any(extra) else ()
        name = declared.name or constraint_name(prefix, model.table, names or texts, *extra)
        return Index(name, names, declared, model, graph)

    keyless = model.meta.db_primary_key is False
    composite = len(model.pk_names) > 1 or keyless
    singles = [column for column in columns.values() if composite or not column.primary_key]
    named = {declared.fields for declared in model.indexes if declared.unique and declared.is_total}
    groups = [*((column.name,) for column in singles if column.unique), *model.unique_together]
    uniques = [index("uid", group) for group in groups if group not in named]
    uniques += [special("uid", declared) for declared in model.indexes if declared.unique]
    indexes = [index("idx", (column.name,)) for column in singles if column.index and not column.unique]
    indexes += [special("idx", declared) for declared in model.indexes if not declared.unique]
    return Table(
        table_name(model),
        tuple(replace(each, primary_key=False) for each in columns.values()) if composite else tuple(columns.values()),
        _distinct(uniques),
        _distinct(indexes),
        tuple(_foreign_keys(model, graph)),
        model.meta.table_description,
        model.name,
        tuple(column.column for column in model.pk_columns) if composite and not keyless else (),
        model.checks,
        model.meta.db_primary_key if isinstance(model.meta.db_primary_key, str) else None,
        model,
        graph,
    )


def _distinct(indexes: Iterable[Index]) -> tuple[Index, ...]:
    return tuple({index.name: index for index in indexes}.values())


def _foreign_keys(model: LinkedModel, graph: ModelGraph) -> Iterator[ForeignKey]:
    for relation in model.relations.values():
        if relation.kind.forward and relation.db_constraint:
            near = tuple(model.columns[name].column for name, _ in relation.pairs)
            far = tuple(name for _, name in relation.pairs)
            yield _foreign_key(model.table, near, graph.target(relation), far, relation)


def _foreign_key(
    table: str, columns: tuple[str, ...], target: LinkedModel, attributes: tuple[str, ...], relation: Relation
) -> ForeignKey:
    far = tuple(target.columns[name].column for name in attributes)
    return ForeignKey(
        relation.constraint_name or constraint_name("fk", table, columns, target.table, *far),
        columns,
        table_name(target),
        far,
        relation.on_delete,
        f"{relation.model}.{relation.name}",
        relation.on_update,
        relation.deferrable,
    )


def through_tables(models: Iterable[LinkedModel], graph: ModelGraph) -> list[Table]:
    """The tables that exist only for many-to-many relations declared in `models`, each once."""
    found: dict[TableName, Table] = {}
    for model in models:
        for relation in model.relations.values():
            through = relation.through
            if relation.kind is RelationKind.MANY_TO_MANY and through is not None and through.model is None:
                table = _through_table(relation, graph)
                found.setdefault(table.name, table)
    return list(found.values())


def _through_table(relation: Relation, graph: ModelGraph) -> Table:
    through = relation.through
    assert through is not None
    near_model, far_model = graph[relation.model], graph.target(relation)
    near_keys, far_keys = near_model.columns_of(relation.near), far_model.columns_of(relation.far)
    pair = (*through.near_columns, *through.far_columns)
    return Table(
        through_name(relation, graph),
        tuple(_key_copy(key, name) for key, name in zip((*near_keys, *far_keys), pair, strict=True)),
        (Index(constraint_name("uid", through.table, pair), pair),) if through.unique else (),
        (),
        (
            _foreign_key(
                through.table, through.near_columns, near_model, tuple(key.name for key in near_keys), relation
            ),
            _foreign_key(through.table, through.far_columns, far_model, tuple(key.name for key in far_keys), relation),
        )
        if relation.db_constraint
        else (),
        relation.description,
        f"{near_model.name}.{relation.name}",
    )


def _names(columns: Iterable[FieldSchema]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _key_copy(key: FieldSchema, name: str) -> FieldSchema:
    """A column of its own that holds values of `key`."""
    return replace(
        key,
        name=name,
        column=name,
        null=False,
        unique=False,
        index=False,
        primary_key=False,
        generated=False,
        default=Default(),
        db_default=Default(),
        auto=None,
        description=None,
        relation=None,
    )


def _ordered(tables: list[Table]) -> list[Table]:
    """Depth first along foreign keys, without recursion because a chain of them can be long."""
    by_name = {table.name: table for table in tables}
    placed: dict[TableName, Table] = {}
    begun: set[TableName] = set()
    for first in tables:
        path: list[tuple[Table, Iterator[ForeignKey]]] = []
        following: Table | None = first
        while True:
            if following is not None and following.name not in begun:
                begun.add(following.name)
                path.append((following, iter(following.foreign_keys)))
            if not path:
                break
            table, rest = path[-1]
            key = next(rest, None)
            following = by_name.get(key.target) if key is not None else None
            if key is None:
                placed[table.name] = table
                path.pop()
    return list(placed.values())
