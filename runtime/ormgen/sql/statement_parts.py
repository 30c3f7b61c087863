"""Finds its way in statements that a database keeps as text: brackets, commas, quotes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|[(),]|[^'\"`\[\-/(),]+|.", re.DOTALL
)


def closing(text: str, at: int) -> int | None:
    """Where the bracket ends that opens at `at`; None where it does not."""
    depth = 0
    for token in _TOKEN.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0:
            return token.start()
    return None


def parts(text: str) -> Iterator[str]:
    """What commas outside of brackets separate, without comments."""
    depth, found = 0, ""
    for token in _TOKEN.finditer(text):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if token[0] == "," and not depth:
            yield found
            found = ""
        elif not token[0].startswith(("--", "/*")):
            found += token[0]
    yield found


def unquoted(name: str) -> str:
    """A name without the quotes around it."""
    quote = name[:1]
    if quote not in ('"', "`", "["):
        return name
    inner = name[1:-1]
    return inner.replace('""', '"') if quote == '"' else inner
