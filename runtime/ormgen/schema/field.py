"""What every field has in common, and its frozen description in the model graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from operator import attrgetter
from typing import Any, ClassVar, Final, Generic, Literal, Self, get_args, get_origin, overload

from typing_extensions import TypeVar

from ormgen.exceptions import ConfigurationError, ValidationError
from ormgen.records import dataclass, names_of
from ormgen.records import field as dataclass_field
from ormgen.schema import describing
from ormgen.schema.db_defaults import DatabaseDefault, Now, RandomHex, SqlDefault
from ormgen.schema.deprecated import warn_deprecated
from ormgen.schema.instance import Instance
from ormgen.schema.lookups import Family
from ormgen.schema.names import nearest
from ormgen.schema.type_text import type_text

T = TypeVar("T")
V = TypeVar("V")

Validator = Callable[[Any], Any]

_OPTIONS = (
    "null default unique primary_key db_index source_field generated description validators db_default renamed_from"
)


class Missing(Enum):
    """The value of an option that was not given, where None is a value of its own."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Literal[Missing.MISSING] = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Default:
    """What a field falls back to.

    `kind` is "none" (no default), "value" (a literal, in `value`), "enum" (`value` is the member's path),
    "sql" (`value` is how one of `schema.db_defaults` is written), "callable", or "object" (any other Python object).
    """

    kind: Literal["none", "value", "enum", "sql", "callable", "object"] = "none"
    value: str | int | float | bool | None = None

    @classmethod
    def of(cls, value: object) -> Default:
        """The description of a default as it was declared."""
        if value is MISSING:
            return NO_DEFAULT
        if isinstance(value, Enum):
            return cls("enum", f"{type_text(type(value))}.{value.name}")
        if type(value) in (SqlDefault, Now, RandomHex):
            return cls("sql", repr(value))
        if callable(value):
            return cls("callable")
        if value is None or isinstance(value, str | int | float | bool):
            return cls("value", value)
        return cls("object")


NO_DEFAULT: Final = Default()


@dataclass(frozen=True, slots=True)
class FieldSchema:
    """One column of a model, described.

    `name` is the Python attribute, `column` the SQL name, `type` the ormgen field class that it is or descends
    from, `custom` the user's subclass if there is one, `python_type` a type text (see `schema.type_text`),
    `options` what is particular to the type (`max_length`, `max_digits` …), `relation` the foreign key whose
    column this is, `renamed_from` what it was called before. `field` is the live field that converts and validates
    values; it takes no part in equality.
    """

    name: str
    column: str
    type: str
    python_type: str
    family: Family
    null: bool = False
    unique: bool = False
    index: bool = False
    primary_key: bool = False
    generated: bool = False
    default: Default = NO_DEFAULT
    db_default: Default = NO_DEFAULT
    auto: Literal["now", "now_add"] | None = None
    options: tuple[tuple[str, str | int | float | bool | None], ...] = ()
    description: str | None = None
    custom: str | None = None
    relation: str | None = None
    renamed_from: str | None = None
    field: Field[Any] = dataclass_field(kw_only=True, compare=False, repr=False)

    @property
    def required(self) -> bool:
        """Whether a new row needs a value for this column from the caller."""
        return (
            not self.null
            and not self.generated
            and self.auto is None
            and self.default.kind == "none"
            and self.db_default.kind == "none"
        )

    def changed(self, **values: Any) -> FieldSchema:
        """The description with other values; as `replace` gives it, in half the time."""
        return FieldSchema(**{**dict(zip(_DESCRIBED, _described(self), strict=True)), **values})


_DESCRIBED: Final = names_of(FieldSchema)
_described: Final = attrgetter(*_DESCRIBED)


