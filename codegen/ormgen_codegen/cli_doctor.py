"""`ormgen doctor`: looks at configuration, models, stubs, database and migrations, and says what to do."""

from __future__ import annotations

import click

from ormgen.records import asdict
from ormgen_codegen import console, console_tables
from ormgen_codegen.cli_common import MODULES, WITHOUT_MODULES, leave, say_json
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.doctor import examine, is_ill
from ormgen_codegen.tables import Table


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option(
    "--config",
    "-c",
    "settings",
    envvar="ORMGEN_DATABASE_URL",
    help="A database URL, the path of settings (settings.ORMGEN) or a file of settings.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def doctor(modules: tuple[str, ...], settings: str | None, as_json: bool) -> None:
    """Look at versions, configuration, models, stubs, queries, connections, migrations and tables."""

    def work() -> int:
        found = list(examine(modules, settings))
        if as_json:
            say_json([asdict(each) for each in found])
        else:
            rows = tuple((each.about, each.state, each.fact, each.remedy or "") for each in found)
            console_tables.show([Table("ormgen doctor", ("looked at", "is", "what was found", "what to do"), rows)])
        return console.FOUND if is_ill(found) else console.DONE

    leave(work)
