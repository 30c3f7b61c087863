"""SQLite files that may be read and not written: by the address, by their rights, in a folder of the same kind."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models.heroes import Team
from ormgen import ORM, in_transaction
from ormgen.exceptions import DBConnectionError, OperationalError

HEROES = {"models": ["models.heroes"]}
NOBODY = 65534


@pytest.fixture
async def path(tmp_path: Path) -> AsyncIterator[Path]:
    """A file of one team, in WAL mode."""
    path = tmp_path / "with space.sqlite3"
    await ORM.init(db_url=f"sqlite://{path}", modules=HEROES)
    await ORM.generate_schemas()
    await Team.create(name="a")
    await ORM.close_connections()
    yield path
    path.parent.chmod(0o755)
    await ORM.close_connections()


@pytest.fixture
def powerless() -> Iterator[None]:
    """Rights of files count: they do not for root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)


async def reads_and_refuses(url: str) -> None:
    await ORM.init(db_url=url, modules=HEROES)
    assert await Team.all().values_list("name", flat=True) == ["a"]
    async with in_transaction(read_only=True):
        assert await Team.all().count() == 1
    assert [team.name async for team in Team.all()] == ["a"]
    with pytest.raises(OperationalError, match="readonly database") as caught:
        await Team.create(name="b")
    assert caught.value.sqlstate == "25006"
    with pytest.raises(OperationalError, match="readonly database"):
        async with in_transaction():
            await Team.create(name="b")
    assert await Team.all().count() == 1
    await ORM.close_connections()


@pytest.mark.parametrize(
    "address", ["file:{}?mode=ro", "{}?mode=ro", "file:{}?mode=ro&busy_timeout=50", "{}?immutable=1"]
)
async def test_an_address_that_says_so(path: Path, address: str) -> None:
    await reads_and_refuses(f"sqlite://{address.format(path)}")


async def test_a_file_that_must_be_there(path: Path) -> None:
    await ORM.init(db_url=f"sqlite://{path.parent}/none.sqlite3?mode=rw", modules=HEROES)
    with pytest.raises(DBConnectionError, match="unable to open"):
        await Team.all()
    assert not (path.parent / "none.sqlite3").exists()
    await ORM.close_connections()
    await ORM.init(db_url=f"sqlite://{path}?mode=rw", modules=HEROES)
    await Team.create(name="b")


def take_rights(path: Path) -> None:
    """Everybody may read the file, nobody may write to it or beside it."""
    path.chmod(0o444)
    path.parent.chmod(0o555)
    for folder in path.parent.parents:
        if not folder.stat().st_mode & 0o001:
            folder.chmod(0o755)


async def test_rights(path: Path, request: pytest.FixtureRequest) -> None:
    take_rights(path)
    request.getfixturevalue("powerless")
    await ORM.init(db_url=f"sqlite://{path}", modules=HEROES)
    with pytest.raises(DBConnectionError, match="a file in WAL mode is read where its folder may be written, or with"):
        await Team.all()
    await ORM.close_connections()
    await reads_and_refuses(f"sqlite://{path}?immutable=1")


async def test_rights_without_wal(path: Path, request: pytest.FixtureRequest) -> None:
    await ORM.init(db_url=f"sqlite://{path}?journal_mode=DELETE", modules=HEROES)
    await Team.all()
    await ORM.close_connections()
    take_rights(path)
    request.getfixturevalue("powerless")
    await reads_and_refuses(f"sqlite://{path}")
