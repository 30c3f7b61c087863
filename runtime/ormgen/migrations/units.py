"""What carrying out a migration, or undoing it, comes to on one database: units that run one after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeAlias

from ormgen.exceptions import ConfigurationError, ParamsError, UnSupportedError
from ormgen.migrations.concurrently import spelled
from ormgen.migrations.enum_operations import AlterEnum
from ormgen.migrations.index_operations import AddIndex, RemoveIndex
from ormgen.migrations.migration import Loaded
from ormgen.migrations.model_operations import AlterField, MoveModel, Operation
from ormgen.migrations.special import CreateSchema, RunPython, RunSQL, SeparateDatabaseAndState
from ormgen.migrations.state import State
from ormgen.records import dataclass
from ormgen.schema.graph import ModelGraph
from ormgen.sql.ddl_migrate import change_steps
from ormgen.sql.ddl_steps import Rebuilding, Statement, Step, texts


@dataclass(frozen=True, slots=True)
class Script:
    """SQL text of a user, handed to the database whole."""

    sql: str


@dataclass(frozen=True, slots=True)
class Code:
    """A function of a user, with the models as they are at this point; not `atomic`, it runs in no transaction."""

    call: Callable[[Any, Any], Any]
    state: State
    atomic: bool = True


Unit: TypeAlias = Step | Script | Code
Here = Callable[[ModelGraph], Collection[str] | None]  # the keys of the models whose tables are in this database


def everywhere(graph: ModelGraph) -> None:
    """All models have their tables in the one database that there is."""


def apps_here(apps: Mapping[str, str], alias: str) -> Here:
    """The models of the apps that are on one connection, but for those whose `Meta` names another one."""
    return lambda graph: [
        model.key for model in graph if (model.meta.default_connection or apps.get(model.app, alias)) == alias
    ]


def units_of(migration: Loaded, before: State, dialect: str, here: Here = everywhere) -> list[Unit]:
    """What carries out a migration that begins with the models of `before`.

    Raises:
        UnSupportedError: the database cannot do that; nothing has run yet.
        ConfigurationError: something is to run in no transaction, inside of a migration that is one.
    """
    refuse_mixed(migration)
    units: list[Unit] = []
    for operation in migration.operations:
        after = operation.changed(migration.key.app, before)
        units += _forwards(operation, migration.key.app, before, after, dialect, here)
        before = after
    return units


def reverse_units_of(migration: Loaded, before: State, dialect: str, here: Here = everywhere) -> list[Unit]:
    """What undoes a migration that began with the models of `before`.

    Raises:
        ParamsError: an operation cannot be undone.
    """
    states = [before]
    for operation in migration.operations:
        states.append(operation.changed(migration.key.app, states[-1]))
    units: list[Unit] = []
    for at in reversed(range(len(migration.operations))):
        operation = migration.operations[at]
        if not operation.reversible:
            raise ParamsError(f"{migration.key} cannot be undone: {operation.describe()} has no way back")
        units += _backwards(operation, migration.key.app, states[at], states[at + 1], dialect, here)
    return units


def refuse_mixed(migration: Loaded) -> None:
    """Refuse what has no transaction in a migration that has one.

    Raises:
        ConfigurationError: there is one.
    """
    for each in migration.operations if migration.atomic else ():
        alone = "RunPython(atomic=False)" if isinstance(each, RunPython) and not each.atomic else None
        if isinstance(each, AddIndex | RemoveIndex) and each.concurrently:
            alone = f"{type(each).__name__}(concurrently=True)"
        if alone is not None:
            hint = "write `atomic = False` in class Migration"
            raise ConfigurationError(f"{migration.path}: {alone} in a migration that is atomic; {hint}")


def _forwards(operation: Operation, app: str, before: State, after: State, dialect: str, here: Here) -> Iterator[Unit]:
    match operation:
        case RunPython(code=code, atomic=atomic):
            yield Code(code, before, atomic)
        case RunSQL() | CreateSchema():
            yield from (Script(text) for text in operation.scripts(dialect))
        case SeparateDatabaseAndState(database_operations=listed):
            for each in listed:
                following = each.changed(app, before)
                yield from _forwards(each, app, before, following, dialect, here)
                before = following
        case _ if before.models != after.models or _of_values(operation):
            _refuse_apart(operation, app, here(before.graph), here(after.graph))
            yield from _concurrently(operation, _steps(before, after, operation.hints(app), dialect, here), dialect)


def _backwards(operation: Operation, app: str, before: State, after: State, dialect: str, here: Here) -> Iterator[Unit]:
    match operation:
        case RunPython(reverse_code=code, atomic=atomic) if code is not None:
            yield Code(code, before, atomic)
        case RunSQL() | CreateSchema():
            yield from (Script(text) for text in operation.scripts(dialect, backwards=True))
        case SeparateDatabaseAndState(database_operations=listed):
            states = [before]
            for each in listed:
                states.append(each.changed(app, states[-1]))
            for at in reversed(range(len(listed))):
                yield from _backwards(listed[at], app, states[at], states[at + 1], dialect, here)
        case _ if before.models != after.models or _of_values(operation):
            steps = _steps(after, before, operation.hints(app).backwards(), dialect, here)
            yield from _concurrently(operation, steps, dialect)


def _of_values(operation: Operation) -> bool:
    """Whether an operation may change values of an enum type, which models that are alike can differ in."""
    altered = operation.field if isinstance(operation, AlterField) else None
    return isinstance(operation, AlterEnum) or getattr(altered, "native_enum", None) is not None


def _refuse_apart(
    operation: Operation, app: str, before: Collection[str] | None, after: Collection[str] | None
) -> None:
    """Refuse to take a model into an app that has its tables in another database.

    Raises:
        UnSupportedError: it is so.
    """
    if isinstance(operation, MoveModel) and before is not None and after is not None:
        old, new = f"{operation.from_app}.{operation.name}", f"{app}.{operation.name}"
        if (old in before) is not (new in after):
            hint = "make a new model there, copy its rows in RunPython, and delete the old one"
            raise UnSupportedError(f"{old} and {new} have their tables in different databases; {hint}")


def _concurrently(operation: Operation, steps: list[Step], dialect: str) -> Iterator[Step]:
    """The steps of an operation; indexes without keeping writers out where it says so."""
    wanted = isinstance(operation, AddIndex | RemoveIndex) and operation.concurrently and dialect == "postgres"
    for step in steps:
        if wanted and isinstance(step, Statement):
            yield from (Statement(sql) for sql in spelled(step.sql))
        else:
            yield step


def _steps(before: State, after: State, hints: Any, dialect: str, here: Here) -> list[Step]:
    return change_steps(
        before.graph,
        after.graph,
        dialect,
        models=hints.models,
        fields=hints.fields,
        fills=hints.fills,
        enums=hints.enums,
        here=(here(before.graph), here(after.graph)),
    )


def needs_loose_keys(units: list[Unit]) -> bool:
    """Whether SQLite's foreign keys have to be off, lest dropping a table empties those that point at it."""
    return any(
        isinstance(unit, Rebuilding) or (isinstance(unit, Statement) and unit.sql.startswith("DROP TABLE"))
        for unit in units
    )


def unit_texts(units: list[Unit], dialect: str) -> list[str]:
    """Units as SQL to be read by people, and run by them if they like."""
    listed = _texts(units)
    if dialect == "sqlite" and needs_loose_keys(units):
        check = "PRAGMA foreign_key_check"
        return ["PRAGMA foreign_keys = OFF", "BEGIN", *listed, check, "COMMIT", "PRAGMA foreign_keys = ON"]
    return listed


def _texts(units: list[Unit]) -> list[str]:
    found: list[str] = []
    for unit in units:
        match unit:
            case Script(sql=sql):
                found.append(sql)
            case Code(call=call):
                found.append(f"-- runs the Python function {getattr(call, '__name__', 'of the migration')}")
            case _:
                found += texts([unit])
    return found
