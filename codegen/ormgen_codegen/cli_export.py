"""`ormgen export`: models for those who leave, or need them elsewhere: SQLAlchemy, SQL, Prisma, DBML, Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import click

from ormgen.migrations.tables import create_sql
from ormgen_codegen import console
from ormgen_codegen.cli_common import MODULES, leave, read, say_json, telling
from ormgen_codegen.cli_epilog import EPILOG
from ormgen_codegen.diagram import mermaid
from ormgen_codegen.export_dbml import dbml_source
from ormgen_codegen.export_prisma import prisma_source
from ormgen_codegen.export_sqlalchemy import sqlalchemy_source
from ormgen_codegen.migrations.source_state import as_kept, state_of
from ormgen_codegen.write import Change, write

DIALECTS = ("sqlite", "postgres", "mysql")
FORMS = ("sqlalchemy", "sql", "prisma", "dbml", "mermaid")


@click.command("export", epilog=f"{MODULES} {EPILOG}")
@click.argument("form", type=click.Choice(FORMS), metavar="|".join(FORMS))
@click.argument("modules", nargs=-1, metavar="[MODULE]...")
@click.option(
    "--dialect", type=click.Choice(DIALECTS), default="postgres", show_default=True, help="For SQL, Prisma and DBML."
)
@click.option("--json", "as_json", is_flag=True, help="Print the text inside of JSON.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="The file to write, instead of printing.")
def export(form: str, modules: tuple[str, ...], dialect: str, as_json: bool, output: Path | None) -> None:
    """Print the models of MODULE... in the words of another tool.

    sqlalchemy: a module of typed declarative classes (SQLAlchemy 2) that make the same tables, under the same names.
    Alembic takes them from there. sql: the statements that make the tables. prisma: a schema.prisma of the same tables.
    dbml: tables and references, for dbdiagram.io. mermaid: a diagram.
    """

    def work() -> int:
        run = read(modules)
        console.tell(run.warnings)
        asked = {f"{model.module}:{model.name}" for module in run.asked_modules for model in module.concrete}
        keys = sorted(model.key for model in run.graph if model.path in asked)
        writers: Mapping[str, Callable[[], str]] = {
            "sqlalchemy": lambda: sqlalchemy_source(state_of(run), keys),
            "sql": lambda: create_sql(as_kept(state_of(run)).graph, dialect, keys),
            "prisma": lambda: prisma_source(as_kept(state_of(run)).graph, dialect, keys),
            "dbml": lambda: dbml_source(as_kept(state_of(run)).graph, dialect, keys),
            "mermaid": lambda: mermaid(run.graph, keys),
        }
        text = writers[form]()
        if output is None and as_json:
            spoken = dialect if form in ("sql", "prisma", "dbml") else None
            say_json({"form": form, "dialect": spoken, "models": keys, "text": text})
        elif output is None:
            console.say(text)
        else:
            write(Change(output, None, text))
            console.note(f"wrote {output}")
        return console.DONE

    leave(work, telling(as_json))
