"""Where things stand in the source: statements, headers, members and options."""

from ormgen_codegen.parse.parsed import ClassKind, ParsedClass, ParsedStatement, StatementKind
from ormgen_codegen.parse.source import Span
from sources import model, read

TEXT = '''\
"""Doc."""
from ormgen import Model, fields; import uuid
from enum import Enum

if uuid:
    FLAG = 1
elif Enum:
    FLAG: int = 2
else:
    import json


@(
    lambda cls: cls
)
@ print
class Größe(Model, Generic["a:b"], metaclass=type):  # a: comment
    """Text."""
    né = fields.IntField(); b: "int" = fields.IntField(
        null=True,
    ); c: int
    team = fields.ForeignKeyField("models.Größe", related_name="x")
    class Meta: table = "t"
    active = Manager()
    @property
    def size(self) -> int:
        return 1


class Plain(
    Model,

    # not here: either
    object
)     \\
    :
    pass
class Short(Enum): A = "1"
async def f(): ...
'''


def text_at(lines: tuple[str, ...], span: Span) -> str:
    """What a span covers."""
    if span.first == span.last:
        return lines[span.first - 1][span.start - 1 : span.end - 1]
    middle = lines[span.first : span.last - 1]
    return "\n".join([lines[span.first - 1][span.start - 1 :], *middle, lines[span.last - 1][: span.end - 1]])


def parsed() -> tuple[tuple[str, ...], tuple[ParsedStatement, ...], tuple[ParsedClass, ...]]:
    (module,) = read(TEXT.replace("\n", "\r\n").encode()).modules
    return module.source.lines, module.statements, module.classes


def test_statements_of_a_module() -> None:
    lines, statements, _ = parsed()
    assert [(each.kind, each.names) for each in statements] == [
        (StatementKind.DOCSTRING, ()),
        (StatementKind.IMPORT, ("Model", "fields")),
        (StatementKind.IMPORT, ("uuid",)),
        (StatementKind.IMPORT, ("Enum",)),
        (StatementKind.BLOCK, ()),
        (StatementKind.CLASS, ("Größe",)),
        (StatementKind.CLASS, ("Plain",)),
        (StatementKind.CLASS, ("Short",)),
        (StatementKind.FUNCTION, ("f",)),
    ]
    assert [text_at(lines, each.span) for each in statements[1:4]] == [
        "from ormgen import Model, fields",
        "import uuid",
        "from enum import Enum",
    ]
    assert [(each.names, each.annotation, each.value) for each in statements[4].inside] == [
        (("FLAG",), None, "1"),
        (("FLAG",), "int", "2"),
        (("json",), None, None),
    ]
    assert text_at(lines, statements[5].span).startswith("@(\n    lambda")
    assert (statements[5].span.first, statements[5].span.last) == (13, 27)


def test_statements_of_a_model() -> None:
    lines, _, (first, *_) = parsed()
    assert [(each.kind, each.names, text_at(lines, each.span).split("\n")[0]) for each in first.body] == [
        (StatementKind.DOCSTRING, (), '"""Text."""'),
        (StatementKind.FIELD, ("né",), "né = fields.IntField()"),
        (StatementKind.FIELD, ("b",), 'b: "int" = fields.IntField('),
        (StatementKind.ANNOTATION, ("c",), "c: int"),
        (StatementKind.RELATION, ("team",), 'team = fields.ForeignKeyField("models.Größe", related_name="x")'),
        (StatementKind.META, ("Meta",), 'class Meta: table = "t"'),
        (StatementKind.ASSIGNMENT, ("active",), "active = Manager()"),
        (StatementKind.FUNCTION, ("size",), "@property"),
    ]
    assert [each.annotation for each in first.body] == [None, None, '"int"', "int", None, None, None, None]
    assert [(each.position.line, each.position.column) for each in first.body[1:4]] == [(19, 5), (19, 29), (21, 8)]


