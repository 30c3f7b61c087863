"""Shows the main job end to end, one command at a time; stops at the first step that does not do what it should."""

import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).parent
PROGRAMS = Path(sys.executable).parent

MISTAKE = """\
from heroes.models import Hero


async def strongest() -> Hero | None:
    right = await Hero.filter(name="Ada").first()
    wrong = await Hero.filter(nmae="Ada").first()
    return right or wrong
"""
MISTAKE_AT = ("planted_mistake.py:6:", '"nmae"')


def run(step: str, *command: str, expect: int = 0) -> str:
    """Runs a command in the examples' folder, shows it with all it prints, and returns that.

    Raises SystemExit when it does not end with the expected code.
    """
    print(f"\n== {step}\n$ {shlex.join(command)}", flush=True)
    program = str(PROGRAMS / command[0])
    done = subprocess.run(
        [program, *command[1:]], cwd=EXAMPLES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout.rstrip(), flush=True)
    if done.returncode != expect:
        sys.exit(f"\ndemo: expected exit code {expect}, got {done.returncode}")
    return done.stdout


def main() -> None:
    """The five steps."""
    run("write the stubs of three example packages", "ormgen", "stubs", "heroes", "blog", "shop")
    mypy = ("mypy", "--strict", "--config-file", "../pyproject.toml")
    run("type-check an application that uses them: clean", *mypy, "shop")
    if not run("run it, on SQLite", "python", "-m", "shop.main").strip():
        sys.exit("\ndemo: the application printed nothing")

    print(f"\n== plant a mistake, outside this folder\n{MISTAKE.rstrip()}")
    with tempfile.TemporaryDirectory() as folder:
        planted = Path(folder, "planted_mistake.py")
        planted.write_text(MISTAKE)
        said = run("type-check that: one error", *mypy, str(planted), expect=1)
    errors = [line for line in said.splitlines() if ": error:" in line]
    if len(errors) != 1 or not all(part in errors[0] for part in MISTAKE_AT):
        sys.exit(f"\ndemo: expected one error, at {' about '.join(MISTAKE_AT)}")
    print("\ndemo: everything did what it should")


if __name__ == "__main__":
    main()
