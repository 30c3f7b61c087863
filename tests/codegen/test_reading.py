"""What the source reader makes of declarations, and what it says where it cannot tell."""

from typing import Any

import pytest

from ormgen.schema.field import FieldSchema
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.config import Config
from sources import HEAD, errors_of, model, read, read_files, warnings_of


def column(declaration: str, before: str = "", **others: str) -> FieldSchema:
    found = model(f"{before}\nclass A(Model):\n    x = {declaration}\n", **others).members[0].member
    assert isinstance(found, FieldSchema)
    return found


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("-7 // 2", -4),
        ("0x10 | 1", 17),
        ("~5 & 0xff", 250),
        ("1_000 << 2", 4000),
        ("not None", True),
        ("'a' 'b' f'{1}c{{}}'", "ab1c{}"),
        (r"rf'{2}\d'", "2\\d"),
        (r"f'\u00e9{2}'", "é2"),
        ("'-'.join(['a', 'b']).upper()", "A-B"),
        ("{'a': 1, **{'b': 2}}['b']", 2),
        ("[*range_, 4][-1] if 1 < 2 else 5", 4),
        ("dict(a='x').get('a')", "x"),
        ("len((1, 2, 3))", 3),
        ("None or 'x'", "x"),
        ("'a' in ('a', 'b')", True),
        ("NAMES[0]", "first"),
        ("int('12')", 12),
        ("helper(3)", 6),
        ("other.LENGTH", 30),
        ("deep.inner.VALUE", "deep"),
    ],
)
def test_values(expression: str, value: Any) -> None:
    files = {
        "models.py": f"""
            import other
            import deep.inner
            from ormgen import Model, fields
            range_ = (1, 2)
            NAMES = first, second = "first", "second"
            def helper(number: int, factor: int = 2) -> int:
                '''Twice.'''
                result = number * factor
                return result
            class A(Model):
                x = fields.JSONField(default={expression})
            """,
        "other.py": "LENGTH = 30\n",
        "deep/__init__.py": "",
        "deep/inner.py": "VALUE = __name__ if False else 'deep'\n",
    }
    default = read_files(files).graph["models.A"].columns["x"].default
    assert (default.kind, default.value, type(default.value)) == ("value", value, type(value))


@pytest.mark.parametrize(
    ("declaration", "warning"),
    [
        ("fields.IntField(default=compute())", "4:25 A.x: cannot read `compute(...)`"),
        ("fields.IntField(null=SETTINGS['x'])", "4:25 A.x: cannot read `SETTINGS['x']`"),
        ("fields.CharField(max_length=LENGTH)", "4:26 A.x: cannot read `LENGTH`"),
        ("fields.CharField(LENGTH, null=True)", "4:26 A.x: cannot read `LENGTH`"),
        ("fields.CharField(**options)", "4:9 A.x: cannot read `options`"),
        ("fields.CharEnumField(Kind)", "4:30 A.x: cannot read `Kind`"),
        ("fields.JSONField[Payload]()", "4:9 A.x: cannot read `Payload`"),
        ("fields.JSONField(field_type=nowhere.Payload)", "4:26 A.x: cannot read `nowhere.Payload`"),
        ("fields.TextField(description=_('text'))", "4:26 A.x: cannot read `_(...)`"),
        ("PointField()", "4:5 A.x: cannot read `PointField(...)`"),
        ("helper()", "4:5 A.x: cannot read `helper(...)`"),
    ],
)
def test_what_cannot_be_read(declaration: str, warning: str) -> None:
    text = f"from nowhere import *\nclass A(Model):\n    x = {declaration}\n    y = fields.IntField()\n"
    if declaration == "helper()":
        text = text.replace("from nowhere import *", "helper = staticmethod(lambda: fields.IntField())")
        text = "@cached\ndef helper(): return fields.IntField()\n" + text.partition("\n")[2]
        warning = warning.replace("4:", "5:")
    (told,) = warnings_of(text)
    assert told.partition(" ")[2] == warning.partition(" ")[2]
    assert told.partition(":")[0] == warning.partition(":")[0]
    assert list(read(text).graph["models.A"].columns) == ["id", "x", "y"]


