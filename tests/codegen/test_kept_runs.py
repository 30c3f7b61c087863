"""A run that uses what earlier ones kept writes, byte for byte, what a run without it writes."""

import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from kept_project import BASE, EDITS, FILES, HEROES, TEAMS, cold, present, run, settle, write
from ormgen.schema.graph import LinkedModel
from ormgen_codegen import kept_sections, read_ahead
from ormgen_codegen.cache import HEAD, Cache, dumped, loaded
from ormgen_codegen.kept_sections import KeptSection
from ormgen_codegen.last_run import version
from ormgen_codegen.parse.models import ModelReader
from ormgen_codegen.stub_scope import Scope


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "app").mkdir()
    write(tmp_path, FILES)
    settle(tmp_path, "used")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("depth", ["lean", "used", "exact", "full"])
@pytest.mark.parametrize(("seed", "jobs"), [(0, 1), (1, 3), (2, 1), (3, 3)])
def test_after_any_edits_all_is_as_without(
    project: Path, monkeypatch: pytest.MonkeyPatch, seed: int, depth: str, jobs: int
) -> None:
    random, files = Random(f"{seed} {jobs}"), dict(FILES)
    settle(project, depth)
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    monkeypatch.setattr(read_ahead, "WORTH_BYTES", 1)
    again = partial(run, f"--jobs={jobs}")
    assert again() == 0
    for _ in range(8):
        before = dict(files)
        for name, old, new in random.sample(EDITS, random.randint(1, 3)):
            if random.random() < 0.3:
                old, new = new, old
            files[name] = files[name].replace(old, new, 1) if old else files[name] + new
        write(project, files)
        expected = cold(project)
        assert again() == (1 if expected is None else 0)
        if expected is None:  # these edits contradict each other
            files = before
            write(project, files)
        else:
            assert present(project) == expected


@pytest.mark.parametrize("depth", ["lean", "used"])
@pytest.mark.parametrize("edit", range(len(EDITS)))
def test_after_one_edit_and_back(project: Path, edit: int, depth: str) -> None:
    name, old, new = EDITS[edit]
    settle(project, depth)
    assert run() == 0
    first = present(project)
    write(project, {name: FILES[name].replace(old, new, 1)})
    expected = cold(project)
    assert run() == (1 if expected is None else 0)
    assert expected is None or present(project) == expected
    write(project, {name: FILES[name]})
    assert run() == 0
    assert present(project) == first


