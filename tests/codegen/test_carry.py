"""A carried stub: every line on its own number, declarations as annotations, and always Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from carrying import IMPORT_LINE, Carried, carrier, plan_of, read, stub_of
from goldens import folders
from ormgen.records import replace
from ormgen_codegen.build_graph import build_graph
from ormgen_codegen.carry import carry
from ormgen_codegen.declare import statements
from ormgen_codegen.parse.parsed import StatementKind

REMARK = re.compile(r"(?:  # type: ignore\[[\w,-]+\]|  # pyright: ignore$)+")


@pytest.fixture
def carried(tmp_path: Path) -> Carried:
    """The lines of the stub of a source, without its trailer."""
    return carrier(tmp_path)


HEAD = "from ormgen import Model, fields\n"


def test_a_declaration_becomes_an_annotation(carried: Carried) -> None:
    lines = carried(
        HEAD + "class Hero(Model):\n"
        "    name = fields.CharField(\n"
        "        max_length=50,  # long\n"
        "    )  # why not\n"
        "    team: fields.ReverseRelation['Hero']  # by hand\n"
        "    power: int = fields.IntField(null=True)\n"
        "    def strong(self) -> bool:\n"
        "        return bool(self.power)  # yes\n"
    )
    assert lines == [
        "from ormgen import Model as Model, fields as fields",
        "class Hero(_ormgen.HeroModel, Model):",
        "    name: _ormgen.NAME",
        "",
        "",
        "",
        "    power: _ormgen.POWER",
        "    def strong(self) -> bool:",
        "        return bool(self.power)  # yes",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a = fields.IntField(); b = fields.TextField()", ["a: _ormgen.A; b: _ormgen.B"]),
        ("a = fields.IntField();", ["a: _ormgen.A;"]),
        ("a = fields.IntField(\n ); c = 3  # kept", ["a: _ormgen.A \\", "; c = 3  # kept"]),
        ("a = fields.IntField(\n\n\n ); c = '''x\n y'''", ["a: _ormgen.A \\", "\\", "\\", "; c = '''x", " y'''"]),
        ("a = fields.IntField(\n ); b = fields.IntField(\n )", ["a: _ormgen.A \\", "; b: _ormgen.B", ""]),
        ("a = b = fields.IntField()", ["a: _ormgen.A; b: _ormgen.B"]),
        ("a, c = fields.IntField(), 3", ["a: _ormgen.A; c: _ormgen.Any"]),
        ("r: fields.ReverseRelation['A']; c = 3", ["...; c = 3"]),
        ("r: fields.ReverseRelation['A']", ["..."]),
        ("r: fields.ReverseRelation['A']; s: fields.ReverseRelation['A']", ["...; ..."]),
        ("a = fields.IntField(default=1) \\\n", ["a: _ormgen.A \\", ""]),
        ("a = \\\n fields.IntField()  # type: ignore", ["a: _ormgen.A", ""]),
        ("a: 'int' = fields.IntField(default=')#\\'')", ["a: _ormgen.A"]),
        ("a = fields.IntField()\na = fields.TextField()", ["", "a: _ormgen.A"]),
        ("a: int\na = fields.TextField()", ["", "a: _ormgen.A"]),
    ],
)
def test_layouts_of_a_body(carried: Carried, body: str, expected: list[str]) -> None:
    for indent in ("    ", "\t", " \f  "):
        text = "class A(Model):\n" + "".join(
            f"{indent}{line}\n" if number == 0 or line.startswith(("a", "b", "c")) else f"{line}\n"
            for number, line in enumerate(body.split("\n"))
        )
        lines = carried(HEAD + text)[2:]
        assert [line.removeprefix(indent) for line in lines][: len(expected)] == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("class A(Model):", ["class A(_ormgen.AModel, Model):"]),
        ("class A ( Model , ) :  # note", ["class A (_ormgen.AModel,  Model , ) :  # note"]),
        ("class A(  # the bases\n    Model,\n):", ["class A(_ormgen.AModel,   # the bases", "    Model,", "):"]),
        ("class A \\\n  (Model):", ["class A \\", "  (_ormgen.AModel, Model):"]),
        ("class A((Model)):", ["class A(_ormgen.AModel, (Model)):"]),
        ("class A(Model, flag='a):b'):", ["class A(_ormgen.AModel, Model, flag='a):b'):"]),
        ("@(lambda cls: cls)\nclass A(Model):", ["@(lambda cls: cls)", "class A(_ormgen.AModel, Model):"]),
    ],
)
def test_layouts_of_a_header(carried: Carried, header: str, expected: list[str]) -> None:
    lines = carried(f"{HEAD}{header}\n    x = fields.IntField()\n")
    assert lines[1:] == [*expected, "    x: _ormgen.X"]


def test_a_class_on_one_line(carried: Carried) -> None:
    lines = carried(HEAD + "class A(Model): x = fields.IntField(); y: fields.ReverseRelation['A']\n")
    assert lines[1] == "class A(_ormgen.AModel, Model): x: _ormgen.X; ..."


def test_classes_and_members_in_conditions(carried: Carried) -> None:
    lines = carried(
        HEAD + "from typing import TYPE_CHECKING\n"
        "try:\n"
        "    class A(Model):\n"
        "        x = fields.IntField()\n"
        "        if TYPE_CHECKING:\n"
        "            r: fields.ReverseRelation['A']\n"
        "        else:\n"
        "            z = 1\n"
        "finally:\n"
        "    pass\n"
    )
    assert lines[3:7] == [
        "    class A(_ormgen.AModel, Model):",
        "        x: _ormgen.X",
        "        if TYPE_CHECKING:",
        "            ...",
    ]


def test_remarks_for_mypy(carried: Carried) -> None:
    lines = carried(
        "from enum import Enum\n" + HEAD + "class Kind(Enum):  # a base\n"
        "    def label(self) -> str: return ''\n"
        "class A(Model):\n"
        "    class Meta: abstract = True\n"
        "class B(Model):\n"
        "    class Meta: abstract = True\n"
        "class C(A, B):\n"
        "    x = None\n"
    )
    assert lines[2] == "class Kind(Enum):  # type: ignore[misc]  # a base"
    assert lines[8:] == [
        "class C(_ormgen.CModel, A, B):  # type: ignore[misc]",
        "    x = None  # type: ignore[assignment]",
    ]


def test_remarks_for_overloads_and_stand_ins(carried: Carried) -> None:
    lines = carried(
        "from enum import Enum\nfrom typing import overload\ntry:\n    from enum import StrEnum\n"
        "except ImportError:\n    class StrEnum(str, Enum): ...  # older\n"
        "class A:\n    @overload\n    def f(self, x: int) -> int: ...\n"
        "    @overload\n    def f(self, x: str) -> str: ...\n"
        "    @print\n    def f(self, x): return x\n    def g(self): ...\n"
        "__models__ = []  # none\n"
    )
    assert lines[5] == "    class StrEnum(str, Enum): ...  # type: ignore[misc,no-redef]  # older"
    assert lines[11:14] == ["    @print  # type: ignore[misc]", "    def f(self, x): return x", "    def g(self): ..."]
    assert lines[14] == "__models__ = []  # type: ignore[var-annotated]  # none"


def test_another_name_where_the_source_has_ours(tmp_path: Path) -> None:
    stub = stub_of(tmp_path, HEAD + "_ormgen = _ormgen2 = 1\nclass A(Model):\n    x = fields.IntField()\n")
    assert stub.split("\n")[1:5] == [
        "_ormgen = _ormgen2 = 1",
        "class A(_ormgen3.AModel, Model):",
        "    x: _ormgen3.X",
        "from app import _ormgen_types as _ormgen3",
    ]


def test_what_is_declared_twice_stands_behind_one_condition(tmp_path: Path) -> None:
    """mypy passes over it; every other statement stays where it is."""
    body = (
        "class A(Model):\n"
        "    x = fields.IntField(\n    )  # one\n"
        "    def f(self) -> int: ...\n"
        "    y = fields.TextField()\n"
        "    z = fields.TextField(); w = 3\n"
        "    if f:\n        v = fields.TextField()\n"
        "class B(Model): x = fields.IntField()\n"
    )
    module, exports = read(tmp_path, HEAD + body)
    plan = plan_of(module)
    classes = {path: replace(each, twice=("x", "y", "z", "v")) for path, each in plan.classes.items()}
    text = carry(module, replace(plan, classes=classes, guard="_ormgen.MYPY"), exports)
    assert text.splitlines()[1:10] == [
        "class A(_ormgen.AModel, Model):",
        "    if not _ormgen.MYPY: x: _ormgen.X; y: _ormgen.Y",
        "",
        "    def f(self) -> int: ...",
        "",
        "    z: _ormgen.Z; w = 3",
        "    if f:",
        "        v: _ormgen.V",
        "class B(_ormgen.BModel, Model): x: _ormgen.X",
    ]


METHODS = r"""
class Team(Model):
    name = fields.TextField()

