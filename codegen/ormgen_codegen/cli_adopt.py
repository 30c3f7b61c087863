"""`ormgen adopt`: rewrites a project that was written for Tortoise ORM."""

from __future__ import annotations

from pathlib import Path

import click

from ormgen_codegen import console
from ormgen_codegen.adopt.project import adoption, write_all
from ormgen_codegen.cli_common import leave, say_json
from ormgen_codegen.findings import as_data

CODES = (
    "Exit codes: 0 all is well, 1 something is left for people to look at (the rest is done), 2 the command is wrong."
)


@click.command("adopt", epilog=CODES)
@click.argument("path", type=click.Path(path_type=Path), default=".", required=False)
@click.option("--diff", "diffing", is_flag=True, help="Change nothing; print what would change as a diff.")
@click.option("--dry-run", is_flag=True, help="Change nothing; name the files that would change.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done and what is left as JSON.")
def adopt(path: Path, diffing: bool, dry_run: bool, as_json: bool) -> None:
    """Rewrite the imports, names, settings and requirements of the project in PATH, the current folder by default.

    Formatting and comments stay, and nothing is imported or run. What cannot be said with ormgen is left as it is and
    listed with its place. Either all files are written or none. For the database there is `ormgen adopt-migrations`.
    """

    def work() -> int:
        found = adoption(path)
        if as_json:
            changed = [change.shown for change in found.changes]
            say_json({"changed": changed, "written": not (diffing or dry_run), "left": as_data(found.findings)})
        elif diffing:
            console.say("".join(change.diff() for change in found.changes))
        if not (diffing or dry_run):
            write_all(found)
        if not as_json:
            console.tell(found.findings)
            for change in () if diffing else found.changes:
                console.note(f"{'would change' if dry_run else 'changed'} {change.shown}")
            if not found.changes:
                console.note("nothing to change")
        return console.FOUND if found.findings else console.DONE

    leave(work)
