"""Work in several processes gives what work in one gives."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ormgen_codegen import jobs
from ormgen_codegen.config import Config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.jobs import together
from ormgen_codegen.run import read_run

EXAMPLES = Path(__file__).parents[2] / "examples"


def _squared(number: int) -> tuple[int, int]:
    return number**2, os.getpid()


def _gone() -> tuple[int, int]:
    os._exit(3)


def _wrong(text: str) -> tuple[int, int]:
    raise ValueError(text)


@pytest.mark.parametrize(("count", "processes"), [(1, 1), (2, 3), (3, 4), (9, 5)])
def test_results_come_in_order(count: int, processes: int) -> None:
    found = together([partial(_squared, number) for number in range(5)], count)
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    assert len({process for _, process in found}) == processes


@pytest.mark.parametrize("place", [0, 1, 2])
def test_errors_come_out(place: int) -> None:
    tasks: list[Callable[[], tuple[int, int]]] = [partial(_squared, number) for number in range(3)]
    tasks[place] = partial(_wrong, "no")
    with pytest.raises(ValueError, match="no"):
        together(tasks, 3)


def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(ChildProcessError, match="--jobs 1"):
        together([lambda: _squared(1), _gone], 2)


def test_with_threads_nothing_is_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert {process for _, process in together([partial(_squared, n) for n in range(3)], 3)} == {os.getpid()}
    finally:
        done.set()
        thread.join()


def test_small_runs_take_one_process() -> None:
    assert jobs.usual_jobs(10) == 1
    assert 1 <= jobs.usual_jobs(10_000) <= jobs.MOST


def test_stubs_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    run = read_run(["heroes", "blog", "shop"], Config(EXAMPLES))
    assert generated_files(run, jobs=3) == generated_files(run, jobs=1)