class Hero(Model):
    team = fields.ForeignKeyField("models.Team", related_name="heroes")
    friends = fields.ManyToManyField("models.Hero", related_name="friend_of")

    async def loads(self) -> None:
        print(self.team.name)
        await self.fetch_related("team", "friends__team")
        print(self.team.name)  # a remark
        team = await self.team
        for hero in self.friends:
            print(hero)
        async for hero in self.friends:
            print([h async for h in self.friends], self.friends.filter(name="x"))
        self.team = team
        print(self.friend_of[0])
        text = f'''
            {self.team.name}
        '''

    def tries(self) -> int:
        try:
            return len(self.friend_of)  # type: ignore
        except (NoValuesFetched, ValueError):
            return len(self.friend_of)
        try:
            return len(self.friend_of) + \
                len(self.friends)
        except AttributeError:
            return 0
"""


def test_uses_of_loaded_relations(tmp_path: Path) -> None:
    module, exports = read(tmp_path, HEAD + METHODS)
    stub = carry(module, plan_of(module), exports, build_graph([module])).split("\n")
    passed = [line.partition("  # type: ignore[arg-type")[0].strip() for line in stub if "ignore[arg-type" in line]
    assert passed == ["print(self.team.name)", "for hero in self.friends:", "len(self.friends)"]
    assert stub[12].endswith("]  # a remark")
    check_lines(tmp_path, (HEAD + METHODS).encode())


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends(tmp_path: Path, end: str, last: bool) -> None:
    text = end.join(["from ormgen import Model, fields", "class A(Model):", '    """One', '    two"""', "    x = 3"])
    stub = stub_of(tmp_path, (text + end * last).encode())
    assert "\r" not in stub
    assert stub.split("\n")[3:6] == ['    two"""', "    x = 3", IMPORT_LINE]


