"""No text makes the reader crash, and random models read the same from source as from running classes."""

import importlib
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import goldens
from ormgen.exceptions import ConfigurationError
from ormgen.schema.describe import graph_json
from ormgen_codegen.config import Config
from ormgen_codegen.parse.parsed import SourceErrors
from ormgen_codegen.run import Run, read_run
from ormgen_codegen.running import import_graph

GENTLE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=300)
SOURCES = [path.read_bytes() for folder in goldens.folders(failing=False) for path in sorted(folder.rglob("*.py"))]
PIECES = [
    *(
        "class A(Model):\n",
        "    x = ",
        "fields.",
        "CharField(",
        "max_length=",
        "5",
        ")",
        "\n",
        "    ",
        "None",
        '"models.A"',
    ),
    *("ForeignKeyField(", "default=", "[", "]", "{", "}", "**", "*", "lambda: ", 'f"{', '}"', "\\", "'''", '"', "#"),
    *("\r", "\x0c", "\t", ";", ":", "=", ",", ".", "@", "class Meta:\n", "abstract = True", "from models import *\n"),
    *(
        "import ",
        "if TYPE_CHECKING:\n",
        "try:\n",
        "except ImportError:\n",
        "del A\n",
        "__models__ = ",
        "Enum",
        "auto()",
    ),
    *(
        "class Meta(A.Meta):\n",
        "    class Inner(Model):\n        ",
        "fields.Field[",
        "TypeVar('T')",
        "class F(fields.Field):\n",
    ),
    *("if sys.platform == 'x':\n", "sys.version_info[0] >= ", "else:\n", "@overload\n    def f(): ...\n", "\tpass\n"),
    *(
        "from ormgen import ",
        "from . import ",
        " as A",
        "import ormgen.",
        "fields.TextFeild()",
        "python_type = ",
        "return\n",
    ),
    *(
        "type X = ",
        "class A[T](Model):\n",
        "except* ",
        "case {**x}:\n",
        "def f(a, /, *, b): ...\n",
        "\ufeff",
        "(yield)",
    ),
    *("Generic[T]", "self", "super().__init__(", "é", "\x00", "1e999", "0x", "->", "async ", "match ", ":="),
]


def read(text: bytes) -> Run | SourceErrors:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "models.py").write_bytes(text)
        try:
            return read_run(["models"], Config(), [Path(folder)])
        except SourceErrors as errors:
            return errors


def told_well(answer: Run | SourceErrors, text: bytes) -> bool:
    findings = answer.warnings if isinstance(answer, Run) else answer.findings
    lines = text.replace(b"\r", b"\n").count(b"\n") + 2
    return all(0 < each.position.line <= lines and each.position.column > 0 for each in findings)


@GENTLE
@given(st.one_of(st.text(), st.text(alphabet="class A(Model):\n fields.=x\"'#[]{}@\\\r\x0c"), st.binary()))
def test_any_text(text: str | bytes) -> None:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    assert told_well(read(data), data)


@GENTLE
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_pieces_of_models(pieces: list[str]) -> None:
    data = ("from ormgen import Model, fields\n" + "".join(pieces)).encode()
    assert told_well(read(data), data)


@GENTLE
@given(st.sampled_from(SOURCES), st.data())
def test_damaged_models(source: bytes, data: st.DataObject) -> None:
    text = bytearray(source)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text[start:end] = data.draw(
            st.one_of(st.just(b""), st.sampled_from(PIECES).map(str.encode), st.binary(max_size=3))
        )
    assert told_well(read(bytes(text)), bytes(text))


NAMES = ("one", "two", "three", "four", "key", "team")
MODELS = ("Alpha", "Beta", "Gamma", "Delta")
FLAGS = ("True", "False", "None", "True if LIMIT > 5 else False")
TEXTS = ("None", "'x'", "f'{LIMIT}x'", "'a' 'b'")
DEFAULTS = (
    "1",
    "-1",
    "'x'",
    "None",
    "1.5",
    "[]",
    "{}",
    "LIMIT",
    "Kind.A",
    "token",
    "list",
    "lambda: 1",
    "object()",
    "[token()]",
)
JUNK = ("'x'", "0", "Kind.A", "list", "[]", "1.5", "lambda: 1")


