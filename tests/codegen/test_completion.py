"""`ormgen completion`, and what shells ask with it; help that lists every command where it belongs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import HOMES, OTHERS, SECTIONS, cli

ORMGEN = str(Path(sys.executable).parent / "ormgen")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    made = CliRunner().invoke(cli, ["completion", shell])
    assert made.exit_code == 0, made.output
    assert f"_ORMGEN_COMPLETE={shell}_complete" in made.output
    assert "ormgen" in made.output


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("ormgen mig", ["migrate"]),
        ("ormgen down", ["downgrade"]),
        ("ormgen upgrade --pl", ["--plan"]),
        ("ormgen export sql", ["sql", "sqlalchemy"]),
    ],
)
def test_what_bash_asks(line: str, wanted: list[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash (not installed)")
    script = CliRunner().invoke(cli, ["completion", "bash"]).output
    asking = f"""{script}
COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_ormgen_completion ormgen; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    path = f"{Path(ORMGEN).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run([bash, "-c", asking], capture_output=True, text=True, env={**os.environ, "PATH": path})
    assert sorted(done.stdout.split()) == wanted, done.stderr


def test_every_command_has_its_place_in_help() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted([*(name for names in HOMES.values() for name in names), *OTHERS])
    said = CliRunner().invoke(cli, ["--help"]).output
    for title, names in SECTIONS.items():
        part = said.partition(f"{title}:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in part.splitlines()] == list(names)
    assert "3 something has to be decided" in " ".join(said.split())


@pytest.mark.parametrize("name", sorted(name for names in HOMES.values() for name in names))
def test_help_of_every_command(name: str) -> None:
    made = CliRunner().invoke(cli, [name, "--help"])
    assert made.exit_code == 0, made.output
    assert made.output.startswith(f"Usage: cli {name}")