def test_cookies_lose_their_meaning_and_keep_their_line(tmp_path: Path) -> None:
    stub = stub_of(tmp_path, "#!/bin/x\n# vim: set fileencoding=latin-1 :\nname = 'café'\n".encode("latin-1"))
    assert stub.split("\n")[:3] == ["#!/bin/x", "# vim: set fileencoding latin-1 :", "name = 'café'"]
    kept = stub_of(tmp_path, "x = 1\n# coding: nonsense\n")
    assert kept.split("\n")[1] == "# coding: nonsense"


def test_trailer(tmp_path: Path) -> None:
    typed = stub_of(tmp_path, HEAD + "def f(x: int) -> int:\n    return x\n")
    assert typed.split("\n")[3:5][0] == IMPORT_LINE
    assert "generated by ormgen; do not edit; sha256" in typed.split("\n")[4]
    assert '# mypy: disable-error-code="unused-ignore"\n# pyright: basic' in typed
    assert "allow-untyped-defs" in stub_of(tmp_path, HEAD + "def f(x):\n    return x\n")
    assert stub_of(tmp_path, "x = 1\n") == stub_of(tmp_path, "x = 1\r\n")


@pytest.mark.parametrize("folder", folders(failing=False), ids=lambda folder: folder.name)
def test_goldens_keep_their_lines(folder: Path, tmp_path: Path) -> None:
    for path in sorted(folder.glob("**/*.py")):
        check_lines(tmp_path, path.read_bytes())


