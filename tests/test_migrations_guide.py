"""What docs/migrations.md shows works, read from top to bottom."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

GUIDE = Path(__file__).parents[1] / "docs" / "migrations.md"
BLOCK = re.compile(r"```(python|console)\n(.*?)```", re.DOTALL)


@pytest.mark.feature(221, 222, 223, 225, 226, 227, 231, 232)
def test_the_guide_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").touch()
    commands: list[str] = []
    try:
        for kind, text in BLOCK.findall(GUIDE.read_text("utf-8")):
            if kind == "python":
                path = tmp_path / text.splitlines()[0].removeprefix("# ")
                path.write_text(text)
                continue
            for line in text.splitlines():
                commands.append(line)
                done = CliRunner().invoke(cli, line.removeprefix("$ ormgen ").split())
                assert done.exit_code == 0, (line, done.output)
    finally:
        sys.modules.pop("settings", None)
        sys.path[:] = [entry for entry in sys.path if entry != str(tmp_path)]
    assert len(commands) == 10
    started = subprocess.run(
        [sys.executable, "start.py"], cwd=tmp_path, capture_output=True, text=True, env=dict(os.environ), check=False
    )
    assert started.stdout == "models.0003_seed\nmodels.0004_index\n", started.stderr
