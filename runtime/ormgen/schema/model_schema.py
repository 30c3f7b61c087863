"""One model, described: its columns and relations in the order of declaration, and its `Meta`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ormgen.exceptions import ConfigurationError, Problem
from ormgen.records import dataclass, replace
from ormgen.schema.field import FieldSchema, describe_field
from ormgen.schema.field_types import IntField
from ormgen.schema.indexes import CheckConstraint, CheckSchema, Index, IndexSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import RelationSchema

Member = FieldSchema | RelationSchema

RESERVED = frozenset(
    """
    all annotate attached bulk_create bulk_update clone construct create delete describe earliest exclude exists
    fetch_for_list fetch_related filter first get get_by_key get_or_create get_or_none get_table in_bulk last latest
    objects pk raw refresh_from_db register_listener save select_for_update update_from_dict update_or_create
    aggregate to_dict
    """.split()
)


@dataclass(frozen=True, slots=True)
class MetaOptions:
    """What a model's `class Meta` says; names as Tortoise users know them.

    `db_primary_key` is the name of the primary key in the database, or False for a table that has none: the fields of
    `primary_key` are then what the model tells its rows apart by, and the database does not watch over them.
    """

    abstract: bool = False
    app: str | None = None
    table: str | None = None
    schema: str | None = None
    table_description: str | None = None
    ordering: tuple[str, ...] = ()
    primary_key: tuple[str, ...] = ()
    db_primary_key: bool | str = True
    unique_together: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[IndexSchema, ...] = ()
    constraints: tuple[IndexSchema | CheckSchema, ...] = ()
    manager: str | None = None
    default_connection: str | None = None
    fetch_db_defaults: bool = True
    renamed_from: str | None = None

    @property
    def uniques(self) -> tuple[IndexSchema, ...]:
        """The unique constraints that hold for all rows."""
        declared = [each for each in (*self.indexes, *self.constraints) if isinstance(each, IndexSchema)]
        return tuple(each for each in declared if each.unique and each.is_total)


_OWN = ("abstract", "table", "table_description", "renamed_from")
_TEXTS = ("app", "table", "schema", "table_description", "default_connection", "renamed_from")
_FLAGS = ("abstract", "fetch_db_defaults")
_LISTS = ("ordering", "primary_key", "unique_together", "indexes", "constraints")
_READ_ELSEWHERE = ("manager",)
KNOWN_META = tuple(name for name in MetaOptions.__slots__)


@dataclass(frozen=True, slots=True)
class ModelSchema:
    """One concrete model, described but not yet linked; `members` are in column order."""

    name: str
    module: str
    app: str
    members: tuple[Member, ...]
    meta: MetaOptions

    @property
    def key(self) -> str:
        """`app.Name`, by which models refer to each other."""
        return f"{self.app}.{self.name}"

    @property
    def table(self) -> str:
        """The SQL name of the table: `Meta.table`, or the class name in lower case."""
        return self.meta.table or self.name.lower()

    def in_app(self, app: str) -> ModelSchema:
        """The same model as a part of `app`, unless its `Meta.app` says otherwise."""
        return replace(self, app=self.meta.app or app)


def read_meta(
    options: Mapping[str, Any], inherited: MetaOptions | None = None, manager: str | None = None
) -> MetaOptions:
    """The options of a `class Meta`; what it leaves out comes from the nearest abstract base.

    Raises:
        ConfigurationError: an option is misspelt or has the wrong form.
    """
    known: dict[str, Any] = {}
    for name, value in options.items():
        if name not in KNOWN_META:
            close = nearest(name, KNOWN_META)
            if close is not None and not name.startswith("_"):
                raise ConfigurationError(f'Meta has no option "{name}"; did you mean "{close}"?')
        elif name not in _READ_ELSEWHERE:
            known[name] = _meta_value(name, value)
    if manager is not None:
        known["manager"] = manager
    base = (
        MetaOptions()
        if inherited is None
        else replace(inherited, **{name: getattr(MetaOptions(), name) for name in _OWN})
    )
    return replace(base, **known)


def _meta_value(name: str, value: Any) -> Any:
    if name in _TEXTS and not isinstance(value, str | None):
        raise ConfigurationError(f"Meta.{name} is {value!r}, not text")
    if name in _FLAGS:
        return bool(value)
    if name == "db_primary_key":
        if value is not False and value is not True and not (isinstance(value, str) and value):
            raise ConfigurationError(f"Meta.{name} is {value!r}, neither a name nor False")
        return value
    if name in _LISTS and not isinstance(value, str | list | tuple | set | None):
        raise ConfigurationError(f"Meta.{name} is {value!r}, not a tuple")
    if name == "unique_together":
        groups = [value] if value and all(isinstance(part, str) for part in value) else value
        return tuple(_names(name, group) for group in groups or ())
    if name in ("ordering", "primary_key"):
        return _names(name, (value,) if isinstance(value, str) else value or ())
    if name == "constraints":
        return tuple(_constraint(entry) for entry in value or ())
    if name == "indexes":
        return tuple(_index(entry, name) for entry in value or ())
    return value


def _names(option: str, value: Any) -> tuple[str, ...]:
    names = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not all(isinstance(name, str) for name in names):
        raise ConfigurationError(f"Meta.{option}: {value!r} is no tuple of field names")
    return names


def _index(entry: Any, option: str) -> IndexSchema:
    if isinstance(entry, IndexSchema):
        return entry
    if isinstance(entry, Index):
        return entry.schema()
    if isinstance(entry, list | tuple) and entry and all(isinstance(part, str) for part in entry):
        return (
            Index(fields=entry).schema() if any(part.startswith("-") for part in entry) else IndexSchema(tuple(entry))
        )
    raise ConfigurationError(f"Meta.{option}: {entry!r} is neither a tuple of field names nor an Index")


def _constraint(entry: Any) -> IndexSchema | CheckSchema:
    if isinstance(entry, CheckSchema):
        return entry
    return entry.schema() if isinstance(entry, CheckConstraint) else _index(entry, "constraints")


def build_model_schema(
    name: str, module: str, members: Iterable[Member], meta: MetaOptions, app: str = ""
) -> tuple[ModelSchema, tuple[Problem, ...]]:
    """A concrete model from its merged members, with the implicit `id` key where none is declared.

    Returns the schema and everything that is wrong with it on its own (links are checked by `link`).
    """
    declared = list(members)
    problems: list[Problem] = []
    keys = [member for member in declared if member.primary_key]
    if len(keys) > 1:
        names = ", ".join(key.name for key in keys)
        hint = "a key of several columns is class Meta: primary_key = (...)"
        problems.append(Problem(name, keys[1].name, f"{name} has more than one primary key: {names}", hint))
    if meta.db_primary_key is False and not meta.primary_key:
        fact = f"{name}.Meta.db_primary_key = False says that the table has no primary key"
        hint = "name the fields that tell its rows apart in Meta.primary_key"
        problems.append(Problem(name, "Meta.db_primary_key", fact, hint))
    if meta.primary_key:
        problems += _composite_problems(name, meta, keys)
        declared = [_as_key(member) if member.name in meta.primary_key else member for member in declared]
    elif not keys:
        if any(member.name == "id" for member in declared):
            problems.append(
                Problem(name, "id", f'{name}.id is called "id" but is not the primary key', "add primary_key=True")
            )
            declared = [replace(member, primary_key=True) if member.name == "id" else member for member in declared]
        else:
            declared.insert(0, describe_field("id", IntField(primary_key=True)))
    problems += _name_problems(name, declared)
    return ModelSchema(name, module, meta.app or app, tuple(declared), meta), tuple(problems)


def _as_key(member: Member) -> Member:
    return replace(member, primary_key=True) if isinstance(member, FieldSchema) else member


def _composite_problems(name: str, meta: MetaOptions, declared: Sequence[Member]) -> Iterable[Problem]:
    """What is wrong with `Meta.primary_key` whatever its names stand for."""
    where, key = "Meta.primary_key", meta.primary_key
    if len(key) == 1 and meta.db_primary_key is not False:
        yield Problem(name, where, f'{name}.{where} names one field, "{key[0]}"', "give that field primary_key=True")
    for again in sorted({entry for entry in key if key.count(entry) > 1}):
        yield Problem(name, where, f'{name}.{where} names "{again}" twice')
    for member in declared:
        hint = "take primary_key=True away there, or Meta.primary_key"
        yield Problem(name, member.name, f"{name}.{member.name} is a primary key beside {where}", hint)


def _name_problems(name: str, members: Iterable[Member]) -> Iterable[Problem]:
    for member in members:
        if member.name in RESERVED:
            yield Problem(name, member.name, f"{name}.{member.name} hides Model.{member.name}", "choose another name")
        elif "__" in member.name:
            yield Problem(
                name, member.name, f'{name}.{member.name} contains "__", which separates lookups', "rename it"
            )
