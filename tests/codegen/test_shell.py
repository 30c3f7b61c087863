"""`ormgen shell` through a terminal: models are there, `await` works, errors are shown, the databases are closed."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from ormgen_codegen.cli import cli

MODELS = """
from ormgen import Model, fields


class Hero(Model):
    name = fields.CharField(max_length=50)
"""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")


class Terminal:
    """A process that believes that somebody sits in front of it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.file, inner = pty.openpty()
        settings = {"TERM": "dumb", "NO_COLOR": "1", "HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
        command = [sys.executable, "-W", "default", "-m", "ormgen_codegen", "shell", *arguments]
        environment = {**os.environ, **settings}
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=inner, stdout=inner, stderr=inner, env=environment, close_fds=True
        )
        os.close(inner)
        self.said = ""
        self.seen = 0

    def until(self, text: str) -> str:
        """Read until a text comes; what came, with it."""
        deadline, begin = time.monotonic() + 60, self.seen
        while (found := self.said.find(text, begin)) < 0:
            if time.monotonic() > deadline or not select.select([self.file], [], [], 1)[0]:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    pytest.fail(f"in vain for {text!r} in {self.said!r}")
                continue
            try:
                self.said += ESCAPES.sub("", os.read(self.file, 65536).decode("utf-8", "replace"))
            except OSError:
                pytest.fail(f"ended before {text!r}: {self.said!r}")
        self.seen = found + len(text)
        return self.said[begin : self.seen]

    def type(self, line: str) -> None:
        os.write(self.file, f"{line}\r".encode())

    def end(self, typed: bytes = b"\x04") -> int:
        os.write(self.file, typed)
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self.file, 65536).decode("utf-8", "replace")
                except OSError:
                    break
        os.close(self.file)
        return self.process.wait(10)


def project(tmp_path: Path, url: str) -> Path:
    """A project with its tables in the database at `url`."""
    (tmp_path / "game").mkdir()
    (tmp_path / "game" / "__init__.py").touch()
    (tmp_path / "game" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text(f'[tool.ormgen]\napps = {{models = ["game.models"]}}\norm = "{url}"\n')
    done = subprocess.run([sys.executable, "-m", "ormgen_codegen", "init-db"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    return tmp_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path, "sqlite://db.sqlite3")


@pytest.mark.feature(224)
def test_a_prompt_of_python(tmp_path: Path, db_url: str) -> None:
    terminal = Terminal(project(tmp_path, db_url), "--prompt", "plain")
    said = terminal.until(">>> ")
    dialect = db_url.partition(":")[0].replace("postgresql", "postgres")
    assert f"ormgen shell on default ({dialect}); await works here." in said
    assert "Models: Hero" in said
    terminal.type('hero = await Hero.create(name="Thor")')
    terminal.until(">>> ")
    terminal.type("(await Hero.get(pk=hero.pk)).name")
    assert "'Thor'" in terminal.until(">>> ")
    terminal.type("async with in_transaction(): await Hero.create(name='x')")
    terminal.until("... ")
    terminal.type("")
    terminal.until(">>> ")
    terminal.type("await models_Hero.filter(Q(name='x')).count() + 41")
    assert "42" in terminal.until(">>> ")
    terminal.type("await Hero.get(nam=1)")
    assert "FieldError" in terminal.until(">>> ")
    terminal.type("print('be' + 'gun'); await __import__('asyncio').sleep(60)")
    terminal.until("begun\n")
    terminal.process.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in terminal.until(">>> ")
    terminal.type("await Hero.all().count()")
    assert "2" in terminal.until(">>> ")
    assert terminal.end() == 0, terminal.said
    assert "Warning" not in terminal.said


@pytest.mark.feature(224)
@pytest.mark.skipif(find_spec("IPython") is None, reason="IPython is not installed")
def test_a_prompt_of_ipython(folder: Path) -> None:
    terminal = Terminal(folder, "--prompt", "ipython")
    terminal.until("Models: Hero")
    terminal.until("In [1]: ")
    terminal.type('hero = await Hero.create(name="Thor")')
    terminal.until("In [2]: ")
    terminal.type("[each.name for each in await Hero.all()]")
    assert "['Thor']" in terminal.until("In [3]: ")
    assert terminal.end(b"exit\r") == 0, terminal.said


@pytest.mark.feature(224)
@pytest.mark.skipif(find_spec("ptpython") is None, reason="ptpython is not installed")
def test_a_prompt_of_ptpython(folder: Path) -> None:
    terminal = Terminal(folder, "--prompt", "ptpython")
    terminal.until("Models: Hero")
    terminal.until(">>>")
    terminal.type("print('there', 'are', await Hero.all().count() + 41)")
    terminal.until("there are 41")
    terminal.until(">>>")
    os.write(terminal.file, b"\x04")
    terminal.until("exit?")
    assert terminal.end(b"y") == 0, terminal.said


def piped(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ormgen.contrib.shell", *arguments]
    return subprocess.run(command, cwd=folder, input=typed, capture_output=True, text=True, check=False)


def test_only_the_runtime(folder: Path) -> None:
    done = piped(folder, "-c", "sqlite://db.sqlite3", "--prompt", "plain", "--app", "models=game.models",
                 typed="print(await Hero.all().count() + 41)\n")  # fmt: skip
    assert done.returncode == 0
    assert "41" in done.stdout
    done = piped(folder, "-c", "sqlite://db.sqlite3", "--prompt", "plain")
    assert (done.returncode, "a database URL names no models" in done.stderr) == (1, True)
    done = piped(folder, "-c", "settings.NOTHING", "--prompt", "plain")
    assert (done.returncode, 'there is no module "settings"' in done.stderr) == (1, True)


def test_it_is_listed() -> None:
    assert "shell" in cli.list_commands(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
