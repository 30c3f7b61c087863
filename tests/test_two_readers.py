"""Source and running classes tell the same: the graph of every golden folder and example, byte for byte."""

import re
import shutil
from pathlib import Path

import pytest

import goldens
from ormgen.schema.describe import graph_json


def running_copy(folder: Path, copy: Path) -> Path:
    """The folder itself, or a copy of it in which modules written for Tortoise import ormgen."""
    if not any(b"from tortoise" in path.read_bytes() for path in folder.rglob("*.py")):
        return folder
    shutil.copytree(folder, copy)
    for path in copy.rglob("*.py"):
        text = re.sub(r"from tortoise\.fields[.\w]*", "from ormgen.fields", path.read_text("utf-8"))
        path.write_text(text.replace("from tortoise", "from ormgen"), "utf-8")
    return copy


@pytest.mark.parametrize("folder", goldens.folders(failing=False), ids=lambda folder: folder.name)
def test_golden(folder: Path, tmp_path: Path) -> None:
    run = goldens.read(folder)
    _, running = goldens.both_graphs(running_copy(folder, tmp_path / folder.name))
    assert graph_json(run.graph) == running
    assert run.graph.models
    assert run.warnings == ()


@pytest.mark.parametrize("package", goldens.examples())
def test_example(package: str) -> None:
    run, running = goldens.both_graphs(goldens.EXAMPLES, [package])
    assert graph_json(run.graph) == running
    assert run.graph.models
