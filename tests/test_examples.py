"""Runs the examples on every database, and has both type checkers read them with their stubs."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

import blog.main
import heroes.main
import shop.main
from blog.models import Status
from ormgen import ORM

ROOT = Path(__file__).parent.parent
PROGRAMS = Path(sys.executable).parent


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Whatever an example opens is closed."""
    yield
    await ORM.close_connections()


async def test_heroes(db_url: str) -> None:
    assert await heroes.main.main(db_url) == heroes.main.Facts(
        rosters={
            "Pioneers": ["Ada (90)", "Charles (70)"],
            "Rockets": ["Dorothy (80)", "Katherine (85)", "Margaret (95)"],
        },
        strongest="Margaret",
        lineup=[
            "Margaret of Rockets",
            "Ada of Pioneers",
            "Katherine of Rockets",
            "Dorothy of Rockets",
            "Charles of Pioneers",
        ],
        adults=["Alice"],
        writers={"Alice": 2},
        average_power={"Pioneers": 80.0, "Rockets": 260 / 3},
        balances={"Alice": 70, "Bob": 30},
        favourite_of={"Alice": "Ada", "Bob": None},
        inactive=["Dan"],
    )


async def test_blog(db_url: str) -> None:
    assert await blog.main.main(db_url) == blog.main.Facts(
        editors=["ines"],
        followers={"ines": ["yuki"], "omar": ["ines"], "yuki": ["ines"]},
        about="ines, 33: Reads most things. ['https://ines.example'] 5 bytes",
        tree=["/code", "/code/python", "/code/python/typing", "/life"],
        front_page=[
            "Sun by omar in somewhere",
            "Rain by omar in somewhere",
            "Stubs, die es wissen by ines in Python/Typing",
        ],
        drafts=["Snow"],
        long_reads=["Stubs that know"],
        tagged={"weather (2)": ["/rain", "/sun"], "python (1)": ["/stubs"], "unused (0)": []},
        search=["Sun", "Stubs that know"],
        threads=["yuki: What about joins?", "omar to yuki: They too.", "omar: Nice."],
        best_comments={"ines": ["They too.", "What about joins?"], "omar": [], "yuki": []},
        votes={"omar": 5, "yuki": 2},
        orphans=[("Rain", Status.PUBLISHED), ("Snow", Status.DRAFT), ("Sun", Status.PUBLISHED)],
    )


async def test_shop(db_url: str) -> None:
    assert await shop.main.main(db_url) == shop.main.Facts(
        suppliers={"Assam Leaves (AL)": ["T-1"], "Clay & Co (C&C)": ["C-1", "K-1"]},
        offers=["T-2 Sencha: 9.95", "T-1 Assam: 7.50", "C-1 Cup: 4.20"],
        pairs=["Assam goes with Cup, which goes with Assam", "Assam goes with Kettle, which goes with Assam"],
        wishes={"Big Cup": ["ben@example.com"], "Kettle": ["ben@example.com"]},
        orders=[
            "1 paid ana@example.com: 2 Assam, 4 Cup",
            "2 open ben@example.com (friend of ana@example.com): 3 Sencha",
            "3 open ben@example.com (friend of ana@example.com): 1 Kettle, 1 Assam",
        ],
        receipts={1: b"\x00paid", 2: None, 3: None},
        stock={"C-1": 8, "C-2": 0, "K-1": 0, "T-1": 37, "T-2": 0},
        sold={"C-1": 4, "T-1": 3, "T-2": 3, "K-1": 1},
        spent={"ana@example.com": Decimal("31.80"), "ben@example.com": Decimal("76.35")},
        reviews=["5 T-1 ana@example.com", "4 K-1 ben@example.com", "3 C-1 ana@example.com"],
        stars=5.0,
        prices={"T-1": Decimal("8.25"), "T-2": Decimal("10.94")},
        unsold=["C-2"],
        left=2,
    )


def run(*command: str, folder: Path = ROOT) -> str:
    """What a program of this environment prints; fails with all of that when it does not end well."""
    environment = os.environ | {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    program = str(PROGRAMS / command[0])
    done = subprocess.run([program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)
    return done.stdout


@pytest.mark.parametrize("example", ["heroes", "blog", "shop"])
def test_runs_as_a_program(example: str) -> None:
    assert run("python", "-m", f"{example}.main", folder=ROOT / "examples").count(": ") > 8


def test_every_model_module_has_a_stub() -> None:
    modules = sorted((ROOT / "examples").rglob("models.py"))
    assert [str(path) for path in modules if not path.with_suffix(".pyi").exists()] == []


def test_mypy_is_content() -> None:
    assert "Success" in run("mypy", "--strict", "examples")


def test_pyright_is_content() -> None:
    assert "0 errors" in run("pyright", "examples")
