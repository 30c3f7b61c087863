"""The models of a context by app and name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean


class Apps(Mapping[str, Mapping[str, type[Any]]]):
    """App label → model name → class; reads like a dictionary and prints like one."""

    def __init__(self, apps: Mapping[str, Mapping[str, type[Any]]]) -> None:
        self._apps = apps

    @classmethod
    def of(cls, classes: Mapping[str, type[Any]], labels: Iterable[str] = ()) -> Apps:
        """The apps of classes that are keyed `app.Name`; those of `labels` are there even with no class."""
        apps: dict[str, dict[str, type[Any]]] = {label: {} for label in labels}
        for key, model in classes.items():
            label, _, name = key.partition(".")
            apps.setdefault(label, {})[name] = model
        return cls(apps)

    def __getitem__(self, label: str) -> Mapping[str, type[Any]]:
        return self._apps[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._apps)

    def __len__(self) -> int:
        return len(self._apps)

    def __repr__(self) -> str:
        return repr(dict(self._apps))

    def get_model(self, app: str, name: str) -> type[Any]:
        """The class called `name` in `app`.

        Raises:
            ConfigurationError: there is no such app or model.
        """
        if app not in self._apps:
            raise ConfigurationError(f"No app with name '{app}' registered; {did_you_mean(app, self._apps)}")
        models = self._apps[app]
        if name not in models:
            raise ConfigurationError(
                f"No model with name '{name}' registered in app '{app}'; {did_you_mean(name, models)}"
            )
        return models[name]

    def get_models_iterable(self) -> Iterator[type[Any]]:
        """Every model class."""
        for models in self._apps.values():
            yield from models.values()
