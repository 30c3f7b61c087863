"""Which folders are searched for queries: those that the project names, else those around its packages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen_codegen.config import Config
from ormgen_codegen.parse.parsed import ParsedModule

LIBRARIES = ("site-packages", "dist-packages")


def scanned_folders(config: Config, modules: Iterable[ParsedModule]) -> list[Path]:
    """Folders and files, each once, in sorted order.

    Raises:
        ConfigurationError: the project names one that does not exist.
    """
    if config.scan and config.root is not None:
        return sorted({_existing(config.root, name) for name in config.scan})
    return sorted({folder_around(module, config.root) for module in modules})


def folder_around(module: ParsedModule, root: Path | None) -> Path:
    """The folder that holds a module's top-level package, or the package alone where that folder is no project's."""
    path = module.source.path.resolve()
    inner = path.parent if module.source.is_package else path
    for _ in range(module.source.name.count(".")):
        inner = inner.parent
    folder = inner.parent
    if _is_shared(folder):
        return inner
    if folder.name == "src" and root is not None and folder.parent == root.resolve():
        return folder.parent
    return folder


def _is_shared(folder: Path) -> bool:
    """Whether a folder holds more than one project's files."""
    home, temporary = Path.home().resolve(), Path(tempfile.gettempdir()).resolve()
    return folder.name in LIBRARIES or folder in (home, *home.parents, temporary)


def _existing(root: Path, name: str) -> Path:
    path = (root / name).resolve()
    if not path.exists():
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.scan: there is no `{name}`")
    return path
