"""`--for` and `for` in pyproject.toml: whose classes stubs describe, in all that the command does."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goldens import inside
from ormgen_codegen.check_names import wrong_names
from ormgen_codegen.cli import cli
from ormgen_codegen.config import load_config
from ormgen_codegen.run import read_run
from ormgen_codegen.targets import TARGETS

MODELS = """
from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet
from tortoise.manager import Manager


class TeamQuerySet(QuerySet):
    def old(self) -> "TeamQuerySet":
        return self.filter(age__gt=10)


class TeamManager(Manager):
    def get_queryset(self) -> TeamQuerySet:
        return TeamQuerySet(self._model)


class Team(Model):
    age = fields.IntField(default=0)

    class Meta:
        manager = TeamManager()


class Hero(Model):
    name = fields.TextField()
    data = fields.JSONField(null=True)
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
"""
SUPPORT = "app/_ormgen_tortoise.pyi"
TORTOISE = "from tortoise.models import Model as Model\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "pyproject.toml").write_text('[tool.ormgen]\nfor = "tortoise"\napps = { models = ["app.models"] }\n')
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    with inside(folder):
        return CliRunner().invoke(cli, arguments)


def test_the_setting_and_the_option(project: Path) -> None:
    assert run(project, "stubs").exit_code == 0
    assert TORTOISE in (project / "app" / "models.pyi").read_text("utf-8")
    assert run(project, "stubs").stderr == "stubs are up to date\n"
    assert run(project, "stubs", "--check").stdout == ""
    assert run(project, "check").exit_code == 0
    other = run(project, "stubs", "--check", "--for", "ormgen")
    assert (other.exit_code, SUPPORT in other.stdout.splitlines()) == (1, True)
    assert run(project, "check", "--for", "ormgen").exit_code == 1
    assert f"+++ {SUPPORT}" not in run(project, "stubs", "--diff", "--for", "ormgen").stdout
    assert f"removed {SUPPORT}" in run(project, "stubs", "--for", "ormgen").stderr
    assert not (project / SUPPORT).exists()
    assert TORTOISE not in (project / "app" / "models.pyi").read_text("utf-8")
    assert f"wrote {SUPPORT}" in run(project, "stubs").stderr


def test_a_kept_run_ends_in_the_same_text(project: Path) -> None:
    (project / "use.py").write_text("")
    run(project, "stubs")
    use = "from app.models import Hero, Team\nasync def f(h: Hero, t: Team) -> None:\n    await {}\n"
    for asked in (
        'h.fetch_related("team")',
        'Hero.fetch_for_list([h], "team")',
        't.fetch_related("heroes")',
        'Team.all().prefetch_related("heroes")',
    ):
        (project / "use.py").write_text(use.format(asked))
        run(project, "stubs", "--quiet")
        kept = {path.name: path.read_text("utf-8") for path in project.rglob("*.pyi")}
        assert ("InPlace" in kept["_ormgen_types.pyi"]) is ("prefetch" not in asked)
        assert run(project, "stubs", "--check", "--no-cache").stdout == ""


def test_a_query_set_of_the_project(project: Path) -> None:
    run(project, "stubs")
    assert "class TeamQuerySet(_ormgen.TeamQuerySet2[_ormgen.TeamT]):" in re.sub(
        r"TeamQuerySet\d?\[", "TeamQuerySet2[", (project / "app" / "models.pyi").read_text("utf-8")
    )


def test_models_of_two_packages(project: Path) -> None:
    (project / "more").mkdir()
    (project / "more" / "__init__.py").touch()
    (project / "more" / "models.py").write_text(
        "from tortoise import Model, fields\n\n\nclass Badge(Model):\n"
        '    hero = fields.ForeignKeyField("models.Hero", related_name="badges")\n'
    )
    (project / "pyproject.toml").write_text(
        '[tool.ormgen]\nfor = "tortoise"\napps = { models = ["app.models", "more.models"] }\n'
    )
    assert run(project, "stubs").exit_code == 0
    for package in ("app", "more"):
        assert (project / package / "_ormgen_tortoise.pyi").is_file()


def test_another_name_is_refused(project: Path) -> None:
    assert "is not one of" in run(project, "stubs", "--for", "django").stderr


def test_only_tortoise_is_imported(project: Path) -> None:
    run(project, "stubs")
    for path in project.rglob("*.pyi"):
        assert not re.search(r"^\s*(?:from|import) ormgen\b", path.read_text("utf-8"), re.MULTILINE)
    assert sorted(TARGETS) == ["ormgen", "tortoise"]


NAMES = [
    ('Hero.filter(name__exact="x")', 'Tortoise ORM has no lookup "exact" (in "name__exact") [did you mean "name"?]'),
    (
        'Hero.filter(Q(name__regex="x"))',
        'Tortoise ORM has no lookup "regex" (in "name__regex") [did you mean "name__posix_regex"?]',
    ),
    (
        "Hero.filter(team__in=[1])",
        'Tortoise ORM has no lookup "in" on a relation (in "team__in") [did you mean "team_id__in"?]',
    ),
    ("Hero.filter(data__a=1)", 'Tortoise ORM has no lookup "a" (in "data__a")'),
    ('Hero.all().order_by("-pk")', 'Tortoise ORM has no "pk" here [did you mean "id"?]'),
    ('Hero.all().values("team__pk")', 'Tortoise ORM has no "pk" here [did you mean "team__id"?]'),
    (
        'Hero.create(pk=1, name="x", team_id=1)',
        'Tortoise ORM passes over "pk" in a new object [did you mean "id"?]',
    ),
    ('Team.annotate(n=Count("heros"))', 'Team has no field "heros" [did you mean "heroes"?]'),
    ("Hero.filter(team_id__in=[1], pk__in=[2], team__heroes__pk=3)", None),
    ('Hero.annotate(n=Count("team__heroes")).filter(n__gt=3).order_by("-n").values("name", "n")', None),
]


@pytest.mark.parametrize(("line", "told"), NAMES)
def test_names_in_queries(project: Path, line: str, told: str | None) -> None:
    head = (
        "from app.models import Hero, Team\nfrom tortoise.expressions import Q\nfrom tortoise.functions import Count\n"
    )
    (project / "asks.py").write_text(f"{head}{line}\n")
    found = wrong_names(read_run([], load_config(project), [project]))
    shown = [f"{each.fact} [{each.hint}]" if each.hint else each.fact for each in found]
    assert shown == ([] if told is None else [told])
