"""What an editor offers where models are many: stubs are lean, and fields are declared in two places."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldens import EXAMPLES
from language_server import LanguageServer, Unreachable
from ormgen_codegen.config import load_config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.run import read_run

RECOMMENDED = {"exclude": ["**/_ormgen_*.pyi", "**/node_modules"]}  # docs/editors.md says why
OPENING = "from heroes.models import Hero, Team\n\n\nasync def use(hero: Hero, team: Team) -> None:\n    "


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("editors").resolve()
    shutil.copytree(EXAMPLES / "heroes", root / "heroes", ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
    (root / "pyproject.toml").write_text('[tool.ormgen]\ndepth = "lean"\napps = { models = ["heroes.models"] }\n')
    for path, text in generated_files(read_run([], load_config(root))).items():
        path.write_text(text, "utf-8")
    (root / "pyrightconfig.json").write_text(json.dumps(RECOMMENDED))
    return root


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    try:
        server = LanguageServer(folder)
    except Unreachable as reason:
        pytest.skip(f"pyright's language server ({reason})")
    yield server
    server.close()


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
