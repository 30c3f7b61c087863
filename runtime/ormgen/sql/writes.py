"""Statements that change rows as SQL: INSERT, UPDATE, DELETE, and the rows of many-to-many tables."""

from __future__ import annotations

from typing import Any

from ormgen.exceptions import FieldError, KeyUpdateError, MissingValueError, ParamsError
from ormgen.query.expressions import Expression
from ormgen.query.layout import Extra
from ormgen.query.new_rows import refuse_reading
from ormgen.query.paths import column_path
from ormgen.query.resolve import Resolver
from ormgen.query.resolved import Nested, Question
from ormgen.query.statements import Delete, Insert, KeyedUpdate, Pairs, Select, Update
from ormgen.records import replace
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel
from ormgen.schema.instance import Instance
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiled import CompiledQuery, CompiledRows, Parameter
from ormgen.sql.conditions import Writer
from ormgen.sql.fragments import Fragment, Sql, joined
from ormgen.sql.pairs import compile_pairs
from ormgen.sql.select import SelectWriter
from ormgen.sql.values import Encoder


class NewRow(SelectWriter):
    """Where the values of a new row are computed.

    MySQL and MariaDB refuse to read the table that is written to, but not what was read before.
    """

    def nested(self, nested: Nested, attribute: str = "pk", among: bool = False) -> Sql:
        found = super().nested(nested, attribute, among)
        return found if self.writer.dialect.limit_in_subquery else Fragment("(SELECT * FROM {} AS before_it)", found)