def test_headers() -> None:
    lines, _, classes = parsed()
    assert [text_at(lines, each.header) for each in classes] == [
        'class Größe(Model, Generic["a:b"], metaclass=type):',
        "class Plain(\n    Model,\n\n    # not here: either\n    object\n)     \\\n    :",
        "class Short(Enum):",
    ]
    assert [(each.bases, each.keywords) for each in classes] == [
        (("Model", 'Generic["a:b"]'), ("metaclass=type",)),
        (("Model", "object"), ()),
        (("Enum",), ()),
    ]
    assert [(each.position.line, each.position.column) for each in classes] == [(17, 7), (30, 7), (38, 7)]
    assert [each.kind for each in classes] == [ClassKind.MODEL, ClassKind.MODEL, ClassKind.ENUM]
    assert classes[0].base_paths == ("ormgen.models.model:Model", "typing:Any")


def test_places_of_members_and_options() -> None:
    found = model(
        """
        class Base(Model):
            own = fields.IntField()
            class Meta:
                abstract = True
                ordering = ["own"]
        class A(Base):
            x, (y, z) = fields.IntField(), (fields.IntField(), 5)
            class Meta(Base.Meta):
                table = "a"
        """
    )
    places = {name: (place.line, place.column) for name, place in found.places.items()}
    assert places == {
        "Meta.abstract": (6, 9),
        "Meta.ordering": (7, 9),
        "Meta.table": (11, 9),
        "own": (4, 5),
        "x": (9, 5),
        "y": (9, 9),
    }
    assert [(each.name, each.owner) for each in found.members] == [
        ("own", "models:Base"),
        ("x", "models:A"),
        ("y", "models:A"),
    ]
    assert [each.name for each in found.own] == ["x", "y"]
    assert found.bases == ("models:Base",)
    assert found.place("nothing") == found.declared.position


def test_only_type_checkers_see_some_statements() -> None:
    (module,) = read(
        """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import a
        else:
            import b
        class A(Model):
            if not TYPE_CHECKING:
                x = fields.IntField()
            else:
                y: int
        """
    ).modules
    assert [(each.names, each.type_only) for each in module.statements[2].inside] == [(("a",), True), (("b",), False)]
    (block,) = module.classes[0].body
    assert [(each.kind, each.type_only) for each in block.inside] == [
        (StatementKind.FIELD, False),
        (StatementKind.ANNOTATION, True),
    ]


def test_managers() -> None:
    text = """
        from ormgen.manager import Manager
        from ormgen.queryset import QuerySet
        class Heroes(QuerySet["A"]): ...
        class Declared(Manager):
            def get_queryset(self) -> "Heroes": return super().get_queryset()
        class Built(Manager):
            def get_queryset(self):
                return Heroes(self._model).filter(x=1).order_by("x")
        class Inherited(Built): ...
        class Plain(Manager):
            def get_queryset(self):
                return super().get_queryset().filter(x=1)
        class Base(Model):
            every = Manager()
            class Meta:
                abstract = True
                manager = Inherited()
        class A(Base):
            x = fields.IntField()
            declared = Declared()
            given = Plain(Heroes)
            plain = Plain()
        """
    found = model(text)
    assert found.manager is not None
    assert (found.manager.path, found.manager.queryset) == ("models:Inherited", "models:Heroes")
    assert {name: (each.path, each.queryset) for name, each in found.managers.items()} == {
        "every": ("ormgen.models.queryset:Manager", None),
        "declared": ("models:Declared", "models:Heroes"),
        "given": ("models:Plain", "models:Heroes"),
        "plain": ("models:Plain", None),
    }
    (module,) = read(text).modules
    assert {each.name: each.kind.value for each in module.classes if each.name in ("Heroes", "Built", "Base")} == {
        "Heroes": "queryset",
        "Built": "manager",
        "Base": "abstract model",
    }


def test_managers_made_of_query_sets() -> None:
    text = """
        from ormgen.manager import Manager
        from ormgen.queryset import QuerySet
        class Heroes(QuerySet["A"]): ...
        class Plain(Manager): ...
        class A(Model):
            x = fields.IntField()
            made = Heroes.as_manager()
            both = Plain.from_queryset(Heroes)()
        """
    assert {name: (each.path, each.queryset) for name, each in model(text).managers.items()} == {
        "made": ("ormgen.models.queryset:Manager", "models:Heroes"),
        "both": ("models:Plain", "models:Heroes"),
    }
