"""ty and pyrefly understand at least as much of the probes and of the generated stubs as was recorded."""

import json
from importlib.metadata import version
from pathlib import Path

import pytest

import checkers
from checkers import Finding

HELD = ("ty", "pyrefly")
REMEDY = "see `make checkers ARGS=--details`; if it is meant so: make checkers ARGS='--only ty pyrefly --record'"
Counts = dict[str, dict[str, int]]  # by file: missed, false


def compare(recorded: Counts, found: Counts) -> tuple[list[str], list[str]]:
    """What is worse than recorded, and what is better, as sentences; a file that nobody recorded is to be right."""
    worse: list[str] = []
    better: list[str] = []
    for row in sorted(recorded.keys() | found.keys()):
        for what in ("missed", "false"):
            before, now = recorded.get(row, {}).get(what, 0), found.get(row, {}).get(what, 0)
            if now != before:
                (worse if now > before else better).append(f"{row}: {what} {before} -> {now}")
    return worse, better


def test_no_worse_than_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = json.loads(checkers.BASELINE.read_text("utf-8"))
    found = checkers.counts(checkers.measure(tmp_path.resolve(), HELD)[1])
    worse: list[str] = []
    for name in HELD:
        added, gone = compare(baseline[name], found[name])
        told = f"{name} {version(name)}, recorded with {baseline['versions'][name]}"
        worse += [f"{told}: {sentence}" for sentence in added]
        if gone:
            with capsys.disabled():
                print(f"\n{told} is better now: record it ({REMEDY})", *gone, sep="\n  ")
    assert not worse, "\n".join(["", *worse, f"hint: {REMEDY}"])


def test_compare() -> None:
    recorded = {"a.py": {"missed": 1}, "b.py": {"false": 2}}
    assert compare(recorded, recorded) == ([], [])
    assert compare(recorded, {"a.py": {"missed": 2}, "c.py": {"false": 1}}) == (
        ["a.py: missed 1 -> 2", "c.py: false 0 -> 1"],
        ["b.py: false 2 -> 0"],
    )


def test_score_of_a_file() -> None:
    text = "\n".join(
        [
            "assert_type(one, int)",
            "assert_type(two, int)",
            "wrong()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]",
            "unseen()  # pyright: ignore[reportCallIssue]",
            "right()",
        ]
    )
    findings = [Finding("p.py", line, "rule", "text") for line in (2, 3, 5)] + [Finding("other.py", 1, "rule", "text")]
    got = checkers.score(findings, "p.py", text)
    assert got.hits == 2
    assert [missed.partition(": ")[0] for missed in got.missed] == ["p.py:4"]
    assert [error.line for error in got.false] == [2, 5]
    assert got.faults == {"missed": 1, "false": 2}
    assert checkers.probes_in(text) == 4


def test_probes_reach_the_checkers_without_ignores(tmp_path: Path) -> None:
    probes = checkers.make_probes(tmp_path / "typing")
    for name, text in probes.items():
        seen = (tmp_path / "typing" / name).read_text("utf-8")
        assert len(seen.splitlines()) == len(text.splitlines())
        assert "ignore[" not in seen


def test_what_pyright_and_mypy_tell_is_read(tmp_path: Path) -> None:
    checkers.configure(tmp_path)
    (tmp_path / "wrong.py").write_text("def f() -> int:\n    return 'x'\n")
    told = {name: [(f.path, f.line) for f in check(tmp_path.resolve())] for name, check in checkers.CHECKERS.items()}
    assert told == {name: [("wrong.py", 2)] for name in ("mypy", "pyright", "ty", "pyrefly")}


def test_counts_of_generated_modules_are_rules() -> None:
    one = checkers.Score(0, (), tuple(Finding("a/_ormgen_types.pyi", line, "bad-override", "text") for line in (1, 2)))
    assert checkers.counts({"ty": {"typing/a/_ormgen_types.pyi": one}}) == {
        "ty": {"_ormgen_*.pyi: bad-override": {"false": 1}}
    }