def options_of(**pools: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    """Options with a value that suits them; one time in twenty with one that does not."""
    suited = st.sampled_from([(name, value) for name, pool in pools.items() for value in pool])
    odd = st.tuples(st.sampled_from((*pools, "nul")), st.sampled_from(JUNK))
    return st.lists(st.one_of(*[suited] * 19, odd), max_size=3).map(dict)


OPTIONS = options_of(
    null=FLAGS, generated=FLAGS[1:3], description=TEXTS, source_field=TEXTS, default=DEFAULTS,
    db_default=("1", "'x'", "None"), validators=("[]", "[token]"),
)  # fmt: skip
INDEXED = options_of(unique=FLAGS, db_index=FLAGS, pk=("False", "None", "False", "True"))
LINK_OPTIONS = options_of(
    null=FLAGS[:1], unique=FLAGS, related_name=("'ones'", "'twos'", "False", "'threes'", "None"), description=TEXTS,
    on_delete=("fields.CASCADE", "fields.OnDelete.RESTRICT", "'NO ACTION'", "fields.SET_NULL"), source_field=TEXTS,
    db_constraint=FLAGS[:2], default=("1", "None"), db_index=FLAGS, to_field=("'one'",),
)  # fmt: skip


def written(options: dict[str, str]) -> str:
    return "".join(f", {name}={value}" for name, value in options.items())


PLAIN = st.builds(
    lambda kind, options: f"fields.{kind}({written(options)[2:]})",
    st.sampled_from("IntField BigIntField TextField JSONField[dict[str,int]] DatetimeField".split()),
    OPTIONS,
)
INDEX = st.builds(
    lambda kind, options: f"fields.{kind}({written(options)[2:]})",
    st.sampled_from("IntField SmallIntField UUIDField FloatField".split()),
    INDEXED,
)
OTHER = st.builds(
    lambda kind, options: f"{kind}{written(options)})",
    st.sampled_from(
        ("fields.CharField(20", "fields.DecimalField(8, 2", "fields.CharEnumField(Kind", "short(", "Short(9")
    ),
    OPTIONS,
)
LINK = st.builds(
    lambda kind, target, options: f"fields.{kind}Field({target}{written(options)})",
    st.sampled_from(("ForeignKey", "OneToOne", "ManyToMany")),
    st.sampled_from((*(f"'models.{name}'" for name in MODELS), "'self'", "'Beta'")),
    LINK_OPTIONS,
)
META = st.fixed_dictionaries(
    {},
    optional={
        "abstract": st.sampled_from(("True", "False")),
        "table": st.sampled_from(("'x'", "'y'", "f'{LIMIT}'")),
        "ordering": st.sampled_from(("('id',)", "['-one']", "()")),
        "unique_together": st.sampled_from(("('pk',)", "[('pk',)]", "[['pk', 'pk']]")),
        "table_description": st.sampled_from(TEXTS),
    },
)
BODY = st.dictionaries(
    st.sampled_from(NAMES), st.one_of(PLAIN, INDEX, OTHER, LINK, st.sampled_from(("None", "5"))), max_size=4
)
BASES = st.tuples(st.booleans(), st.sampled_from(("Model", "Model", *MODELS)))
PREAMBLE = """
from enum import StrEnum
from ormgen import Model, fields
LIMIT = 7
def token(): ...
class Kind(StrEnum):
    A = "a"
def short(**options):
    options.setdefault("null", True)
    return fields.CharField(max_length=LIMIT, **options)
class Short(fields.CharField):
    def __init__(self, size, **options):
        super().__init__(max_length=size, unique=True, **options)
class Mixin:
    three = fields.IntField(null=True)
"""


def model(name: str, bases: tuple[bool, str], body: dict[str, str], meta: dict[str, str]) -> str:
    base = bases[1] if bases[1] in MODELS[: MODELS.index(name)] else "Model"
    lines = [f"class {name}({'Mixin, ' if bases[0] else ''}{base}):"]
    lines += [f"    {key} = {value}" for key, value in body.items()]
    lines += ["    class Meta:", *(f"        {key} = {value}" for key, value in meta.items())] if meta else []
    return "\n".join([*lines, "    ..."])


MODULE = st.tuples(*(st.builds(model, st.just(name), BASES, BODY, META) for name in MODELS)).map("\n".join)


# What only running code can tell: the slots of two classes do not go together.
ONLY_RUNNING = ("lay-out conflict", "conflicts with class variable")


def running_graph(source: bytes) -> str | ConfigurationError:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "models.py").write_bytes(source)
        before = list(sys.path)
        importlib.invalidate_caches()
        sys.modules.pop("models", None)
        try:
            return graph_json(import_graph(["models"], None, [Path(folder)]))
        except ConfigurationError as error:
            return error
        finally:
            sys.path[:] = before
            sys.modules.pop("models", None)


@GENTLE
@given(MODULE)
def test_both_readers(text: str) -> None:
    source = (PREAMBLE + text).encode()
    running, answer = running_graph(source), read(source)
    if isinstance(running, str):
        assert isinstance(answer, Run), answer
        assert graph_json(answer.graph) == running
    elif not any(words in str(running) for words in ONLY_RUNNING):
        assert isinstance(answer, SourceErrors), running
