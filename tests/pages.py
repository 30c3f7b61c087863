"""Pages of documentation: their blocks of code, and the project that these make, read from top to bottom.

A block of Python, TOML, YAML … that begins with the comment `# path/of.file` is that file. In a `console` block what
follows `$ ` is run, and the lines below it are what is printed, with `…` for anything. Comments before a block say what
the reader need not see:

`<!-- exit 1 -->` what its last command ends with;
`<!-- serves 8000 -->` its command goes on running, and listens there;
`<!-- on sqlite -->` the only databases that it is about, for the tests of a page that runs on several;
`<!-- not run: reason -->` nobody runs it.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"(?:^ *<!-- (?P<note>[^\n]+?) -->\n\n?)?"
    r"^(?P<indent> *)```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$",
    re.M | re.S,
)
NAMED = re.compile(r"(?:#|//|--) ([\w./-]+)\n")
PATIENCE = 300  # seconds for one command, on a busy machine


@dataclass(frozen=True)
class Block:
    """One block of code: where it stands, in what language, and what the comment before it says."""

    page: Path
    line: int
    language: str
    text: str
    note: str

    @property
    def file(self) -> str | None:
        """The path of the file that it is."""
        found = NAMED.match(self.text)
        return found[1] if found is not None and self.language not in ("", "console", "text") else None

    @property
    def not_run(self) -> str:
        """Why nobody runs it."""
        return self.note.removeprefix("not run: ") if self.note.startswith("not run: ") else ""

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def pages() -> list[Path]:
    """Every page of the documentation."""
    return sorted(DOCS.rglob("*.md"))


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text("utf-8")
    return [_block(page, text, found) for found in FENCE.finditer(text)]


def _block(page: Path, text: str, found: re.Match[str]) -> Block:
    indent = len(found["indent"])
    lines = "".join(line[indent:] or "\n" for line in found["text"].splitlines(keepends=True))
    line = text.count("\n", 0, found.start("indent")) + 1
    return Block(page, line, found["language"], lines, found["note"] or "")


class Project:
    """A folder in which pages are played; `with` ends what they left running.

    `environment` is added to that of the commands, where programs of these tests come first. With `packages` every
    folder of a module becomes a package, which pages need not say. `database` is the kind of the database that the
    environment names.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        packages: bool = True,
        database: str = "sqlite",
    ) -> None:
        self.folder = folder
        self._database = database
        self._packages = packages
        self._environment = {
            **{name: value for name, value in os.environ.items() if name != "ORMGEN"},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "120",
            "NO_COLOR": "1",
            **(environment or {}),
        }
        self._running = ExitStack()
        self._ports: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._running.close()

    def play(self, page: Path) -> None:
        """Writes the files of a page and runs its commands, in the order in which they stand there.

        Raises:
            AssertionError: a command ends or prints otherwise than the page says.
        """
        for block in blocks(page):
            if block.not_run:
                continue
            if (
                block.language == "console"
                and block.note.startswith("on ")
                and self._database not in block.note.split()
            ):
                continue
            if block.language == "console":
                self.console(block)
            elif block.file is not None:
                self.write(block)

    def write(self, block: Block) -> None:
        """Writes one file. Tables of TOML are added to it, unless it has one of them already."""
        assert block.file is not None
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py" and self._packages:
            for folder in path.relative_to(self.folder).parents[:-1]:
                (self.folder / folder / "__init__.py").touch()
        before = path.read_text("utf-8") if path.exists() and path.suffix == ".toml" else ""
        path.write_text(block.text if _repeats(before, block.text) else before + block.text, "utf-8")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs Python, as these tests do, with the arguments."""
        return self._run([sys.executable, *arguments])

    def ran(self, *arguments: str) -> str:
        """What Python printed; it has to end well."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def console(self, block: Block) -> None:
        """Runs the commands of a block, and holds what they print against what it says they print."""
        commands = list(_commands(block))
        for number, (command, printed) in enumerate(commands):
            for said, real in self._ports.items():
                command = command.replace(said, real)
            if block.note.startswith("serves "):
                self._serve(block, command)
                continue
            exits = re.fullmatch(r"exit (\d)", block.note) if number == len(commands) - 1 else None
            if not self._entered(command):
                self._told(block, command, printed, 0 if exits is None else int(exits[1]))

    def _told(self, block: Block, command: str, printed: str, ends: int) -> None:
        done = self._run(["bash", "-c", f"{{ {command}\n}} 2>&1"])
        assert done.returncode == ends, f"{block}: {command}\nends with {done.returncode}:\n{done.stdout}"
        told = done.stdout if done.stdout.endswith("\n") else f"{done.stdout}\n"
        assert not printed or re.fullmatch(_pattern(printed), told), f"{block}: {command}\nprints:\n{told}"

    def _entered(self, command: str) -> bool:
        """Whether it is a `source` of an environment, from where programs come from then on."""
        words = shlex.split(command)
        if len(words) != 2 or words[0] not in (".", "source"):
            return False
        scripts = (self.folder / words[1]).parent
        self._environment |= {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "VIRTUAL_ENV": str(scripts.parent)}
        self.entered(scripts)
        return True

    def entered(self, scripts: Path) -> None:
        """Called with the folder of programs of an environment that was entered."""

    def _serve(self, block: Block, command: str) -> None:
        said = block.note.removeprefix("serves ")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            real = self._ports[said] = str(free.getsockname()[1])
        log = self._running.enter_context((self.folder / "served.txt").open("w+"))
        words = shlex.split(command.replace(said, real))
        words += [] if real in command else ["--port", real]
        server = subprocess.Popen(words, cwd=self.folder, env=self._environment, stdout=log, stderr=subprocess.STDOUT)
        self._running.callback(server.wait)
        self._running.callback(server.terminate)
        until = time.monotonic() + PATIENCE
        while True:
            assert server.poll() is None, f"{block}: {command}\n{(self.folder / 'served.txt').read_text()}"
            assert time.monotonic() < until, f"{block}: {command} does not answer"
            try:
                socket.create_connection(("127.0.0.1", int(real)), 1).close()
                return
            except OSError:
                time.sleep(0.05)


def _repeats(before: str, more: str) -> bool:
    try:
        tomllib.loads(before + more)
    except tomllib.TOMLDecodeError:
        return True
    return not before


def _commands(block: Block) -> Iterator[tuple[str, str]]:
    """Each command with what it prints."""
    for part in re.split(r"^\$ ", block.text, flags=re.M)[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = f"{command[:-1]}{more.strip()}"
        yield command, printed


def _pattern(printed: str) -> str:
    lines = printed.rstrip("\n").split("\n")
    anything = r"(?:.*\n)*?"
    return "".join(
        anything if line.strip() == "…" else re.escape(line).replace("…", ".*") + r"[ ]*\n" for line in lines
    ) + (r"\n*" if lines[-1].strip() != "…" else "")
