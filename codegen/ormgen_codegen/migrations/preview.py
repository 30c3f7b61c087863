"""The SQL of a migration as a remark in its file, for those who review it."""

from __future__ import annotations

import ast
import os
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.migrations.api import steps_text
from ormgen.migrations.migration import Key
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.places import VARIABLES
from ormgen.migrations.state import State
from ormgen_codegen.config import Config

NAMES: Final[Mapping[str, str]] = {"sqlite": "SQLite", "postgres": "PostgreSQL", "mysql": "MySQL and MariaDB"}
ENGINES: Final = (
    ("sqlite", "sqlite"),
    ("mysql", "mysql"),
    ("mariadb", "mysql"),
    ("postgres", "postgres"),
    ("asyncpg", "postgres"),
    ("psycopg", "postgres"),
)
WIDTH: Final = 110


def preview(key: Key, operations: Sequence[Operation], before: State, dialect: str) -> str:
    """What a database of this kind is told, every line behind a `#`."""
    try:
        text, _ = steps_text(key, operations, before, dialect)
    except (UnSupportedError, ConfigurationError) as error:
        text = f"-- {error}"
    lines = [f"On {NAMES[dialect]} (elsewhere: ormgen sqlmigrate):", *text.splitlines()]
    return "\n" + "".join(f"# {line}".rstrip() + "\n" for each in lines for line in _folded(each))


def _folded(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    wrapper = textwrap.TextWrapper(WIDTH, subsequent_indent=indent, replace_whitespace=False)
    wrapper.break_long_words = wrapper.break_on_hyphens = False
    return wrapper.wrap(line) or [""]


def dialect_of(config: Config) -> str:
    """The kind of the project's database, as far as its settings say so without being run; else PostgreSQL."""
    named = next(filter(None, map(os.environ.get, VARIABLES)), None) or config.orm
    if named is None:
        return "postgres"
    found = _kind(named) if "://" in named else _in_module(named, config)
    return found or "postgres"


def _in_module(named: str, config: Config) -> str | None:
    """What the first URL or engine in the settings is about."""
    module, _, name = named.replace(":", ".").rpartition(".")
    place = Path(*module.split(".")) if module else Path()
    for folder in (config.source_folder, config.root or Path.cwd()):
        for file in (folder / place.with_suffix(".py"), folder / place / "__init__.py"):
            if module and file.is_file():
                return _in_source(file.read_bytes(), name)
    return None


def _in_source(source: bytes, name: str) -> str | None:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    assigned = [node for node in body if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None]
    own = [node for node in assigned if name in {ast.unparse(each) for each in _targets(node)}]
    for node in [*own, *assigned]:
        for each in ast.walk(node):
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                kind = _kind(each.value)
                if kind is not None and ("://" in each.value or "." in each.value):
                    return kind
    return None


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _kind(text: str) -> str | None:
    """Of a URL, or of an engine such as `ormgen.backends.asyncpg`."""
    word = text.partition("://")[0] if "://" in text else text.rpartition(".")[2]
    return next((dialect for part, dialect in ENGINES if part in word.lower()), None)
