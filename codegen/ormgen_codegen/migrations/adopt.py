"""What `ormgen adopt-migrations` reads of another tool's history, and what it writes in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.adopting import NAME
from ormgen.migrations.elsewhere import Elsewhere
from ormgen.migrations.history import History
from ormgen.migrations.state import State
from ormgen.records import dataclass, field
from ormgen_codegen.migrations import from_aerich, from_tortoise
from ormgen_codegen.migrations.foreign import Foreign, remembered
from ormgen_codegen.migrations.generate import Generation, generate
from ormgen_codegen.migrations.questions import Answers

KEPT: Final = "before_ormgen"  # the folder beside the new migrations that the old ones move to
Tool: TypeAlias = Literal["aerich", "tortoise"]
COMMANDS: Final = {"aerich": "aerich upgrade", "tortoise": "tortoise migrate"}
_AERICH: Final = re.compile(r"^async def upgrade\(", re.MULTILINE)
_TORTOISE: Final = re.compile(r"^(from tortoise\b|import tortoise\b)", re.MULTILINE)
_SQL: Final = re.compile(r"^-- upgrade --", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Old:
    """The migration files of another tool in one app, in their order; `folder` is where ormgen's belong."""

    app: str
    folder: Path
    tool: Tool | None = None
    files: tuple[Path, ...] = ()

    @property
    def moves(self) -> dict[Path, Path]:
        """The files that lie where ormgen's belong, and where they go."""
        return {path: self.folder / KEPT / path.name for path in self.files if path.parent == self.folder}

    def pending(self, applied: Sequence[str]) -> list[str]:
        """The files that a database lacks."""
        known = {name.removesuffix(".py").removesuffix(".sql") for name in applied}
        return [path.name for path in self.files if path.stem not in known]


@dataclass(frozen=True)
class Plan:
    """What is to be written, and which files move out of its way."""

    generation: Generation
    moves: Mapping[Path, Path] = field(default_factory=dict)

    def write(self) -> None:
        """Move and write: first what can fail."""
        for old, new in self.moves.items():
            new.parent.mkdir(parents=True, exist_ok=True)
            old.replace(new)
        self.generation.write()


def old_files(app: str, folder: Path) -> Old:
    """The files of another tool in a folder of migrations.

    Raises:
        ConfigurationError: there are those of two.
    """
    found: dict[Tool, list[Path]] = {"aerich": [], "tortoise": []}
    for path in sorted((*_files(folder / KEPT), *_files(folder)), key=_number):
        tool = _tool(path)
        if tool is not None:
            found[tool].append(path)
    tools: list[Tool] = [tool for tool in found if found[tool]]
    if len(tools) > 1:
        told = f"{folder} holds migrations of aerich and of Tortoise ORM"
        raise ConfigurationError(f"{told}; leave those that the database has, and move the others elsewhere")
    return Old(app, folder, tools[0], tuple(found[tools[0]])) if tools else Old(app, folder)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in (".py", ".sql")] if folder.is_dir() else []


def _number(path: Path) -> tuple[int, str]:
    found = re.match(r"\d+", path.name)
    return (int(found[0]) if found else -1, path.name)


def is_foreign(path: Path) -> bool:
    """Whether a file is a migration of another tool."""
    return _tool(path) is not None


def _tool(path: Path) -> Tool | None:
    if not path.name[0].isdigit():
        return None
    text = path.read_text("utf-8", errors="replace")
    if path.suffix == ".sql":
        return "aerich" if _SQL.search(text) else None
    if _AERICH.search(text):
        return "aerich"
    return "tortoise" if _TORTOISE.search(text) else None


def state_before(olds: Sequence[Old], elsewhere: Elsewhere, source: State) -> State:
    """The models that the tables were made for, as far as the other tool tells; else those of the source.

    Raises:
        ConfigurationError: what the other tool keeps cannot be read.
    """
    models: list[Foreign] = []
    told: set[str] = set()
    for old in olds:
        found = _models(old, elsewhere)
        if found is not None:
            told.add(old.app)
            models += found
    if not told:
        return source
    others = {key: model for key, model in source.models.items() if model.app not in told}
    models = [each for each in models if each.key not in others]
    if others:
        return State({**others, **remembered(models, source).models})
    return remembered(models, source)


def _models(old: Old, elsewhere: Elsewhere) -> list[Foreign] | None:
    if old.tool == "tortoise":
        return from_tortoise.models_of(old.app, old.files)
    described: Mapping[str, Any] | None = None
    if old.files:
        described = from_aerich.state_in(old.files[-1])
    described = described or elsewhere.contents.get(old.app)
    return None if described is None else from_aerich.models_of(old.app, described)


def plan_of(folders: Mapping[str, Path], olds: Sequence[Old], state: State) -> Plan:
    """The first migrations, for tables that are there."""
    fresh = History(folders, {})
    generation = generate(fresh, state, Answers(), name=NAME)
    return Plan(generation, {old: new for each in olds for old, new in each.moves.items()})
