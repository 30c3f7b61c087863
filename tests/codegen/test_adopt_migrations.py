"""`ormgen adopt-migrations`: databases of aerich and Tortoise ORM go on under ormgen, and no row is touched."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import adopting
from adopting import CITY, MODELS, ROWS
from migrating import Project
from ormgen.sql.introspect import LiveTable
from ormgen_codegen.cli import cli

FILES = ("0_20240101000000_init.py", "1_20240202000000_more.py")
QUESTIONS = (
    'SELECT * FROM "cities" ORDER BY "id"',
    'SELECT "id", "name", "score", "home_id" FROM "person" ORDER BY "id"',
    'SELECT "person_id", "city_id" FROM "visits"',
)


class Place:
    """A project folder that aerich or Tortoise ORM has been used in, and its database."""

    def __init__(self, folder: Path, url: str, *, behind: bool = False) -> None:
        self.folder = folder
        self.url = url
        self.database = Project(folder, url)
        self.dialect = self.database.dialect
        self.models = folder / "shop" / "models.py"
        self.old = folder / "migrations" / "models"
        self.models.parent.mkdir()
        (folder / "shop" / "__init__.py").touch()
        self.models.write_text(MODELS)
        self.old.mkdir(parents=True)
        settings = f'[tool.aerich]\ntortoise_orm = "{url}"\n\n[tool.ormgen]\napps = {{ models = ["shop.models"] }}\n'
        (folder / "pyproject.toml").write_text(settings)
        rows = [row.replace(', "note"', "").replace(", 'x'", "") if behind else row for row in ROWS]
        self.do(adopting.tables(self.dialect, behind=behind), *rows)
        if self.dialect == "postgres":
            self.do("SELECT setval('person_id_seq', 41)")

    def do(self, *statements: str) -> None:
        async def all_of_them() -> None:
            quotes = "SET SESSION sql_mode = 'ANSI_QUOTES'; " if self.dialect == "mysql" else ""
            async with self.database.driver() as driver:
                for statement in statements:
                    await driver.script(quotes + statement)

        asyncio.run(all_of_them())

    def rows(self) -> list[list[tuple[object, ...]]]:
        async def all_of_them() -> list[list[tuple[object, ...]]]:
            return [await self.database.rows(question) for question in QUESTIONS]

        return asyncio.run(all_of_them())

    def tables(self) -> dict[str, LiveTable]:
        return asyncio.run(self.database.tables())

    def aerich(self, *, state: bool = True, behind: bool = False, applied: int = 2) -> None:
        """Files and rows of aerich; without `state` as its older versions write them."""
        models = adopting.described(behind=behind)
        for name in FILES:
            (self.old / name).write_text(adopting.aerich_file(models if state else None))
        content = "{}" if state else json.dumps(models)
        for name in FILES[:applied]:
            values = f"('{name}', 'models', '{content}')"
            self.do(f'INSERT INTO "aerich" ("version", "app", "content") VALUES {values}')

    def run(self, *arguments: str, code: int = 0) -> str:
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            made = CliRunner(env={"NO_COLOR": "1"}).invoke(cli, arguments)
        finally:
            os.chdir(before)
        assert made.exit_code == code, (made.output, made.exception)
        return made.output


@pytest.fixture
def place(db_url: str, tmp_path: Path) -> Place:
    return Place(tmp_path, db_url)


@pytest.mark.parametrize("state", [True, False], ids=["state in the files", "state in the table"])
def test_a_database_of_aerich_goes_on(place: Place, state: bool) -> None:
    place.aerich(state=state)
    rows = place.rows()
    told = place.run("adopt-migrations", "--yes")
    assert "2 migrations of aerich, the last one 1_20240202000000_more" in told
    assert place.rows() == rows
    names = sorted(path.name for path in place.old.iterdir() if path.name != "__pycache__")
    assert names == ["0001_adopted.py", "before_ormgen", "state.json"]
    assert sorted(path.name for path in (place.old / "before_ormgen").iterdir()) == list(FILES)
    assert place.run("migrate") == "no changes\n"
    assert "as its migrations say" in place.run("drift")
    assert "every migration" in place.run("status")
    assert "taken over already" in place.run("adopt-migrations")
    text = place.models.read_text()
    text = text.replace("    note =", "    age = fields.BigIntField(default=1)\n    note =")
    text = text.replace("max_length=40, unique=True", "max_length=50").replace(
        "max_length=40, db_index=True", "max_length=9"
    )
    place.models.write_text(text.replace('unique_together = (("name", "score"),)', "pass"))
    place.run("migrate")
    place.run("upgrade")
    assert [row[:3] for row in place.rows()[1]] == [(41, "Ann", 7)]
    assert "as its migrations say" in place.run("drift")
    place.do(f"""INSERT INTO "person" ("name", "score", "home_id", "age") VALUES ('Bob', 7, '{CITY}', 2)""")
    assert [row[:2] for row in place.rows()[1]] == [(41, "Ann"), (42, "Bob")]


def test_models_that_have_changed_since_are_left_to_the_next_migration(db_url: str, tmp_path: Path) -> None:
    place = Place(tmp_path, db_url, behind=True)
    place.aerich(behind=True)
    place.run("adopt-migrations", "--yes")
    written = (place.old / "0001_adopted.py").read_text()
    assert '("name", fields.CharField(max_length=30, db_index=True))' in written
    assert '"note"' not in written
    assert "fields.CharEnumField(" in written
    assert "as its migrations say" in place.run("drift")
    told = place.run("migrate")
    assert "  alter Person.name\n" in told
    assert "  add Person.note\n" in told
    assert len(told.splitlines()) == 3
    place.run("upgrade")
    assert "as its migrations say" in place.run("drift")


def test_a_database_of_tortoise_goes_on(place: Place) -> None:
    for name, text in adopting.TORTOISE_FILES.items():
        (place.old / name).write_text(text)
    place.do('DROP TABLE "aerich"', adopting.TRACKED)
    place.do("""INSERT INTO "tortoise_migrations" VALUES (1, 'models', '0001_initial')""")
    rows = place.rows()
    assert "lacks 0002_more.py; run `tortoise migrate` first" in place.run("adopt-migrations", "--yes", code=1)
    place.do("""INSERT INTO "tortoise_migrations" VALUES (2, 'models', '0002_more')""")
    place.run("adopt-migrations", "--yes")
    assert place.rows() == rows
    assert place.run("migrate") == "no changes\n"
    assert "as its migrations say" in place.run("drift")
    assert "and back" in place.run("verify")


def test_what_does_not_fit_is_told_and_nothing_is_done(place: Place) -> None:
    place.aerich(applied=1)
    place.do('ALTER TABLE "person" ADD COLUMN "by_hand" INT', 'CREATE TABLE "theirs" ("id" INT)')
    place.models.write_text(
        place.models.read_text().replace("note = fields.TextField(null=True)", "note = fields.TextField()")
    )
    before, tables = place.rows(), place.tables()
    told = place.run("adopt-migrations", "--yes", code=1)
    assert "error: person.by_hand is a column that no model has" in told
    assert "error: app models: the database lacks 1_20240202000000_more.py; run `aerich upgrade` first" in told
    assert "stays: the table theirs belongs to no model" in told
    assert "person.note" not in told
    assert (place.rows(), place.tables()) == (before, tables)
    assert sorted(path.name for path in place.old.iterdir()) == list(FILES)
    found = json.loads(place.run("adopt-migrations", "--json", code=1))
    assert len(found["faults"]) == 2
    assert found["apps"]["models"] == {"tool": "aerich", "files": list(FILES)}


def test_asking_first(place: Place) -> None:
    place.aerich()
    before, tables = place.rows(), place.tables()
    assert "moves 0_20240101000000_init.py to before_ormgen/" in place.run("adopt-migrations", "--dry-run")
    assert "--yes does it" in place.run("adopt-migrations", code=3)
    found = json.loads(place.run("adopt-migrations", "--dry-run", "--json"))
    assert found["migrations"] == ["models.0001_adopted"]
    assert any("uid_cities_name" in sql for sql in found["databases"]["default"]["sql"])
    assert (place.rows(), place.tables()) == (before, tables)
    assert sorted(path.name for path in place.old.iterdir()) == list(FILES)


def test_further_databases_need_the_runtime_only(place: Place) -> None:
    """The folder was adopted elsewhere; here the database still is as the other tool left it."""
    place.aerich()
    other = place.folder / "other.sqlite3"
    Place.do(other_place := Place(_made(place.folder / "dev"), f"sqlite://{other}"), "SELECT 1")
    other_place.aerich()
    other_place.run("adopt-migrations", "--yes")
    rows = place.rows()
    command = [sys.executable, "-m", "ormgen.migrations"]
    tables = place.tables()
    where = ["-c", place.url, "--location", str(other_place.old.parent)]
    early = subprocess.run([*command, "upgrade", *where], capture_output=True, text=True, check=False)
    assert (
        "0001_adopted stands for tables that are there (aerich says so): run `ormgen adopt-migrations`" in early.stderr
    )
    assert place.tables() == tables
    done = subprocess.run([*command, "adopt", *where], capture_output=True, text=True, check=False)
    assert done.stdout == "adopted models.0001_adopted\n", done.stderr
    assert place.rows() == rows
    again = subprocess.run([*command, "adopt", *where], capture_output=True, text=True, check=False)
    assert (again.returncode, again.stdout) == (0, "")
    status = subprocess.run([*command, "status", *where], capture_output=True, text=True, check=False)
    assert status.returncode == 0, status.stdout


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_an_interrupted_takeover_is_taken_up(mysql_url: str, tmp_path: Path) -> None:
    """MariaDB keeps what was done before; each part may be missing or done."""
    place = Place(tmp_path, mysql_url)
    place.aerich()
    place.do("ALTER TABLE `visits` DROP FOREIGN KEY `visits_ibfk_2`")
    place.do("ALTER TABLE `cities` RENAME INDEX `name` TO `uid_cities_name_x`")
    rows = place.rows()
    place.run("adopt-migrations", "--yes")
    assert place.rows() == rows
    assert "as its migrations say" in place.run("drift")


@pytest.mark.parametrize(
    ("kind", "drop"),
    [("postgres", 'CONSTRAINT "person_home_id_fkey"'), ("mysql", 'FOREIGN KEY "fk_person_cities_0d1e2f"')],
)
def test_rows_that_point_at_nothing_are_refused(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, drop: str
) -> None:
    """A foreign key that only the model has is made, unless rows break it."""
    place = Place(tmp_path, request.getfixturevalue(f"{kind}_url"))
    place.aerich()
    place.do(f'ALTER TABLE "person" DROP {drop}', f"""UPDATE "person" SET "home_id" = '{CITY[:-1]}b'""")
    rows = place.rows()
    assert "error:" in place.run("adopt-migrations", "--yes", code=1)
    assert place.rows() == rows
    place.do(f"""UPDATE "person" SET "home_id" = '{CITY}'""")
    place.run("adopt-migrations", "--yes")
    assert "as its migrations say" in place.run("drift")


def test_triggers_and_indexes_of_others_stay(sqlite_url: str, tmp_path: Path) -> None:
    place = Place(tmp_path, sqlite_url)
    place.aerich()
    place.do(
        'CREATE TABLE "log" ("what" TEXT)',
        """CREATE TRIGGER "seen" AFTER INSERT ON "cities" BEGIN INSERT INTO "log" VALUES (new."name"); END""",
        'CREATE INDEX "mine" ON "cities" ("founded")',
    )
    assert "stays: cities: there is an index mine" in place.run("adopt-migrations", "--yes")
    place.do("""INSERT INTO "cities" ("id", "name", "kind") VALUES ('b', 'Rom', 'small')""")
    assert asyncio.run(place.database.rows('SELECT "what" FROM "log"')) == [("Rom",)]
    assert place.tables()["cities"].indexes == {"mine": ("founded",)}


def test_a_definition_that_no_model_has_is_not_rebuilt(sqlite_url: str, tmp_path: Path) -> None:
    place = Place(tmp_path, sqlite_url)
    place.aerich()
    place.do('ALTER TABLE "cities" RENAME TO "old_cities"', 'DROP TABLE "visits"', 'DROP TABLE "person"')
    ddl = adopting.tables("sqlite").replace('"founded" TIMESTAMP', '"founded" TIMESTAMP CHECK ("founded" > 0)')
    place.do(ddl)
    assert "its definition says CHECK" in place.run("adopt-migrations", "--yes", code=1)


@pytest.mark.parametrize("broken", ["MODELS_STATE = ('eJx')", "MODELS_STATE = ('!')", "MODELS_STATE = 3 +"])
def test_a_state_that_cannot_be_read_is_told(sqlite_url: str, tmp_path: Path, broken: str) -> None:
    place = Place(tmp_path, sqlite_url)
    place.aerich()
    (place.old / FILES[1]).write_text(adopting.aerich_file(None) + broken)
    assert "MODELS_STATE cannot be read" in place.run("adopt-migrations", "--yes", code=2)


def test_a_history_that_has_begun_is_not_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    place = Place(tmp_path, sqlite_url)
    place.run("migrate")
    assert "none called …_adopted" in place.run("adopt-migrations", code=2)
