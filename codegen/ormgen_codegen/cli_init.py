"""`ormgen init`: writes what the other commands need to know into pyproject.toml."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.places import app_modules, read_settings
from ormgen.schema.names import did_you_mean
from ormgen_codegen import console
from ormgen_codegen.cli_common import leave
from ormgen_codegen.config import LOCATION, write_config


@click.command()
@click.argument("apps", nargs=-1, metavar="[APP]...")
@click.option("--orm", "-t", "--tortoise-orm", "orm", required=True, help="The path of the settings: settings.ORMGEN.")
@click.option("--location", default=LOCATION, show_default=True, help="The folder for migrations.")
@click.option("--src", "-s", "--src_folder", "source", default=".", help="The folder in which modules are found.")
def init(apps: tuple[str, ...], orm: str, location: str, source: str) -> None:
    """Write [tool.ormgen] into pyproject.toml: where the settings are, which modules hold models, and the folder.

    Comments and everything else in the file stay. With APP..., a folder for migrations is made for each.
    """

    def work() -> int:
        folder = (Path.cwd() / source).resolve()
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        file, modules = Path.cwd() / "pyproject.toml", app_modules(read_settings(orm))
        for app in apps:
            if app not in modules:
                raise ConfigurationError(f"{orm} has no app `{app}`; {did_you_mean(app, modules)}")
        elsewhere = {} if folder == Path.cwd().resolve() else {"src_folder": source}
        write_config(file, {"orm": orm, "location": location, "apps": modules, **elsewhere})
        for made in (location, *(f"{location}/{app}" for app in apps)):
            (Path.cwd() / made).mkdir(parents=True, exist_ok=True)
        console.note(f"wrote [tool.ormgen] in {file.name}, made {location}/")
        return console.DONE

    leave(work)
