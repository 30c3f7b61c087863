"""The table of migrations: what it says of each, and that one made by the first version is taken on."""

from pathlib import Path

import pytest

from graphs import model
from migrating import Project, write
from ormgen import __version__, fields, migrations
from ormgen.exceptions import OperationalError
from ormgen_codegen.migrations.join import squash


@pytest.mark.feature(234)
async def test_a_table_without_the_later_columns_gets_them(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    team = [model("Team", None, id=fields.IntField(primary_key=True))]
    await project.evolve(team)
    for name in ("seconds", "applied_by", "version"):
        await project.run(f"ALTER TABLE ormgen_migrations DROP COLUMN {name}")
    (entry,) = await migrations.status(db_url, location=tmp_path)
    assert entry.applied_at is not None
    assert (entry.seconds, entry.by, entry.version) == (None, None, None)
    write(project, "0002_more", 'migrations.AddField("Team", "x", fields.IntField(null=True))', "0001_initial")
    await project.upgrade()
    first, second = await migrations.status(db_url, location=tmp_path)
    assert first.seconds is None
    assert second.seconds is not None
    assert second.by is not None
    assert "@" in second.by
    assert (first.version, second.version) == (None, __version__)
    await project.downgrade()
    await project.downgrade()
    assert "team" not in await project.tables()


async def test_in_transaction_overrules_the_file(server_url: str, tmp_path: Path) -> None:
    """A migration that fails in its second half leaves the first one where there is no transaction, and goes on."""
    project = Project(tmp_path, server_url)
    await project.evolve([model("Team", None, id=fields.IntField(primary_key=True))])
    added = 'migrations.AddField("Team", "x", fields.IntField(null=True))'
    failing = f'{added}, migrations.RunSQL("SELECT * FROM later", migrations.RunSQL.noop)'
    write(project, "0002_more", failing, "0001_initial")
    for wanted, there in ((True, project.dialect == "mysql"), (False, True)):
        with pytest.raises(OperationalError):
            await migrations.upgrade(server_url, location=tmp_path, in_transaction=wanted)
        assert ("x" in (await project.tables())["team"].columns) is there
    await project.run("CREATE TABLE later (id INT)")
    assert [each.key.name for each in await migrations.upgrade(server_url, location=tmp_path)] == ["0002_more"]


async def test_downgrade_may_include_its_target(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    for size in range(3):
        columns = {f"x{at}": fields.IntField(default=0) for at in range(size)}
        await project.evolve([model("Team", None, id=fields.IntField(primary_key=True), **columns)])
    done = await migrations.downgrade(db_url, "0002", location=tmp_path, inclusive=True)
    assert [each.key.name[:4] for each in done] == ["0003", "0002"]
    assert set((await project.tables())["team"].columns) == {"id"}


async def test_a_squashed_migration_is_applied_where_all_that_it_replaces_are(db_url: str, tmp_path: Path) -> None:
    project = Project(tmp_path, db_url)
    for size in range(2):
        columns = {f"x{at}": fields.IntField(default=0) for at in range(size)}
        project.generate([model("Team", None, id=fields.IntField(primary_key=True), **columns)])
    await project.upgrade("0001")
    squash(project.history, "models").write()
    entries = await migrations.status(db_url, location=tmp_path)  # it has some of them, and goes on by these
    assert [(each.key.name[:4], each.applied_at is None) for each in entries] == [("0001", False), ("0002", True)]
    squashed = project.folders["models"] / "0002_squashed.py"
    text = squashed.read_text()
    squashed.unlink()
    await project.upgrade()
    squashed.write_text(text)
    entries = await migrations.status(db_url, location=tmp_path)
    assert entries[0].key.name == "0002_squashed"
    assert all(each.applied_at is not None and each.has_file for each in entries)
    assert [each.key.name for each in await project.upgrade()] == ["0002_squashed"]
