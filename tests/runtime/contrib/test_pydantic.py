"""Pydantic models made from models: their fields and schemas, and what they read from instances."""

import pickle
import subprocess
import sys
import warnings
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import ConfigDict, ValidationError, field_validator

from models.heroes import Hero, Log, Stamped, Team
from models.library import Author, Book, Card, Genre, Publisher
from ormgen import ORM, Model, fields
from ormgen.contrib.pydantic import PydanticMeta, pydantic_model_creator
from ormgen.exceptions import ConfigurationError

from .shelves import MODULES, make, names, nested


@pytest.mark.feature(236)
def test_fields_in_order(linked: None) -> None:
    assert names(make(Book)) == [
        *("isbn", "title", "pages", "price", "genre", "tags", "extra", "added"),
        *("publisher", "translator", "sequel_of_id", "authors", "card"),
    ]
    assert nested(make(Book), "publisher") == ["id", "name"]  # no way back, and what its own PydanticMeta says
    assert nested(make(Book), "authors") == ["id", "name", "born", "photo"]
    assert nested(make(Publisher), "books") == [
        *("isbn", "title", "pages", "price", "genre", "tags", "extra", "added"),
        *("translator", "sequel_of_id", "authors", "card"),
    ]
    assert names(make(Log)) == ["id", "line", "hero"]
    assert names(make(Card)) == ["book_id", "book", "place"]


@pytest.mark.feature(236)
def test_include_and_exclude(linked: None) -> None:
    assert names(make(Book, include=("isbn", "title"))) == ["isbn", "title"]
    assert "title" not in names(make(Book, exclude=("title",)))
    assert nested(make(Book, exclude=("publisher.name",)), "publisher") == ["id"]
    assert nested(make(Book, include=("isbn", "publisher.name")), "publisher") == ["name"]
    assert names(make(Book, include=["isbn", "publisher.name"])) == ["isbn", "publisher"]
    without = names(make(Book, exclude=("publisher",)))
    assert "publisher_id" in without
    assert "publisher" not in without
    assert nested(make(Team, exclude=["heroes.missions.reports"]), "heroes", "missions") == [
        *("id", "title", "starts", "reward"),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exclude": ("titel",)}, r'exclude: Book has no "titel"; did you mean "title"\?'),
        ({"include": ("publisher.nam",)}, r'include: Publisher has no "nam"; did you mean "name"\?'),
        ({"optional": ("nope",)}, 'optional: Book has no "nope"'),
        ({"exclude": ("title.nope",)}, 'exclude: Book has no "title"'),
        ({"exclude": "title"}, "exclude is 'title', not a tuple of names"),
        ({"include": (1,)}, r"include is \(1,\), not a tuple of names"),
        ({"computed": ("nope",)}, 'computed: Book has no "nope"'),
        ({"computed": ("later",)}, r"computed: Book\.later has to be awaited"),
        ({"computed": ("__doc__",)}, r"computed: Book\.__doc__ is neither a method nor a property"),
    ],
)
def test_wrong_names(linked: None, arguments: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make(Book, **arguments)


def test_only_models_with_a_table() -> None:
    for wrong in (Stamped, Model, int, Team.__model__):
        with pytest.raises(ConfigurationError, match="made from a model with a table, not from"):
            make(wrong)


def test_cycles_and_depth(linked: None) -> None:
    assert "boss_id" in names(make(Hero))
    assert "friends" not in names(make(Hero))
    cyclic = make(Hero, allow_cycles=True, include=("name", "boss.name", "boss.boss.name"))
    assert nested(cyclic, "boss") == ["name", "boss"]
    assert nested(cyclic, "boss", "boss") == ["name"]

    class Shallow:
        max_recursion = 1

    flat = make(Team, meta_override=Shallow)
    assert "badge" not in nested(flat, "heroes")
    assert "badge" in nested(make(Team), "heroes")
    deep = make(Hero, allow_cycles=True, include=("name", *(".".join(["boss"] * n) + ".name" for n in (1, 2, 3, 4))))
    assert nested(deep, "boss", "boss", "boss") == ["name"]

    class Flat:
        max_recursion = 0

    assert "team_id" in names(make(Hero, meta_override=Flat))


@pytest.mark.feature(239)
def test_backward_relations_that_the_class_annotates_stay(linked: None) -> None:
    class Town(Model):
        id = fields.IntField(primary_key=True)
        roads: fields.ReverseRelation["Road"]

        class PydanticMeta:
            backward_relations = False

    class Road(Model):
        id = fields.IntField(primary_key=True)
        town = fields.ForeignKeyField("towns.Town", related_name="roads")
        twin = fields.ForeignKeyField("towns.Town", related_name="twins", null=True)

    module = ModuleType("towns")
    module.__dict__.update(Town=Town, Road=Road, __models__=[Town, Road])
    ORM.init_models([module], "towns")
    assert names(make(Town)) == ["id", "roads"]
    assert nested(make(Town), "roads") == ["id", "twin_id"]
    assert nested(make(Town, exclude=("roads.town",)), "roads") == ["id", "town_id", "twin_id"]


@pytest.mark.feature(239)
def test_other_options_of_meta(linked: None) -> None:
    class Own:
        backward_relations = False
        exclude_raw_fields = False
        sort_alphabetically = True

    made = names(make(Book, meta_override=Own))
    assert made == sorted(made)
    assert {"publisher", "publisher_id", "authors"} < set(made)
    assert "card" not in made
    assert names(make(Author, sort_alphabetically=True, exclude=("books", "translated"))) == [
        *("born", "id", "name", "photo"),
    ]

    class Wrong:
        exclud = ("title",)

    with pytest.raises(ConfigurationError, match=r'Book: PydanticMeta has no option "exclud"; did you mean "exclude"'):
        make(Book, meta_override=Wrong)

    class Inherits(PydanticMeta):
        exclude = ("title",)

    assert "title" not in names(make(Book, meta_override=Inherits))


@pytest.mark.feature(236)
def test_exclude_readonly(linked: None) -> None:
    made = make(Book, name="BookIn", exclude_readonly=True)
    assert names(made) == [
        *("isbn", "title", "pages", "price", "genre", "tags", "extra"),
        *("publisher_id", "translator_id", "sequel_of_id"),
    ]
    given = made(isbn="1", title="x", publisher_id=3)
    assert given.model_dump() == {
        "isbn": "1",
        "title": "x",
        "pages": 100,
        "price": Decimal(0),
        "genre": Genre.CRIME,
        "tags": [],
        "extra": None,
        "publisher_id": 3,
        "translator_id": None,
        "sequel_of_id": None,
    }
    assert given.tags is not made(isbn="1", title="x", publisher_id=3).tags
    assert names(make(Publisher, exclude_readonly=True)) == ["name"]


def test_optional(linked: None) -> None:
    made = make(Book, exclude_readonly=True, optional=("isbn", "title", "publisher_id"))
    assert made().model_dump(exclude_unset=True) == {}
    assert made(title=None).title is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"isbn": "1" * 14},
        {"pages": 40_000},
        {"price": "12345.00"},
        {"price": "1.001"},
        {"genre": "other"},
        {"tags": [{}]},
        {"publisher_id": None},
        {"titel": "x"},
    ],
)
@pytest.mark.feature(240)
def test_limits(linked: None, wrong: dict[str, Any]) -> None:
    made = make(Book, exclude_readonly=True)
    good = {"isbn": "1", "title": "x", "publisher_id": 1}
    made(**good)
    with pytest.raises(ValidationError):
        made(**good | wrong)


