"""`ormgen shell`: a prompt with the models of the project; what it does is a program of the runtime."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import click

from ormgen.migrations.places import VARIABLES
from ormgen_codegen.config import load_config

PROGRAM = "ormgen.contrib.shell"


@click.command()
@click.option("--config", "-c", "--config-file", "settings", envvar=VARIABLES, help="Settings that name a database.")
@click.option("--prompt", type=click.Choice(("ipython", "ptpython", "plain")), help="By default the first installed.")
def shell(settings: str | None, prompt: str | None) -> None:
    """Open the databases of the project and a prompt at which `await Hero.all()` works.

    It is that of IPython or ptpython, whichever is installed, else Python's own.
    """
    config = load_config(Path.cwd())
    named = settings or config.orm
    arguments = [*(["--config", named] if named else []), *(["--prompt", prompt] if prompt else [])]
    for label, modules in config.apps.items():
        arguments += ["--app", f"{label}={','.join(modules)}"]
    for folder in (config.root or Path.cwd(), Path.cwd()):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    before = sys.argv
    sys.argv = ["ormgen shell", *arguments]
    try:
        runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)
    finally:
        sys.argv = before
