"""Measures four type checkers by the probes of tests/typing and by generated stubs: `python tests/checkers.py`.

In a probe file an ignored line is one where an error is expected and `assert_type` is one where none is; the ignores
are taken out before the checkers see the file, as they are in the `_use.py` of golden folders. A generated file, and a
module beside one, is right without any error.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from goldens import EXAMPLES, folders
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

TYPING = Path(__file__).parent / "typing"
BASELINE = Path(__file__).parent / "checkers_baseline.json"
IGNORE = re.compile(r"\s*# (?:type|pyright): ignore\[[^\]]*\]")
CONCISE = re.compile(r"(?P<path>.+?):(?:(?P<line>\d+):\d+:)? (?:error|warning)\[(?P<rule>[\w-]+)\] (?P<text>.*)")
PYRIGHT = {"typeCheckingMode": "standard", "reportMissingModuleSource": False}
GENERATED = "_ormgen_"  # how the names of generated modules begin
MYPY_CACHE = Path(tempfile.gettempdir()) / "ormgen_checkers_mypy"


@dataclass(frozen=True)
class Finding:
    """One error: where, which rule, what the checker says."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text} [{self.rule}]"


@dataclass(frozen=True)
class Score:
    """What one checker made of one file."""

    hits: int
    missed: tuple[str, ...]
    false: tuple[Finding, ...]

    @property
    def faults(self) -> dict[str, int]:
        """What the baseline holds: only what is not right, and nothing where all is."""
        return {name: n for name, n in {"missed": len(self.missed), "false": len(self.false)}.items() if n}


Scores = dict[str, dict[str, Score]]  # by checker, by file


def output(root: Path, *command: str, fine: tuple[int, ...] = (0, 1)) -> str:
    """What a command prints, whatever it finds.

    Raises RuntimeError when it fails to run: `fine` are the exit codes that say without and with errors.
    """
    done = subprocess.run([sys.executable, "-m", *command], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stdout}{done.stderr}")
    return done.stdout


def mypy(root: Path) -> Iterator[Finding]:
    """mypy --strict."""
    printed = output(root, "mypy", "--strict", "--output=json", f"--cache-dir={MYPY_CACHE}", ".")
    for line in printed.splitlines():
        if line.startswith("{"):
            told = json.loads(line)
            if told["severity"] == "error":
                yield Finding(told["file"], told["line"], told["code"] or "", told["message"])


def pyright(root: Path) -> Iterator[Finding]:
    """pyright in its standard mode."""
    printed = output(root, "pyright", "--outputjson", "--pythonpath", sys.executable)
    for told in json.loads(printed)["generalDiagnostics"]:
        if told["severity"] == "error":
            path = Path(told["file"]).relative_to(root.resolve()).as_posix()
            yield Finding(path, told["range"]["start"]["line"] + 1, told.get("rule", ""), told["message"])


def ty(root: Path) -> Iterator[Finding]:
    """ty, with its warnings: it only warns of an answer that nobody awaits."""
    command = ("ty", "check", "--python", sys.prefix, "--output-format=concise", "--color=never", ".")
    printed = output(root, *command, fine=(0, 1, 2))  # 2: a file that is not UTF-8
    if "All checks passed" not in printed and "Found " not in printed:
        raise RuntimeError(f"{' '.join(command)} failed: {printed}")
    for found in map(CONCISE.match, printed.splitlines()):
        if found:
            yield Finding(found["path"], int(found["line"] or 1), found["rule"], found["text"])


def pyrefly(root: Path) -> Iterator[Finding]:
    """pyrefly, which needs a configuration file to be more than lenient."""
    printed = output(root, "pyrefly", "check", "--python-interpreter-path", sys.executable, "--output-format=json")
    for told in json.loads(printed)["errors"]:
        if told["severity"] == "error":
            path = Path(root, told["path"]).resolve().relative_to(root.resolve()).as_posix()
            yield Finding(path, told["line"], told["name"], told["description"])


CHECKERS: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "mypy": mypy,
    "pyright": pyright,
    "ty": ty,
    "pyrefly": pyrefly,
}


