"""The example `heroes` as an editor has it open: with fresh stubs, and pyright's language server beside it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldens import EXAMPLES
from language_server import LanguageServer, Unreachable
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

RECOMMENDED = {"exclude": ["**/_ormgen_*.pyi", "**/node_modules"]}  # docs/editors.md says why


def heroes_in(root: Path, settings: str = "") -> Path:
    """The folder with the example, configured as recommended; `settings` is the text of its pyproject.toml, if any."""
    shutil.copytree(EXAMPLES / "heroes", root / "heroes", ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    if settings:
        (root / "pyproject.toml").write_text(settings)
    for path, text in generated_files(read_run(["heroes.models"], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    (root / "pyrightconfig.json").write_text(json.dumps(RECOMMENDED))
    return root


def served(folder: Path) -> Iterator[LanguageServer]:
    """The server with a folder open, for a fixture; without one the tests are skipped, and it is said."""
    try:
        server = LanguageServer(folder)
    except Unreachable as reason:
        pytest.skip(f"pyright's language server ({reason})")
    yield server
    server.close()
