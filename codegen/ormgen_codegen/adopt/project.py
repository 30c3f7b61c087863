"""A whole project: which files it has, what changes in them, and writing all of them or none."""

from __future__ import annotations

import ast
import gc
import os
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field
from ormgen_codegen.adopt import names
from ormgen_codegen.adopt.mentions import FOLDERS, is_beside, mentions
from ormgen_codegen.adopt.module import Habits, Rewritten
from ormgen_codegen.adopt.names import NEW_SETTINGS, SETTINGS
from ormgen_codegen.config import adopted_settings, ours
from ormgen_codegen.jobs import beside, usual_jobs
from ormgen_codegen.loading import loading
from ormgen_codegen.locate import shown_path
from ormgen_codegen.migrations.adopt import KEPT, is_foreign
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position
from ormgen_codegen.write import Change

SKIPPED: Final = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist", "venv", KEPT})
FEW: Final = 20  # modules, which one process rewrites while another would still begin
_SETTINGS: Final = re.compile(rf"{SETTINGS}|{NEW_SETTINGS}")
_CONCERNED: Final = re.compile("|".join([*names.RENAMED, SETTINGS, NEW_SETTINGS]))
_MENTIONED: Final = re.compile(r"tortoise|aerich|TORTOISE_ORM")


@dataclass
class Adoption:
    """What changes in a project, and what has to be looked at by people."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    encodings: dict[Path, str] = field(default_factory=dict)


def adoption(root: Path) -> Adoption:
    """What `ormgen adopt` does to a folder or file.

    Raises:
        ConfigurationError: there is no such folder, or nothing in it can be read.
    """
    if not root.exists():
        raise ConfigurationError(f"there is no file or folder {root}")
    found = Adoption()
    sources: dict[Path, str] = {}
    for path in sorted(_files(root)):
        if not _is_rewritten(path):
            found.findings += mentions(path)
            continue
        text = _read(path, found)
        if text is not None:
            sources[path] = text
    python = {path: text for path, text in sources.items() if path.suffix in (".py", ".pyi")}
    habits = _habits(python.values())
    modules: dict[Path, str] = {}
    for path, text in sources.items():
        if path.suffix not in (".py", ".pyi"):
            _settings(path, text, found, python.values())
        elif _MENTIONED.search(text):
            modules[path] = text
    _modules_of(modules, habits, found)
    return found


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if (name in FOLDERS or (name not in SKIPPED and not name.startswith(".")))
            and not (here / name / "pyvenv.cfg").is_file()
        ]
        for name in files:
            path = here / name
            if not path.is_symlink() and (_is_rewritten(path) or is_beside(path)):
                yield path


def _is_rewritten(path: Path) -> bool:
    """Whether a file is a program, or says what a program needs."""
    requirements = path.name.startswith("requirements") and path.suffix in (".txt", ".in")
    return path.suffix in (".py", ".pyi") or requirements or path.name == "pyproject.toml"


def _read(path: Path, found: Adoption) -> str | None:
    data = path.read_bytes()
    try:
        encoding = tokenize.detect_encoding(BytesIO(data).readline)[0] if path.suffix != ".toml" else "utf-8"
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        found.findings.append(
            Finding(Position(shown_path(path), 1, 1), "warning", f"this file cannot be read: {error}")
        )
        return None
    found.encodings[path] = encoding
    return text


def _habits(sources: Iterable[str]) -> Habits:
    """The names that modules take from each other, and whether the name of the settings is free to change."""
    given_on: set[str] = set()
    taken = False
    for text in sources:
        for node in _walked(text, _CONCERNED):
            match node:
                case ast.ImportFrom(names=aliases, module=module, level=level) if level or not _library(module):
                    given_on.update(alias.name for alias in aliases if alias.name in names.RENAMED)
                    taken |= any(alias.name == NEW_SETTINGS for alias in aliases)
                case ast.Name(id=name) | ast.Attribute(attr=name) if name == NEW_SETTINGS:
                    taken = True
                case ast.ClassDef(body=body):
                    taken |= any(_binds(statement, SETTINGS) for statement in body)
                case ast.keyword(arg=name) | ast.arg(arg=name) if name == SETTINGS:
                    taken = True
    return Habits(frozenset(given_on), not taken)


def _library(module: str | None) -> bool:
    return module is not None and names.is_theirs(module)


def _binds(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=targets):
            return any(isinstance(target, ast.Name) and target.id == name for target in targets)
        case ast.AnnAssign(target=ast.Name(id=found)):
            return found == name
    return False


def _modules_of(sources: Mapping[Path, str], habits: Habits, found: Adoption) -> None:
    """What changes in modules; many are divided between processes."""
    listed: list[tuple[Path, str]] = []
    for path, text in sources.items():
        if is_foreign(path):
            told = "a migration of another tool is left as it is"
            hint = "`ormgen adopt-migrations` goes on from it"
            found.findings.append(Finding(Position(shown_path(path), 1, 1), "warning", told, hint))
        else:
            listed.append((path, text))
    jobs = usual_jobs() if len(listed) >= FEW else 1
    tasks = [partial(_rewritten, listed[at::jobs], habits) for at in range(jobs if listed else 0)]
    try:
        with beside(tasks) if jobs > 1 else nullcontext(tasks) as begun:
            done = sorted((each for task in begun for each in task()), key=itemgetter(0))
    except ChildProcessError:
        raise ConfigurationError("a process that rewrites modules ended early; nothing is written") from None
    for path, made in done:
        found.findings += made.findings
        if made.after != made.before:
            found.changes.append(Change(path, sources[path], made.after))


def _rewritten(listed: Sequence[tuple[Path, str]], habits: Habits) -> list[tuple[Path, Rewritten]]:
    with loading():
        from ormgen_codegen.adopt.rewrite import rewrite
    was_on = gc.isenabled()
    gc.disable()  # trees of libcst are many small objects, and nearly a half of the time goes into looking them over
    try:
        return [(path, rewrite(shown_path(path), text, habits)) for path, text in listed]
    finally:
        if was_on:
            gc.enable()


def _settings(path: Path, text: str, found: Adoption, sources: Iterable[str]) -> None:
    """pyproject.toml, and files of requirements."""
    if path.name == "pyproject.toml":
        made, told = adopted_settings(text, _apps(sources))
    else:
        lines = [ours(line) for line in text.splitlines(keepends=True)]
        made, told = "".join(line for line in lines if line is not None), []
    where = Position(shown_path(path), 1, 1)
    found.findings += [Finding(where, "warning", fact) for fact in told]
    if made != text:
        found.changes.append(Change(path, text, made))


def _apps(sources: Iterable[str]) -> dict[str, Any]:
    """The apps that settings in a program list, where they are written down as plain text."""
    for text in sources:
        for node in _walked(text, _SETTINGS):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(keys=keys, values=values)) if name in (
                    SETTINGS,
                    NEW_SETTINGS,
                ):
                    found = {
                        each.value: value
                        for each, value in zip(keys, values, strict=True)
                        if isinstance(each, ast.Constant)
                    }
                    return _modules(found.get("apps"))
    return {}


def _walked(text: str, wanted: re.Pattern[str]) -> Iterator[ast.AST]:
    """The nodes of a module, if it names what is wanted."""
    if wanted.search(text):
        try:
            yield from ast.walk(ast.parse(text.removeprefix("\ufeff")))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return


def _modules(node: ast.expr | None) -> dict[str, Any]:
    try:
        apps = ast.literal_eval(node) if node is not None else {}
        made: dict[str, Any] = {}
        for label, app in apps.items():
            listed = [app["models"]] if isinstance(app["models"], str) else list(app["models"])
            modules = [name for name in listed if name != "aerich.models"]
            made[label] = {"models": modules, "migrations": app["migrations"]} if "migrations" in app else modules
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {label: each for label, each in made.items() if each}


def write_all(found: Adoption) -> None:
    """Write every changed file, or none: what was written is put back if one of them fails.

    Raises:
        ConfigurationError: a file cannot be written, or has been changed meanwhile.
    """
    written: list[Change] = []
    try:
        for change in found.changes:
            encoding = found.encodings[change.path]
            if change.path.read_bytes() != str(change.before).encode(encoding):
                raise ConfigurationError(f"{change.shown} has been changed meanwhile; nothing is written")
        for change in found.changes:
            _replace(change.path, str(change.after).encode(found.encodings[change.path]))
            written.append(change)
    except (OSError, UnicodeEncodeError) as error:
        for change in written:
            _replace(change.path, str(change.before).encode(found.encodings[change.path]))
        raise ConfigurationError(f"{error}; every file is as it was") from None


def _replace(path: Path, data: bytes) -> None:
    """A file replaced at once, with its permissions."""
    temporary = path.with_name(f".{path.name}.adopting")
    try:
        temporary.write_bytes(data)
        temporary.chmod(path.stat().st_mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
