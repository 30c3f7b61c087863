"""The command line: one group, whose commands stand in files of their own and are loaded when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

from ormgen_codegen.cli_common import EPILOG
from ormgen_codegen.loading import loading

HOMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "adopt": ("adopt",),
        "adopt_migrations": ("adopt-migrations",),
        "check": ("check",),
        "completion": ("completion",),
        "begin": ("fix-migrations", "init-db", "init-migrations"),
        "databases": ("heads", "history", "inspectdb", "sqlmigrate", "status", "upgrade"),
        "describe": ("describe",),
        "export": ("export",),
        "doctor": ("doctor",),
        "explain": ("explain",),
        "downgrade": ("downgrade",),
        "graph": ("graph",),
        "history": ("drift", "lint", "merge", "squash", "verify"),
        "init": ("init",),
        "migrate": ("migrate",),
        "shell": ("shell",),
        "pydantic": ("pydantic",),
        "queries": ("queries",),
        "stubs": ("stubs",),
    }
)
"""The commands in each file."""
OTHERS: Final[Mapping[str, str]] = MappingProxyType({"makemigrations": "migrate"})
"""Second names of commands."""
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "Begin": ("init", "init-db", "adopt", "adopt-migrations", "inspectdb"),
        "Types": ("stubs", "check", "pydantic", "queries"),
        "Change models": ("migrate", "makemigrations", "init-migrations", "merge", "squash", "lint", "fix-migrations"),
        "Change databases": ("upgrade", "downgrade", "status", "history", "heads", "sqlmigrate", "drift", "verify"),
        "Look": ("describe", "graph", "export", "explain", "doctor", "shell", "completion"),
    }
)
"""The commands as help lists them."""


class Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*(name for names in HOMES.values() for name in names), *OTHERS])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        listed = {name: command for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))}
        width = max(map(len, listed)) + 2
        for title, names in SECTIONS.items():
            with formatter.section(title):
                rows = [(name.ljust(width - 2), listed[name].get_short_help_str(formatter.width)) for name in names]
                formatter.write_dl(rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None if there is none."""
        name = OTHERS.get(cmd_name, cmd_name)
        home = next((home for home, names in HOMES.items() if name in names), None)
        if home is None:
            return None
        with loading():
            found: click.Command = getattr(import_module(f"ormgen_codegen.cli_{home}"), name.replace("-", "_"))
        found.epilog = found.epilog or EPILOG
        return found


def _version(ctx: click.Context, parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        found = version("ormgen-orm")
    except PackageNotFoundError:
        found = "unknown"
    click.echo(f"ormgen {found}")
    ctx.exit()


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    "-V",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.option("--config", "-c", "--config-file", "settings", metavar="SETTINGS", help="Settings for the command.")
@click.option("--app", help="The app for the command.")
@click.pass_context
def cli(ctx: click.Context, settings: str | None, app: str | None) -> None:
    """Type stubs, descriptions and migrations for ormgen models, read from their source."""
    given = {"settings": settings, "orm": settings, "app": app}
    known = {name: value for name, value in given.items() if value is not None}
    ctx.default_map = dict.fromkeys(cli.list_commands(ctx), known)
