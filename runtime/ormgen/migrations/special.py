"""Operations beside the models: functions, SQL text, and changes of the models or the database alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.state import State
from ormgen.records import dataclass
from ormgen.sql.ddl_migrate import schema_sql

Code = Callable[[Any, Any], Any]
Sql = str | Sequence[str] | Mapping[str, str | Sequence[str]]


async def nothing(apps: Any, connection: Any) -> None:
    """What `RunPython` does where there is nothing to do."""


@dataclass(frozen=True)
class RunPython(Operation):
    """Runs `code(apps, connection)`; `apps.get_model("Team")` gives the model as it is at this point.

    `code` may be `async`. Without `reverse_code` it cannot be undone; `RunPython.noop` says that nothing is needed.

    It runs in one transaction, with the rest of the migration or by itself where that is not atomic. With
    `atomic=False` it has none, so that every statement lasts and long work can be done in batches: interrupted, it
    runs again, from the start. That needs a migration with `atomic = False`; SQLite has the transaction all the same,
    because one that writes keeps all others out.
    """

    code: Code
    reverse_code: Code | None = None
    atomic: bool = True

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return self.reverse_code is not None

    noop = staticmethod(nothing)

    def changed(self, app: str, state: State) -> State:
        return state

    def describe(self) -> str:
        return f"run {getattr(self.code, '__name__', 'a function')}"


@dataclass(frozen=True)
class RunSQL(Operation):
    """Runs SQL text: one or more statements, a list of them, or a dict of these by dialect.

    Text is handed to the database whole, so that a `;` in a string or trigger is no end of a statement.
    """

    sql: Sql
    reverse_sql: Sql | None = None

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return self.reverse_sql is not None

    noop: ClassVar[str] = ""

    def changed(self, app: str, state: State) -> State:
        return state

    def scripts(self, dialect: str, backwards: bool = False) -> list[str]:
        """The texts to run on a database.

        Raises:
            ConfigurationError: there is none for this dialect.
        """
        found = self.reverse_sql if backwards else self.sql
        if isinstance(found, Mapping):
            if dialect not in found:
                raise ConfigurationError(f"RunSQL says nothing for {dialect}, only for {', '.join(found)}")
            found = found[dialect]
        texts = [found] if isinstance(found, str) else list(found or ())
        return [text for text in texts if text.strip()]

    def describe(self) -> str:
        return "run SQL"


@dataclass(frozen=True)
class CreateSchema(Operation):
    """A new schema; on MySQL and MariaDB that is a database."""

    name: str

    def changed(self, app: str, state: State) -> State:
        return state

    def scripts(self, dialect: str, backwards: bool = False) -> list[str]:
        """The text to run on a database.

        Raises:
            UnSupportedError: it has no schemas.
        """
        return [schema_sql(self.name, dialect, drop=backwards)]

    def describe(self) -> str:
        return f"create schema {self.name}"


@dataclass(frozen=True)
class DropSchema(CreateSchema):
    """A schema goes; what is in it has to be gone."""

    def scripts(self, dialect: str, backwards: bool = False) -> list[str]:
        return [schema_sql(self.name, dialect, drop=not backwards)]

    def describe(self) -> str:
        return f"drop schema {self.name}"


@dataclass(frozen=True)
class SeparateDatabaseAndState(Operation):
    """Does `database_operations` to the database and `state_operations` to the models."""

    database_operations: Sequence[Operation] = ()
    state_operations: Sequence[Operation] = ()

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return all(each.reversible for each in self.database_operations)

    def changed(self, app: str, state: State) -> State:
        for each in self.state_operations:
            state = each.changed(app, state)
        return state

    def describe(self) -> str:
        told = [each.describe() for each in (*self.database_operations, *self.state_operations)]
        return f"separately: {', '.join(told)}"
