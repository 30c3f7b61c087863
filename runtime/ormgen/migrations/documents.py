"""Fields and relations as plain JSON data and back: what a snapshot and a migration file keep of a declaration."""

from __future__ import annotations

import ast
import datetime
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum, IntEnum
from importlib import import_module
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.schema import relation_fields as relations
from ormgen.schema.column_types import COLUMN_TYPES, dialect_value, own_type
from ormgen.schema.database_fields import DATABASE_FIELDS
from ormgen.schema.db_defaults import Now, RandomHex, SqlDefault
from ormgen.schema.field import MISSING, Field, FieldSchema, describe_field
from ormgen.schema.field_types import FIELD_TYPES
from ormgen.schema.model_schema import Member
from ormgen.schema.names import did_you_mean
from ormgen.schema.relation_fields import Deferrable, OnDelete, RelationalField, RelationSchema

Document = dict[str, Any]
Declared = Field[Any] | RelationalField

FIELDS: Final = {cls.__name__: cls for cls in (*FIELD_TYPES, *DATABASE_FIELDS)}
RELATIONS: Final = {
    "ForeignKey": relations.ForeignKeyFieldInstance,
    "OneToOne": relations.OneToOneFieldInstance,
    "ManyToMany": relations.ManyToManyFieldInstance,
}
COMPUTED: Final = {cls.__name__: cls for cls in (SqlDefault, Now, RandomHex)}
KNOWN_CALLS: Final[Mapping[str, Any]] = {
    "Decimal": Decimal,
    "datetime.datetime": datetime.datetime,
    "datetime.date": datetime.date,
    "datetime.time": datetime.time,
    "datetime.timedelta": datetime.timedelta,
    "datetime.timezone": datetime.timezone,
    "UUID": uuid.UUID,
    "set": set,
} | COMPUTED
_FLAGS = ("null", "unique", "index", "primary_key")
_TEXTS = (
    "to_field",
    "source_field",
    "through",
    "forward_key",
    "backward_key",
    "symmetrical",
    "description",
    "constraint_name",
)


class Imported:
    """A function of the program, by `module:name`, which is imported only when its value is needed.

    A lambda stands here by its text; it may use Python's own names only.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self) -> Any:
        if self.path.startswith("lambda"):
            return eval(self.path, {})()
        module, _, name = self.path.partition(":")
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found()

    def __repr__(self) -> str:
        return f"Imported({self.path!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Imported) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)


class Unwritten:
    """A default that only running the program could tell; `text` is how it was written."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Unwritten({self.text!r})"


def make_enum(name: str, members: Sequence[tuple[str, Any]], base: type = object) -> Any:
    """The enum that a field had; `base` is `int` where its members are numbers."""
    kind: Any = IntEnum if base is int else Enum
    return kind(name, list(members))


def with_sql_types(
    field: Field[Any], types: Mapping[str, str], generated: Mapping[str, str] = MappingProxyType({})
) -> Field[Any]:
    """A field whose column has a type of its own on some databases, or is `generated`, as a custom class says."""
    for dialect in {**types, **generated}:
        said = {"SQL_TYPE": types.get(dialect), "GENERATED_SQL": generated.get(dialect)}
        space = SimpleNamespace(**{name: text for name, text in said.items() if text is not None})
        setattr(field, f"_db_{dialect}", space)
    return field


def describe(name: str, declared: Declared) -> Member:
    """The schema of a declaration called `name`."""
    return declared.describe(name) if isinstance(declared, RelationalField) else describe_field(name, declared)


def document(member: Member) -> Document:
    """What matters of a member, without what goes without saying."""
    found = _relation_document(member) if isinstance(member, RelationSchema) else _field_document(member)
    return found if member.renamed_from is None else found | {"renamed_from": member.renamed_from}