@pytest.mark.parametrize(
    "statement",
    ["x = compute()", "x = property(len)", "x = asyncio.Lock()", "x: int", "x: list[str] = []", "x = y = 5", "del y"],
)
def test_what_is_no_field_is_passed_over(statement: str) -> None:
    found = read(f"import asyncio\nclass A(Model):\n    y = 1\n    {statement}\n")
    assert list(found.graph["models.A"].columns) == ["id"]
    assert found.warnings == ()


def test_types_in_place_of_what_cannot_be_read() -> None:
    assert column("fields.JSONField[dict[str, Nowhere]]()").python_type == "dict[str, typing:Any]"
    assert column("fields.CharEnumField(Nowhere)").python_type == "typing:Any"
    assert column("fields.CharField(max_length=nowhere.LENGTH, null=True)").null is True


def test_models_that_no_app_has() -> None:
    text = """
        def make():
            class Local(Model):
                x = fields.IntField()
            return Local
        class A(Model):
            class Inner(Model):
                x = fields.IntField()
            class Listed(Model): ...
            class Mixin:
                x = fields.IntField()
            class Base(Model):
                class Meta:
                    abstract = True
            def method(self):
                class Other: ...
                class Deep(Inner, fields.CharField): ...
        __models__ = [A, A.Listed]
        """
    assert warnings_of(text) == [
        "4:11 the model Local is declared inside of a function: there are no types for it",
        "8:11 the model A.Inner is declared inside of a class and belongs to no app: its queries have no types",
    ]


def test_models_of_packages() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models/__init__.py": "from .user import *\nfrom . import post as p\n__models__ = (User, p.Post)\n",
        "shop/models/user.py": HEAD + "class User(Model): ...\nclass Draft(Model): ...\n",
        "shop/models/post.py": HEAD + "class Post(Model): ...\nclass Extra(Model): ...\n",
        "shop/models/own.py": HEAD + "class Own(Model): ...\nclass Not(Model): ...\n__models__ = [Own]\n",
    }
    for names in (["shop"], ["shop.models"], ["shop.models.user", "shop.models.own"], ["shop.models.own", "shop"]):
        expected = {"models.User", "models.Post", "models.Own"}
        assert set(read_files(files, *names).graph.models) == expected
    configured = read_files(files, config=Config(apps={"shop": ("shop.models",), "more": ("shop.models.post",)}))
    assert set(configured.graph.models) == {"shop.User", "shop.Post", "shop.Own", "more.Extra"}


def test_relation_without_a_target() -> None:
    text = "class A(Model):\n    x = fields.ForeignKeyField(TARGETS['a'])\n"
    assert warnings_of(text) == ["3:32 A.x: cannot read `TARGETS['a']`"]


def test_class_names_hide_module_names_only_further_down() -> None:
    text = """
        import uuid
        def token(): ...
        LENGTH = 5
        class A(Model):
            one = fields.UUIDField(default=uuid.uuid4)
            uuid = fields.CharField(max_length=LENGTH)
            token = fields.TextField(default=token)
            LENGTH = 7
            two = fields.CharField(max_length=LENGTH)
        """
    members = {each.name: each.member for each in model(text).members}
    kinds = {name: member.default.kind for name, member in members.items() if isinstance(member, FieldSchema)}
    assert kinds == {"one": "callable", "uuid": "none", "token": "callable", "two": "none"}
    lengths = [member.options for member in members.values() if isinstance(member, FieldSchema) and member.options]
    assert lengths == [(("max_length", 5),), (("max_length", 7),)]