class WriteCompiler:
    """Compiles one statement that changes rows."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.dialect = writer.dialect
        self.quoted = writer.dialect.quoted

    def table(self, model: LinkedModel) -> str:
        name = self.quoted(model.table)
        return name if model.meta.schema is None else f"{self.quoted(model.meta.schema)}.{name}"

    def encoders(self, columns: list[FieldSchema]) -> list[Any]:
        return [self.writer.codec.encoder(column.field) for column in columns]

    def insert(self, insert: Insert) -> CompiledQuery:
        """INSERT of one or more rows; `returning` becomes the extras of the compiled query."""
        model = self.writer.graph[insert.model]
        columns = [model.columns[name] for name in insert.columns]
        before, after = "", ""
        if insert.conflict is not None:
            before, after = self.dialect.insert_conflict(
                [self.quoted(column.column) for column in columns],
                [self.quoted(model.columns[name].column) for name in insert.on],
                [self.quoted(model.columns[name].column) for name in insert.update],
            )
        tail, extras = self._returning(model, insert.returning)
        start = f"INSERT{before} INTO {self.table(model)}"
        if insert.gathered:
            made = self.quoted(model.columns[insert.returning[0]].column)
            start, tail = f"WITH made AS ({start}", f"{tail}) SELECT array_agg({made}) FROM made"
        if columns and not insert.computed:
            names = ",".join(self.quoted(column.column) for column in columns)
            rows = ",".join([f"({','.join(row)})" for row in self._rows(model, columns, len(insert.rows))])
            text = f"{self.escaped(f'{start} ({names}) VALUES ')}{rows}{self.escaped(f'{after}{tail}')}"
            return self._of_rows(model, columns, len(insert.rows), text, extras)
        if insert.computed:
            values = self._computed(model, columns, insert)
        else:
            values = " () VALUES ()" if self.dialect.name == "mysql" else " DEFAULT VALUES"
        sql, parameters = self.writer.finish(f"{start}{values}{after}{tail}")
        return CompiledQuery(sql, parameters, extras=extras, writes=True)

    def _computed(self, model: LinkedModel, columns: list[FieldSchema], insert: Insert) -> str:
        """The names of the columns and their values, of which some are computed.

        Raises:
            FieldError: an expression reads a column, which a new row does not have.
        """
        resolver = Resolver(self.writer.graph, model)
        scope = NewRow(self.writer, select := Select(insert.model), Resolver(self.writer.graph, model).question(select))
        encoders, rows = self.encoders(columns), []
        for row in insert.rows:
            cells = []
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                label = f"{model.name}.{column.name}"
                if isinstance(value, Expression):
                    refuse_reading(term := resolver.term(value), label)
                    cells.append(self.text(self.dialect.assigned(self.writer.term(scope, term), column.field)))
                else:
                    cells.append(self.writer.place(resolver.number(), encoders[at], None, label).get_sql())
            rows.append(f"({','.join(cells)})")
        return f" ({','.join(self.quoted(column.column) for column in columns)}) VALUES {','.join(rows)}"

    def _rows(self, model: LinkedModel, columns: list[FieldSchema], size: int) -> list[list[str]]:
        """The places of all values of so many rows, as they stand in the end: for each number of rows that comes for
        the first time a tenth of the work that it is to write them as terms, which only literals take.
        """
        width = len(columns)
        if self.writer.inline:
            row = self._row(model, columns)
            return [
                [self.writer.place(start + at, one.encoder, None, one.label).get_sql() for at, one in enumerate(row)]
                for start in range(0, size * width, width)
            ]
        every = [*map(self.dialect.placeholder, range(1, size * width + 1))]
        return [every[at : at + width] for at in range(0, len(every), width)]

    def _row(self, model: LinkedModel, columns: list[FieldSchema]) -> list[Parameter]:
        """The parameters of one row."""
        labels, encoders = [f"{model.name}.{column.name}" for column in columns], self.encoders(columns)
        return [
            Parameter(at, encode, label=label) for at, (encode, label) in enumerate(zip(encoders, labels, strict=True))
        ]

    def escaped(self, text: str) -> str:
        """Text beside the places of rows, which are complete."""
        return text if self.writer.inline else self.dialect.escaped(text)

    def _of_rows(
        self, model: LinkedModel, columns: list[FieldSchema], size: int, text: str, extras: tuple[Extra, ...] = ()
    ) -> CompiledQuery:
        """The statement about `_rows`."""
        if not self.writer.inline:
            return CompiledRows(text, self._row(model, columns), size, extras)
        sql, parameters = self.writer.finish(text)
        return CompiledQuery(sql, parameters, extras=extras, writes=True)

    def _returning(self, model: LinkedModel, names: tuple[str, ...]) -> tuple[str, tuple[Extra, ...]]:
        if not names or not self.dialect.returning:
            return "", ()
        columns = [model.columns[name] for name in names]
        text = " RETURNING " + ",".join(self.quoted(column.column) for column in columns)
        decoder = self.writer.codec.decoder
        return text, tuple(Extra(column.name, decoder(column.field), at) for at, column in enumerate(columns))

    def update(self, update: Update) -> CompiledQuery:
        """UPDATE of the chosen rows.

        Raises:
            FieldError: an assigned name is not a column, or is the primary key.
        """
        model = self.writer.graph[update.chosen.model]
        resolver = Resolver(self.writer.graph, model)
        question = resolver.question(update.chosen)
        assigned = []
        for name, value in update.values:
            column = assigned_column(self.writer, model, name)
            term = resolver.term(value) if isinstance(value, Expression) else None
            assigned.append((column, term, None if isinstance(value, Expression) else resolver.number()))
        scope = SelectWriter(self.writer, update.chosen, question)
        changes = []
        for column, term, number in assigned:
            if term is not None:
                value_term = self.dialect.assigned(self.writer.term(scope, term), column.field)
            else:
                assert number is not None
                encoder = checked(self.key_encoder(model, column), column)
                value_term = self.writer.place(number, encoder, None, f"{model.name}.{column.name}")
            changes.append(f"{self.quoted(column.column)}={self.text(value_term)}")
        if scope.joins:
            raise FieldError("update: a new value cannot be read from another model; use Subquery, or load and save")
        where = self.chosen_rows(update.chosen, question, scope)
        sql, parameters = self.writer.finish(f"UPDATE {self.table(model)} SET {','.join(changes)}{where}")
        return CompiledQuery(sql, parameters, writes=True)

    def key_encoder(self, model: LinkedModel, column: FieldSchema) -> Encoder:
        """The encoder of a column, which for a foreign key takes instances too."""
        if column.relation is None:
            return self.writer.codec.encoder(column.field)
        relation = model.relations[column.relation]
        return self.writer.codec.encoder(column.field, relation.far, of=self.writer.graph[relation.target].path)

    def delete(self, delete: Delete) -> CompiledQuery:
        """DELETE of the chosen rows."""
        model = self.writer.graph[delete.chosen.model]
        question = Resolver(self.writer.graph, model).question(delete.chosen)
        scope = SelectWriter(self.writer, delete.chosen, question)
        where = self.chosen_rows(delete.chosen, question, scope)
        sql, parameters = self.writer.finish(f"DELETE FROM {self.table(model)}{where}")
        return CompiledQuery(sql, parameters, writes=True)

    def text(self, term: Sql) -> str:
        return str(term.get_sql(quote_char=self.dialect.quote, subquery=True))

    def chosen_rows(self, chosen: Select, question: Question, scope: SelectWriter) -> str:
        """The WHERE of an UPDATE or DELETE: direct where it can be, else the keys of a sub-query."""
        bounded = chosen.limit is not None or chosen.offset is not None or chosen.common is not None
        if chosen.common is not None and chosen.common.source is not None:
            name = chosen.common.source
            raise ParamsError(
                f'the rows of "{name}" are not stored: change those with filter(pk__in={name}.queryset())'
            )
        where, _ = scope.conditions()
        if not bounded and chosen.via is None and not scope.joins and not scope.nesting:
            return f" WHERE {self.text(joined(where, 'AND'))}" if where else ""
        keys = chosen.replace(output=(("pk", "pk"),), ending="rows", only=None, related=())
        if not bounded:
            keys, question = keys.replace(distinct=False), replace(question, order_by=())
        inner = SelectWriter(self.writer, keys, question, "u0_")
        query = inner.query()
        size = len(question.model.pk_names)
        names = ["pk"] if size == 1 else [f"pk__{at}" for at in range(size)]
        chosen_keys = [Fragment(self.quoted(name)) for name in names]
        wrapped = self.dialect.query.from_(query.as_("chosen")).select(*chosen_keys)
        return f" WHERE {self.text(Fragment('{} IN {}', scope.joins.own_key(), wrapped))}"

    def keyed_update(self, update: KeyedUpdate) -> CompiledQuery:
        """UPDATE of many rows, each found by its key in a joined list of values."""
        model = self.writer.graph[update.model]
        columns = [*model.pk_columns, *[model.columns[name] for name in update.columns]]
        names, size = [self.escaped(self.quoted(column.column)) for column in columns], len(update.rows)
        rows = self._rows(model, columns, size)
        text = self.dialect.keyed_update(self.escaped(self.table(model)), names, columns, rows, len(model.pk_names))
        return self._of_rows(model, columns, size, text)


def checked(encode: Encoder, column: FieldSchema) -> Encoder:
    """An encoder that also holds a value to the limits of its field."""
    field = column.field

    def encoded(value: Any) -> Any:
        if value is None:
            if not column.null:
                raise MissingValueError(f"{column.name} is non nullable field, but null was passed")
        elif not isinstance(value, Instance):
            value = field.to_python_value(value)
            field.validate(value)
        return encode(value)

    return encoded


def assigned_column(writer: Writer, model: LinkedModel, name: str) -> FieldSchema:
    """The column that `update(name=…)` sets; a foreign key stands for its column.

    Raises:
        FieldError: there is no such column of this model, or it is the primary key.
    """
    if "__" in name or (name not in model.columns and name not in model.relations and name != "pk"):
        raise FieldError(f'update: {model.name} has no field "{name}"; {did_you_mean(name, model.names)}')
    if name in model.relations and not model.relations[name].kind.forward:
        raise FieldError(f"update: {model.name}.{name} holds no column of {model.name}")
    column = column_path(writer.graph, model, name).column
    if column.primary_key:
        raise KeyUpdateError(f"update: {model.name}.{column.name} is the primary key and cannot be changed")
    return column


def compile_write(writer: Writer, statement: Insert | Update | Delete | KeyedUpdate | Pairs) -> CompiledQuery:
    """The SQL of one statement that changes rows."""
    compiler = WriteCompiler(writer)
    if isinstance(statement, Insert):
        return compiler.insert(statement)
    if isinstance(statement, Update):
        return compiler.update(statement)
    if isinstance(statement, Delete):
        return compiler.delete(statement)
    if isinstance(statement, KeyedUpdate):
        return compiler.keyed_update(statement)
    return compile_pairs(writer, statement)