def check_lines(folder: Path, source: bytes) -> None:
    """What no declaration, header or import touches is the same on the same line; classes and functions do not move."""
    module, exports = read(folder, source)
    plan = plan_of(module)
    stub = carry(module, plan, exports)
    lines = stub.split("\n")
    touched: set[int] = {1, 2}
    for each in module.classes:
        touched.update(range(each.header.first, each.header.last + 1))
        for statement in statements(each.body):
            if each.path in plan.classes and set(statement.names) & set(plan.classes[each.path].members):
                touched.update(range(statement.span.first, statement.span.last + 1))
    for statement in statements(module.statements):
        if statement.kind is StatementKind.IMPORT:
            touched.update(range(statement.span.first, statement.span.last + 1))
    for number, line in enumerate(module.source.lines, 1):
        if number not in touched and (line or number < len(module.source.lines)):
            assert line in (lines[number - 1], REMARK.sub("", lines[number - 1], count=1))
    made = ast.parse(stub)
    assert list(definitions(module.source.tree)) == list(definitions(made))
    assert calls(made) <= calls(module.source.tree)


def calls(tree: ast.Module) -> set[str]:
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def definitions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno


NASTY = st.text(
    alphabet=st.sampled_from(
        ["'", '"', "\\", "#", "\n", "\r", "\f", "\t", ";", ":", "(", ")", "é", "\u2028", "x", " "]
    ),
    max_size=12,
)
GAP = st.sampled_from(["", "  # note", "  # type: ignore", " # \" ' ( \\", ""])
NAMES = ("a", "b", "c", "naïve", "d_e")


@st.composite
def members(draw: st.DrawFn) -> str:
    name, text = draw(st.sampled_from(NAMES)), draw(NASTY)
    kinds = [
        f"{name} = fields.TextField(default={text!r})",
        f"{name}: str = fields.CharField(\nmax_length=3, # {text.splitlines()[0] if text.split() else ''}\n\n)",
        f"{name} = fields.JSONField(default={{'a': '''{text.replace(chr(92), '').replace(chr(39), '')}'''}})",
        f"{name}: fields.ReverseRelation['A']",
        f"{name} = \\\n fields.IntField()",
        f"{name} = {text!r}",
        f"{name}: 'fields.Field[{text!a}]'" if "'" not in text else f"{name}: int",
        f"x = '''\n{text.replace(chr(92), '').replace(chr(39), '')}\n'''",
        f'"""{text.replace(chr(92), "").replace(chr(34), "")}"""',
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def modules(draw: st.DrawFn) -> str:
    indent = draw(st.sampled_from(["    ", "\t", "  "]))
    body: list[str] = []
    for group in draw(st.lists(st.lists(members(), min_size=1, max_size=3), min_size=1, max_size=6)):
        body.append(indent + "; ".join(group) + draw(GAP))
        body += draw(
            st.lists(st.sampled_from(["", f"{indent}# between", "\f", f"{indent}def f(self): ..."]), max_size=2)
        )
    header = draw(st.sampled_from(["class A(Model):", "class A(Model, k=1): # c", "class A(\n  Model, # c\n):"]))
    tail = draw(st.sampled_from(["", "\n", "\n\nx = 1\n", "\n# end", "\n\f\n"]))
    return HEAD + "\n".join([header, *body]) + tail


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=modules(), end=st.sampled_from(["\n", "\r\n"]))
def test_any_layout(source: str, end: str, tmp_path: Path) -> None:
    data = source.replace("\n", end).encode()
    try:
        ast.parse(data)
    except SyntaxError:
        return
    check_lines(tmp_path, data)
