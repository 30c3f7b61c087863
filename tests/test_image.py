"""examples/fastapi_shop/Dockerfile, instruction by instruction, in an empty virtual environment instead of an image."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "examples" / "fastapi_shop"


@dataclass
class Image:
    """What an image holds: the folder that is `/`, the programs of its Python, what is set and what is started."""

    root: Path
    environment: dict[str, str]
    folder: Path = Path("/")
    command: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Where a path of the image is on this machine."""
        return self.root / (self.folder / path).relative_to("/")

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.inside("."),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def perform(self, word: str, rest: str) -> None:
        """One instruction; those about the network and volumes of containers need nothing here."""
        match word:
            case "WORKDIR":
                self.folder = Path(rest)
                self.inside(".").mkdir(parents=True)
            case "COPY":
                *sources, target = rest.split()
                for source in sources:
                    self._copy(SHOP / source, self.inside(target))
            case "RUN":
                done = self.run(rest)
                assert done.returncode == 0, done.stdout
            case "ENV":
                name, _, value = rest.partition("=")
                self.environment[name] = value.replace("sqlite:///", f"sqlite:///{self.root.as_posix()[1:]}/")
            case "VOLUME":
                self.inside(rest).mkdir(parents=True)
            case "CMD":
                self.command = json.loads(rest)
            case _:
                assert word in ("FROM", "EXPOSE"), word

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    @contextmanager
    def started(self) -> Iterator[str]:
        """The address at which what the image starts answers; the port is a free one of this machine."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [part.replace("--port 8000", f"--port {port}") for part in self.command]
        log = self.root / "log.txt"
        with log.open("w") as told:
            process = subprocess.Popen(
                command, cwd=self.inside("."), env=self.environment, stdout=told, stderr=told, start_new_session=True
            )
        try:
            address, until = f"http://127.0.0.1:{port}", time.monotonic() + 60
            while not _answers(address):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            yield address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)
        assert "Traceback" not in log.read_text()


def _answers(address: str) -> bool:
    try:
        return httpx2.get(f"{address}/openapi.json").status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture
def image(tmp_path: Path) -> Image:
    """An empty one with Python and pip, to which the package index offers this checkout too."""
    wheels, python = tmp_path / "wheels", tmp_path / "python"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    if built.returncode:
        pytest.skip(f"wheel (hatchling cannot build: {built.stderr[-200:]})")
    venv.create(python, with_pip=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    path = f"{python / 'bin'}{os.pathsep}{os.environ['PATH']}"
    (tmp_path / "image").mkdir()
    image = Image(tmp_path / "image", {**kept, "PATH": path, "PIP_FIND_LINKS": str(wheels)})
    probe = f"{python / 'bin' / 'pip'} download --quiet --no-deps --dest {tmp_path / 'probe'} pypika"
    if image.run(probe).returncode:
        pytest.skip("cannot reach a package index")
    return image


def test_the_image_is_built_and_answers(image: Image) -> None:
    lines = (SHOP / "Dockerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            image.perform(word, rest)
    assert not list(image.inside("/data").iterdir())
    with image.started() as address:
        author = httpx2.put(f"{address}/authors/Ursula").json()
        assert author == {"id": author["id"], "name": "Ursula", "books": []}
    assert (image.inside("/data") / "shop.sqlite3").is_file()
    with image.started() as address:
        again = httpx2.put(f"{address}/authors/Ursula")
        assert again.json()["id"] == author["id"]
