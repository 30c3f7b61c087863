"""What every command says to programs: exit codes as the page tells them, JSON that is nothing but JSON, no colours."""

import json
import os
import pty
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

MODELS = """
from ormgen import Model, fields


class Hero(Model):
    name = fields.CharField(max_length=100)
"""
PROJECT = """
[tool.ormgen]
apps = { models = ["app.models"] }
queries = { paths = ["queries"] }

[tool.ormgen.pydantic]
depth = 0
"""
QUERY = "-- name: names :many\nSELECT name FROM hero WHERE id > :id\n"
TEXT_ONLY = {
    *("adopt", "completion", "fix-migrations", "init", "init-db", "init-migrations", "merge"),
    *("shell", "squash"),
}
"""Commands whose output is a text in a language of its own, or which tell people what they have written."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, text in {
        "app/__init__.py": "",
        "app/models.py": MODELS,
        "pyproject.toml": PROJECT,
        "queries/heroes.sql": QUERY,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] == "app"]:
        del sys.modules[name]


def run(line: str, code: int) -> str:
    """What a command prints on standard output."""
    made = CliRunner().invoke(cli, shlex.split(line))
    assert made.exit_code == code, (line, made.output, made.exception)
    return made.stdout


def told(line: str, code: int) -> Any:
    return json.loads(run(f"{line} --json", code))


def test_commands_that_speak_json() -> None:
    context = click.Context(cli, help_option_names=["-h", "--help"])  # which commands keep for good
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    speaking = {name for name, each in commands.items() if each and any("--json" in one.opts for one in each.params)}
    assert commands.keys() - speaking == TEXT_ONLY - {"adopt"}
    for name, each in commands.items():
        assert each is not None
        assert "Exit codes: 0 " in " ".join(each.get_help(click.Context(each, context, name)).split())


def test_types_from_stale_to_fresh(folder: Path) -> None:
    assert told("stubs --check", 1)["files"]
    assert told("stubs", 0)["files"]
    assert told("stubs --check", 0)["files"] == []
    assert told("pydantic --check", 1)["files"] == [{"path": "app/schemas.py", "state": "stale"}]
    assert told("check", 1)["findings"]
    assert told("pydantic", 0)["files"] == [{"path": "app/schemas.py", "state": "written"}]
    assert told("queries --check", 1)
    told("queries", 0)
    told("queries --check", 0)
    assert told("check", 0)["findings"] == []
    assert told("describe Hero", 0)
    assert told("graph", 0)["models"][0]["key"] == "models.Hero"
    assert told("export sql", 0)
    (folder / "app" / "use.py").write_text('from app.models import Hero\nHero.filter(nam="x")\n')
    (finding,) = told("check", 1)["findings"]
    assert (finding["path"], finding["line"]) == ("app/use.py", 2)
    (folder / "app" / "use.py").unlink()
    (folder / "app" / "models.py").write_text(f'{MODELS}    team = fields.ForeignKeyField("models.Teem")\n')
    for command in ("stubs", "check", "pydantic", "describe Hero", "queries", "export sql", "migrate"):
        assert "not a model" in json.dumps(told(command, 1)), command
    assert told("graph", 1)["models"] == []


def test_migrations_from_missing_to_applied(folder: Path, db_url: str) -> None:
    at = f"-c '{db_url}'"
    (missing,) = told("migrate --check", 1)["migrations"]
    assert (missing["key"], missing["state"], missing["operations"][0]["destructive"]) == (
        "models.0001_initial",
        "missing",
        False,
    )
    assert told("migrate --dry-run", 0)["migrations"][0]["state"] == "not written"
    assert told("migrate", 0)["migrations"][0]["state"] == "written"
    assert told("migrate --check", 0) == {"migrations": [], "questions": []}
    assert told("heads", 0) == {"models": ["models.0001_initial"]}
    assert told("lint", 0) == []
    assert told("sqlmigrate 0001 --dialect mysql", 0)["sql"].startswith("CREATE TABLE `hero`")
    assert told(f"upgrade --plan {at}", 0) == ["models.0001_initial"]
    assert [each["key"] for each in told(f"status {at}", 1)] == ["models.0001_initial"]
    (done,) = told(f"upgrade {at}", 0)
    assert (done["key"], done["backwards"]) == ("models.0001_initial", False)
    assert told(f"upgrade {at}", 0) == []
    assert told(f"status {at}", 0) == []
    assert told(f"history {at}", 0)[0]["applied_at"]
    assert told(f"drift {at}", 0) == []
    found = told(f"inspectdb hero {at}", 0)
    assert "class Hero(Model):" in found["source"]
    assert found["left"] == []
    assert run(f"inspectdb hero {at} -o found.py", 0) == ""
    assert (folder / "found.py").read_text() == found["source"]
    assert told(f"verify {at}", 0) == []
    (folder / "app" / "models.py").write_text(MODELS.replace("name =", "title ="))
    assert "name" in "".join(told("migrate", 3)["questions"])
    assert told("migrate --check", 1)["questions"]
    assert told("migrate --rename Hero.name:title", 0)["migrations"][0]["operations"]
    assert told(f"doctor {at}", 1)
    told(f"upgrade {at}", 0)
    assert told(f"explain {at} 'Hero.filter(title=\"x\")'", 0)["sql"]
    assert told(f"downgrade --plan {at}", 0)[0].startswith("models.0002_")
    assert [each["backwards"] for each in told(f"downgrade --yes {at}", 0)] == [True]
    assert told(f"downgrade --yes models zero {at}", 0)


@pytest.mark.parametrize(
    "line",
    [
        "stub",
        "stubs --chek",
        "stubs nothing.here",
        "migrate --json --sql sqlite",
        "upgrade -c moo://x",
        "status",
        "pydantic --json --diff",
        "heads modles",
        "export moo",
        "graph --format moo",
        "graph --format dot --json",
    ],
)
def test_wrong_use(line: str, folder: Path) -> None:
    run(line, 2)


def test_a_database_that_is_not_there(folder: Path) -> None:
    run("migrate", 0)
    run("upgrade -c postgres://nobody@127.0.0.1:1/none", 1)
    run("history -c mysql://nobody@127.0.0.1:1/none", 1)


def seen(folder: Path, line: str, **settings: str) -> str:
    """What a person sees, on a terminal."""
    shown, terminal = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ormgen_codegen", *shlex.split(line)],
        cwd=folder,
        env={**environment, "TERM": "xterm-256color", "COLUMNS": "200", **settings},
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    parts = []
    try:
        while part := os.read(shown, 4096):
            parts.append(part)
    except OSError:  # the other side is closed
        pass
    process.wait(60)
    os.close(shown)
    return b"".join(parts).decode()


@pytest.mark.parametrize("line", ["check", "stubs nothing.here"])
def test_no_color(line: str, folder: Path) -> None:
    (folder / "app" / "models.py").write_text(f'{MODELS}    team = fields.ForeignKeyField("models.Teem")\n')
    coloured = re.compile(r"\x1b\[(?:\d+;)*(?:3|4|9|10)\d[;m]")
    assert coloured.search(seen(folder, line))
    assert not coloured.search(seen(folder, line, NO_COLOR="1"))


SEVERAL = """
ORMGEN = {
    "connections": {"default": "sqlite://one.sqlite3", "counted": "sqlite://two.sqlite3"},
    "apps": {
        "models": {"models": ["app.models"], "default_connection": "default"},
        "counts": {"models": ["app.counts"], "default_connection": "counted"},
    },
}
"""


def test_several_databases_are_named(folder: Path) -> None:
    (folder / "settings.py").write_text(SEVERAL)
    (folder / "app" / "counts.py").write_text(MODELS.replace("Hero", "Visit"))
    apps = 'apps = { models = ["app.models"], counts = ["app.counts"] }\norm = "settings.ORMGEN"'
    (folder / "pyproject.toml").write_text(f"[tool.ormgen]\n{apps}\n")
    run("migrate", 0)
    planned = run("upgrade --plan", 0).splitlines()
    assert {line.rpartition("  ")[2] for line in planned} == {"on default", "on counted"}
    assert {each["database"] for each in told("upgrade", 0)} == {"default", "counted"}
    shown = run("history", 0).splitlines()
    assert len(shown) == len(planned)
    assert all("  on default  " in line or "  on counted  " in line for line in shown)
    assert {each["database"] for each in told("history", 0)} == {"default", "counted"}
    undone = CliRunner().invoke(cli, ["downgrade", "--yes", "counts", "zero"])
    assert undone.exit_code == 0, undone.output
    assert "s  on counted\n" in undone.stderr
    missing = run("status", 1).splitlines()
    assert missing
    assert all("counts.0001_initial  on " in line for line in missing)
    del sys.modules["settings"]


def test_what_inspectdb_cannot_say_is_told_with_its_line(folder: Path) -> None:
    with sqlite3.connect(folder / "old.sqlite3") as connection:
        connection.execute("CREATE TABLE log (price MONEY)")
    done = CliRunner().invoke(cli, ["inspectdb", "-c", "sqlite://old.sqlite3"])
    lines = done.stdout.splitlines()
    told = re.findall(r"models\.py:(\d+):(\d+): warning: (.*)", done.stderr)
    assert [fact[:24] for _, _, fact in told] == ["Nothing tells its rows a", "its type is MONEY"]
    assert [lines[int(line) - 1][int(column) + 1 :].strip() for line, column, _ in told] == [
        fact for _, _, fact in told
    ]
    left = json.loads(CliRunner().invoke(cli, ["inspectdb", "-c", "sqlite://old.sqlite3", "--json"]).stdout)["left"]
    assert [(str(each["line"]), each["fact"] if "fact" in each else each["message"]) for each in left] == [
        (line, fact) for line, _, fact in told
    ]


def test_the_plan_warns_of_what_lint_finds(folder: Path) -> None:
    at = "-c sqlite://one.sqlite3"
    run("migrate", 0)
    assert "warning" not in CliRunner().invoke(cli, shlex.split(f"upgrade --plan {at}")).stderr
    run(f"upgrade {at}", 0)
    (folder / "app" / "models.py").write_text(MODELS.replace("name = fields.CharField(max_length=100)", "pass"))
    run("migrate", 0)
    planned = CliRunner().invoke(cli, shlex.split(f"upgrade --plan {at}"))
    assert planned.stdout.startswith("models.0002_")
    assert re.search(r"warning: models\.0002_\w+: destructive: .*its values are gone", planned.stderr)
    assert "hint: keep a copy" in planned.stderr
    run(f"upgrade {at}", 0)
    assert CliRunner().invoke(cli, shlex.split(f"upgrade --plan {at}")).stderr == ""
