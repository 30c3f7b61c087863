"""docs/ci.md and docs/deployment.md can be copied: the workflow's commands run, the image's file is what it says."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pages import DOCS, ROOT, Block, Project, blocks

yaml = importlib.import_module("yaml")
SHOP = ROOT / "examples" / "fastapi_shop"
WORKFLOW, HOOKS = [block for block in blocks(DOCS / "ci.md") if block.language == "yaml"]
STEPS = [step for step in yaml.safe_load(WORKFLOW.text)["jobs"]["check"]["steps"] if "run" in step]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    copy = tmp_path / "shop"
    shutil.copytree(SHOP, copy, ignore=shutil.ignore_patterns("__pycache__", ".*", "*.sqlite3*"))
    return copy


def test_the_commands_of_the_workflow(shop: Path, postgres_url: str) -> None:
    """As GitHub runs them: one after the other, the first failure ends the job."""
    install, *commands = [str(step["run"]) for step in STEPS]
    assert install == 'pip install -e ".[dev]"'
    shown = "".join(f"$ {command}\n" for command in commands)
    project = Project(shop, {"DATABASE_URL": postgres_url, "CI": "true"})
    project.console(Block(WORKFLOW.page, WORKFLOW.line, "console", shown, ""))


def test_the_workflow_fails_where_something_is_wrong(shop: Path, postgres_url: str) -> None:
    models = shop / "bookshop" / "models.py"
    models.write_text(
        models.read_text().replace("class Author(Model):", "class Author(Model):\n    age = fields.IntField(default=0)")
    )
    project = Project(shop, {"DATABASE_URL": postgres_url})
    for name in ("check", "migrate --check"):
        assert project.run("-m", "ormgen_codegen", *name.split()).returncode == 1, name


def test_the_workflow_is_one() -> None:
    workflow: dict[Any, Any] = yaml.safe_load(WORKFLOW.text)
    assert workflow.get("on", workflow.get(True)) == ["push", "pull_request"]  # YAML 1.1 takes `on` for a truth value
    job = workflow["jobs"]["check"]
    assert all({*step} <= {"name", "uses", "with", "run"} for step in job["steps"])
    assert job["env"]["DATABASE_URL"].startswith("postgres://")


def test_the_hooks_exist() -> None:
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (repository,) = yaml.safe_load(HOOKS.text)["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= offered


def instructions(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_image() -> None:
    """Nothing here builds it: its parts are there, and what it starts can be started."""
    text = (SHOP / "Dockerfile").read_text("utf-8")
    (shown,) = [block.text for block in blocks(DOCS / "deployment.md") if block.language == "dockerfile"]
    assert shown == text
    parts = instructions(text)
    assert {word for word, _ in parts} <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "VOLUME", "EXPOSE", "CMD"}
    assert re.fullmatch(r"python:3\.1[1-4]-slim", parts[0][1])
    for word, rest in parts:
        if word == "COPY":
            *sources, target = rest.split()
            assert target.startswith("./")
            assert all((SHOP / source).exists() for source in sources)
    (command,) = [json.loads(rest) for word, rest in parts if word == "CMD"]
    (port,) = [rest for word, rest in parts if word == "EXPOSE"]
    assert f"--port {port}" in command[-1]
    assert "exec uvicorn bookshop.api:app" in command[-1]
    (extra,) = re.findall(r'"\.\[(\w+)\]"', text)
    project = tomllib.loads((SHOP / "pyproject.toml").read_text("utf-8"))["project"]
    assert extra in project["optional-dependencies"]