def _counted(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    read: list[str] = []
    made: list[str] = []
    parse, make = ModelReader._read, kept_sections._made

    def counted_read(self: ModelReader, name: str) -> object:
        read.append(name)
        return parse(self, name)

    def counted_make(scope: Scope, model: LinkedModel, *others: Any) -> KeptSection:
        made.append(model.name)
        return make(scope, model, *others)

    monkeypatch.setattr(ModelReader, "_read", counted_read)
    monkeypatch.setattr(kept_sections, "_made", counted_make)
    return read, made


def test_only_what_changed_is_read_and_made_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run() == 0
    read, made = _counted(monkeypatch)
    write(project, {"heroes": HEROES.replace("strength = fields.IntField()", "strength = fields.FloatField()")})
    assert run() == 0
    assert read == ["app.heroes"]
    assert sorted(made) == ["Club", "Hero", "Power", "Team"]  # Club and Team are asked for `heroes__powers`
    read.clear()
    made.clear()
    write(project, {"teams": TEAMS.replace("return self.name", "return self.name.upper()")})
    assert run() == 0
    assert (sorted(read), made) == (["app.heroes", "app.teams"], [])  # Super inherits from City
    read.clear()
    write(project, {"more": "LENGTH = 5\n"})
    assert run() == 0
    assert (read, made) == ([], [])
    write(project, {"base": BASE.replace("LENGTH = 50", "LENGTH = 51")})
    assert run() == 0
    assert sorted(read) == ["app.base", "app.heroes", "app.teams"]


KEPT = """
import sys
from click.testing import CliRunner
from ormgen_codegen import package_work
from ormgen_codegen.cli import cli
made, make = [], package_work.carry
package_work.carry = lambda module, *others: made.append(module.name) or make(module, *others)
assert CliRunner().invoke(cli, ["stubs", "--quiet", "--jobs=1"]).exit_code == 0
print(*made)
"""


def test_stubs_are_kept_from_process_to_process(project: Path) -> None:
    """Python tells the names in a set in another order in each."""
    made = []
    for seed, text in enumerate((HEROES, HEROES.replace("IntField()", "FloatField()"), HEROES)):
        write(project, {"heroes": text})
        variables = {**os.environ, "PYTHONHASHSEED": str(seed)}
        done = subprocess.run([sys.executable, "-c", KEPT], env=variables, capture_output=True, text=True, check=True)
        made.append(set(done.stdout.split()))
    assert made[0] > made[1]
    assert made[1:] == [{"app.heroes"}] * 2


def _nothing(data: bytes) -> bytes:
    return b""


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _flipped(data: bytes) -> bytes:
    return data[:-100] + bytes([data[-100] ^ 1]) + data[-99:]


def _old(data: bytes) -> bytes:
    return data.replace(version().encode(), b"0" * 64, 1)


def _foreign(data: bytes) -> bytes:
    return pickle.dumps({"app.heroes": 1})


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("harm",)


def _harmful(data: bytes) -> bytes:
    return _signed(pickle.dumps({"app.heroes": _Harm()}))


def _wrong(data: bytes) -> bytes:
    return _signed(dumped({"app.heroes": (b"", (), b"", b"")}))


def _shapeless(data: bytes) -> bytes:
    return _signed(dumped([1, 2, 3]))


def _signed(body: bytes) -> bytes:
    cache = Cache(Path("elsewhere"))
    cache.save("a", 0)
    head = Path("elsewhere/a").read_bytes()[: len(HEAD) + len(version()) + 1]
    return head + zlib.crc32(body).to_bytes(4, "big") + body


DAMAGE = (_nothing, _half, _flipped, _old, _foreign, _harmful, _wrong, _shapeless)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda each: each.__name__.strip("_"))
def test_damaged_files_are_passed_over(project: Path, damage: Callable[[bytes], bytes]) -> None:
    assert run() == 0
    for path in (project / ".ormgen_cache").iterdir():
        if path.suffix != ".json" and path.name != ".gitignore":
            path.write_bytes(damage(path.read_bytes()))
    write(project, {"heroes": HEROES.replace("IntField()", "FloatField()")})
    assert run() == 0
    assert present(project) == cold(project)
    assert not (project / "harm").exists()


def test_nothing_but_descriptions_is_made_of_a_file() -> None:
    assert loaded(pickle.dumps(os.getcwd)) is None
    assert loaded(pickle.dumps(subprocess.Popen)) is None
    assert loaded(dumped({"a": (1, "x", b"", None)})) == {"a": (1, "x", b"", None)}


def test_runs_at_the_same_time(project: Path) -> None:
    command = [sys.executable, "-m", "ormgen_codegen", "stubs", "--quiet"]
    for text in ("FloatField()", "TextField()"):
        write(project, {"heroes": HEROES.replace("IntField()", text)})
        running = [subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        told = [each.communicate()[1] for each in running]
        assert [each.returncode for each in running] == [0, 0, 0, 0], told
        assert present(project) == cold(project)
        assert not [path for path in (project / ".ormgen_cache").iterdir() if path.suffix == ".tmp"]


def test_a_cache_that_cannot_be_written(project: Path) -> None:
    (project / ".ormgen_cache").write_text("a file")
    assert run() == 0
    assert present(project) == cold(project)


def test_without_the_cache_nothing_is_kept(project: Path) -> None:
    assert run("--no-cache") == 0
    assert not (project / ".ormgen_cache").exists()
