"""`ormgen init`: writes what the other commands need to know into pyproject.toml."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ormgen.migrations.places import app_modules, read_settings
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave
from ormgen_codegen.config import LOCATION, write_config


@click.command(short_help="Write settings into pyproject.toml.")
@click.option("--orm", "-t", "--tortoise-orm", "orm", required=True, help="The path of the settings: settings.ORMGEN.")
@click.option("--location", default=LOCATION, show_default=True, help="The folder for migrations.")
@click.option("--src", "-s", "--src_folder", "source", default=".", help="The folder in which modules are found.")
def init(orm: str, location: str, source: str) -> None:
    """Write [tool.ormgen] into pyproject.toml: where the settings are, which modules hold models, and the folder.

    Comments and everything else in the file stay.
    """

    def work() -> int:
        folder = (Path.cwd() / source).resolve()
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        file = Path.cwd() / "pyproject.toml"
        write_config(file, {"orm": orm, "location": location, "apps": app_modules(read_settings(orm))})
        (Path.cwd() / location).mkdir(parents=True, exist_ok=True)
        console.note(f"wrote [tool.ormgen] in {file.name}, made {location}/")
        return console.DONE

    leave(work)
