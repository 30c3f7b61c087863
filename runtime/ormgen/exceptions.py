"""Every exception a user of ormgen can meet.

BaseORMException
├── ConfigurationError            a model, a setting or a URL is wrong
│   ├── MissingOptionError        (also a TypeError) a field lacks an option that it needs
│   ├── SchemaError               the models of a run do not fit together; lists every problem
│   └── NotInitialised            (also a RuntimeError) a query ran before `ORM.init`, or on a closed context
├── FieldError                    an unknown field, relation or lookup in a query
│   ├── UnknownRelationError      (also an OperationalError) a relation to load does not exist
│   ├── UnselectedError           (also a ParamsError) questions put together are ordered by what they do not hold
│   ├── BackwardRelationError     (also a ConfigurationError) a backward relation given to a constructor
│   └── KeyUpdateError            (also an IntegrityError) `update()` was to change a primary key
├── ParamsError                   (also a ValueError) a call got arguments that do not make sense
│   └── ArgumentError             (also a TypeError and an OperationalError) one of them is of the wrong kind
├── UnSupportedError              this database cannot do that
├── TransactionManagementError    a transaction was used after it ended, or from two tasks
├── NPlusOneError                 a relation is loaded for one object after the other (while that is watched for)
├── ValidationError               a value does not fit its field
│   ├── JSONTextError             (also a FieldError) text for a JSON field is not JSON
│   ├── JSONValueError            (also a TypeError) a value for a JSON field cannot be JSON
│   └── WrongModelError           (also a TypeError) an object is of another model than the relation's
├── HydrationError                a stored value cannot be read as its field's type
└── OperationalError              the database refused
    ├── DBConnectionError         (also a ConnectionError) it could not be reached
    ├── IntegrityError            a constraint was violated
    │   └── MissingValueError     (also a ValidationError) a column that cannot be null got no value
    ├── NoValuesFetched           a relation was read before it was loaded (alias RelationNotLoaded)
    ├── IncompleteInstanceError   a partly loaded instance was saved
    ├── ObjectDoesNotExistError   (also a KeyError) `await Model[key]` found nothing
    └── NotExistOrMultiple
        ├── DoesNotExist          `get` found no row
        └── MultipleObjectsReturned   `get` found more than one
"""

from __future__ import annotations

from collections.abc import Iterable

from ormgen.records import dataclass


class BaseORMException(Exception):
    """Base of everything that ormgen raises on purpose."""


class ConfigurationError(BaseORMException):
    """A model, a setting or a URL is wrong."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fact that is wrong with the models of a run.

    `model` is the model's key (`app.Name`), `member` the field, relation or Meta option concerned
    (None: the model as a whole), `hint` the remedy, `detail` what is said only where no place in the source can be.
    """

    model: str
    member: str | None
    fact: str
    hint: str | None = None
    detail: str | None = None

    def __str__(self) -> str:
        whole = self.fact if self.detail is None else f"{self.fact}: {self.detail}"
        return whole if self.hint is None else f"{whole} (hint: {self.hint})"