def configure(root: Path) -> None:
    """What pyright and pyrefly ask for; the others are told on the command line."""
    (root / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    (root / "pyrefly.toml").write_text("")


def copy_of(folder: Path, root: Path, *besides: str) -> None:
    shutil.copytree(folder, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache", *besides))
    configure(root)


def make_probes(root: Path) -> dict[str, str]:
    """The project of tests/typing in `root`, with fresh stubs and probes without ignores; the probes as they are."""
    copy_of(TYPING / "project", root, "*.pyi")
    probes = {probe.name: probe.read_text("utf-8") for probe in sorted(TYPING.glob("*.py"))}
    for name, text in probes.items():
        (root / name).write_text(IGNORE.sub("", text), "utf-8")
    for path, text in generated_files(read_run([], load_config(root), [root])).items():
        path.write_text(text, "utf-8")
    return probes


def score(findings: Iterable[Finding], path: str, text: str = "") -> Score:
    """One file's findings against the expectations written in it."""
    mine = [finding for finding in findings if finding.path == path]
    lines = dict(enumerate(text.splitlines(), 1))
    wrong = {number for number, line in lines.items() if IGNORE.search(line)}
    exact = {number for number, line in lines.items() if "assert_type(" in line}
    told = {finding.line for finding in mine}
    missed = tuple(f"{path}:{number}: {lines[number].strip()}" for number in sorted(wrong - told))
    false = tuple(finding for finding in mine if finding.line not in wrong)
    return Score(len(wrong & told) + len(exact - wrong - told), missed, false)


def probes_in(text: str) -> int:
    """How many lines of a probe file expect something."""
    return sum(bool(IGNORE.search(line)) or "assert_type(" in line for line in text.splitlines())


def measure(work: Path, names: Iterable[str]) -> tuple[dict[str, int], Scores]:
    """Probes of each file, and the scores of each checker named, in copies below `work`."""
    texts = make_probes(work / "typing")
    roots = {"typing": work / "typing", "examples": work / "examples"}
    copy_of(EXAMPLES, roots["examples"], "fastapi_shop")  # a project of its own, checked by test_fastapi_shop.py
    for folder in folders(failing=False):
        root = roots[f"golden/{folder.name}"] = work / "golden" / folder.name
        copy_of(folder, root)
        for use in folder.glob("_use.py"):
            texts[f"golden/{folder.name}/_use.py"] = use.read_text("utf-8")
            (root / use.name).write_text(IGNORE.sub("", use.read_text("utf-8")), "utf-8")
    probes = {name: probes_in(text) for name, text in texts.items()}
    scores: Scores = {name: {} for name in names}
    for label, root in roots.items():
        files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.py*"))
        for name, found in scores.items():
            findings = list(CHECKERS[name](root))
            for path in files:
                row = path if label == "typing" and path in texts else f"{label}/{path}"
                found[row] = score(findings, path, texts.get(row, ""))
    return probes, scores


def table(probes: dict[str, int], scores: Scores) -> Iterator[str]:
    """For each file: its probes, then hit, missed and false errors of each checker; files without either are summed."""
    width = 44
    yield " " * width + "probes" + "".join(f"{name:>20}" for name in scores)
    yield " " * (width + 6) + f"{'hit  missed  false':>20}" * len(scores)
    rows = list(next(iter(scores.values())))
    shown = [row for row in rows if row in probes or any(found[row].faults for found in scores.values())]
    for row in [*shown, "all"]:
        counted = rows if row == "all" else [row]
        line = f"{row:{width}}{sum(probes.get(each, 0) for each in counted):>6}"
        for found in scores.values():
            parts = [found[each] for each in counted]
            hit, missed = sum(part.hits for part in parts), sum(len(part.missed) for part in parts)
            line += f"{hit:>7}{missed:>6}{sum(len(part.false) for part in parts):>7}"
        yield line
    yield f"{len(rows) - len(shown)} more files are without errors in all of them"


def counts(scores: Scores) -> dict[str, dict[str, dict[str, int]]]:
    """What is not right, by checker and file; of generated modules only which rules speak, whatever their size."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    for name, files in scores.items():
        generated = {row for row in files if Path(row).name.startswith(GENERATED)}
        rules = {error.rule for row in generated for error in files[row].false}
        found[name] = {row: one.faults for row, one in files.items() if one.faults and row not in generated}
        found[name].update((f"{GENERATED}*.pyi: {rule}", {"false": 1}) for rule in sorted(rules))
    return found


def details(scores: Scores) -> Iterator[str]:
    """Every miss and every false error."""
    for name, found in scores.items():
        for row, one in found.items():
            yield from (f"{name} missed {missed}" for missed in one.missed)
            yield from (f"{name} false  {row.removesuffix(error.path)}{error}" for error in one.false)


def main() -> None:
    """Prints the table; `--details` adds every line, `--record` keeps the counts of ty and pyrefly."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--details", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", nargs="+", choices=CHECKERS, default=list(CHECKERS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        probes, scores = measure(Path(work).resolve(), chosen.only)
    lines = [*table(probes, scores), *(details(scores) if chosen.details else ())]
    print("\n".join(lines))
    if chosen.record:
        kept = {name: of for name, of in counts(scores).items() if name in ("ty", "pyrefly")}
        versions = {name: version(name) for name in kept}
        BASELINE.write_text(json.dumps({"versions": versions, **kept}, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
