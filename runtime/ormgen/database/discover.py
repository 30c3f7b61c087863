"""Finds the model classes of a configuration's modules."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from ormgen.database.config import AppConfig
from ormgen.database.described import is_model_class
from ormgen.exceptions import ConfigurationError
from ormgen.schema.collector import collector_paused


def discover(apps: Mapping[str, AppConfig]) -> list[tuple[str, type[Any]]]:
    """Every model class once, with the label of its app, in the order of apps, modules and definitions.

    Raises:
        ConfigurationError: a module cannot be imported.
    """
    found: list[tuple[str, type[Any]]] = []
    for label, app in apps.items():
        if not app.models:
            warnings.warn(f'App "{label}" lists no modules, so it has no models', RuntimeWarning, stacklevel=4)
        for named in app.models:
            module = named if isinstance(named, ModuleType) else _imported(named, label)
            classes = list(models_of(module))
            if not classes:
                warnings.warn(f'Module "{module.__name__}" has no models', RuntimeWarning, stacklevel=4)
            taken = {cls for _, cls in found}  # a module that several apps list gives its models to the first one
            found += [(label, cls) for cls in classes if cls not in taken]
    return found


def models_of(module: ModuleType) -> Iterator[type[Any]]:
    """The concrete models that a module defines, or those that its `__models__` lists.

    Those of a package are defined in it or below it: `models/__init__.py` imports what the app consists of.
    """
    listed = getattr(module, "__models__", None)
    if listed is not None:
        yield from (cls for cls in listed if is_model_class(cls))
        return
    for value in dict.fromkeys(value for value in vars(module).values() if is_model_class(value)):
        if value.__module__ == module.__name__ or (
            hasattr(module, "__path__") and value.__module__.startswith(f"{module.__name__}.")
        ):
            yield value


def _imported(name: str, label: str) -> ModuleType:
    try:
        with collector_paused():  # a fifth of the time, where models are many
            return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise ConfigurationError(f'app "{label}": there is no module "{name}"') from error
        raise
