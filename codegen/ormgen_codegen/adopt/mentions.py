"""Files beside a program that name Tortoise ORM or run aerich: scripts, images, workflows, settings of other tools."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ormgen_codegen.locate import shown_path
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position

FOLDERS: Final = (".github", ".gitlab", ".circleci")
"""Hidden folders that are looked into."""
_NAMES: Final = re.compile(
    r"(GNU)?[Mm]akefile|[Jj]ustfile|Procfile|Pipfile|.*Dockerfile.*|Containerfile|\.env.*|tox\.ini"
)
_SUFFIXES: Final = frozenset({".cfg", ".ini", ".json", ".mk", ".sh", ".toml", ".yaml", ".yml"})
_LARGEST: Final = 1_000_000  # bytes
_NAMED: Final = re.compile(
    r"(?P<command>\baerich +(?:-[\w-]+ +)*(?:init|migrate|upgrade|downgrade|heads|history|inspectdb|fix)\S*)"
    r"|(?P<required>\btortoise[-_]orm\b|\baerich\b(?!\.))"
    r"|(?P<settings>(?:\w+[.:])*TORTOISE_ORM\b)"
    r"|(?P<name>\b(?:tortoise|aerich)(?:\.\w+)+)"
)
_HINTS: Final = {
    "command": "`ormgen` takes the same words",
    "required": "`ormgen-orm` is installed instead, which has the migrations too",
    "settings": "they are called ORMGEN now",
    "name": "say it in the words of ormgen",
}


def is_beside(path: Path) -> bool:
    """Whether a file may run or configure a program without being one."""
    named = _NAMES.fullmatch(path.name) or path.suffix in _SUFFIXES
    return bool(named) and path.name != "pyproject.toml" and path.is_file() and path.stat().st_size <= _LARGEST


def mentions(path: Path) -> Iterator[Finding]:
    """Where a file names what the project no longer has, once for each line."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for number, line in enumerate(lines, 1):
        found = _NAMED.search(line)
        if found is not None:
            place = Position(shown_path(path), number, found.start() + 1)
            yield Finding(place, "warning", f"`{found[0]}` stands here", _HINTS[str(found.lastgroup)])
