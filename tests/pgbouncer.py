"""The distribution's PgBouncer, started in front of a server for as long as a test needs it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from databases import Unavailable, answers, free_port
from own_postgres import as_user, owned_folder

START_SECONDS = 10.0


def program() -> str:
    """The program that ORMGEN_TEST_PGBOUNCER names, else the one that is installed.

    Raises Unavailable when there is none.
    """
    found = os.environ.get("ORMGEN_TEST_PGBOUNCER") or shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        raise Unavailable("no pgbouncer; `make servers` installs it where it can, ORMGEN_TEST_PGBOUNCER names one")
    return found


@contextmanager
def pgbouncer(postgres_url: str, mode: str = "transaction", size: int = 3, **settings: object) -> Iterator[str]:
    """The URL of a pooler in front of the database that `postgres_url` names, with `size` connections to it."""
    parts = urlsplit(postgres_url)
    port = free_port()
    with owned_folder() as folder:
        file = written(folder, f"host={parts.hostname} port={parts.port or 5432} user={parts.username}", {
            "listen_addr": "127.0.0.1", "listen_port": port, "unix_socket_dir": "", "auth_type": "any",
            "pool_mode": mode, "default_pool_size": size, "logfile": folder / "log", **settings,
        })  # fmt: skip
        with subprocess.Popen([program(), "-q", file], cwd="/", **as_user()) as process:
            try:
                deadline = time.monotonic() + START_SECONDS
                while not answers(port):
                    if process.poll() is not None or time.monotonic() > deadline:
                        raise AssertionError((folder / "log").read_text())
                    time.sleep(0.02)
                yield f"postgres://{parts.username}@127.0.0.1:{port}{parts.path}"
            finally:
                process.kill()


def written(folder: Path, server: str, settings: dict[str, object]) -> Path:
    """The settings as PgBouncer reads them, in a file that its user may read."""
    file = folder / "pgbouncer.ini"
    lines = [f"{name} = {value}" for name, value in settings.items()]
    file.write_text("\n".join(("[databases]", f"* = {server}", "[pgbouncer]", *lines, "")))
    file.chmod(0o644)
    return file
