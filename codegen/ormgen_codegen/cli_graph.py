"""`ormgen graph`: draws models and their relations: for Mermaid, for Graphviz, or as a page for a browser."""

from __future__ import annotations

import click

from ormgen_codegen import console
from ormgen_codegen.cli_common import MODULES, WITHOUT_MODULES, leave, read, say_json, telling
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.diagram import diagram_data, dot, mermaid
from ormgen_codegen.diagram_page import html

FORMATS = {"mermaid": mermaid, "dot": dot, "html": html}


@click.command(epilog=f"{MODULES} {WITHOUT_MODULES} {EPILOG}")
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="mermaid",
    show_default=True,
    help="Mermaid is what GitHub, GitLab and many editors show in Markdown; dot is for Graphviz; html is a page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what the diagram shows: models and relations, as JSON.")
@click.pass_context
def graph(context: click.Context, modules: tuple[str, ...], form: str, as_json: bool) -> None:
    """Print a diagram of the models of MODULE..., with their columns and relations."""
    if as_json and context.get_parameter_source("form") is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--format and --json: one of them")
    leave(lambda: _graph(modules, form, as_json), telling(as_json, models=[], relations=[]))


def _graph(modules: tuple[str, ...], form: str, as_json: bool) -> int:
    run = read(modules)
    console.tell(run.warnings)
    asked = {f"{model.module}:{model.name}" for module in run.asked_modules for model in module.concrete}
    keys = sorted(model.key for model in run.graph if model.path in asked)
    if as_json:
        say_json(diagram_data(run.graph, keys))
    else:
        console.say(FORMATS[form](run.graph, keys))
    return console.DONE
