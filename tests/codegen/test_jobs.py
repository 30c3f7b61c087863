"""Work in several processes gives what work in one gives."""

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ormgen_codegen import jobs, kept_sections
from ormgen_codegen.config import Config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.jobs import beside
from ormgen_codegen.run import read_run

EXAMPLES = Path(__file__).parents[2] / "examples"


def _squared(number: int) -> tuple[int, int]:
    return number**2, os.getpid()


def _gone() -> tuple[int, int]:
    os._exit(3)


def _wrong(text: str) -> tuple[int, int]:
    raise ValueError(text)


def test_results_come_in_order_from_other_processes() -> None:
    with beside([partial(_squared, number) for number in range(4)]) as begun:
        found = [result() for result in begun]
    assert [square for square, _ in found] == [0, 1, 4, 9]
    assert len({process for _, process in found} - {os.getpid()}) == 4


@pytest.mark.parametrize("place", [0, 1, 2])
def test_errors_come_out(place: int) -> None:
    tasks: list[Callable[[], tuple[int, int]]] = [partial(_squared, number) for number in range(3)]
    tasks[place] = partial(_wrong, "no")
    with beside(tasks) as begun, pytest.raises(ValueError, match="no"):
        _ = [result() for result in begun]


def test_a_process_that_dies_is_told() -> None:
    with beside([_gone]) as begun, pytest.raises(ChildProcessError, match="--jobs 1"):
        begun[0]()


def test_nothing_is_left_behind_when_nobody_waits() -> None:
    with pytest.raises(KeyError), beside([partial(time.sleep, 60)]):
        raise KeyError
    assert multiprocessing.active_children() == []


def test_with_threads_nothing_is_forked() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with beside([partial(_squared, number) for number in range(3)]) as begun:
            assert {result()[1] for result in begun} == {os.getpid()}
    finally:
        done.set()
        thread.join()


def test_as_many_jobs_as_processors() -> None:
    assert 1 <= jobs.usual_jobs() <= jobs.MOST


@pytest.mark.parametrize("worth", [1, 5])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_stubs_are_the_same(monkeypatch: pytest.MonkeyPatch, count: int, worth: int) -> None:
    monkeypatch.chdir(EXAMPLES)
    run = read_run(["heroes", "blog", "shop"], Config(EXAMPLES))
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", worth)
    assert generated_files(run, jobs=count) == generated_files(run, jobs=1)


@pytest.mark.parametrize("jobs", [2, 3, 4])
@pytest.mark.parametrize("errands", [False, True])
def test_the_first_process_has_the_larger_share(jobs: int, errands: bool) -> None:
    share = kept_sections.own_share(1000, jobs, errands)
    assert 1000 / jobs < share < 1000
    assert share - kept_sections.own_share(1000, jobs, False) == pytest.approx(200 / jobs * errands, rel=0.1)


def test_every_process_may_have_nothing_to_do() -> None:
    assert kept_sections.own_share(0, 2, True) == 0
    assert kept_sections.own_share(1, 2, True) <= 1


def test_what_cannot_be_taken_from_another_process_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    run = read_run(["heroes", "blog", "shop"], Config(EXAMPLES))
    monkeypatch.setattr(kept_sections, "WORTH_MODELS", 1)
    monkeypatch.setattr(kept_sections, "loaded", lambda data: None)
    assert generated_files(run, jobs=2) == generated_files(run, jobs=1)
