"""Reads configuration files: JSON, TOML and YAML."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ormgen.drivers.secret import Secret
from ormgen.exceptions import ConfigurationError


def read_config_file(path: str | os.PathLike[str]) -> Any:
    """What the file says, as plain data; its suffix tells the format.

    Raises:
        ConfigurationError: it cannot be read. The message never quotes the file, which may hold passwords.
    """
    file = Path(path)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{file}: Unknown config extension {file.suffix}; choose from {', '.join(_READERS)}")
    try:
        text = Secret(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror or type(error).__name__}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file}: not UTF-8 text, see byte {error.start}") from None
    return reader(file, text)


def _read_json(file: Path, text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{file}:{error.lineno}:{error.colno}: {error.msg}") from None


def _read_toml(file: Path, text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _read_yaml(file: Path, text: str) -> Any:
    try:
        yaml = import_module("yaml")
    except ModuleNotFoundError as error:
        raise ConfigurationError(f"{file}: reading YAML needs PyYAML: pip install pyyaml") from error
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        raise ConfigurationError(f"{file}{place}: this is not YAML") from None


_READERS: dict[str, Callable[[Path, str], Any]] = {
    ".json": _read_json,
    ".toml": _read_toml,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
}
