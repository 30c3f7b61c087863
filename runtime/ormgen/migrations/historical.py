"""The models as they are in the middle of the history, as classes that data migrations work with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

from ormgen.database.config import AppConfig, ORMConfig
from ormgen.database.connection import Connection, Database, TransactionConnection
from ormgen.database.connection_config import ConnectionConfig
from ormgen.database.context import ORMContext
from ormgen.database.current import open_transactions
from ormgen.drivers.driver import Driver, Transaction
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import build, document
from ormgen.migrations.state import State, module_of
from ormgen.models.model import Model
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.names import did_you_mean
from ormgen.sql.compiler import Compiler
from ormgen.sql.zone import Zone

ALIAS = "default"


class HistoricalApps:
    """The models of one moment: `apps.get_model("Team")` in the app of the migration, `"app.Team"` in another one.

    `apps.models.Team` is the model `Team` of the app `models`. `ormgen migrate` writes stubs in which both are exact.
    """

    def __init__(self, app: str, models: Mapping[str, type[Model]]) -> None:
        self._app = app
        self._models = models

    def __getattr__(self, label: str) -> Any:
        found = {key.partition(".")[2]: each for key, each in self._models.items() if key.startswith(f"{label}.")}
        if not found:
            known = {key.partition(".")[0] for key in self._models}
            raise AttributeError(f'there is no app "{label}" at this point; {did_you_mean(label, known)}')
        return SimpleNamespace(**found)

    def get_model(self, name: str, other: str | None = None) -> Any:
        """The model called `name`: `get_model("Team")`, `get_model("models.Team")`, `get_model("models", "Team")`.

        Raises:
            ConfigurationError: there is none at this point of the history.
        """
        key = f"{name}.{other}" if other is not None else name if "." in name else f"{self._app}.{name}"
        if key not in self._models:
            raise ConfigurationError(f"there is no model {key} at this point; {did_you_mean(key, self._models)}")
        return self._models[key]


def enum_names(model: ModelSchema) -> dict[str, str]:
    """What the enum of each field with one is called inside of its model: as it was, unless that name is taken."""
    taken: dict[str, object] = {member.name: None for member in model.members}
    found: dict[str, str] = {}
    for member in model.members:
        described = document(member).get("enum")
        if described is not None:
            name = described["name"]
            name = name if taken.setdefault(name, described) == described else f"{name}_{member.name}"
            found[member.name] = name
    return found


def model_class(model: ModelSchema) -> type[Model]:
    """A class for a model of a state; enums of its fields stand in it, as `Team.Rank`."""
    declared: dict[str, Any] = {member.name: build(document(member)) for member in model.members}
    for member, name in enum_names(model).items():
        declared.setdefault(name, declared[member].enum_type)
    options = {name: getattr(model.meta, name) for name in model.meta.__slots__ if name not in ("abstract", "manager")}
    declared["Meta"] = type("Meta", (), {name: value for name, value in options.items() if value is not None})
    make: Any = type(Model)
    made: type[Model] = make(model.name, (Model,), {**declared, "__module__": module_of(model.app)})
    return made


@asynccontextmanager
async def historical(
    state: State, app: str, config: ConnectionConfig, driver: Driver, transaction: Transaction | None
) -> AsyncIterator[tuple[HistoricalApps, Connection]]:
    """The models of a state, whose queries run in a transaction of the migration; without one, each lasts by itself."""
    classes = {model.key: model_class(model) for model in state.models.values()}
    apps: dict[str, AppConfig] = {}
    for label in dict.fromkeys(model.app for model in state.models.values()):
        module = ModuleType(module_of(label))
        listed = [classes[model.key] for model in state.models.values() if model.app == label]
        vars(module)["__models__"] = listed
        apps[label] = AppConfig([module])
    async with ORMContext() as context:
        await context.init(ORMConfig({ALIAS: config}, apps))
        database = Database(ALIAS, Compiler(context.graph, config.dialect, Zone()), driver)
        token = context.connections.set(ALIAS, database)
        if transaction is None:
            try:
                yield HistoricalApps(app, classes), database
            finally:
                context.connections.reset(token)
            return
        connection = TransactionConnection(database, transaction, None)
        connection.owner = asyncio.current_task()
        before = open_transactions.get()
        open_transactions.set({database: connection})
        try:
            yield HistoricalApps(app, classes), connection
        finally:
            open_transactions.set(before)
            context.connections.reset(token)