def _field_document(field: FieldSchema) -> Document:
    found: Document = {"type": field.type}
    found |= {name: value for name, value in field.options if value is not None and value != ""}
    key = field.field.primary_key
    found |= {name: True for name in ("null", "unique", "index") if getattr(field, name) and not key}
    found |= {"primary_key": True} if key else {}
    natural = key and field.field.generates and field.default.kind == "none"
    if field.generated != (natural or field.field.__dict__.get("stored", False)):
        found["generated"] = field.generated
    if field.column != field.name:
        found["source_field"] = field.column
    if field.auto is not None:
        found[f"auto_{field.auto}"] = True
    if field.default.kind != "none":
        found["default"] = plain(field.field.default)
    if field.db_default.kind != "none":
        found["db_default"] = plain(field.field.db_default)
    if field.description is not None:
        found["description"] = field.description
    members = getattr(field.field, "enum_type", None)
    if members is not None:
        found["enum"] = {"name": members.__name__, "members": [[each.name, each.value] for each in members]}
    if types := _own_types(field):
        found["sql_types"] = types
    computed = {dialect: dialect_value(field.field, dialect, "GENERATED_SQL") for dialect in COLUMN_TYPES}
    if field.generated and any(isinstance(text, str) for text in computed.values()):
        found["generated_sql"] = {dialect: text for dialect, text in computed.items() if isinstance(text, str)}
    return found


def _own_types(field: FieldSchema) -> dict[str, str]:
    """The SQL types that are not those of the field's type."""
    usual = FIELDS.get(field.type)
    if usual is not None and type(field.field) is usual:
        named = {dialect: vars(field.field).get(f"_db_{dialect}") for dialect in COLUMN_TYPES}
        return {
            dialect: space.SQL_TYPE
            for dialect, space in named.items()
            if space is not None and "SQL_TYPE" in vars(space)
        }
    found = {dialect: own_type(field.field, dialect) for dialect in COLUMN_TYPES}
    return {dialect: text for dialect, text in found.items() if text is not None}


def _relation_document(relation: RelationSchema) -> Document:
    found: Document = {"type": f"{relation.kind}Field", "to": relation.to}
    if relation.related_name is not None:
        found["related_name"] = relation.related_name
    if relation.on_delete is not OnDelete.CASCADE:
        found["on_delete"] = relation.on_delete.value
    if relation.kind == "ManyToMany":
        found |= {} if relation.unique else {"unique": False}
    else:
        found |= {name: True for name in _FLAGS if getattr(relation, name)}
        if relation.kind == "OneToOne" or relation.primary_key:
            found.pop("unique", None)
    for name in ("on_update", "deferrable"):
        if getattr(relation, name) is not None:
            found[name] = getattr(relation, name).value
    if not relation.db_constraint:
        found["db_constraint"] = False
    for name in _TEXTS:
        if getattr(relation, name):
            found[name] = getattr(relation, name)
    if relation.from_fields:
        found["from_fields"] = list(relation.from_fields)
    if relation.default.kind != "none":
        default = getattr(relation.field, "default", relation.default.value)
        found["default"] = plain(default)
    return found


def build(found: Mapping[str, Any]) -> Declared:
    """The declaration that a document describes.

    Raises:
        ConfigurationError: its type is not known.
    """
    given = dict(found)
    kind = str(given.pop("type"))
    for name in ("default", "db_default"):
        if name in given:
            given[name] = live(given[name])
    related = RELATIONS.get(kind.removesuffix("Field"))
    if related is not None:
        rules = {"on_delete": OnDelete, "on_update": OnDelete, "deferrable": Deferrable}
        given |= {name: kind(given[name]) for name, kind in rules.items() if name in given}
        if "index" in given:
            given["db_index"] = given.pop("index")
        made: RelationalField = related(**given)
        return made
    return _build_field(kind, given)


