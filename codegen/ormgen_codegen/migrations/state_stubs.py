"""Stubs of the models at a migration: what its functions get from `apps` is as exact as the models of the program."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from ormgen.migrations.history import History
from ormgen.migrations.migration import Loaded
from ormgen.migrations.special import RunPython
from ormgen.migrations.state import State
from ormgen_codegen.config import Config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.migrations.state_source import app_source
from ormgen_codegen.package_work import MODULES
from ormgen_codegen.run import read_run
from ormgen_codegen.trailer import MARK
from ormgen_codegen.write import Change, changes, is_generated, removals

FOLDER: Final = "_states"
TOKEN: Final = "ormgen_state_of_one_moment"
ASKED: Final = re.compile(rf"\b{FOLDER}\.(\w+)\s+import\b")


def stub_name(migration: str, at: int = 0) -> str:
    """The module for a migration; `at` counts its functions, as far as the models change between them."""
    return f"m{migration}" + (f"_{at + 1}" if at else "")


def import_line(folder: Path, migration: str, root: Path) -> str:
    """How the file of a migration takes the types of its moment in."""
    return f"from {_package(folder, root)}.{FOLDER}.{stub_name(migration)} import Apps"


def state_changes(history: History, config: Config, root: Path) -> tuple[Change, ...]:
    """What has to be written and removed for every migration that takes types of its moment in to have them.

    Raises:
        ConfigurationError: a file that has to be written is not ormgen's.
    """
    files: dict[Path, str] = {}
    for migration in history.order:
        asked = set(ASKED.findall(Path(migration.path).read_text("utf-8")))
        if not asked:
            continue
        before = history.state(history.before(migration.key) - {migration.key})
        for at, state in enumerate(_moments(migration, before)):
            name = stub_name(migration.key.name, at)
            if name in asked:
                folder = history.folders[migration.key.app] / FOLDER / name
                package = f"{_package(history.folders[migration.key.app], root)}.{FOLDER}.{name}"
                files |= moment_files(state, migration, folder, package, config)
    roots = (root, *history.folders.values())
    return (*changes(files, roots), *removals(_left_over(history, files), roots))


def packages_missing(history: History, root: Path) -> Iterator[Path]:
    """The `__init__.py` without which type checkers find one file under two names."""
    for app in {app for app, folder in history.folders.items() if (folder / FOLDER).is_dir()}:
        folder = history.folders[app]
        while folder != root and folder.is_relative_to(root):
            if not (folder / "__init__.py").exists():
                yield folder / "__init__.py"
            folder = folder.parent


def moment_files(state: State, migration: Loaded, folder: Path, package: str, config: Config) -> Mapping[Path, str]:
    """The stubs of the models of a state, for a package called `package` in `folder`."""
    apps = sorted({model.app for model in state.models.values()})
    found = {folder / "__init__.pyi": _apps_text(state, migration.key.app, package)}
    if not apps:
        return found
    with tempfile.TemporaryDirectory() as base:
        source = Path(base).resolve() / TOKEN
        source.mkdir()
        (source / "__init__.py").touch()
        for app in apps:
            (source / f"{app}.py").write_text(app_source(state, app), "utf-8")
        modules = {app: (f"{TOKEN}.{app}",) for app in apps}
        made = Config(source.parent, modules, (str(Path(migration.path).resolve()),), config.depth)
        for path, text in generated_files(read_run((), made, [source.parent]), jobs=1).items():
            found[folder / path.relative_to(source)] = _settled(text, package)
    return found


def _settled(text: str, package: str) -> str:
    """A generated text under its own name; it has no source that it could be compared with."""
    lines = [line for line in text.replace(TOKEN, package).split("\n") if not line.startswith(MODULES)]
    return "\n".join(MARK if line.startswith(f"{MARK}; sha256 of the source: ") else line for line in lines)


def _apps_text(state: State, app: str, package: str) -> str:
    by_app: dict[str, list[str]] = {}
    for model in state.models.values():
        by_app.setdefault(model.app, []).append(model.name)
    lines = ["from typing import Literal, overload", ""]
    lines += [f"from {package} import {label} as _{label}" for label in sorted(by_app)]
    for label, names in sorted(by_app.items()):
        lines += ["", f"class _{label}_models:", *(f"    {name}: type[_{label}.{name}]" for name in names)]
    lines += ["", "class Apps:", '    """The models at this point of the history."""', ""]
    lines += [f"    {label}: _{label}_models" for label in sorted(by_app)]
    for label, names in sorted(by_app.items()):
        for name in names:
            texts = f'"{label}.{name}"' + (f', "{name}"' if label == app else "")
            made = f"type[_{label}.{name}]"
            lines += ["    @overload", f"    def get_model(self, name: Literal[{texts}]) -> {made}: ..."]
            told = f'self, name: Literal["{label}"], other: Literal["{name}"]'
            lines += ["    @overload", f"    def get_model({told}) -> {made}: ..."]
    return "\n".join([*lines, "", MARK]) + "\n"


def _moments(migration: Loaded, state: State) -> list[State]:
    """The models before each function of a migration, each once; those at its end where it has none."""
    found: list[State] = []
    for operation in migration.operations:
        if isinstance(operation, RunPython) and state not in found:
            found.append(state)
        state = operation.changed(migration.key.app, state)
    return found or [state]


def _left_over(history: History, files: Mapping[Path, str]) -> list[Path]:
    present = [path for folder in history.folders.values() for path in sorted((folder / FOLDER).glob("*/*.pyi"))]
    return [path for path in present if path not in files and is_generated(path.read_text("utf-8"))]


def _package(folder: Path, root: Path) -> str:
    """The dotted name of a folder of migrations, as type checkers see it from the root of the project."""
    base = root / "src" if folder.is_relative_to(root / "src") else root
    inner = folder.relative_to(base) if folder.is_relative_to(base) else Path(folder.name)
    return ".".join(inner.parts)
