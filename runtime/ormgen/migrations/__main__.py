"""`python -m ormgen.migrations upgrade`: migrations where only the runtime is installed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from ormgen.exceptions import BaseORMException
from ormgen.migrations.adopting import adopt
from ormgen.migrations.api import downgrade, plan, reverse_plan, status, upgrade
from ormgen.migrations.patience import LOCK_TIMEOUT, WAIT
from ormgen.migrations.places import LOCATION, VARIABLE


def parser() -> argparse.ArgumentParser:
    """What may stand on the command line."""
    made = argparse.ArgumentParser("python -m ormgen.migrations", description=__doc__)
    made.add_argument("command", choices=("upgrade", "downgrade", "status", "adopt"))
    made.add_argument("target", nargs="?", help="a migration: 0003, 0003_name or app.0003_name")
    made.add_argument("--config", "-c", help=f"a database URL, settings.ORMGEN or a file; by default ${VARIABLE}")
    made.add_argument("--location", default=LOCATION, help="the folder with a folder of migrations for each app")
    made.add_argument("--fake", action="store_true", help="only record migrations")
    made.add_argument("--plan", action="store_true", help="print what would be done")
    told = "seconds that a statement waits for a lock; then it is tried again"
    made.add_argument("--lock-timeout", type=float, default=LOCK_TIMEOUT, help=told)
    made.add_argument("--wait", type=float, default=WAIT, help="seconds to wait for locked tables and other processes")
    made.add_argument("--yes", "-y", action="store_true", help="undo without asking")
    return made


async def run(given: argparse.Namespace) -> int:
    """Do what the command line says; the exit code."""
    if given.command == "status":
        entries = await status(given.config, location=given.location)
        for entry in entries:
            print(entry.key, entry.applied_at or "not applied")
        return int(any(entry.applied_at is None for entry in entries))
    if given.command == "adopt":
        for key in await adopt(given.config, location=given.location):
            print(f"adopted {key}")
        return 0
    forwards = given.command == "upgrade"
    keys = await (plan if forwards else reverse_plan)(given.config, given.target, location=given.location)
    if given.plan:
        print("\n".join(str(key) for key in keys))
        return 0
    if not forwards and keys and not (given.yes or _confirmed(keys)):
        return 1
    work = upgrade if forwards else downgrade
    times = {"lock_timeout": given.lock_timeout or None, "wait": given.wait}
    done = await work(given.config, given.target, location=given.location, fake=given.fake, show=_told, **times)
    for each in done:
        print(f"{'applied' if forwards else 'reverted'} {each.key} in {each.seconds:.2f} s")
    return 0


def _confirmed(keys: Sequence[object]) -> bool:
    told = f"undo {', '.join(map(str, keys))}? what they added goes, with its values [y/N] "
    return sys.stdin.isatty() and input(told).strip().lower() in ("y", "yes")


def _told(text: str) -> None:
    print(text, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    try:
        return asyncio.run(run(parser().parse_args(arguments)))
    except BaseORMException as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
