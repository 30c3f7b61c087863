"""PostgreSQL servers that a test starts, stops, copies and promotes; from the distribution's programs or a wheel's."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from databases import Unavailable, free_port

SETTINGS = "fsync=off shared_buffers=16MB max_connections=60 wal_level=replica max_wal_senders=5 hot_standby=on".split()


def programs() -> Path:
    """The folder of `initdb`, `pg_ctl` and `pg_basebackup`.

    Raises Unavailable when there is none.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if (initdb := shutil.which("initdb")) is not None:
        found.append(Path(initdb).parent)
    for folder in found:
        if (folder / "initdb").exists() and (folder / "pg_basebackup").exists():
            return folder
    raise Unavailable("no programs of PostgreSQL (initdb, pg_basebackup)")


class OwnPostgres:
    """One server on a free port of this machine, in a folder of its own."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.settings = [*SETTINGS, *settings]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    @classmethod
    @contextmanager
    def new(cls, *settings: str) -> "Iterator[OwnPostgres]":
        """A started server, gone at the end."""
        programs()
        with owned_folder() as folder:
            server = cls(folder, *settings)
            server.run("initdb", "-D", str(server.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
            with server.running():
                yield server

    @contextmanager
    def standby(self, *settings: str) -> "Iterator[OwnPostgres]":
        """A streaming standby of this server."""
        with owned_folder() as folder:
            server = OwnPostgres(folder, *settings)
            source = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres")
            server.run(
                "pg_basebackup", "-D", str(server.data), "-R", "-X", "stream", "--no-sync", "-c", "fast", *source
            )
            with server.running():
                yield server

    @contextmanager
    def running(self) -> Iterator[None]:
        self.start()
        try:
            yield
        finally:
            self.stop("immediate", check=False)

    def start(self) -> None:
        options = " ".join(f"-c {setting}" for setting in self.settings)
        place = f"-p {self.port} -h 127.0.0.1 -k '' {options}"
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", place, "start")

    def stop(self, mode: str = "fast", *, check: bool = True) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop", check=check)

    def promote(self) -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def run(self, program: str, *arguments: str, check: bool = True) -> None:
        # the server inherits what it writes to, so that a pipe would never come to its end
        with (self.folder / "output").open("a+") as output:
            whole = [str(programs() / program), *arguments]
            done = subprocess.run(whole, stdout=output, stderr=output, check=False, timeout=60, cwd="/", **as_user())
            output.seek(0)
            assert done.returncode == 0 or not check, output.read()[-2000:]


def as_user() -> dict[str, Any]:
    """PostgreSQL does not run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, readable by a server in that folder."""
    certificate, key = folder / "server.crt", folder / "server.key"
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run([*command.split(), "-out", certificate, "-keyout", key], check=True, capture_output=True)
    for file in (certificate, key) if as_user() else ():
        shutil.chown(file, "postgres", "postgres")
    key.chmod(0o600)
    return certificate, key


@contextmanager
def owned_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ormgen-postgres-"))
    if as_user():
        shutil.chown(folder, "postgres", "postgres")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
