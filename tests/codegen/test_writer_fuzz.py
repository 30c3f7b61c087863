"""Whatever a module says, its stubs are Python of the same lines, hold none of its words as code, and run nothing."""

import ast
import keyword
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import goldens
from ormgen_codegen.cli import cli
from ormgen_codegen.config import Config
from ormgen_codegen.generated import generated_files
from ormgen_codegen.parse.parsed import SourceErrors
from ormgen_codegen.parse.source import Source
from ormgen_codegen.run import read_run

GENTLE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], max_examples=120
)
TRACE = "executed"  # a file that the source would make if any of it were run
TOUCH = f"__import__('pathlib').Path({TRACE!r}).touch()"
EVIL = (
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\\\n",
    "\n",
    "\r",
    "\x0c",
    "\x0b",
    "\x85",
    "\u2028",
    "{",
    "}",
    "{CANARY}",
    "#",
    "# type: ignore",
    "# mypy: ignore-errors",
    "\nimport CANARY\n",
    '"]\nimport CANARY #',
    "'''\nCANARY()\n'''",
    "%s",
    "\\N{BULLET}",
    "\ud800",
    "\x00",
    "é",
    "\U0001d518",
    "CANARY",
    "...",
    "]",
    ")",
    ":",
)
TEXT = st.lists(st.one_of(st.sampled_from(EVIL), st.text(max_size=4)), max_size=4).map("".join)
NAME = st.one_of(
    st.sampled_from(
        "name CANARY CANARY_id x__y _x __x __x__ self cls pk id Meta objects type str int Any Model fields _ormgen "
        "élan \u210c \ufb01 \xaa\xba print class_ date date_ filter Self Unpack overload _models _ormgen_types".split()
    ),
    st.text(st.characters(categories=("L", "Nl", "Mn", "Nd"), include_characters="_"), min_size=1, max_size=6),
).filter(lambda name: name.isidentifier() and not keyword.iskeyword(name))


def tripled(text: str) -> str:
    """The text in triple quotes, line ends and all."""
    body = text.replace("\\", "\\\\").replace('"', '\\"').replace("\x00", "")
    return f'"""{body}"""'


def formatted(text: str) -> str:
    return "f" + repr(text.replace("{", "{{").replace("}", "}}"))


