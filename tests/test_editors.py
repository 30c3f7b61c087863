"""What an editor offers: pyright's language server, asked at many cursors over a copy of an example."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from editor_project import heroes_in, served
from language_server import Item, LanguageServer, Unreachable
from ormgen import Model, QuerySet
from ormgen.models.unloaded import ASKING
from ormgen.queryset import ReverseRelation
from ormgen.schema.lookups import Family, lookups_of

OPENING = """
from heroes.models import Hero, Profile, Team, User
from ormgen.functions import Avg, Count, Lower
from ormgen.query_utils import Prefetch


async def use(hero: Hero, team: Team) -> None:
    """
HERO = ("pk", "id", "name", "team_id", "power")
HERO_PATHS = (
    *HERO,
    *("team", "team__id", "team__name", "team__created_at"),
    *("fans__id", "fans__user_id", "fans__bio", "fans__favourite_id"),
)
HERO_ORDERINGS = (*HERO_PATHS, *(f"-{path}" for path in HERO_PATHS))
HERO_NESTED = ("team", "fans", "team__heroes", "fans__user", "fans__favourite")
TEAM_PATHS = ("pk", "id", "name", "created_at", *(f"heroes__{name}" for name in HERO if name != "pk"))
TEAM_TERMS = (*TEAM_PATHS, "heroes")
STRINGS = {
    'Hero.all().order_by("|")': HERO_ORDERINGS,
    'Hero.all().order_by("name", "|")': HERO_ORDERINGS,
    'Hero.latest("|")': HERO_ORDERINGS,
    'Hero.all().values("|")': HERO_PATHS,
    'Hero.all().values(title="|")': HERO_PATHS,
    'Hero.all().values_list("|", flat=True)': HERO_PATHS,
    'Hero.all().only("|")': HERO_PATHS,
    'Hero.all().defer("|")': HERO,
    'Hero.all().select_related("|")': ("team",),
    'Hero.all().prefetch_related("|")': HERO_NESTED,
    'Team.all().prefetch_related("|")': ("heroes", "heroes__team", "heroes__fans"),
    'Team.all().prefetch_related(Prefetch("|", Hero.all()))': ("heroes", "heroes__team", "heroes__fans"),
    'await hero.fetch_related("|")': HERO_NESTED,
    'await hero.save(update_fields=["|"])': HERO,
    'await hero.refresh_from_db(fields=["|"])': HERO,
    'await Hero.bulk_update([hero], fields=["|"])': HERO,
    'await Hero.in_bulk([1], field_name="|")': ("pk", "id"),
    'await Hero.get_or_create(name="x", defaults={"|"})': (*HERO, "team"),
    'hero.update_from_dict({"|"})': (*HERO, "team"),
    '(await Hero.all().values())[0]["|"]': ("id", "name", "team_id", "power"),
    'Team.annotate(average=Avg("|"))': TEAM_TERMS,
    'Team.annotate(unseen=Count("|"))': TEAM_TERMS,
    'Team.all().annotate(unseen=Lower("|"), more=Avg("heroes__power"))': TEAM_TERMS,
    'Hero.all().group_by("|")': HERO_PATHS,
    'Team.annotate(average=Avg("heroes__power")).group_by("|")': (*TEAM_PATHS, "average"),
}
WRITABLE = {"pk", "id", "name", "power", "team", "team_id"}
KEYWORDS = {
    "await Hero.create(|)": {"using_db", *WRITABLE},
    "Hero(|)": WRITABLE,
    "await Hero.get_or_create(|)": {"using_db", "defaults", *WRITABLE},
    "await Hero.filter(id=1).update(|)": WRITABLE - {"pk", "id"},
    "await team.heroes.create(|)": {"using_db", *WRITABLE} - {"team", "team_id"},
}
RELATION_LOOKUPS = ("not", "in", "not_in", "isnull", "not_isnull")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example `heroes` with fresh stubs, in a project configured as recommended."""
    return heroes_in(tmp_path_factory.mktemp("editors").resolve())


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LanguageServer]:
    """pyright's language server with the project open."""
    yield from served(folder)


class Editor:
    """An open file in which one line is written."""

    def __init__(self, server: LanguageServer, folder: Path) -> None:
        self._server, self._path = server, folder / "use.py"

    def offered(self, line: str) -> list[Item]:
        return self._server.complete(self._path, OPENING + line + "\n")

    def strings(self, line: str) -> set[str]:
        """Literal texts, without the empty one: in `Count("")` pyright offers what is written there already as well."""
        return {item.label.strip("\"'") for item in self.offered(line)} - {""}

    def keywords(self, line: str) -> set[str]:
        return {item.label.removesuffix("=") for item in self.offered(line) if item.label.endswith("=")}

    def names(self, line: str) -> set[str]:
        """Names, without those that begin with an underscore."""
        return {item.label for item in self.offered(line) if not item.label.startswith("_")}

    def hover(self, line: str) -> str:
        return self._server.hover(self._path, OPENING + line + "\n")


@pytest.fixture
def editor(server: LanguageServer, folder: Path) -> Editor:
    return Editor(server, folder)


def spelled(path: str, family: Family) -> set[str]:
    return {path if name == "exact" else f"{path}__{name}" for name in lookups_of(family)}


def hero_conditions() -> set[str]:
    """Every keyword that `Hero.filter` takes besides the connection."""
    whole = ("pk", "id", "team_id", "power", "team__id", "fans__id", "fans__user_id", "fans__favourite_id")
    found = {keyword for path in whole for keyword in spelled(path, Family.INTEGER)}
    for path in ("name", "team__name", "fans__bio"):
        found |= spelled(path, Family.TEXT)
    found |= spelled("team__created_at", Family.DATETIME)
    for relation in ("team", "fans"):
        found |= {relation, *(f"{relation}__{name}" for name in RELATION_LOOKUPS)}
    return found


