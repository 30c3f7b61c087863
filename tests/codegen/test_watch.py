"""`ormgen stubs --watch`: written again when the source changes, through errors, until it is interrupted."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from watchfiles import Change

from ormgen_codegen.watch import SourceFilter

MODELS = "from ormgen import Model, fields\n\n\nclass Team(Model):\n    name = fields.TextField()\n"
PATIENCE = 30.0


class Watching:
    """A running `ormgen stubs --watch`, and the lines that it prints."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ormgen_codegen", "stubs", "--watch"],
            cwd=folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: Queue[str] = Queue()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.put(line.rstrip())

    def until(self, text: str) -> list[str]:
        """The lines up to the first with `text` in it."""
        found: list[str] = []
        end = time.monotonic() + PATIENCE
        while not found or text not in found[-1]:
            try:
                found.append(self.lines.get(timeout=max(end - time.monotonic(), 0.01)))
            except Empty:
                raise AssertionError(f"no line with {text!r} within {PATIENCE} s, only {found}") from None
        return found

    def end(self) -> int:
        """Interrupt it."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self.reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen.apps]\nsport = ["app.models"]\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    return tmp_path


@pytest.fixture
def watching(project: Path) -> Iterator[Watching]:
    found = Watching(project)
    yield found
    if found.process.poll() is None:
        found.process.kill()
        found.end()


def test_changes_are_written(project: Path, watching: Watching) -> None:
    models, stub = project / "app" / "models.py", project / "app" / "models.pyi"
    watching.until("watching")
    assert "name: _ormgen.Column[_ormgen.Str]" in stub.read_text()
    models.write_text(MODELS.replace("TextField", "IntField"))
    watching.until("wrote app/models.pyi")
    assert "name: _ormgen.Column[_ormgen.Int]" in stub.read_text()
    models.write_text(MODELS.replace("TextField()", 'ForeignKeyField("sport.Teem")'))
    assert "not a model" in watching.until("error")[-1]
    assert "name: _ormgen.Column[_ormgen.Int]" in stub.read_text()
    models.write_text(MODELS)
    watching.until("wrote app/models.pyi")
    assert watching.end() == 0


def test_it_begins_with_models_that_are_wrong(project: Path) -> None:
    models = project / "app" / "models.py"
    models.write_text(MODELS.replace("TextField()", 'ForeignKeyField("sport.Teem")'))
    watching = Watching(project)
    try:
        watching.until("watching")
        models.write_text(MODELS)
        watching.until("wrote app/models.pyi")
    finally:
        assert watching.end() == 0


@pytest.mark.parametrize("options", [["--check"], ["--diff"], ["--json"]])
def test_what_it_goes_with(project: Path, options: list[str]) -> None:
    command = [sys.executable, "-m", "ormgen_codegen", "stubs", "--watch", *options]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--watch" in done.stderr


def test_generated_files_do_not_wake_it() -> None:
    accepts = SourceFilter()
    assert accepts(Change.modified, "/p/app/models.py")
    assert accepts(Change.modified, "/p/pyproject.toml")
    assert not accepts(Change.modified, "/p/app/models.pyi")
    assert not accepts(Change.modified, "/p/.venv/x.py")


def test_stubs_for_tortoise_are_watched(project: Path) -> None:
    """The setting says whom stubs are for: the module beside them comes with the first run, and is kept."""
    settings = project / "pyproject.toml"
    settings.write_text(f'[tool.ormgen]\nfor = "tortoise"\n\n{settings.read_text()}')
    models, stub = project / "app" / "models.py", project / "app" / "models.pyi"
    models.write_text(MODELS.replace("from ormgen", "from tortoise"))
    watching = Watching(project)
    try:
        watching.until("watching")
        support = project / "app" / "_ormgen_tortoise.pyi"
        first = support.read_text()
        assert "from tortoise import Model as Model" in stub.read_text()
        assert "name: _ormgen.Column[_ormgen.Str]" in stub.read_text()
        models.write_text(models.read_text().replace("TextField", "IntField"))
        watching.until("wrote app/models.pyi")
        assert "name: _ormgen.Column[_ormgen.Int]" in stub.read_text()
        assert support.read_text() == first
        assert watching.end() == 0
    finally:
        if watching.process.poll() is None:
            watching.process.kill()
            watching.end()
