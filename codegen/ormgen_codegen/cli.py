"""The command line: one group, and the commands that stand in files of their own."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import click

from ormgen_codegen.cli_check import check
from ormgen_codegen.cli_common import EPILOG
from ormgen_codegen.cli_databases import downgrade, heads, history, init_db, inspectdb, sqlmigrate, status, upgrade
from ormgen_codegen.cli_describe import describe
from ormgen_codegen.cli_graph import graph
from ormgen_codegen.cli_history import drift, lint, merge, squash, verify
from ormgen_codegen.cli_init import init
from ormgen_codegen.cli_migrate import migrate
from ormgen_codegen.cli_stubs import stubs


def _version() -> str:
    try:
        return version("ormgen-orm")
    except PackageNotFoundError:
        return "unknown"


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), "--version", "-V", message="ormgen %(version)s")
def cli() -> None:
    """Type stubs, descriptions and migrations for ormgen models, read from their source."""


for _command in (stubs, check, describe, graph):
    cli.add_command(_command)
for _command in (init, init_db, migrate, upgrade, downgrade, history, heads, status, sqlmigrate):
    cli.add_command(_command)
for _command in (merge, squash, lint, drift, verify, inspectdb):
    cli.add_command(_command)
cli.add_command(migrate, "makemigrations")
