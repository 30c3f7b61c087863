"""Links models before any context is initialised, so that what is made from them knows their relations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ormgen.database.apps import Apps
from ormgen.database.config import AppConfig
from ormgen.database.context import current, linked
from ormgen.database.discover import discover


def link_models(modules: Mapping[str, Any]) -> Apps:
    """Give the models of these apps their place in a graph, and tell them; nothing is connected.

    Models of a context that is initialised are left in its graph.

    Raises:
        ConfigurationError: a module cannot be imported, or the models do not fit together.
    """
    apps = {label: AppConfig(_listed(value)) for label, value in modules.items()}
    graph, classes = linked(discover(apps))
    context = current.get()
    taken = set() if context is None else set(context.apps.get_models_iterable())
    for key, model in classes.items():
        if model not in taken:
            model.__model__.attach(graph, graph[key], classes)
    return Apps.of(classes, apps)


def _listed(value: Any) -> tuple[Any, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
