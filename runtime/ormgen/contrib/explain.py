"""Explains a question: its SQL, how a database would find the rows, and what is worth noticing about that.

`ormgen explain` starts it, and so does `python -m ormgen.contrib.explain -c settings.ORMGEN 'Hero.filter(power=1)'`
where only the runtime is installed. The question is Python about models, as at the prompt of `ormgen shell`, or the
place of one: `heroes/views.py:12`.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ormgen.contrib.shell import namespace, shell_config
from ormgen.database.config import ORMConfig
from ormgen.exceptions import BaseORMException, ParamsError
from ormgen.models.orm import ORM

NO_DATABASE: Final = "sqlite://:memory:"
_PLACE: Final = re.compile(r"(?P<file>.+\.py):(?P<line>\d+)")
_SCAN: Final = re.compile(
    r"SCAN (?:TABLE )?(?P<table>\S+)(?! USING (?:COVERING )?INDEX| USING INTEGER PRIMARY KEY)\b(?!.*USING)"
)
_SEQ: Final = re.compile(r"Seq Scan on (?:\w+\.)?\"?(?P<table>\w+)\"?")
_TREE: Final = re.compile(r"Table scan on (?P<table>\w+)")  # of MySQL, with --analyze


def question_at(file: Path, line: int, models: Mapping[str, Any]) -> str:
    """The question about a model that stands on a line of a source file: the longest one.

    Raises:
        ParamsError: there is none.
    """
    try:
        tree = ast.parse(file.read_text("utf-8"))
    except (OSError, SyntaxError) as error:
        raise ParamsError(f"{file}: {error}") from None
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.lineno <= line <= (node.end_lineno or 0) and _root(node) in models
    ]
    if not found:
        raise ParamsError(f"{file}:{line}: there is no question about a model; known are {', '.join(sorted(models))}")
    return ast.unparse(max(found, key=lambda node: len(ast.unparse(node))))


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def asked(text: str, names: Mapping[str, Any]) -> Any:
    """The question that a text is.

    Raises:
        ParamsError: it is none.
    """
    place = _PLACE.fullmatch(text)
    if place is not None:
        models = {name: each for name, each in names.items() if hasattr(each, "__model__")}
        text = question_at(Path(place["file"]), int(place["line"]), models)
    try:
        found = eval(compile(text.strip(), "<question>", "eval"), dict(names))
    except SyntaxError as error:
        raise ParamsError(f"this is no Python: {error.msg}: {text}") from None
    except NameError as error:
        hint = "write its value into the question"
        raise ParamsError(f"{text}: {error.name} is not known here; {hint}") from None
    if inspect.iscoroutine(found):
        found.close()
    if not hasattr(found, "sql"):
        raise ParamsError(f"{text} is no query set; ask for one, such as `Hero.filter(power__gt=1)`")
    return found


def notes(
    dialect: str, plan: Sequence[Mapping[str, Any]], sql: str, known: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """What is worth noticing in a plan, each with what to do; `known` are models by table."""
    for row in plan:
        text = " ".join(str(value) for value in row.values())
        table = _scanned(dialect, row, text)
        if table is not None:
            yield f"every row of {table} is read", _hint(table, sql, known)
        if "AUTOMATIC" in text:
            yield "an index is made for this question, each time that it is asked", "add that index to the model"
        if "Using filesort" in text or "USE TEMP B-TREE FOR ORDER BY" in text:
            yield "rows are sorted after they were found", "an index over the columns of order_by gives them in order"
        if "Using temporary" in text:
            yield "rows go into a temporary table first", "an index over the columns of group_by or distinct avoids it"


def _scanned(dialect: str, row: Mapping[str, Any], text: str) -> str | None:
    if dialect == "mysql" and "table" in row:
        return str(row["table"]) if str(row.get("type", "")).upper() == "ALL" else None
    found = {"sqlite": _SCAN, "postgres": _SEQ, "mysql": _TREE}[dialect].search(text)
    return None if found is None else found["table"].strip('"')


def _hint(table: str, sql: str, known: Mapping[str, Any]) -> str:
    """An index for the columns that a question has conditions on, as far as none begins with them."""
    few = "of few rows that is right"
    model = known.get(table)
    conditions = sql.partition(" WHERE ")[2].partition(" ORDER BY ")[0]
    if model is None or not conditions:
        return few
    indexed = {index.fields[0] for index in model.indexes if index.fields} | {
        group[0] for group in model.unique_together
    }
    columns = [
        column.name
        for column in model.columns.values()
        if re.search(rf'["`]{re.escape(table)}["`]\.["`]{re.escape(column.column)}["`]', conditions)
        and not (column.index or column.unique or column.primary_key or column.name in indexed)
    ]
    if not columns:
        return few
    return f"{few}; else an index: class Meta of {model.name}: indexes = [({', '.join(map(repr, columns))},)]"


async def explained(
    text: str, settings: str | None, apps: Mapping[str, Sequence[str]], analyze: bool
) -> dict[str, Any]:
    """What is to be said of a question; without settings its SQL only.

    Raises:
        ParamsError: it is none.
        OperationalError: the database cannot be reached, or has no such table.
    """
    config = shell_config(settings or NO_DATABASE, apps)
    _refuse_missing(config)
    await ORM.init(config=config)
    try:
        question = asked(text, namespace())
        sql = question.sql(params_inline=True)
        if settings is None or not hasattr(question, "explain"):
            return {"sql": sql, "dialect": None, "plan": [], "notes": []}
        model = question.model
        dialect = str(model.__model__.connection(write=False).dialect)
        options = {"analyze": True} if analyze else {}
        rows = dialect == "mysql" and not analyze  # MySQL tells a tree where nobody asks for rows
        plan = await question.explain("traditional" if rows else None, **options)
        known = {each.table: each for each in model.__model__.graph}
        told = [{"fact": fact, "hint": hint} for fact, hint in dict.fromkeys(notes(dialect, plan, sql, known))]
        return {"sql": sql, "dialect": dialect, "plan": [dict(row) for row in plan], "notes": told}
    finally:
        await ORM.close_connections()


def _refuse_missing(config: ORMConfig) -> None:
    """Refuse SQLite databases that asking would make."""
    for each in config.connections.values():
        path = str(each.credentials.get("file_path", ":memory:"))
        if each.dialect == "sqlite" and path != ":memory:" and not Path(path).exists():
            raise ParamsError(f"there is no file {path} yet; `ormgen upgrade` makes it")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    made = argparse.ArgumentParser("ormgen explain", description=__doc__)
    made.add_argument("question", help="a question about models, or file.py:line")
    made.add_argument("--config", "-c", "--config-file", help="a database URL, settings.ORMGEN or a file of settings")
    made.add_argument("--app", action="append", default=[], metavar="models=shop.models,…", help="modules of an app")
    made.add_argument("--json", action="store_true", help="print it as JSON")
    made.add_argument("--analyze", action="store_true", help="run the question, and say how long each step took")
    given = made.parse_args(arguments)
    apps = {label: names.split(",") for label, _, names in (each.partition("=") for each in given.app)}
    try:
        found = asyncio.run(explained(given.question, given.config, apps, given.analyze))
    except (BaseORMException, TypeError, AttributeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=2, default=str) if given.json else _shown(found))
    return 0


def _shown(found: Mapping[str, Any]) -> str:
    lines = [str(found["sql"])]
    for row in found["plan"]:
        values = [f"{name}={value}" for name, value in row.items() if value not in (None, 0)]
        only = row.get("detail") or row.get("QUERY PLAN")
        lines.append(f"  {only or '  '.join(values)}")
    for each in found["notes"]:
        lines += [f"note: {each['fact']}", f"hint: {each['hint']}"]
    if found["dialect"] is None:
        lines.append("no plan: name a database with --config, or `orm` in [tool.ormgen], and ask for rows")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