LITERAL = st.builds(
    lambda text, write: write(text),
    TEXT,
    st.sampled_from([repr, tripled, formatted, lambda text: f"({text!r}  # CANARY )\n    {'CANARY'!r}\n  )"]),
)
VALUE = st.one_of(
    LITERAL,
    LITERAL.map(lambda text: f"[{text}, {{{text}: 1}}]"),
    st.sampled_from(["None", "-1", "1e999", "...", "CANARY", "CANARY()", TOUCH, f"[{TOUCH}]", f"f'{{{TOUCH}}}'", "1j"]),
    st.sampled_from(
        ["lambda CANARY: CANARY", "lambda: (yield)", "[CANARY for CANARY in ()]", "(CANARY := 3)", "b'\\xff'"]
    ),
)
FIELD = st.one_of(
    st.builds("fields.CharField(max_length=9, default={}, description={})".format, VALUE, LITERAL),
    st.builds(
        "fields.IntField(  # CANARY (\n        source_field={},\n\n        null=True  # ]\n    )".format, LITERAL
    ),
    st.builds("fields.JSONField[dict[str, {}]](default={})".format, VALUE, VALUE),
    st.builds("fields.ForeignKeyField({}, related_name={})".format, st.just('"models.A"') | LITERAL, LITERAL),
    st.builds("fields.ForeignKeyField('models.A', related_name={!r}, null=True)".format, NAME),
    st.builds("fields.CharEnumField(Kind, default=Kind.{})".format, NAME),
    st.builds("helper({})".format, VALUE),
    VALUE,
)
MEMBER = st.one_of(
    st.builds("{} = {}".format, NAME, FIELD),
    st.builds("{}: {} = {}; {} = 3  # CANARY".format, NAME, LITERAL, FIELD, NAME),
    st.builds("{}, {} = {}, {}".format, NAME, NAME, FIELD, FIELD),
    st.builds("{} = \\\n        {}".format, NAME, FIELD),
    st.builds("if {}: {} = {}".format, VALUE, NAME, FIELD),
    LITERAL,
    st.builds("@(lambda f: f)  # CANARY\n    @ staticmethod\n    def {}(x: {} = {}) -> {}: return {}".format,
              NAME, LITERAL, VALUE, LITERAL, LITERAL),
    st.builds("class Meta: table = {}; table_description = {}; unique_together = ({},)".format,
              LITERAL, LITERAL, LITERAL),
    st.builds("class {}(Model):\n        {} = {}".format, NAME, NAME, FIELD),
)  # fmt: skip
CLASS = st.builds(
    lambda decorator, name, base, members: "\n    ".join([f"{decorator}class {name}({base}):  # CANARY", *members]),
    st.sampled_from(["", "@print\n", "@(\n  lambda cls: cls\n)\n", f"@{TOUCH}\n\n# CANARY\n"]),
    st.one_of(st.just("A"), NAME),
    st.sampled_from(["Model", "Model, metaclass=type", "Model,", "\n  Model\n  # CANARY (\n", "A", "Model, object"]),
    st.lists(MEMBER, min_size=1, max_size=4),
)
AROUND = st.one_of(
    st.builds("{} = {}".format, NAME, VALUE),
    st.builds("from enum import Enum as {}".format, NAME),
    st.builds("__models__ = [A, {}]".format, NAME),
    LITERAL,
    st.just(f"if {TOUCH}:\n\tpass"),
    st.just("\x0c"),
    st.just("def helper(x): return fields.CharField(max_length=3, default=x)"),
)
KIND = "class Kind(str, Enum):\n    CANARY = 'a'\n    name_ = 'b'\n"
ENCODING = st.sampled_from(["utf-8", "utf-8-sig", "latin-1", "cp1251", "shift_jis", "utf-7", "ascii", "koi8-r"])


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """A module that Python may accept."""
    parts = ["from enum import Enum", "from ormgen import Model, fields", KIND]
    parts += draw(st.lists(st.one_of(AROUND, CLASS, CLASS), min_size=1, max_size=4))
    text = "\n".join(parts) + draw(st.sampled_from(["", "\n", "\n\n\n", "  # CANARY"]))
    encoding, cookie = draw(ENCODING), draw(st.sampled_from(["# -*- coding: {} -*-\n", "#\n# set fileencoding={} :\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    try:
        return (cookie.format(encoding) if "utf-8" not in encoding else "").encode() + text.encode(encoding)
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


def words(text: str) -> Iterator[str]:
    """The names that a text uses as code, but for those of the generated types."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).startswith("_ormgen"):
            continue
        for name in ("id", "attr", "arg", "name", "asname", "module"):
            value = getattr(node, name, None)
            if isinstance(value, str) and "CANARY" in value:
                yield value


def stubs_of(data: bytes, folder: Path) -> tuple[Source, Mapping[str, str]] | None:
    (folder / "models.py").write_bytes(data)
    with goldens.inside(folder):
        try:
            run = read_run(["models"], Config(), [folder])
        except SourceErrors:
            return None
        files = generated_files(run)
    (module,) = run.modules
    return module.source, {path.name: text for path, text in files.items()}


@GENTLE
@given(modules())
def test_stubs_of_any_module(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        made = stubs_of(data, Path(name))
        assert not Path(name, TRACE).exists()
    assume(made is not None)
    assert made is not None
    source, files = made
    stub, types = files["models.pyi"], files["_ormgen_types.pyi"]
    lines = stub.split("\n")
    end = next(number for number, line in enumerate(lines) if line.startswith("import _ormgen_types as _ormgen"))
    assert 0 <= len(source.lines) - end <= 1
    assert set(words(stub)) <= set(words(source.text))
    tree = ast.parse(types)
    assert {type(node) for node in tree.body} <= {ast.Assign, ast.AnnAssign, ast.ClassDef, ast.Import, ast.ImportFrom}
    assert {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)} <= {"TypeVar"}
    imports = [node for node in tree.body if isinstance(node, ast.Import)]
    assert {alias.name for node in imports for alias in node.names} <= {
        "models",
        "builtins",
        "_ormgen_types",
        "_ormgen_fields",
    }


@settings(GENTLE, max_examples=100)
@given(modules())
def test_nothing_is_written_when_there_is_an_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name, goldens.inside(Path(name)):
        Path(name, "models.py").write_bytes(data)
        done = CliRunner().invoke(cli, ["stubs", "models"], catch_exceptions=False)
        written = {path.name for path in Path(name).iterdir()} - {"models.py", "__pycache__"}
        stubs = {"models.pyi", "_ormgen_types.pyi", "_ormgen_fields.pyi"}
        assert written == (stubs if done.exit_code == 0 else set())
        if done.exit_code == 0:
            assert CliRunner().invoke(cli, ["stubs", "--check", "models"]).exit_code == 0
        else:
            assert all(": error: " in line or ": warning: " in line or line.startswith("hint: ")
                       for line in done.stderr.splitlines() if line.strip())  # fmt: skip