# -- schemas


@pytest.mark.feature(240)
def test_schema(linked: None) -> None:
    assert make(Publisher, name="P", exclude=("books",)).model_json_schema() == {
        "additionalProperties": False,
        "description": "Who prints books.\n\nAnd sells them.",
        "properties": {
            "id": {"maximum": 2147483647, "minimum": -2147483648, "title": "Id", "type": "integer"},
            "name": {"description": "As on the cover", "maxLength": 40, "title": "Name", "type": "string"},
        },
        "required": ["id", "name"],
        "title": "P",
        "type": "object",
    }


def test_schema_of_a_book(linked: None) -> None:
    schema = make(Book, computed=("per_page", "shout")).model_json_schema(mode="serialization")
    found = schema["properties"]
    assert found["added"] == {"format": "date-time", "readOnly": True, "title": "Added", "type": "string"}
    assert found["extra"] == {"default": None, "nullable": True, "title": "Extra"}
    assert found["tags"] == {"items": {"type": "string"}, "title": "Tags", "type": "array"}
    assert found["genre"] == {"$ref": "#/$defs/Genre", "default": "crime"}
    assert found["publisher"]["description"] == "Who printed it"
    assert found["shout"] == {"readOnly": True, "title": "Shout", "type": "string"}
    assert found["per_page"]["description"] == "What a page costs."
    assert schema["title"] == "Book"


