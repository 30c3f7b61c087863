"""What an editor offers where models are many: stubs are lean, and fields are declared in two places."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from editor_project import heroes_in, served
from language_server import LanguageServer

OPENING = "from heroes.models import Hero, Team\n\n\nasync def use(hero: Hero, team: Team) -> None:\n    "
LEAN = '[tool.ormgen]\ndepth = "lean"\napps = { models = ["heroes.models"] }\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return heroes_in(tmp_path_factory.mktemp("editors").resolve(), LEAN)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    yield from served(folder)


@pytest.mark.parametrize("name", ["name", "team", "power"])
def test_a_field_is_defined_where_the_user_wrote_it(server: LanguageServer, folder: Path, name: str) -> None:
    source = (folder / "heroes/models.py").read_text("utf-8").splitlines()
    places = server.definitions(folder / "use.py", f"{OPENING}hero.{name[0]}|{name[1:]}\n")
    lines = [line for uri, line in places if uri == (folder / "heroes/models.py").as_uri()]
    assert [source[line - 1].startswith(f"    {name} = fields.") for line in lines] == [True]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Hero.filter(na|)", {"name=", "name__icontains=", "name__in="}),
        ('Hero.all().order_by("|")', {"name", "-name", "team_id", "-power"}),
        ('Hero.all().select_related("|")', {"team"}),
        ('Team.all().prefetch_related("|")', {"heroes"}),
        ('Hero.all().values("|")', {"name", "team_id"}),
        ("hero.|", {"name", "team", "team_id", "save"}),
        ("team.|", {"name", "heroes"}),
        ("team.heroes.|", {"filter", "all", "order_by"}),
    ],
)
def test_what_is_offered(server: LanguageServer, folder: Path, line: str, names: set[str]) -> None:
    offered = {item.label.strip("\"'") for item in server.complete(folder / "use.py", f"{OPENING}{line}\n")}
    assert names <= offered
