"""For pylint: `load-plugins = ormgen.contrib.pylint` makes it pass over stubs, which mypy and pyright read.

Models need no help: what pylint infers of fields, relations and query sets gives no false messages.
"""

from __future__ import annotations

import re
from typing import Any, Final

STUBS: Final = re.compile(r".*\.pyi$")


def register(linter: Any) -> None:
    """Called by pylint when it loads the plugin; there is nothing to register."""


def load_configuration(linter: Any) -> None:
    """Called by pylint once it has read its settings: files that end in `.pyi` are left out."""
    linter.config.ignore_patterns = [*linter.config.ignore_patterns, STUBS]