class SchemaError(ConfigurationError):
    """The models of a run do not fit together; `problems` lists everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MissingOptionError(ConfigurationError, TypeError):
    """A field is declared without an option that it needs."""


class NotInitialised(ConfigurationError, RuntimeError):
    """A query ran before `ORM.init`, on a closed context, or on a model no app lists."""


class FieldError(BaseORMException):
    """A query names a field, relation or lookup that does not exist."""


class ParamsError(BaseORMException, ValueError):
    """A call got arguments that do not make sense."""


class UnSupportedError(BaseORMException):
    """The database in use cannot do what was asked."""


class NPlusOneError(BaseORMException):
    """A relation is loaded for one object after the other, or was prefetched and never read."""


class NPlusOneWarning(UserWarning):
    """As `NPlusOneError`, where only a warning was asked for."""


class TransactionManagementError(BaseORMException):
    """A transaction was used after it ended, or by a task that does not own it."""


class UnselectedError(FieldError, ParamsError):
    """What is put together is to be ordered by something that its rows do not hold."""


class BackwardRelationError(FieldError, ConfigurationError):
    """A constructor, `create` or `update_from_dict` got a relation that other objects point with."""


class UnknownFieldError(FieldError, TypeError):
    """A constructor or `create` got a keyword that is no field of the model."""


class ValidationError(BaseORMException, ValueError):
    """A value does not fit its field."""


class JSONTextError(ValidationError, FieldError):
    """Text that was given to a JSON field begins like an object or array and is not JSON."""


class JSONValueError(ValidationError, TypeError):
    """A value for a JSON field is nothing that JSON can hold."""


class WrongModelError(ValidationError, TypeError):
    """An object is of another model than the one that a relation points at."""

    def __init__(self, expected: str, given: object, relation: str = "") -> None:
        self.expected, self.given = expected, given
        told = f"Expected model type '{expected}', but got '{type(given).__name__}': {given!r}"
        super().__init__(f"Invalid type for relationship field '{relation}'. {told}" if relation else told)


def located(place: str, error: ValidationError) -> ValidationError:
    """The same error, said of a place such as `Hero.name`."""
    if isinstance(error, WrongModelError):
        return WrongModelError(error.expected, error.given, place)
    kinds = (JSONTextError, JSONValueError)
    kind = next((kind for kind in kinds if isinstance(error, kind)), ValidationError)
    return kind(f"{place}: {error}")


class HydrationError(BaseORMException):
    """A stored value cannot be read as its field's type; names model, column and value."""


class OperationalError(BaseORMException):
    """The database refused.

    `sqlstate` is the five-character code where the database has one, `constraint` the violated constraint
    where it is known, `retryable` says whether running the whole transaction again can succeed.
    """

    def __init__(
        self,
        *args: object,
        sqlstate: str | None = None,
        constraint: str | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(*args)
        self.sqlstate = sqlstate
        self.constraint = constraint
        self.retryable = retryable


class DBConnectionError(OperationalError, ConnectionError):
    """The database could not be reached, or the connection was lost."""


class IntegrityError(OperationalError):
    """A constraint of the database was violated."""


class MissingValueError(ValidationError, IntegrityError):
    """A column that cannot be null got no value; told before the database is asked, which would refuse it as well."""


class KeyUpdateError(FieldError, IntegrityError):
    """`update()` was to change a primary key, by which other rows may point at the one that has it."""


class ArgumentError(ParamsError, TypeError, OperationalError):
    """An argument is of the wrong kind, such as a number among conditions."""


class UnknownRelationError(FieldError, OperationalError):
    """`prefetch_related` or `fetch_related` names a relation that does not exist."""


class NoValuesFetched(OperationalError):
    """A relation was read before it was loaded."""


RelationNotLoaded = NoValuesFetched


class IncompleteInstanceError(OperationalError):
    """An instance that was loaded with `only()` cannot be saved whole."""


class ObjectDoesNotExistError(OperationalError, KeyError):
    """`await Model[key]` found nothing."""

    def __init__(self, model: type, pk_name: str, pk_value: object) -> None:
        super().__init__(f"{model.__name__} has no object with {pk_name}={pk_value}")
        self.model = model
        self.pk_name = pk_name
        self.pk_value = self.pk_val = pk_value

    def __str__(self) -> str:
        return str(self.args[0])


class NotExistOrMultiple(OperationalError):
    """Base of `DoesNotExist` and `MultipleObjectsReturned`."""

    text = ""

    def __init__(self, model: type | str | None = None, *args: object) -> None:
        self.model = model if isinstance(model, type) else None
        name = f" ({model.__name__})" if isinstance(model, type) else ""
        super().__init__(model if isinstance(model, str) else f"{self.text}{name}", *args)


class DoesNotExist(NotExistOrMultiple):
    """`get` found no row."""

    text = "Object does not exist"


class MultipleObjectsReturned(NotExistOrMultiple):
    """`get` found more than one row."""

    text = "Multiple objects returned, expected exactly one"


class ORMLoopSwitchWarning(RuntimeWarning):
    """A connection is used in another event loop than the one that opened it, and is opened anew."""
