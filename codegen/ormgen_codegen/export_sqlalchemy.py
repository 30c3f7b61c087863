"""Models as SQLAlchemy 2 has them: typed declarative classes that make the same tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from typing import Final

from ormgen.migrations.state import State
from ormgen.migrations.tables import (
    ForeignKey,
    Index,
    Table,
    TableName,
    check_texts,
    condition_texts,
    default_texts,
    exclusion_parts,
    expression_texts,
    homes_of,
    tables_of,
)
from ormgen.schema.column_types import counts_up
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.schema.index_kinds import HnswIndex, PrefixIndex
from ormgen.schema.indexes import ExclusionConstraint
from ormgen_codegen.export_types import Words, default_of, helpers_for, imports_for, quoted, sql_arguments
from ormgen_codegen.migrations.source_state import as_kept
from ormgen_codegen.migrations.writer import folded

BASE: Final = 'class Base(DeclarativeBase):\n    """What all models have in common."""'
NOW: Final[Mapping[str, str]] = {
    "DatetimeField": "datetime.datetime.now(datetime.UTC)",
    "DateField": "datetime.datetime.now(datetime.UTC).date()",
    "TimeField": "datetime.datetime.now(datetime.UTC).time()",
}
UNKNOWN_WORDS: Final = ("nothing", "returning")  # words of SQLite that SQLAlchemy does not know
TAKEN: Final = ("metadata", "registry")


def sqlalchemy_source(state: State, keys: Sequence[str]) -> str:
    """The text of a module with the models called `keys`, each with its columns, keys, indexes and relations.

    Raises:
        ConfigurationError: a column has no SQL type.
    """
    graph = state.graph
    exported = _Export(graph, keys, as_kept(state).graph)
    classes = [exported.model(graph.models[key]) for key in keys]
    tables = [exported.joining(table) for table in exported.tables.values() if table.model is None]
    body = "\n\n\n".join([*exported.words.enums.values(), *tables, *classes])
    helpers = helpers_for(body)
    whole = "\n\n\n".join([*helpers, BASE, body])
    heading = '"""Models for SQLAlchemy 2, made from those of ormgen."""\n\nfrom __future__ import annotations\n\n'
    return heading + "\n".join(imports_for(whole)) + "\n\n\n" + whole.replace("\n\n\n\n", "\n\n\n").rstrip() + "\n"


def attribute(name: str) -> str:
    """What a column or relation is called there."""
    return f"{name}_" if name in TAKEN or iskeyword(name) else name


def column_name(name: str) -> str:
    """The SQL name of a column as an argument."""
    return f"sa.quoted_name({quoted(name)}, True)" if name.lower() in UNKNOWN_WORDS else quoted(name)


class _Export:
    def __init__(self, graph: ModelGraph, keys: Sequence[str], kept: ModelGraph) -> None:
        self.graph = graph
        self.keys = keys
        self.words = Words()
        self.tables: Mapping[TableName, Table] = {table.name: table for table in tables_of(graph, keys)}
        self.kept = {table.name: table for table in tables_of(kept, keys)}
        names = [graph.models[key].name for key in keys]
        self.names = {
            key: name if names.count(name) == 1 else f"{graph.models[key].app.title()}{name}"
            for key, name in zip(keys, names, strict=True)
        }

    # -- classes

    def model(self, model: LinkedModel) -> str:
        """One class."""
        table = next(each for each in self.tables.values() if each.model is not None and each.model.key == model.key)
        lines = [f"class {self.names[model.key]}(Base):", f'    __tablename__ = "{table.name.name}"']
        if arguments := [*self._constraints(table), *self._options(table)]:
            lines += ["    __table_args__ = (", *(f"        {each}," for each in arguments), "    )"]
        lines.append("")
        lines += [f"    {self._mapped(each, table)}" for each in table.columns]
        relations = [
            each for each in model.relations.values() if each.target in self.keys and each.name not in model.columns
        ]
        lines += ["", *(f"    {self._relation(each)}" for each in relations)] if relations else []
        return "\n".join(lines)

    def joining(self, table: Table) -> str:
        """A table that no class stands for."""
        columns = [self._column(each, table, each.column) for each in table.columns]
        parts = [f'"{table.name.name}"', "Base.metadata", *columns, *self._constraints(table)]
        if table.name.schema:
            parts.append(f"schema={quoted(table.name.schema)}")
        if table.comment:
            parts.append(f"comment={quoted(table.comment)}")
        inner = "".join(f"    {part},\n" for part in parts)
        return f"{_variable(table.name)} = sa.Table(\n{inner})"

    def _mapped(self, column: FieldSchema, table: Table) -> str:
        name = attribute(column.name)
        named = [column_name(column.column)] if column.column != name or column.column in UNKNOWN_WORDS else []
        opening = f"{name}: Mapped[{self.words.python_of(column)}] = mapped_column("
        return folded(opening, [*named, *self._arguments(column, table)], ")", 1)

    def _column(self, column: FieldSchema, table: Table, name: str) -> str:
        return f"sa.Column({column_name(name)}, {', '.join(self._arguments(column, table))})"

    def _arguments(self, column: FieldSchema, table: Table) -> Iterator[str]:
        key = column.primary_key or column.column in table.primary_key
        counting = counts_up(column)
        whole = '.with_variant(sa.Integer(), "sqlite")' if counting and column.type != "IntField" else ""
        yield self.words.type_of(column) + whole
        if counting:
            yield "sa.Identity()"
        if key:
            yield "primary_key=True"
            if not counting:
                yield "autoincrement=False"
        yield f"nullable={column.null}"
        if column.db_default.kind != "none":
            yield f"server_default=Sql({sql_arguments(default_texts(column))})"
        yield from self._default(column)
        if column.description:
            yield f"comment={quoted(column.description)}"

    def _default(self, column: FieldSchema) -> Iterator[str]:
        """What Python gives a new row; functions of the program are left to it, with their names as a remark."""
        value = column.default.value
        if column.auto is not None:
            now = f"lambda: {NOW[column.type]}"
            yield f"default={now}"
            if column.auto == "now":
                yield f"onupdate={now}"
        elif column.default.kind == "value" and value is not None:
            yield f"default={quoted(value) if isinstance(value, str) else repr(value)}"
        elif column.default.kind == "enum" and getattr(column.field, "enum_type", None) is not None:
            yield f"default={self.words.python_of(column).removesuffix(' | None')}.{str(value).rpartition('.')[2]}"
        elif column.default.kind in ("callable", "object"):
            yield from default_of(column)

    # -- constraints

    def _constraints(self, table: Table) -> Iterator[str]:
        kept = self.kept[table.name]
        for unique in kept.uniques:
            if unique.declared is None or unique.declared.is_plain:
                later = getattr(unique.declared and unique.declared.index, "deferrable", None)
                rule = "" if later is None else f", deferrable=True, initially={quoted(later.value)}"
                yield f"sa.UniqueConstraint({_names(unique.columns)}, name={quoted(unique.name)}{rule})"
            else:
                yield self._index(unique, "unique=True")
        for index in kept.indexes:
            yield self._index(index)
        for check in kept.checks:
            if isinstance(check.declared, ExclusionConstraint):
                yield _exclusion(kept, check.declared)
                continue
            yield f"sa.CheckConstraint(Sql({sql_arguments(check_texts(kept, check))}), name={quoted(check.name)})"
        for key in table.foreign_keys:
            yield self._foreign_key(key)

    def _foreign_key(self, key: ForeignKey) -> str:
        there = [".".join(filter(None, (key.target.schema, key.target.name, name))) for name in key.target_columns]
        cyclic = ", use_alter=True" if self._comes_later(key) else ""
        return (
            f"sa.ForeignKeyConstraint([{_names(key.columns)}], [{_names(there)}], name={quoted(key.name)}, "
            f"ondelete={quoted(key.on_delete.value)}{''.join(_rules(key))}{cyclic})"
        )

    def _comes_later(self, key: ForeignKey) -> bool:
        order = list(self.tables)
        mine = next(name for name, table in self.tables.items() if key in table.foreign_keys)
        return key.target != mine and order.index(key.target) > order.index(mine)

    def _index(self, index: Index, *options: str) -> str:
        declared = index.declared
        parts = [quoted(index.name)]
        if declared is not None and declared.expressions:
            parts.append(f"Sql({sql_arguments(expression_texts(index))})")
        else:
            parts += list(_marked(index))
        parts += options
        if declared is not None and declared.type:
            postgres = homes_of(index) == ("postgres",)
            parts.append(
                f"postgresql_using={quoted(declared.type.lower())}"
                if postgres
                else f"mysql_prefix={quoted(declared.type)}"
            )
        parts += _served(index)
        if declared is not None and declared.condition is not None:
            where = f"Sql({sql_arguments(condition_texts(index))})"
            parts += [f"postgresql_where={where}", f"sqlite_where={where}"]
        homes = homes_of(index)
        called = ["postgresql" if home == "postgres" else home for home in homes]
        called += ["mariadb"] if "mysql" in homes else []
        return f"sa.Index({', '.join(parts)})" + (f".ddl_if(dialect=[{_names(called)}])" if len(homes) < 3 else "")

    def _options(self, table: Table) -> Iterator[str]:
        found = {}
        if table.comment:
            found["comment"] = quoted(table.comment)
        if table.name.schema:
            found["schema"] = quoted(table.name.schema)
        if any(counts_up(column) for column in table.columns):
            found["sqlite_autoincrement"] = "True"
        if found:
            yield "{" + ", ".join(f'"{name}": {value}' for name, value in found.items()) + "}"

    # -- relations

    def _relation(self, relation: Relation) -> str:
        target = self.names[relation.target]
        if relation.many:
            kind = f"list[{target}]"
        else:
            kind = f"{target} | None" if relation.optional else target
        through = relation.through
        alone = relation.reverse is None or (through is not None and (through.symmetrical or through.model is not None))
        given = [] if alone else [f"back_populates={quoted(attribute(str(relation.reverse)))}"]
        given += self._joined(relation) if relation.through is not None else self._keyed(relation)
        return folded(f"{attribute(relation.name)}: Mapped[{kind}] = relationship(", given, ")", 1)

    def _keyed(self, relation: Relation) -> Iterator[str]:
        forward = relation.kind.forward
        owner = self.names[relation.model if forward else relation.target]
        near, far = zip(*relation.pairs, strict=True)
        columns, others = (near, far) if forward else (far, near)
        yield f'foreign_keys="[{", ".join(f"{owner}.{attribute(name)}" for name in columns)}]"'
        if relation.model == relation.target:
            remote = others if forward else columns
            yield f'remote_side="[{", ".join(f"{owner}.{attribute(name)}" for name in remote)}]"'
        if shared := self._overlapping(relation):
            yield f"overlaps={quoted(','.join(shared))}"
        if not relation.db_constraint:
            other = self.names[relation.target if forward else relation.model]
            pairs = zip(columns, others, strict=True)
            joined = ", ".join(f"{owner}.{attribute(a)} == {other}.{attribute(b)}" for a, b in pairs)
            yield f'primaryjoin="and_({joined})"'

    def _overlapping(self, relation: Relation) -> list[str]:
        """The other relations, of either side, that write one of the columns of a foreign key."""
        forward = relation.kind.forward
        owner = self.graph.models[relation.model if forward else relation.target]
        mine = {pair[0 if forward else 1] for pair in relation.pairs}
        own = relation.name if forward else relation.reverse
        found: list[str] = []
        for other in owner.relations.values():
            if other.kind.forward and other.name != own and mine.intersection(near for near, _ in other.pairs):
                found += [attribute(other.name), *([attribute(other.reverse)] if other.reverse else [])]
        return found

    def _joined(self, relation: Relation) -> Iterator[str]:
        through = relation.through
        assert through is not None
        name = next(each for each in self.tables if each.name == through.table)
        table = ".".join(filter(None, (name.schema, name.name)))
        here, there = self.names[relation.model], self.names[relation.target]
        yield f"secondary={quoted(table)}"
        side = f"Base.metadata.tables[{quoted(table)}].c"
        yield f"primaryjoin=lambda: {here}.{attribute(relation.near)} == {side}[{quoted(through.near_column)}]"
        yield f"secondaryjoin=lambda: {there}.{attribute(relation.far)} == {side}[{quoted(through.far_column)}]"
        if through.model is not None:  # whose class writes the rows
            yield "viewonly=True"


def _names(names: Sequence[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _variable(name: TableName) -> str:
    made = "".join(each if each.isalnum() else "_" for each in name.name)
    return f"table_{made}" if made[:1].isdigit() or iskeyword(made) else made


def _exclusion(table: Table, declared: ExclusionConstraint) -> str:
    elements, condition = exclusion_parts(table, declared)
    listed = [f"(sa.literal_column({quoted(text)}), {quoted(operator)})" for text, operator in elements]
    where = [f"where=sa.text({quoted(condition)})"] if condition else []
    parts = [*listed, f"name={quoted(declared.name)}", f"using={quoted(declared.index_type.lower())}", *where]
    return f"ExcludeConstraint({', '.join(parts)})"


def _marked(index: Index) -> Iterator[str]:
    """The columns of an index, those in descending order as expressions; MySQL is told of lengths by `_served`."""
    marks = index.declared.marks if index.declared is not None else ()
    for at, name in enumerate(index.columns):
        yield f"sa.desc({quoted(name)})" if "DESC" in marks[at : at + 1] else quoted(name)


def _served(index: Index) -> Iterator[str]:
    """The operator classes and settings of an index of PostgreSQL."""
    live = None if index.declared is None else index.declared.index
    if live is None:
        return
    if live.opclasses and live.fields:
        served = zip(index.columns, live.opclasses, strict=True)
        yield f"postgresql_ops={{{', '.join(f'{quoted(name)}: {quoted(each)}' for name, each in served)}}}"
    if isinstance(live, PrefixIndex):
        cut = [(name, length) for name, length in zip(index.columns, live.lengths, strict=True) if length]
        listed = ", ".join(f"{quoted(name)}: {length}" for name, length in cut)
        yield from (f"{product}_length={{{listed}}}" for product in ("mysql", "mariadb"))
    if isinstance(live, HnswIndex) and live.extra:
        settings = {name: value for name, value in live.options().items() if name != "opclasses"}
        yield f"postgresql_with={{{', '.join(f'{quoted(name)}: {value}' for name, value in settings.items())}}}"


def _rules(key: ForeignKey) -> Iterator[str]:
    if key.on_update is not None:
        yield f", onupdate={quoted(key.on_update.value)}"
    if key.deferrable is not None:
        yield f", deferrable=True, initially={quoted(key.deferrable.value)}"
