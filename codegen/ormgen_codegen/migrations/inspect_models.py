"""Tables that a database has, as the source of models: a beginning, to be read and named by people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import Final

from ormgen.migrations.live import LiveColumn, LiveTable
from ormgen.schema.model_schema import RESERVED

_TYPES: Final = (  # a pattern of SQL types, and the field with the arguments that groups give
    (r"(tinyint\(1\)|bool(ean)?)$", "BooleanField()"),
    (r"(big ?int|int8).*", "BigIntField()"),
    (r"(small ?int|int2|tinyint).*", "SmallIntField()"),
    (r"(int|integer|mediumint)(\(\d+\))?( unsigned)?$", "IntField()"),
    (r"(char|character)\(36\)$", "UUIDField()"),
    (r"uuid$", "UUIDField()"),
    (r"(?:var)?char(?:acter)?(?: varying)?\((\d+)\)$", "CharField(max_length={0})"),
    (r"json.*", "JSONField()"),
    (r"(tiny|medium|long)?text|character varying|varchar", "TextField()"),
    (r"(double.*|real|float.*)", "FloatField()"),
    (r"(?:decimal|numeric)\((\d+), ?(\d+)\)$", "DecimalField(max_digits={0}, decimal_places={1})"),
    (r"(timestamp|datetime).*", "DatetimeField()"),
    (r"date$", "DateField()"),
    (r"time.*", "TimeField()"),
    (r"(bytea|.*blob|.*binary.*)", "BinaryField()"),
)


def models_source(tables: Mapping[str, LiveTable], label: str = "models") -> str:
    """Models for tables, as the text of a module; tables that only join two others become many-to-many relations."""
    pairs = {name: table for name, table in tables.items() if _joins(table)}
    plain = {name: table for name, table in tables.items() if name not in pairs}
    names = {name: class_name(name) for name in plain}
    parts = ['"""Models of a database that was there before them."""\n\nfrom ormgen import Model, fields\n']
    parts += [_model(name, table, names, pairs, label) for name, table in plain.items()]
    text = "\n\n".join(parts)
    if "SqlDefault(" in text:
        needed = "import Model, fields\nfrom ormgen.fields.db_defaults import SqlDefault\n"
        text = text.replace("import Model, fields\n", needed, 1)
    return text


def class_name(table: str) -> str:
    """The name of the model of a table."""
    words = re.split(r"\W+|_", table.rpartition(".")[2])
    name = "".join(word[:1].upper() + word[1:] for word in words if word)
    return name if name.isidentifier() else f"Table{name}"


def _joins(table: LiveTable) -> bool:
    """Whether a table holds nothing but pairs of keys."""
    singles = [key for key in table.foreign_keys if len(key[0]) == 1]
    return len(singles) == 2 and {key[0][0] for key in singles} == set(table.columns) and len(table.columns) == 2


def _model(name: str, table: LiveTable, names: Mapping[str, str], pairs: Mapping[str, LiveTable], label: str) -> str:
    lines = [f"class {names[name]}(Model):"]
    keys = {key[0][0]: key for key in table.foreign_keys if len(key[0]) == 1 and key[1] in names}
    targets = [key[1] for key in keys.values()]
    single = {group[0] for group in table.uniques if len(group) == 1}
    composite = [each for each, column in table.columns.items() if column.primary_key]
    for each, column in table.columns.items():
        alone = len(composite) == 1 and bool(column.primary_key)
        options = list(_options(each, column, alone, each in single and not alone))
        if each in keys:
            lines.append(_relation(each, keys[each], options, names, targets, label, names[name]))
        else:
            lines.append(_field(each, column, options))
    for pair, joined in pairs.items():
        lines += _many(pair, joined, name, names, label)
    return "\n".join([*lines, "", *_meta(name, table, single, composite)]) + "\n"


def _options(name: str, column: LiveColumn, key: bool, unique: bool) -> Iterator[str]:
    if key:
        yield "primary_key=True"
        if not column.counting and re.match(r"(big|small)?int", column.type.lower()):
            yield "generated=False"
    if column.null and not key:
        yield "null=True"
    if unique:
        yield "unique=True"
    if column.default is not None and not column.counting and not key:
        yield f"db_default=SqlDefault({column.default!r})"
    if column.comment:
        yield f"description={column.comment!r}"


def _attribute(name: str) -> str:
    made = re.sub(r"\W|__+", "_", name).strip("_") or "column"
    return f"{made}_" if iskeyword(made) or made[0].isdigit() or made in RESERVED else made


def _field(name: str, column: LiveColumn, options: list[str]) -> str:
    call, remark = "TextField()", f"  # its type is {column.type}"
    for pattern, found in _TYPES:
        match = re.match(pattern, column.type.lower())
        if match is not None:
            call, remark = found.format(*match.groups()), ""
            break
    attribute = _attribute(name)
    if attribute != name:
        options = [*options, f"source_field={name!r}"]
    return f"    {attribute} = fields.{_with(call, options)}{remark}"


def _with(call: str, options: list[str]) -> str:
    start = call.removesuffix(")")
    comma = ", " if options and not start.endswith("(") else ""
    return f"{start}{comma}{', '.join(options)})"


Key = tuple[tuple[str, ...], str, tuple[str, ...], str]


def _relation(
    name: str, key: Key, options: list[str], names: Mapping[str, str], targets: list[str], label: str, owner: str
) -> str:
    attribute = _attribute(name.removesuffix("_id") if name.endswith("_id") else f"{name}_to")
    kind = "OneToOneField" if "unique=True" in options else "ForeignKeyField"
    given = [each for each in options if each != "unique=True" and not each.startswith(("db_default", "generated"))]
    if targets.count(key[1]) > 1:
        back = f"{owner.lower()}_{attribute}"
        given.append(f"related_name={back!r}")
    if key[3] != "CASCADE":
        given.append(f"on_delete=fields.{key[3].replace(' ', '_')}")
    if f"{attribute}_id" != name:
        given.append(f"source_field={name!r}")
    target = repr(f"{label}.{names[key[1]]}")
    return f"    {attribute} = fields.{_with(f'{kind}({target})', given)}"


def _many(pair: str, joined: LiveTable, name: str, names: Mapping[str, str], label: str) -> Iterator[str]:
    """The relation that a table of pairs makes, on the model that its first column points at."""
    by_column = {key[0][0]: key for key in joined.foreign_keys}
    near, far = (by_column[column] for column in joined.columns)
    if near[1] != name or far[1] not in names:
        return
    target = f"{label}.{names[far[1]]}"
    back = f"{pair}_of"
    keys = f"forward_key={far[0][0]!r}, backward_key={near[0][0]!r}, related_name={back!r}"
    unique = "" if joined.uniques else ", unique=False"
    yield f"    {_attribute(pair)} = fields.ManyToManyField({target!r}, through={pair!r}, {keys}{unique})"


def _meta(name: str, table: LiveTable, single: set[str], composite: list[str]) -> Iterator[str]:
    yield "    class Meta:"
    schema, _, bare = name.rpartition(".")
    yield f"        table = {bare!r}"
    if schema:
        yield f"        schema = {schema!r}"
    if table.comment:
        yield f"        table_description = {table.comment!r}"
    if len(composite) > 1:
        ordered = sorted(composite, key=lambda each: table.columns[each].primary_key)
        yield f"        primary_key = ({', '.join(repr(_attribute(each)) for each in ordered)})"
    groups = sorted(group for group in table.uniques if not (len(group) == 1 and group[0] in single))
    if groups:
        yield f"        unique_together = {[tuple(_attribute(each) for each in group) for group in groups]!r}"
