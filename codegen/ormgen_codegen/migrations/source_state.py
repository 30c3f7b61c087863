"""The state of the models as their source declares them."""

from __future__ import annotations

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.state import State
from ormgen.schema.indexes import CheckSchema
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.apps import in_apps
from ormgen_codegen.run import Run


def state_of(run: Run) -> State:
    """The models of a run; nothing of the program is imported.

    Raises:
        SchemaError: they do not fit together.
        ConfigurationError: an index or constraint cannot be read.
    """
    entries = [
        (module.name, model.schema) for module in run.modules for model in module.concrete if model.schema is not None
    ]
    schemas = {schema.key: schema for schema in in_apps(entries, run.config.apps)}
    for schema in schemas.values():
        _refuse_unread(schema)
    return State.of(schemas.values())


def as_kept(state: State) -> State:
    """The models as a snapshot gives them back, whose conditions and expressions can become SQL."""
    made = State()
    for app in dict.fromkeys(model.app for model in state.models.values()):
        made = made.with_json(app, state.to_json(app))
    return made


def _refuse_unread(schema: ModelSchema) -> None:
    """Refuse an index or constraint that is known in part only: the migration would make another one."""
    for option in ("indexes", "constraints"):
        for entry in getattr(schema.meta, option):
            live = entry.declared if isinstance(entry, CheckSchema) else entry.index
            text = getattr(live, "unread", None)
            if text is not None:
                hint = "write it as lookups, as Q, or as SQL text"
                raise ConfigurationError(f"{schema.key}: Meta.{option}: cannot read `{text}`; {hint}")
