"""MariaDB servers that a test starts: one that is written to, and a replica of it."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from databases import Unavailable, free_port
from own_postgres import owned_folder

SECONDS = 60.0


def program(*names: str) -> str:
    """The first of these that there is.

    Raises Unavailable when there is none.
    """
    for name in names:
        found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/libexec")
        if found is not None:
            return found
    raise Unavailable(f"no program {names[0]}")


class OwnMariadb:
    """One server on a free port of this machine, in a folder of its own."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.number = number
        self.port = free_port()
        self.settings: list[str] = []
        self.url = f"mysql://root@127.0.0.1:{self.port}/shop"

    @classmethod
    @contextmanager
    def new(cls, number: int) -> "Iterator[OwnMariadb]":
        """A started server with an empty database, gone at the end; `number` tells those of one test apart."""
        install = program("mariadb-install-db", "mysql_install_db")
        with owned_folder() as folder:
            own = cls(folder, number)
            made = (
                install,
                "--no-defaults",
                f"--datadir={folder / 'data'}",
                "--auth-root-authentication-method=normal",
            )
            subprocess.run((*made, "--skip-test-db", "--user=root"), check=True, capture_output=True, timeout=SECONDS)
            own.start()
            try:
                yield own
            finally:
                own.stop(signal.SIGKILL)

    def start(self) -> None:
        """Start it, and wait until it answers; makes the database where there is none."""
        command = (
            *(
                program("mariadbd", "mysqld"),
                "--no-defaults",
                f"--datadir={self.folder / 'data'}",
                f"--port={self.port}",
                "--user=root",
            ),
            *("--bind-address=127.0.0.1", f"--socket={self.folder / 'socket'}", f"--server-id={self.number}"),
            *("--log-bin=log", "--binlog-format=ROW", "--innodb-buffer-pool-size=16M", "--skip-name-resolve"),
            *("--innodb-flush-log-at-trx-commit=2", f"--pid-file={self.folder / 'pid'}", "--slow-query-log=0"),
            *self.settings,
        )
        with (self.folder / "errors").open("wb") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        deadline = time.monotonic() + SECONDS
        while subprocess.run(self._client("CREATE DATABASE IF NOT EXISTS shop"), capture_output=True).returncode:
            if time.monotonic() > deadline:
                raise Unavailable(f"MariaDB does not start: {(self.folder / 'errors').read_text()[-500:]}")
            time.sleep(0.1)

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> None:
        """End it: politely, or as a crash does with SIGKILL."""
        self.process.send_signal(sent)
        self.process.wait(SECONDS)

    def follow(self, primary: "OwnMariadb") -> None:
        """Become a replica of `primary`, from its first change on."""
        self.run(
            f"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={primary.port}, MASTER_USER='root', "
            "MASTER_PASSWORD='', MASTER_LOG_FILE='log.000001', MASTER_LOG_POS=4; START SLAVE"
        )

    def run(self, sql: str) -> str:
        """What the server answers to SQL text."""
        done = subprocess.run(self._client(sql), check=True, capture_output=True, timeout=SECONDS, text=True)
        return done.stdout

    def _client(self, sql: str) -> tuple[str, ...]:
        client = program("mariadb", "mysql")
        return (client, "--no-defaults", "-u", "root", f"--socket={self.folder / 'socket'}", "-N", "-e", sql)
