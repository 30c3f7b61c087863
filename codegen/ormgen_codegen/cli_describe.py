"""`ormgen describe`: prints models and how they are linked, all of a module or single ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from ormgen.schema.describe import graph_json
from ormgen.schema.graph import ModelGraph
from ormgen_codegen import console
from ormgen_codegen.cli_common import MODULES, WITHOUT_MODULES, leave, read, say_json, telling
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.config import load_config
from ormgen_codegen.console_tables import show
from ormgen_codegen.describe import graph_text, model_tables, models_data
from ormgen_codegen.find_model import find_models, wanted
from ormgen_codegen.locate import search_folders
from ormgen_codegen.running import import_graph

MODEL = "MODEL is Hero, models.Hero (with its app) or heroes.models.Hero (with its module)."


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {MODEL} {EPILOG}")
@click.argument("names", nargs=-1, metavar="[MODULE|MODEL]...")
@click.option("--json", "as_json", is_flag=True, help="Print everything there is to know, as JSON.")
@click.option("--import", "running", is_flag=True, help="Import the modules instead of reading their source.")
def describe(names: tuple[str, ...], as_json: bool, running: bool) -> None:
    """Print the models of MODULE... and how they are linked; of a single MODEL everything that queries may say."""
    leave(lambda: _describe(names, as_json, running), telling(as_json))


def _describe(names: Sequence[str], as_json: bool, running: bool) -> int:
    asked = wanted(names, load_config(Path.cwd()))
    run = read(asked.modules)
    graph = run.graph
    if running:
        modules = [module.name for module in run.modules]
        graph = import_graph(modules, run.config.apps, search_folders(run.config.root, run.config.source_folder))
    else:
        console.tell(run.warnings)
    if asked.models:
        _print_models(graph, asked.models, as_json)
    else:
        console.say(graph_json(graph) if as_json else graph_text(graph))
    return console.DONE


def _print_models(graph: ModelGraph, names: Sequence[str], as_json: bool) -> None:
    models = find_models(graph, names)
    if as_json:
        say_json(models_data(graph, models))
    else:
        show(table for model in models for table in model_tables(model))