def test_names_of_schemas_are_stable(linked: None) -> None:
    plain = make(Book)
    assert (plain.__name__, plain.__module__) == ("Book", "models.library")
    definitions = plain.model_json_schema()["$defs"]
    assert sorted(definitions) == ["Book_authors", "Book_card", "Book_publisher", "Book_translator", "Genre"]
    assert definitions["Book_translator"]["title"] == "Author"
    marked = make(Book, exclude=("title",))
    assert marked.__name__ == make(Book, exclude=["title"]).__name__ != make(Book, exclude=("pages",)).__name__
    assert marked.__name__.startswith("Book_")
    assert marked.model_json_schema()["title"] == "Book"
    assert make(Book, name="BookOut", module="api").__module__ == "api"
    assert sorted(make(Book, name="Out").model_json_schema()["$defs"])[1:] == [
        *("Out_authors", "Out_card", "Out_publisher", "Out_translator"),
    ]


def test_equal_calls_give_the_same_class(linked: None) -> None:
    assert make(Book, exclude=("title",), name="X") is make(Book, exclude=["title"], name="X")
    assert make(Book, name="X") is not make(Book, name="Y")
    first = make(Book)
    ORM.init_models(MODULES)
    assert make(Book) is not first


def test_config_and_validators(linked: None) -> None:
    def not_blank(cls: Any, value: str) -> str:
        assert value.strip(), "blank"
        return value

    made = make(
        Publisher,
        exclude_readonly=True,
        model_config=ConfigDict(title="Given", extra="allow"),
        validators={"check_name": field_validator("name")(not_blank)},
    )
    assert made.model_json_schema()["title"] == "Given"
    found = made(name="x", more=1)
    assert (found.more, found.model_dump()) == (1, {"name": "x", "more": 1})
    with pytest.raises(ValidationError, match="blank"):
        made(name=" ")
    with pytest.raises(AttributeError, match="nope"):
        _ = found.nope


def test_before_the_models_are_linked() -> None:
    class Lone(Model):
        name = fields.CharField(max_length=5)
        other = fields.ForeignKeyField("models.Team", related_name=False)

    with pytest.warns(RuntimeWarning, match=r"Lone is not linked yet, its pydantic model lacks other: call ORM\.init"):
        made = make(Lone)
    assert names(made) == ["id", "name"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names(make(Lone, exclude=("other", "name"))) == ["id"]
        assert names(make(Lone, exclude_readonly=True)) == ["name"]


def test_relations_that_others_declare_are_missed_when_models_are_linked() -> None:
    class Port(Model):
        name = fields.CharField(max_length=5)

    class Boat(Model):
        home = fields.ForeignKeyField("harbour.Port", related_name="boats")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = pydantic_model_creator(Port)
        assert names(make(Port, exclude=("boats",))) == ["id", "name"]
        assert names(make(Port, exclude_readonly=True)) == ["name"]
    with pytest.warns(RuntimeWarning, match="Boat is not linked yet, its pydantic model lacks home: ") as told:
        pydantic_model_creator(Boat)
    assert (told[0].filename, told[0].lineno) == (__file__, line_of("        pydantic_model_creator(Boat)"))
    assert names(made) == ["id", "name"]
    module = ModuleType("harbour")
    module.__dict__["__models__"] = [Port, Boat]
    with pytest.warns(RuntimeWarning) as told:
        ORM.init_models([module], "harbour")
    (only,) = told
    assert str(only.message).startswith(
        "Port was not linked when this ran, its pydantic model lacks boats: call ORM.init"
    )
    assert (only.filename, only.lineno) == (__file__, line_of("        made = pydantic_model_creator(Port)"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names(make(Port)) == ["id", "name", "boats"]
        ORM.init_models([module], "harbour")


def line_of(text: str) -> int:
    return Path(__file__).read_text("utf-8").splitlines().index(text) + 1


def test_fields_that_pydantic_uses_itself() -> None:
    class Clash(Model):
        json = fields.JSONField(null=True)
        copy = fields.IntField(default=1)
        model_name = fields.CharField(max_length=5, default="")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names(make(Clash)) == ["id", "json", "copy", "model_name"]


def test_instances_can_be_pickled(linked: None) -> None:
    made = make(Author, include=("name",), name="PickledAuthor", module=__name__)
    globals()["PickledAuthor"] = made
    assert pickle.loads(pickle.dumps(made(name="x"))) == made(name="x")


def test_without_pydantic() -> None:
    program = "import sys; sys.modules['pydantic'] = None; import ormgen.contrib.pydantic"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    told = 'ormgen.contrib.pydantic needs the library pydantic: pip install "ormgen-orm[pydantic]"'
    assert ran.stderr.rstrip().endswith(told)
