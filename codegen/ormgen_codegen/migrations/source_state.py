"""The state of the models as their source declares them."""

from __future__ import annotations

from ormgen.migrations.state import State
from ormgen_codegen.apps import in_apps
from ormgen_codegen.run import Run


def state_of(run: Run) -> State:
    """The models of a run; nothing of the program is imported.

    Raises:
        SchemaError: they do not fit together.
    """
    entries = [
        (module.name, model.schema) for module in run.modules for model in module.concrete if model.schema is not None
    ]
    return State.of({schema.key: schema for schema in in_apps(entries, run.config.apps)}.values())
