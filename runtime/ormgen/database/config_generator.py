"""Settings dicts from database URLs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any

from ormgen.database.connection_config import ConnectionConfig
from ormgen.drivers.secret import revealed, veiled
from ormgen.drivers.url import SERVER


def expand_db_url(db_url: str, testing: bool = False) -> dict[str, Any]:
    """The engine and credentials of a database URL, as a settings dict has them; what it leaves out is None.

    With `testing`, `{}` in the URL (also written `\\{\\}`) becomes a random name: `sqlite:///tmp/test-{}.sqlite3`.

    Raises:
        ConfigurationError: the URL cannot be read.
    """
    db_url = veiled(db_url)
    if testing:
        db_url = db_url.replace(r"\{\}", "{}").replace("{}", secrets.token_hex(8))
    found = ConnectionConfig.from_dict(db_url)
    left_out = {} if found.dialect == "sqlite" else dict.fromkeys(SERVER)
    return {"engine": found.engine, "credentials": {**left_out, **revealed(found.credentials)}}


def generate_config(
    db_url: str,
    app_modules: Mapping[str, Iterable[str | ModuleType]],
    connection_label: str | None = None,
    testing: bool = False,
) -> dict[str, Any]:
    """A settings dict of one connection, and an app for each label of `app_modules`.

    Raises:
        ConfigurationError: the URL cannot be read.
    """
    db_url = veiled(db_url)
    label = connection_label or "default"
    return {
        "connections": {label: expand_db_url(db_url, testing)},
        "apps": {app: {"models": list(modules), "default_connection": label} for app, modules in app_modules.items()},
    }
