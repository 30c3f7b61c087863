"""`ormgen adopt` changes names where they mean what is imported, and leaves every other character as it is."""

import subprocess
import sys

import pytest

from ormgen_codegen.adopt.module import Habits
from ormgen_codegen.adopt.rewrite import rewrite

BEGIN = "from tortoise import Tortoise, fields\n"
NEW = BEGIN.replace("tortoise", "ormgen").replace("Tortoise", "ORM")
FAITHFUL = {
    "a form feed at the start": ("\f" + BEGIN, "\f" + NEW),
    "form feeds before what is indented": (
        "if 1:\n\f  from tortoise import Tortoise\n\f  Tortoise()\n",
        "if 1:\n\f  from ormgen import ORM\n\f  ORM()\n",
    ),
    "a mark and a bare return": (f"\ufeff{BEGIN}x = 1\r", f"\ufeff{NEW}x = 1\r"),
    "bare returns": (BEGIN.replace("\n", "\r") + "Tortoise.x\r", NEW.replace("\n", "\r") + "ORM.x\r"),
    "a line that goes on before anything": (f"\\\n{BEGIN}Tortoise.x\n", f"\\\n{NEW}ORM.x\n"),
    "space before a colon": (
        f"{BEGIN}try: x\nexcept OSError :\n  Tortoise\n",
        f"{NEW}try: x\nexcept OSError :\n  ORM\n",
    ),
    "no end of the last line": (f"{BEGIN}Tortoise.x  # and\t", f"{NEW}ORM.x  # and\t"),
    "ends of both kinds": (f'{BEGIN}Tortoise\r\nx = """\n\r\n\r"""\r\n', f'{NEW}ORM\r\nx = """\n\r\n\r"""\r\n'),
    "an import that is divided": (
        "class A:\n  # above\n  from tortoise.queryset import (  # a\n    QuerySet, # b\n  Q as q) # c\n",
        "class A:\n  # above\n  # a\n  # b\n  from ormgen.queryset import QuerySet\n  from ormgen import Q as q # c\n",
    ),
    "among others": (
        "if 1: from tortoise.queryset import QuerySet, Q\n"
        "y = 1; from tortoise.queryset import QuerySet, Q; z = 2 # d\n",
        "if 1: from ormgen.queryset import QuerySet; from ormgen import Q\n"
        "y = 1; from ormgen.queryset import QuerySet; from ormgen import Q; z = 2 # d\n",
    ),
    "a long one": (
        f"if x:\n\tfrom tortoise.queryset import Q as {'q' * 70}, QuerySet\n",
        f"if x:\n\tfrom ormgen import (\n\t    Q as {'q' * 70},\n\t)\n\tfrom ormgen.queryset import QuerySet\n",
    ),
    "comments beside the models of aerich": (
        "m = [\n  'a',  # first\n  # more\n  'aerich.models',  # second\n]\nt = ('a', 'aerich.models')\n",
        "m = [\n  'a',  # first\n  # more\n  # second\n]\nt = ('a',)\n",
    ),
    "the same in brackets": ("m = (\n  'a', # b\n  'aerich.models'\n)\n", "m = (\n  'a', # b\n)\n"),
}
SCOPES = {
    "parameters and attributes of that name": (
        f"{BEGIN}def f(Tortoise=1): return Tortoise\nclass A:\n  Tortoise = Tortoise\n  g = Tortoise\nx.Tortoise\n",
        f"{NEW}def f(Tortoise=1): return Tortoise\nclass A:\n  Tortoise = ORM\n  g = Tortoise\nx.Tortoise\n",
    ),
    "modules in other hands": (
        "import tortoise\ndef f(tortoise): return tortoise.Tortoise\ntortoise.Tortoise(tortoise=tortoise)\n",
        "import ormgen\ndef f(tortoise): return tortoise.Tortoise\normgen.ORM(tortoise=ormgen)\n",
    ),
    "imports in functions": (
        "def f():\n  from tortoise import Tortoise\n  return lambda: Tortoise\ndef g(): return Tortoise\n",
        "def f():\n  from ormgen import ORM\n  return lambda: ORM\ndef g(): return Tortoise\n",
    ),
    "what may be something else": (
        "try:\n  from tortoise import Tortoise\nexcept ImportError:\n  Tortoise = None\n",
        "try:\n  from ormgen import ORM as Tortoise\nexcept ImportError:\n  Tortoise = None\n",
    ),
    "texts that stand for types": (
        f"from typing import Optional\nimport typing as t\nimport tortoise.queryset\n{BEGIN}"
        "t.cast('Tortoise', x)\ny: 'list[Tortoise]'\nt.TypeVar('T', bound='Tortoise')\nz = Optional['Tortoise']\n"
        "def f(a: 'fields.Field[Tortoise.x]') -> \"tortoise.queryset.QuerySet | tortoise.Tortoise\": ...\n",
        f"from typing import Optional\nimport typing as t\nimport ormgen.queryset\n{NEW}"
        "t.cast('ORM', x)\ny: 'list[ORM]'\nt.TypeVar('T', bound='ORM')\nz = Optional['ORM']\n"
        "def f(a: 'fields.Field[ORM.x]') -> \"ormgen.queryset.QuerySet | ormgen.ORM\": ...\n",
    ),
    "parts of f-strings": (
        f"{BEGIN}f\"{{Tortoise.apps!r:>{{Tortoise}}}} Tortoise {{a['tortoise.backends.sqlite']}}\" 'b'\n",
        f"{NEW}f\"{{ORM.apps!r:>{{ORM}}}} Tortoise {{a['ormgen.backends.sqlite']}}\" 'b'\n",
    ),
    "settings under `as`": ("import a.b as TORTOISE_ORM\nTORTOISE_ORM\n", "import a.b as ORMGEN\nORMGEN\n"),
}
TOLD = {
    f"{BEGIN}x = list['Tortoise']\n": '2:10: "Tortoise" stands here, and Tortoise is ORM now',
    f"{BEGIN}import typing\nx = typing.Optional['Tortoise']\n": '3:21: "Tortoise" stands here, and Tortoise is ORM',
    f"{BEGIN}z: 'Tor' 'toise'\n": '2:4: "Tortoise" is not written as one text',
    f"{BEGIN}é = x  # type: Tortoise\n": "2:8: Tortoise stands in this comment, and is ORM now",
    "from tortoise.cli import utils\nutils.CLIError\n": "2:1: ormgen has nothing called utils.CLIError",
    "import tortoise.fields, tortoise.nosuch\n": "1:25: ormgen has no module ormgen.nosuch",
    "getattr(é, 'TORTOISE_ORM')\n": '1:12: "TORTOISE_ORM" stands here, and the settings are called ORMGEN now',
    "from tortoise import Model\nclass A(Model):\n  class Meta: managed = 0\n": "3:15: ormgen has no option managed",
    "patch('app.db.Tortoise.init')\n": '1:7: "app.db.Tortoise.init" stands here',
    "if 1: from tortoise.queryset import (Q, #\n QuerySet)\n": "1:7: the names of this import are in several modules",
}
UNREADABLE = {
    f"{BEGIN}x = {' and '.join('a' * 30_000)}\n": "1:1: this module cannot be read: it is nested too deeply",
    f"{BEGIN}x = {'+'.join('1' * 800)}\n": "1:1: this module cannot be read: it is nested too deeply",
    f"{BEGIN}x = (\n": "2:5: this module cannot be read: '(' was never closed",
    f"{BEGIN}(x): int = 1\n": "2:5: this module cannot be read: libcst does not know",  # which Python does read
    f"{BEGIN}\0": "cannot be read",
}


