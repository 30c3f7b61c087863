"""`ormgen completion`, and what shells ask with it; help that lists every command where it belongs."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import HOMES, OTHERS, SECTIONS, cli

ORMGEN = str(Path(sys.executable).parent / "ormgen")
LINES = [
    ("ormgen mig", ["migrate"]),
    ("ormgen down", ["downgrade"]),
    ("ormgen upgrade --pl", ["--plan"]),
    ("ormgen export sql", ["sql", "sqlalchemy"]),
]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    made = CliRunner().invoke(cli, ["completion", shell])
    assert made.exit_code == 0, made.output
    assert f"_ORMGEN_COMPLETE={shell}_complete" in made.output
    assert "ormgen" in made.output


def with_ormgen() -> dict[str, str]:
    """The environment, with this ormgen first."""
    return {**os.environ, "PATH": f"{Path(ORMGEN).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_what_bash_asks(line: str, wanted: list[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash (not installed)")
    script = CliRunner().invoke(cli, ["completion", "bash"]).output
    asking = f"""{script}
COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_ormgen_completion ormgen; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    done = subprocess.run([bash, "-c", asking], capture_output=True, text=True, env=with_ormgen())
    assert sorted(done.stdout.split()) == wanted, done.stderr


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_what_fish_asks(line: str, wanted: list[str]) -> None:
    fish = shutil.which("fish")
    if fish is None:
        pytest.skip("fish (not installed)")
    script = CliRunner().invoke(cli, ["completion", "fish"]).output
    asking = f"{script}\ncomplete --do-complete '{line}'"
    done = subprocess.run([fish, "--no-config", "-c", asking], capture_output=True, text=True, env=with_ormgen())
    assert sorted(found.split("\t")[0] for found in done.stdout.splitlines()) == wanted, done.stderr


@pytest.mark.parametrize(("line", "wanted"), LINES)
def test_what_zsh_types(line: str, wanted: list[str], tmp_path: Path) -> None:
    """A zsh with a terminal: the tab key completes what there is one of, and lists what there are several of."""
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("zsh (not installed)")
    (tmp_path / "ormgen.zsh").write_text(CliRunner().invoke(cli, ["completion", "zsh"]).output)
    shell, terminal = pty.openpty()
    settings = {**with_ormgen(), "TERM": "dumb", "ZDOTDIR": str(tmp_path), "PS1": "$ "}
    process = subprocess.Popen(
        [zsh, "-f", "-i"], stdin=terminal, stdout=terminal, stderr=terminal, env=settings, start_new_session=True
    )
    os.close(terminal)
    try:
        os.write(shell, b"unsetopt zle_bracketed_paste; autoload -U compinit && compinit -u -D\n")
        os.write(shell, f"source {tmp_path}/ormgen.zsh; print READ''Y\n".encode())
        read_until(shell, "READY")
        os.write(shell, f"{line}\t".encode())
        shown = read_until(shell, wanted[-1])
    finally:
        process.kill()
        process.wait()
        os.close(shell)
    assert all(word in shown for word in wanted)


def read_until(terminal: int, text: str, patience: float = 20.0) -> str:
    """What a terminal shows up to a text."""
    shown, end = "", time.monotonic() + patience
    while text not in shown:
        ready, _, _ = select.select([terminal], [], [], max(end - time.monotonic(), 0))
        assert ready, f"no {text!r} in {shown!r}"
        shown += os.read(terminal, 4096).decode("utf-8", "replace")
    return shown


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
