"""The command line: one group, whose commands stand in files of their own and are loaded when they are called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

from ormgen_codegen.cli_epilog import EPILOG
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
SECTIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "Begin": {
            "init": "Write settings into pyproject.toml.",
            "init-db": "Write the first migrations and apply them.",
            "adopt": "Rewrite a project that uses Tortoise ORM.",
            "adopt-migrations": "Go on from aerich's or Tortoise ORM's migrations.",
            "inspectdb": "Print models for the tables of a database.",
        },
        "Types": {
            "stubs": "Write typed stubs beside modules with models.",
            "check": "Check models, stubs, and the names in queries.",
            "pydantic": "Write pydantic, msgspec or data classes for models.",
            "queries": "Write typed functions for SQL files.",
        },
        "Change models": {
            "migrate": "Write migrations for what changed in the models.",
            "makemigrations": "Write migrations for what changed in the models.",
            "init-migrations": "Write the first migrations.",
            "merge": "Put two branches of migrations together.",
            "squash": "Put many migrations into one.",
            "lint": "Print what is dangerous in migrations.",
            "fix-migrations": "Write again what stands beside migrations.",
        },
        "Change databases": {
            "upgrade": "Apply the migrations that a database lacks.",
            "downgrade": "Undo the migration that was applied last.",
            "status": "Print the migrations that are not applied yet.",
            "history": "Print every migration and when it was applied.",
            "heads": "Print the last migrations of each app.",
            "sqlmigrate": "Print the SQL of a migration.",
            "drift": "Print how a database differs from its migrations.",
            "verify": "Try the migrations on a throw-away database.",
        },
        "Look": {
            "describe": "Print models and how they are linked.",
            "graph": "Print a diagram of models.",
            "export": "Print models as SQLAlchemy, SQL, Prisma, DBML or Mermaid.",
            "explain": "Print the SQL and the plan of a question.",
            "doctor": "Look for what is wrong, with the remedy for each finding.",
            "shell": "A Python prompt with the models loaded.",
            "completion": "Print what a shell needs to complete commands.",
        },
    }
)
"""The commands as help lists them, with what they do: help need not load them for that."""


class Commands(click.Group):
    """Commands that are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted([*(name for names in HOMES.values() for name in names), *OTHERS])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for."""
        width = max(map(len, self.list_commands(ctx)))
        for title, listed in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in listed.items()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None if there is none."""
        name = OTHERS.get(cmd_name, cmd_name)
        home = next((home for home, names in HOMES.items() if name in names), None)
        if home is None:
            return None
        with loading():
            found: click.Command = getattr(import_module(f"ormgen_codegen.cli_{home}"), name.replace("-", "_"))
        found.epilog = found.epilog or EPILOG
        found.short_help = next(listed[name] for listed in SECTIONS.values() if name in listed)
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
