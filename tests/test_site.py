"""The documentation as a site: it builds without a warning, is whole without the net, and holds every public name."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from pathlib import Path

import click
import pytest

from house import PACKAGES, ROOMS
from ormgen import exceptions
from ormgen_codegen.cli import cli
from pages import DOCS, ROOT

BACKENDS = ("asyncpg", "base_postgres", "mysql", "psycopg", "sqlite")
UNDOCUMENTED = {  # windows that show again what stands elsewhere, for programs that were written for Tortoise ORM
    *("ormgen.apps", "ormgen.connection", "ormgen.fields.base", "ormgen.fields.data", "ormgen.fields.relational"),
    *("ormgen.backends.base.client", "ormgen.backends.base.config_generator", "ormgen.log", "ormgen.manager"),
    *(f"ormgen.backends.{kind}{room}" for kind in BACKENDS for room in ("", ".client")),
    *("ormgen.query_api", "ormgen.query_utils", "ormgen.utils", "ormgen.warnings", "ormgen.typing", "ormgen.models"),
    *("ormgen.contrib.pylint", "ormgen.contrib.shell", "ormgen.contrib.register", "ormgen.contrib.data"),
    "ormgen.records",  # for ormgen itself
}
BEHIND = {*ROOMS} - {"ormgen", "ormgen.contrib", "ormgen_codegen", "ormgen_stubs"}
FETCHED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make docs` builds it: a link that leads nowhere, or a page that no menu has, fails this."""
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


class Fetched(HTMLParser):
    """What a browser loads by itself for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        url = found.get(FETCHED.get(tag, ""))
        if url and not (tag == "link" and found.get("rel") in ("canonical", "prev", "next")):
            self.urls.append(url)


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    outside = set()
    for page in site.rglob("*.html"):
        reader = Fetched()
        reader.feed(page.read_text("utf-8"))
        for url in reader.urls:
            if re.match(r"(?:https?:)?//", url):
                outside.add(url)
            elif not url.startswith(("data:", "#", "/")):
                assert (page.parent / url.partition("?")[0].partition("#")[0]).exists(), f"{page.name}: {url}"
    assert outside == set()


def names_told(site: Path) -> set[str]:
    """Every name that has a place in the reference."""
    data = (site / "objects.inv").read_bytes()
    packed = data.split(b"\n", 4)[4]
    return {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}


def windows() -> dict[str, list[str]]:
    """The public names of each public module; those of the rooms behind them are not for users."""
    found: dict[str, list[str]] = {}
    root = ROOT / PACKAGES["ormgen"]
    for path in sorted((root / "ormgen").rglob("*.py")):
        names = re.search(r"^__all__ = \[(.*?)\]", path.read_text("utf-8"), re.S | re.M)
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        if names is not None and not any(module.startswith(f"{room}.") for room in BEHIND):
            found[module] = re.findall(r'"(\w+)"', names[1])
    return found


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    told = {name.rpartition(".")[2] for name in names_told(site)} | {*vars(exceptions)}

    def is_told(value: object, name: str) -> bool:
        """Under this name or its first one, as one of the values of a class that is told, or by another library."""
        if name in told or not callable(value):
            return name in told or type(value).__name__ in told
        foreign = not str(getattr(value, "__module__", "ormgen")).startswith("ormgen")
        return foreign or getattr(value, "__name__", name) in told

    missing = [
        f"{module}.{name}"
        for module, names in windows().items()
        if module not in UNDOCUMENTED
        for name in names
        if not (name.startswith("__") or is_told(getattr(importlib.import_module(module), name), name))
    ]
    assert missing == []


def test_every_command_is_told(site: Path) -> None:
    page = (site / "reference" / "commands.html").read_text("utf-8")
    context = click.Context(cli, info_name="ormgen")
    for name in cli.list_commands(context):
        assert f'id="ormgen-{name}"' in page, name


def test_the_home_page_has_its_pictures(site: Path) -> None:
    home = (site / "index.html").read_text("utf-8")
    for picture in re.findall(r'src="(assets/completion[\w-]*\.svg)"', home):
        assert (site / picture).is_file()
    assert home.count("assets/completion") == 2


def test_the_pictures_are_what_the_language_server_answers() -> None:
    told = subprocess.run(
        [sys.executable, DOCS / "tools" / "completion_pictures.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
