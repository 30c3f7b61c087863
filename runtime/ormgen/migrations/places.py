"""Where the migrations of each app are, and which databases they go to."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ormgen.database.config import ORMConfig
from ormgen.database.config_file import read_config_file
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import ConfigurationError
from ormgen.migrations.history import NAME, SNAPSHOT, History
from ormgen.migrations.patience import Patience
from ormgen.migrations.runner import Runner, Show
from ormgen.migrations.units import apps_here, everywhere
from ormgen.records import dataclass

LOCATION: Final = "migrations"
VARIABLE: Final = "ORMGEN_DATABASE_URL"
VARIABLES: Final = (VARIABLE, "ORMGEN")
Settings = str | Mapping[str, Any] | ORMConfig


@dataclass(frozen=True)
class Places:
    """The folder of each app, the connections by alias, and the alias of each app."""

    folders: Mapping[str, Path]
    connections: Mapping[str, ConnectionConfig]
    aliases: Mapping[str, str]

    def history(self) -> History:
        """The migrations of all apps."""
        return History.read(self.folders)

    @property
    def used(self) -> list[str]:
        """The connections that apps are on; all where no app says."""
        return [name for name in self.connections if name in self.aliases.values()] or list(self.connections)

    def runners(
        self,
        show: Show = lambda text: None,
        alias: str | None = None,
        patience: Patience = Patience(),
        history: History | None = None,
        in_transaction: bool | None = None,
    ) -> list[Runner]:
        """What runs migrations on each database, or on the one called `alias`; those of `history` where it is given."""
        history = self.history() if history is None else history
        if alias is not None and alias not in self.connections:
            raise ConfigurationError(f'there is no connection "{alias}"; choose from {", ".join(self.connections)}')
        wanted = self.used if alias is None else [alias]
        alone = len(self.connections) == 1
        return [
            Runner(
                history,
                self.connections[name],
                here=everywhere if alone else apps_here(self.aliases, name),
                patience=patience,
                show=show,
                in_transaction=in_transaction,
                alias=name,
            )
            for name in wanted
        ]


def places(
    settings: Settings | None = None,
    location: str | os.PathLike[str] | None = None,
    search: str | os.PathLike[str] | None = None,
) -> Places:
    """What `settings` say: a database URL, the path `module.NAME` of a settings dict, a file, the dict itself.

    `search` is a folder in which its modules are found. Without any, the environment variable ORMGEN_DATABASE_URL or
    ORMGEN says the same. `location` is the folder with a folder of migrations for each app, by default "migrations";
    an app whose settings name a module as `migrations` has them there.

    Raises:
        ConfigurationError: the settings are wrong, or there are none.
    """
    if search is not None and str(search) not in sys.path:
        sys.path.insert(0, str(search))
    folder = Path(location if location is not None else LOCATION)
    read = read_settings(settings)
    folders = {each.name: each for each in sorted(folder.iterdir()) if _holds(each)} if folder.is_dir() else {}
    if isinstance(read, ConnectionConfig):
        return Places(folders, {"default": read}, {})
    for label, app in read.apps.items():
        if app.migrations is not None:
            folders[label] = module_folder(app.migrations)
        else:
            folders.setdefault(label, folder / label)
    return Places(folders, read.connections, {label: app.default_connection for label, app in read.apps.items()})


def read_settings(settings: Settings | None) -> ConnectionConfig | ORMConfig:
    """Settings in any of their forms.

    Raises:
        ConfigurationError: they are wrong, or there are none.
    """
    given = settings if settings is not None else next(filter(None, map(os.environ.get, VARIABLES)), None)
    if given is None:
        told = f"give a URL or the path of settings, or set {' or '.join(VARIABLES)}"
        raise ConfigurationError(f"no database is named: {told}")
    if isinstance(given, ORMConfig):
        return given
    if isinstance(given, Mapping):
        return ORMConfig.from_dict(given)
    if "://" in given:
        return ConnectionConfig.from_dict(given)
    if Path(given).suffix in (".json", ".toml", ".yml", ".yaml"):
        return ORMConfig.from_dict(read_config_file(given))
    return imported_settings(given)


def app_modules(settings: ConnectionConfig | ORMConfig) -> dict[str, list[str]]:
    """The names of the modules of each app; a database URL has none."""
    if isinstance(settings, ConnectionConfig):
        return {}
    return {
        label: [each if isinstance(each, str) else each.__name__ for each in app.models]
        for label, app in settings.apps.items()
    }


def imported_settings(path: str) -> ORMConfig:
    """The settings that a module holds: `settings.ORMGEN`.

    Raises:
        ConfigurationError: there is no such module or name, or it holds something else.
    """
    module, _, name = path.replace(":", ".").rpartition(".")
    if not module:
        raise ConfigurationError(f'"{path}" is neither a database URL nor the path of settings such as settings.ORMGEN')
    try:
        found = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f'there is no module "{error.name}", of which settings "{path}" are to be read'
        ) from error
    except AttributeError:
        raise ConfigurationError(f'module "{module}" has no {name}, which is to be the settings') from None
    return found if isinstance(found, ORMConfig) else ORMConfig.from_dict(found)


def module_folder(name: str) -> Path:
    """The folder of a package of migrations, which need not exist yet.

    Raises:
        ConfigurationError: the package above it does not exist.
    """
    parent, _, last = name.rpartition(".")
    try:
        spec = find_spec(parent) if parent else None
    except ModuleNotFoundError:
        spec = None
    if not parent:
        return Path(last)
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(f'there is no package "{parent}" for the migrations in "{name}"')
    return Path(next(iter(spec.submodule_search_locations))) / last


def _holds(folder: Path) -> bool:
    """Whether a folder holds migrations."""
    if not folder.is_dir():
        return False
    return (folder / SNAPSHOT).is_file() or any(NAME.fullmatch(path.stem) for path in folder.glob("*.py"))
