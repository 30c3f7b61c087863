"""Functions whose text is put together at run time, for what would otherwise be a loop over columns.

Names of columns in such a text are attributes of models, which are identifiers without two underscores in a row: where
they are variables, all other names begin with two. Values never become text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def generated(name: str, lines: Sequence[str], scope: dict[str, Any]) -> Callable[..., Any]:
    """The function `name` that `lines` define; `scope` holds what they use."""
    exec(compile("\n".join(lines), f"<{name}>", "exec"), scope)
    made: Callable[..., Any] = scope[name]
    return made