class Field(Generic[T]):
    """A column as it is declared in a model: `name = fields.CharField(max_length=50)`.

    Reading it from an instance gives the Python value, from the class the declaration.
    A subclass sets `python_type` and `family`, and may override `to_python_value` and `to_db_value`. Stubs say what it
    says in its body as `python_type` or `field_type`, else what stands in the brackets of `Field[Money]`.
    `SQL_TYPE` in its body is the type of the column; a nested class `_db_sqlite`, `_db_postgres` or `_db_mysql` says
    so for one database, and may have a `to_db_value` and `to_python_value` of its own. `dialects` are the databases
    that have such columns, None for all. `docstring` is the whole comment that stands above a declaration as `#:`.
    `renamed_from` is what the field was called before: a migration renames it then, and afterwards it says nothing.

    Raises:
        ConfigurationError: an option is unknown or contradicts another.
    """

    python_type: ClassVar[Any] = object
    family: ClassVar[Family] = Family.OTHER
    option_names: ClassVar[tuple[str, ...]] = ()
    indexable: ClassVar[bool] = True
    generates: ClassVar[bool] = False
    dialects: ClassVar[tuple[str, ...] | None] = None
    missing: ClassVar[Missing] = MISSING
    window: ClassVar[str] = "ormgen.fields"
    docstring: str | None = None
    model_field_name: str = ""

    # Only what type checkers know of a model without a stub: with `null=True` its values may be None.
    @overload
    def __new__(cls: type[Field[V]], *given: Any, null: Literal[True], **options: Any) -> Field[V | None]: ...
    @overload
    def __new__(cls, *given: Any, **options: Any) -> Self: ...
    def __new__(cls, *given: Any, **options: Any) -> Any:
        return super().__new__(cls)

    def __init__(
        self,
        *,
        null: bool = False,
        default: Any = MISSING,
        unique: bool = False,
        primary_key: bool | None = None,
        pk: bool | None = None,
        db_index: bool | None = None,
        index: bool | None = None,
        source_field: str | None = None,
        generated: bool | None = None,
        description: str | None = None,
        validators: Iterable[Validator] | None = None,
        db_default: Any = MISSING,
        renamed_from: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise ConfigurationError(self._unknown_option(next(iter(unknown))))
        self.null = bool(null)
        self.default = default
        self.primary_key = either("primary_key", primary_key, "pk", pk)
        self.index = either("db_index", db_index, "index", index) or self.primary_key
        self.unique = bool(unique or self.primary_key)
        self.source_field = source_field
        is_generated = self.generates and self.primary_key and default is MISSING
        self.generated = is_generated if generated is None else bool(generated)
        self.description = description
        self.validators: tuple[Validator, ...] = tuple(validators or ())
        self.db_default = db_default
        self.renamed_from = renamed_from
        self._refuse_contradictions()

    def _refuse_contradictions(self) -> None:
        kind = type(self).__name__
        for name in ("source_field", "description", "renamed_from"):
            if getattr(self, name) is not None and not isinstance(getattr(self, name), str):
                raise ConfigurationError(f"{kind}: {name} is {getattr(self, name)!r}, not text")
        if self.primary_key and self.null:
            raise ConfigurationError(f"{kind}: a primary key cannot be null")
        if self.primary_key and self.generated and not (self.generates or self.has_db_default()):
            raise ConfigurationError(f"{kind} can't be DB-generated: give it a default or db_default")
        if not self.indexable and (self.unique or self.index) and not (self.primary_key and self.python_type is str):
            raise ConfigurationError(f"{kind} can't be indexed, consider CharField: {kind} cannot be unique or indexed")
        if self.db_default is not MISSING and callable(self.db_default) and not hasattr(self.db_default, "get_sql"):
            fact = f"{kind}: db_default must be a static value or SqlDefault(...), not a callable"
            raise ConfigurationError(f"{fact}; for a callable use default=")

    def _unknown_option(self, name: str) -> str:
        known = [
            [*_OPTIONS.split()],
            list(self.option_names),
        ]
        close = nearest(name, [option for group in known for option in group])
        hint = f"; did you mean {close!r}?" if close else ""
        return f"{type(self).__name__} has no option {name!r}{hint}"

    @overload
    def __get__(self, instance: Instance, owner: Any) -> T: ...  # first: type checkers try them in order
    @overload
    def __get__(self, instance: None, owner: Any) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T: ...
    def __get__(self, instance: object | None, owner: Any) -> Any:
        return self

    def __set__(self, instance: object, value: T) -> None:
        raise AttributeError("a field can only be assigned on instances of a model")

    def to_python_value(self, value: Any) -> Any:
        """`value` as this field's Python type; accepts what users reasonably pass.

        Raises:
            ValidationError: it cannot be read as that type.
        """
        if value is None or isinstance(value, self.python_type):
            return value
        try:
            return self.python_type(value)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            raise ValidationError(f"{value!r} is not a valid {self.python_type.__name__}") from error

    def to_db_value(self, value: Any, instance: Any) -> Any:
        """`value` as it is handed to the database layer; override in a custom field.

        `instance` is the instance being saved, or its class in a filter.
        """
        return value

    def validate(self, value: Any) -> None:
        """Check `value` (of this field's Python type) against the field's limits and validators.

        Raises:
            ValidationError: it does not fit.
        """
        if value is None:
            return
        if isinstance(value, self.python_type):  # else a custom field, which keeps something else than its base
            self.check(value)
        for validator in self.validators:
            validator(value.value if isinstance(value, Enum) else value)

    def check(self, value: Any) -> None:
        """Check `value` against the limits of the field's type; types override this."""

    def type_text(self) -> str:
        """The Python type as a type text, for stubs."""
        if "python_type" in vars(self):
            return type_text(self.python_type)
        kinds: tuple[Any, Any] = (type(self), Field)  # Any: mypy takes classes with a metaclass for unhashable
        kind = describing.class_type(*kinds)
        return type_text(declared_type(self)) if kind is None else kind

    def has_db_default(self) -> bool:
        """Whether the database has a default for this column."""
        return self.db_default is not MISSING

    def get_db_default_value(self) -> DatabaseDefault | None:
        """What stands for the default of the database until it has been read back; None where there is none."""
        return DatabaseDefault(self) if self.has_db_default() else None

    @property
    def required(self) -> bool:
        """Whether a new row needs a value from the caller."""
        has_default = self.default not in (MISSING, None) or self.has_db_default()
        return not (self.null or self.generated or has_default or getattr(self, "auto", None))

    @property
    def pk(self) -> bool:
        """The same as `primary_key`."""
        return self.primary_key

    @property
    def constraints(self) -> dict[str, Any]:
        """The limits of values in the words of JSON schema and pydantic."""
        return describing.constraints(self)

    def get_for_dialect(self, dialect: str, key: str) -> Any:
        """An attribute or method as it is for one database: a nested class `_db_<dialect>` comes first."""
        return describing.value_for_dialect(self, dialect, key)

    def get_db_field_types(self) -> dict[str, str]:
        """The SQL types: under "" what holds in general, and those databases that differ from it."""
        return describing.db_types(self)

    def describe(self, serializable: bool = True) -> dict[str, Any]:
        """This field as plain data; with `serializable` as JSON can say it, else with live types and defaults."""
        return describing.describe(self, serializable)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The path of this field's class, and the arguments that make the same field again."""
        return describing.deconstruct(self)

    def describe_options(self) -> tuple[tuple[str, Any], ...]:
        """What is particular to this type of field, as name and value."""
        return tuple((name, getattr(self, name)) for name in self.option_names)


def either(name: str, value: bool | None, old_name: str, old_value: bool | None) -> bool:
    """A flag that has an old name too.

    Raises:
        ConfigurationError: both are given and differ, or it is neither True nor False.
    """
    if value is None and old_value is None:
        return False
    if not isinstance(value, bool | None):
        raise ConfigurationError(f"{name} is {value!r}, not True or False")
    if value is not None and old_value is not None and value != old_value:
        fact = f"can't set both {name} and {old_name}: {name}= and {old_name}= say different things"
        raise ConfigurationError(f"{fact}; give {name}= only")
    if old_value is not None:
        warn_deprecated(old_name, name)
    return bool(value if value is not None else old_value)


def declared_type(field: Field[Any]) -> Any:
    """What stands in the brackets behind `Field`, for this field or in the bases of its class; "" if nothing does."""
    made = getattr(field, "__orig_class__", None)
    found = _argument(type(field), get_args(made))
    return "" if found is None or isinstance(found, TypeVar) else found


def _argument(cls: type, given: tuple[Any, ...]) -> Any:
    """The argument of `Field` where `cls` is given those arguments; None if it has none."""
    if cls is Field:
        return given[0] if given else None
    known = dict(zip(getattr(cls, "__parameters__", ()), given, strict=False))
    for base in vars(cls).get("__orig_bases__", cls.__bases__):
        origin = get_origin(base) or base
        if isinstance(origin, type) and issubclass(origin, Field):
            inner = tuple(_filled(argument, known) for argument in get_args(base))
            return _argument(origin, inner)
    return None


def _filled(argument: Any, known: Mapping[Any, Any]) -> Any:
    """A type with its variables replaced by what they are known to be."""
    if isinstance(argument, TypeVar):
        return known.get(argument, argument)
    variables = getattr(argument, "__parameters__", ())
    return argument[tuple(known.get(each, Any) for each in variables)] if variables else argument


def base_type(field: Field[Any]) -> type[Field[Any]]:
    """The nearest class of `field` that ormgen itself defines."""
    found: type[Field[Any]] = describing.library_type(field)
    return found


def describe_field(name: str, field: Field[Any], overrides: Mapping[str, Any] | None = None) -> FieldSchema:
    """The frozen description of `field`, declared as `name`.

    `overrides` replaces single entries; the source reader uses it for what only running code could tell.
    """
    base = base_type(field)
    found = FieldSchema(
        name,
        field.source_field or name,
        base.__name__,
        field.type_text(),
        field.family,
        field.null,
        field.unique,
        field.index,
        field.primary_key,
        field.generated,
        Default.of(field.default),
        Default.of(field.db_default),
        getattr(field, "auto", None),
        field.describe_options(),
        field.description,
        None if base is type(field) else type_text(type(field)),
        renamed_from=field.renamed_from,
        field=field,
    )
    return found.changed(**overrides) if overrides else found