def lookup_methods(family: Family) -> set[str]:
    return {f"{name}_" if name in ("in", "not") else name for name in lookups_of(family)}


def public(library: type) -> set[str]:
    return {name for name in dir(library) if not name.startswith("_")}


@pytest.mark.parametrize("line", STRINGS)
def test_strings_are_exactly_the_right_names(editor: Editor, line: str) -> None:
    assert editor.strings(line) == set(STRINGS[line])


@pytest.mark.parametrize("line", KEYWORDS)
def test_keywords_are_exactly_the_right_names(editor: Editor, line: str) -> None:
    assert editor.keywords(line) == KEYWORDS[line]


@pytest.mark.parametrize("line", ["Hero.filter(|)", "Hero.all().exclude(|)", "team.heroes.get(|)"])
def test_conditions_are_every_lookup_of_every_column(editor: Editor, line: str) -> None:
    assert editor.keywords(line) - {"using_db"} == hero_conditions()


def test_what_is_typed_narrows_conditions(editor: Editor) -> None:
    assert {name for name in hero_conditions() if name.startswith("na")} <= editor.keywords("Hero.filter(na|)")
    assert editor.keywords("Hero.filter(na|)") <= hero_conditions()
    assert editor.keywords("Hero.filter(team__name__ico|)") == {"team__name__icontains"}


def test_attributes_of_an_object(editor: Editor) -> None:
    names = editor.names("hero.|")
    assert names - public(Model) == {"id", "name", "team", "team_id", "power", "fans", "Meta"}
    assert {"pk", "save", "delete", "fetch_related", "update_from_dict"} <= names


def test_names_of_a_model(editor: Editor) -> None:
    names = editor.names("Hero.|")
    assert names - public(Model) == {"id", "name", "team", "team_id", "power", "fans", "Meta", "mro"}
    assert {"filter", "exclude", "get", "create", "all", "annotate", "bulk_create"} <= names


def test_names_of_a_reverse_relation(editor: Editor) -> None:
    names = editor.names("team.heroes.|")
    assert {"create", "filter", "order_by", "all", "count", "prefetch_related", "update"} <= names
    assert names - public(ReverseRelation) - public(QuerySet) <= {"instance", "relation"}  # set when it is made


def test_a_path_offers_exactly_what_follows(editor: Editor) -> None:
    sorting = {"asc", "desc"}
    assert editor.names("Hero.q.|") == {*HERO, "team", "fans"}
    team = {"pk", "id", "name", "created_at", "heroes"}
    assert editor.names("Hero.q.team.|") == {*team, *sorting, "exact", "not_", "in_", "not_in", "isnull", "not_isnull"}
    assert editor.names("Hero.q.name.|") == lookup_methods(Family.TEXT) | sorting
    assert editor.names("Hero.q.team.created_at.|") == lookup_methods(Family.DATETIME) | sorting
    assert editor.names("Team.q.heroes.power.|") == lookup_methods(Family.INTEGER) | sorting


def test_conditions_of_a_model_as_a_value(editor: Editor) -> None:
    assert editor.keywords("Hero.Q(|)") - {"using_db"} == hero_conditions()


def test_an_object_that_is_not_loaded_offers_what_it_can_be_asked(editor: Editor) -> None:
    assert editor.names("hero.team.|") == ASKING


def test_a_loaded_object_offers_its_attributes(editor: Editor) -> None:
    names = editor.names('(await Hero.all().select_related("team"))[0].team.|')
    assert names - public(Model) == {"id", "name", "created_at", "heroes", "strongest", "Meta"}


def test_an_annotation_is_offered(editor: Editor) -> None:
    assert "average" in editor.names('(await Team.annotate(average=Avg("heroes__power")))[0].aver|')


def test_no_generated_name_is_offered_for_import(editor: Editor) -> None:
    for beginning in ("Team|", "Team_|", "HeroF|", "Open|"):
        assert not {"TeamRow", "TeamFilter", "Team_heroes", "HeroFilter", "OpenQuestions"} & editor.names(beginning)


def test_hover_tells_whether_a_relation_is_loaded(editor: Editor) -> None:
    assert editor.hover("hero.te|am").endswith("team: TeamUnloaded[Never]")
    assert editor.hover('(await Hero.all().select_related("team"))[0].te|am').endswith("team: Team")


def test_paths_of_relations_are_completed_behind_two_underscores(editor: Editor) -> None:
    assert editor.strings('Profile.all().select_related("favourite__|")') >= {"favourite__team"}
    assert editor.strings('Hero.all().select_related("team__|")') == set()  # a team has nothing to join
    assert editor.strings('Team.all().prefetch_related("heroes__|")') == {"heroes__team", "heroes__fans"}
    assert editor.strings('Hero.all().values("team__n|")') == {"team__name"}


def test_models_themselves_are_seen_as_written(server: LanguageServer, folder: Path) -> None:
    """The limit that docs/editors.md tells of first."""
    path = folder / "heroes" / "models.py"
    source = path.read_text("utf-8").replace(" | None", "")
    body = 'return await self.heroes.order_by("-power").first()'
    assert body in source

    def offered(line: str) -> set[str]:
        return {item.label for item in server.complete(path, source.replace(body, line))}

    names = offered("return await self.|")
    assert {"id", "name", "created_at", "strongest", "save"} <= names
    assert "heroes" not in names
    assert "name__icontains=" not in offered("Team.filter(|)")


def test_a_server_that_does_not_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not start"):
        LanguageServer(tmp_path, [str(tmp_path / "nothing"), "--stdio"])