def _build_field(kind: str, given: dict[str, Any]) -> Field[Any]:
    types, generated = given.pop("sql_types", {}), given.pop("generated_sql", {})
    cls = FIELDS.get(kind) or (Field if kind == "Field" else None)
    if cls is None:
        raise ConfigurationError(f"there is no field type {kind}; {did_you_mean(kind, FIELDS)}")
    if "index" in given:
        given["db_index"] = given.pop("index")
    if "enum" in given:
        described = given.pop("enum")
        members = [(name, value) for name, value in described["members"]]
        given["enum_type"] = make_enum(described["name"], members, int if kind == "IntEnumField" else object)
    if kind == "TSVectorField":
        given["source_fields"] = [name for name in given.get("source_fields", "").split(",") if name]
        given.pop("stored", None)
        if "weights" in given:
            given["weights"] = list(given["weights"])
    return with_sql_types(cls(**given), types, generated)


def plain(value: Any) -> Any:
    """A default as JSON can say it: plain values as they are, others as the Python that makes them, under a key."""
    if value is MISSING or value is None or isinstance(value, bool | str | int | float):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Imported):
        return {"call": value.path}
    if callable(value):
        return {"call": call_path(value)}
    if isinstance(value, Unwritten):
        return {"unread": value.text}
    try:
        return {"python": repr_of(value)}
    except ConfigurationError:
        return {"unread": repr(value)}


def call_path(function: Any) -> str:
    """Where a function of the program is found: `module:name`."""
    path = getattr(function, "path", None)
    if isinstance(path, str):
        return path
    module = getattr(function, "__module__", None) or type(function).__module__
    return f"{module}:{getattr(function, '__qualname__', type(function).__qualname__)}"


def repr_of(value: Any) -> str:
    """A value as the Python that makes it again, of names that `KNOWN_CALLS` lists.

    Raises:
        ConfigurationError: it cannot be written so.
    """
    match value:
        case list() | tuple() | set():
            inner = ", ".join(repr_of(item) for item in value)
            inner += "," if isinstance(value, tuple) and len(value) == 1 else ""
            pair = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
            return f"{pair[0]}{inner}{pair[1]}" if value or not isinstance(value, set) else "set()"
        case dict():
            return "{" + ", ".join(f"{repr_of(key)}: {repr_of(item)}" for key, item in value.items()) + "}"
        case Enum():
            return repr_of(value.value)
        case bytes() | str() | bool() | int() | float() | None:
            return repr(value)
        case Decimal() | uuid.UUID() | SqlDefault():
            return repr(value)
        case datetime.datetime() if value.tzinfo is datetime.UTC:
            naive = repr(value.replace(tzinfo=None))
            return f"{naive[:-1]}, tzinfo=datetime.timezone.utc)"
        case datetime.datetime() | datetime.date() | datetime.time() | datetime.timedelta():
            return repr(value)
    raise ConfigurationError(f"a default of type {type(value).__name__} cannot be kept in a migration; name a function")


def live(written: Any) -> Any:
    """The default that `plain` wrote."""
    if not isinstance(written, dict):
        return written
    if "call" in written:
        return Imported(written["call"])
    return Unwritten(written["unread"]) if "unread" in written else evaluated(written["python"])


def evaluated(text: str) -> Any:
    """The value of an expression of literals and of calls that `KNOWN_CALLS` lists; nothing else is run.

    Raises:
        ConfigurationError: there is something else in it.
    """
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, TypeError) as error:
        raise ConfigurationError(f"`{text}` is not a value of a migration: {error}") from None


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Call(func=function, args=arguments, keywords=keywords) if ast.unparse(function) in KNOWN_CALLS:
            named = {each.arg: _value(each.value) for each in keywords if each.arg is not None}
            return KNOWN_CALLS[ast.unparse(function)](*[_value(each) for each in arguments], **named)
        case ast.Attribute() if ast.unparse(node) == "datetime.timezone.utc":
            return datetime.UTC
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item) for item in items)
        case ast.Dict(keys=keys, values=values):
            return {_value(key): _value(item) for key, item in zip(keys, values, strict=True) if key is not None}
    return ast.literal_eval(node)