@pytest.mark.parametrize("name", [*FAITHFUL, *SCOPES])
def test_what_changes(name: str) -> None:
    before, after = {**FAITHFUL, **SCOPES}[name]
    made = rewrite("app.py", before, Habits())
    assert made.after == after
    assert rewrite("app.py", after, Habits()).after == after


@pytest.mark.parametrize("source", TOLD)
def test_what_is_told(source: str) -> None:
    (found,) = rewrite("app.py", source, Habits()).findings
    assert f"{found.position.line}:{found.position.column}: {found.fact}".startswith(TOLD[source])


@pytest.mark.parametrize("source", UNREADABLE, ids=["ands", "sums", "brackets", "parenthesised", "nulls"])
def test_what_cannot_be_read_stays_and_is_told(source: str) -> None:
    made = rewrite("app.py", source, Habits())
    (found,) = made.findings
    assert UNREADABLE[source] in f"{found.position.line}:{found.position.column}: {found.fact}"
    assert made.after == source


@pytest.mark.parametrize("words", [["--help"], ["stubs", "--help"], ["adopt", "--help"]])
def test_only_rewriting_loads_libcst(words: list[str]) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "ormgen_codegen", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ("Usage" in done.stdout, "click" in done.stderr, "libcst" in done.stderr) == (True, True, False)
