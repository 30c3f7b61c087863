"""Settings of the command: `[tool.ormgen]` in the nearest `pyproject.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.schema.names import did_you_mean
from ormgen_codegen.depth import Depth

KEYS = ("apps", "scan", "depth")
# Settings of a running application, which may stand in the same table.
ELSEWHERE = ("connections", "routers", "use_tz", "timezone", "config", "orm", "location", "src_folder", "migrations")


@dataclass(frozen=True, slots=True)
class Config:
    """What the project says.

    `root` is the folder of its pyproject.toml, None if there is none. `apps` maps labels to modules and packages,
    `scan` lists folders and files, from `root`, whose queries are looked at, `depth` says how far stubs reach.
    """

    root: Path | None = None
    apps: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scan: tuple[str, ...] = ()
    depth: Depth = Depth.AUTO

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules and packages of all apps."""
        return tuple(dict.fromkeys(name for names in self.apps.values() for name in names))


def load_config(start: Path) -> Config:
    """The settings that hold in the folder `start`.

    Raises:
        ConfigurationError: the file is no TOML, or says something that ormgen does not know.
    """
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Config()


def _read(file: Path) -> Config:
    try:
        tables = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"pyproject.toml: {error.strerror}") from None
    except ValueError as error:  # TOML and Unicode errors
        raise ConfigurationError(f"pyproject.toml: {error}") from None
    tool = tables.get("tool", {})
    table = tool.get("ormgen", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError("pyproject.toml: tool.ormgen is not a table")
    for key in table:
        if key not in KEYS and key not in ELSEWHERE:
            raise ConfigurationError(f'pyproject.toml: tool.ormgen has no key "{key}"; {did_you_mean(key, KEYS)}')
    apps, scan = _apps(table.get("apps", {})), _names("scan", table.get("scan", []))
    return Config(file.parent, apps, scan, _depth(table.get("depth", Depth.AUTO.value)))


def _depth(value: Any) -> Depth:
    known = [each.value for each in Depth]
    if value not in known:
        hint = did_you_mean(value, known) if isinstance(value, str) else f"choose from {', '.join(known)}"
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.depth cannot be {value!r}; {hint}")
    return Depth(value)


def _apps(table: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise ConfigurationError("pyproject.toml: tool.ormgen.apps maps app labels to lists of modules")
    apps: dict[str, tuple[str, ...]] = {}
    for label, value in table.items():
        key = f"apps.{label}"
        if not label.isidentifier():
            raise ConfigurationError(f'pyproject.toml: tool.ormgen.{key}: "{label}" cannot be an app label')
        if isinstance(value, dict):  # as in the settings of a running application
            key, value = f"{key}.models", value.get("models", [])
        apps[label] = _names(key, value)
    return MappingProxyType(apps)


def _names(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.{key} is not a list of names")
    return tuple(value)
