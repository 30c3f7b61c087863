"""How often mypy goes over generated modules: where models are many, over the long one once."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from ormgen_codegen.cli import cli

WATCH = """
from mypy.plugin import Plugin

SEEN = open("seen.txt", "w")


class Watching(Plugin):
    def get_customize_class_mro_hook(self, fullname):  # asked whenever a class is gone over
        print(fullname, file=SEEN, flush=True)


def plugin(version):
    return Watching
"""
TEAM = """
class Team{n}(Model):
    name = fields.CharField(max_length=20)
    next = fields.ForeignKeyField("models.Team{m}", related_name="before{n}")
    rivals = fields.ManyToManyField("models.Team{m}", related_name="rivals{n}")
"""
USE = """
from shop.first import Team1, Team2
from shop.second import Team3


async def names() -> list[str]:
    team = await Team1.filter(next__name="a").select_related("next").get(id=1)
    more = await Team2.all().prefetch_related("before1")
    assert await Team3.filter(next__name="a").count() == 0
    return [team.next.name, *(each.name for one in more for each in one.before1)]
"""


@pytest.mark.parametrize("text", ["{}", '"""Teams."""\nfrom __future__ import annotations\n{}'])
def test_types_of_many_models_are_read_once(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bases come first, then the models, then what is made of these: loaded states, query sets, relations."""
    monkeypatch.chdir(tmp_path)
    for name, numbers in (("first", (1, 2)), ("second", (3, 4))):
        code = "from ormgen import fields\nfrom ormgen.models import Model\n"
        code += "".join(TEAM.format(n=n, m=n % 4 + 1) for n in numbers)
        Path("shop").mkdir(exist_ok=True)
        Path("shop", f"{name}.py").write_text(text.format(code))
    Path("shop/__init__.py").write_text("")
    Path("shop/use.py").write_text(USE)
    Path("watch.py").write_text(WATCH)
    Path("mypy.ini").write_text("[mypy]\nplugins = watch.py\nstrict = True\n")
    Path("pyproject.toml").write_text(
        '[tool.ormgen]\napps = { models = ["shop.first", "shop.second"] }\ndepth = "used"\n'
    )
    made = CliRunner().invoke(cli, ["stubs"])
    assert made.exit_code == 0, made.output
    found = subprocess.run([sys.executable, "-m", "mypy", "shop"], capture_output=True, text=True)
    assert found.returncode == 0, found.stdout
    passes = Counter(Path("seen.txt").read_text().split())
    types = {name: count for name, count in passes.items() if name.startswith("shop._ormgen_types.")}
    assert {"shop._ormgen_types.Team1QuerySet", "shop._ormgen_types.Team1_next"} <= types.keys()
    assert set(types.values()) == {1}
    assert {passes[f"shop._ormgen_bases.Team{n}Model"] for n in (1, 2, 3, 4)} == {2}
    assert {passes[f"shop.{name}.Team{n}"] for name, n in (("first", 1), ("first", 2), ("second", 3))} == {1}