def test_foreign_classes_are_found_through_what_their_packages_show() -> None:
    files = {
        "models.py": "from ormgen import fields\nfrom lib import Base, Payload\nclass A(Base):\n"
        "    x = fields.JSONField[Payload]()\n",
        "lib/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .inner import *\n"
        "__all__ = ('Base', 'Payload')\n",
        "lib/inner.py": "from ormgen import Model, fields\n\n\nclass Payload: ...\n\n\nclass Base(Model):\n"
        "    own = fields.IntField()\n    class Meta:\n        abstract = True\n",
    }
    columns = read_files(files).graph["models.A"].columns
    assert {name: column.python_type for name, column in columns.items()} == {
        "id": "int",
        "own": "int",
        "x": "lib.inner:Payload",
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("class A(Model):\n    x = fields.CharField(max_length=5, **{'max_length': 6})", "multiple values"),
        ("class A(Model):\n    x = fields.IntField(**{'nul': True})", "IntField has no option 'nul'"),
        ("x = fields.CharField()\nclass A(Model):\n    y = x", "CharField needs max_length"),
        ("class A(Model):\n    class Meta:\n        table = 5", "A: Meta.table is 5, not text"),
        ("class A(Model, Model):\n    pass", "A: duplicate base class Model"),
        ("class A(Model):\n    x = fields.ArrayField()", "3:16 A.x: `ormgen.fields` has no `ArrayField`"),
        ("class A(Model):\n    x = fields.ZyxwField(max_length=7)", "3:16 A.x: `ormgen.fields` has no `ZyxwField`"),
        ("class Short(fields.CharFeild):\n    pass", "2:20 Short: `ormgen.fields` has no `CharFeild`"),
        ("class A(Model):\n    class Meta:\n        table = fields.x", "4:24 A.Meta.table: `ormgen.fields` has no `x`"),
        ("from ormgen.fields import TextFeild as T", "2:27 `ormgen.fields` has no `TextFeild`"),
        ("if True:\n    from ormgen import Modle\nclass A(Modle): ...", "3:24 `ormgen` has no `Modle`"),
        ("try:\n    import ormgen.nothing\nfinally: ...", "3:12 there is no module `ormgen.nothing`"),
        ("from ormgen.feilds import *", "2:1 there is no module `ormgen.feilds`"),
        ("class Alpha(Model):\n    x = fields.ForeignKeyField('Alpha', related_name=5)", "related_name is 5, not text"),
    ],
)
def test_errors_as_at_import(text: str, error: str) -> None:
    (told,) = errors_of(text)
    assert error in told


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from ormgen import nothing\nexcept ImportError:\n    nothing = None",
        "if TYPE_CHECKING:\n    from ormgen import nothing",
        "import os\nif os.environ:\n    from ormgen import nothing",
        "def later():\n    from ormgen import nothing",
        "from ormgen import fields as nothing, exceptions, __doc__",
        "from tortoise.fields import nothing",
    ],
)
def test_imports_that_may_be_in_vain(text: str) -> None:
    assert errors_of(f"from typing import TYPE_CHECKING\n{text}\nclass A(Model): ...") == []


def test_one_mistake_is_told_once() -> None:
    text = """
        class A(Model):
            name = fields.CharField(max_lenght=5)
            other = fields.ForeignKeyField("models.A", nul=True, related_name="others", to_field="code")
            code = fields.IntField(unique=True, nul=True)
            class Meta:
                ordering = ["name"]
                unique_together = ("name", "other")
        """
    assert [told.partition(" ")[0] for told in errors_of(text)] == ["4:29", "5:48", "6:41"]


def test_relations_keep_their_class_targets() -> None:
    files = {
        "other.py": "from ormgen import Model\nclass B(Model): ...\n",
        "models.py": "from ormgen import Model, fields\nfrom other import B as C\n\n\n"
        "class Alpha(Model):\n    x = fields.ForeignKeyField(C)\n",
    }
    run = read_files(files, "models", "other")
    member = run.modules[0].models[0].members[0].member
    assert isinstance(member, RelationSchema)
    assert member.to == "other:B"
    assert run.graph["models.Alpha"].relations["x"].target == "models.B"


@pytest.mark.parametrize(
    ("option", "warning"),
    [
        ("table = prefix() + 'x'", "A.Meta.table: cannot read `prefix() + 'x'`"),
        ("table = TableField()", "A.Meta.table: cannot read `TableField(...)`"),
        ("ordering = ['name', by()]", "A.Meta.ordering: cannot read `by(...)`"),
        ("manager = by()", "A.Meta.manager: cannot read `by(...)`"),
        (
            "indexes = [RumIndex(fields=['name']), ('name',)]",
            "A.Meta.indexes: cannot read `tortoise.indexes.RumIndex(...)`",
        ),
    ],
)
def test_options_that_cannot_be_read(option: str, warning: str) -> None:
    text = "from tortoise.indexes import RumIndex\nclass A(Model):\n    name = fields.IntField()\n    class Meta:\n"
    text += f"        {option}\n"
    (told,) = warnings_of(text)
    assert told.partition(" ")[2] == warning
    assert read(text).graph["models.A"].table == "a"
