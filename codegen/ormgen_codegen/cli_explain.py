"""`ormgen explain`: a question as SQL, and how the database would answer it; a program of the runtime does it."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import click

from ormgen.migrations.places import VARIABLES
from ormgen_codegen.config import load_config

PROGRAM = "ormgen.contrib.explain"


@click.command()
@click.argument("question")
@click.option("--config", "-c", "--config-file", "settings", envvar=VARIABLES, help="Settings that name a database.")
@click.option("--analyze", is_flag=True, help="Run the question, and say how long each step took.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def explain(question: str, settings: str | None, analyze: bool, as_json: bool) -> None:
    """Print the SQL of QUESTION, how the database finds its rows, and what is worth noticing: full scans, sorting.

    QUESTION is Python about models, 'Hero.filter(team__name="x").order_by("-power")', or the place of one,
    heroes/views.py:12. Models are imported; nothing is run but EXPLAIN, without --analyze.
    """
    config = load_config(Path.cwd())
    named = settings or config.orm
    arguments = [question, *(["--config", named] if named else [])]
    arguments += [*(["--json"] if as_json else []), *(["--analyze"] if analyze else [])]
    for label, modules in config.apps.items():
        arguments += ["--app", f"{label}={','.join(modules)}"]
    for folder in (config.source_folder, config.root or Path.cwd(), Path.cwd()):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    before = sys.argv
    sys.argv = ["ormgen explain", *arguments]
    try:
        runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)
    finally:
        sys.argv = before
