"""Options of fields, relations, indexes and Meta: what they mean, and what is refused."""

import uuid
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, cast

import pytest

from ormgen import fields
from ormgen.exceptions import ConfigurationError, ValidationError
from ormgen.indexes import Index
from ormgen.schema.field import Default, Field, describe_field
from ormgen.schema.field_types import FIELD_TYPES
from ormgen.schema.indexes import IndexSchema
from ormgen.schema.model_schema import read_meta
from ormgen.schema.relation_fields import SET_NULL, OnDelete
from ormgen.schema.type_text import type_text


class Letter(Enum):
    A = "a"
    LONG = "longer"


class Number(IntEnum):
    ONE = 1


class Huge(IntEnum):
    MUCH = 2**40


class Upper(fields.CharField):
    """A field of a user's own."""


REFUSED: list[tuple[Any, str]] = [
    (lambda: fields.CharField(), "CharField needs max_length"),
    (lambda: fields.CharField(0), "CharField needs max_length"),
    (lambda: fields.CharField(cast(Any, "5")), "CharField needs max_length"),
    (lambda: fields.DecimalField(), "DecimalField needs max_digits"),
    (lambda: fields.DecimalField(5), "decimal_places between 0 and max_digits"),
    (lambda: fields.DecimalField(5, 6), "decimal_places between 0 and max_digits"),
    (lambda: fields.IntField(nul=True), "IntField has no option 'nul'; did you mean 'null'"),
    (lambda: fields.CharField(5, maxlength=6), "CharField has no option 'maxlength'; did you mean 'max_length'"),
    (lambda: fields.IntField(primary_key=True, null=True), "a primary key cannot be null"),
    (lambda: fields.TextField(unique=True), "TextField cannot be unique or indexed"),
    (lambda: fields.TextField(db_index=True), "TextField cannot be unique or indexed"),
    (lambda: fields.JSONField(unique=True), "JSONField cannot be unique or indexed"),
    (lambda: fields.BinaryField(primary_key=True), "BinaryField cannot be unique or indexed"),
    (lambda: fields.IntField(primary_key=True, pk=False), "primary_key= and pk= say different things"),
    (lambda: fields.IntField(db_index=True, index=False), "db_index= and index= say different things"),
    (lambda: fields.IntField(db_default=lambda: 1), "for a callable use default="),
    (lambda: fields.DatetimeField(auto_now=True, auto_now_add=True), "exclude each other"),
    (lambda: fields.TimeField(auto_now=True, auto_now_add=True), "exclude each other"),
    (lambda: fields.CharEnumField(Letter, max_length=3), "less than the longest value of Letter"),
    (lambda: fields.IntEnumField(Huge), "Huge.MUCH is not a whole number of 16 bits"),
    (lambda: fields.ForeignKeyField("Team", on_delete=SET_NULL), "on_delete=SET_NULL needs null=True"),
    (
        lambda: fields.ForeignKeyField("Team", on_delete=cast(Any, "SET DEFAULT")),
        "on_delete=SET_DEFAULT needs a default",
    ),
    (lambda: fields.ForeignKeyField("Team", on_delete=cast(Any, "DROP")), "on_delete is 'DROP'; choose from CASCADE"),
    (lambda: fields.ForeignKeyField("Team", relatedname="x"), "no option 'relatedname'; did you mean 'related_name'"),
    (lambda: fields.ManyToManyField("Team", null=True), "ManyToManyField has no option 'null'"),
    (lambda: fields.ForeignKeyField(""), "needs the target model"),
    (lambda: fields.OneToOneField(cast(Any, 5)), "needs the target model"),
    (lambda: Index(fields=()), "Index needs at least one field"),
    (lambda: read_meta({"tabel": "x"}), 'Meta has no option "tabel"; did you mean "table"'),
    (lambda: read_meta({"indexes": [5]}), "is neither a tuple of field names nor an Index"),
]


@pytest.mark.feature(76, 84, 85, 89, 94)
@pytest.mark.parametrize(("make", "told"), REFUSED, ids=lambda item: item if isinstance(item, str) else "")
def test_refused(make: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        make()


@pytest.mark.parametrize("field_type", FIELD_TYPES)
def test_every_type_describes_itself(field_type: type[Field[Any]]) -> None:
    every: dict[str, dict[str, Any]] = {
        "CharField": {"max_length": 5},
        "DecimalField": {"max_digits": 5, "decimal_places": 2},
        "CharEnumField": {"enum_type": Letter},
        "IntEnumField": {"enum_type": Number},
    }
    arguments = every.get(field_type.__name__, {})
    described = describe_field("x", field_type(**arguments, null=True, description="told", source_field="y"))
    assert (described.name, described.column, described.type, described.null) == ("x", "y", field_type.__name__, True)
    assert described.description == "told"
    assert not described.required
    assert describe_field("x", field_type(**arguments)).required


def test_options_in_the_description() -> None:
    assert dict(describe_field("x", fields.CharField(5)).options) == {"max_length": 5}
    assert dict(describe_field("x", fields.DecimalField(5, 2)).options) == {"max_digits": 5, "decimal_places": 2}
    assert dict(describe_field("x", fields.CharEnumField(Letter)).options) == {"max_length": 6}
    key = describe_field("id", fields.IntField(primary_key=True))
    assert (key.unique, key.index, key.generated, key.required) == (True, True, True, False)
    assert not describe_field("id", fields.IntField(primary_key=True, generated=False)).generated
    assert not describe_field("id", fields.IntField(primary_key=True, default=5)).generated
    assert describe_field("id", fields.UUIDField(primary_key=True)).default == Default("callable")
    assert describe_field("id", fields.UUIDField()).default == Default()
    custom = describe_field("x", Upper(5))
    assert (custom.type, custom.custom) == ("CharField", f"{__name__}:Upper")
    assert describe_field("x", fields.DatetimeField(auto_now=True)).auto == "now"
    assert not describe_field("x", fields.DatetimeField(auto_now_add=True)).required


@pytest.mark.feature(71, 76, 77)
@pytest.mark.parametrize("make", [fields.IntField, lambda **options: fields.ForeignKeyField("Team", **options)])
def test_old_words_work_and_say_the_new_ones(make: Any) -> None:
    with pytest.warns(DeprecationWarning, match="`pk` is deprecated, please use `primary_key` instead") as told:
        assert make(pk=True).primary_key
    assert told[0].filename == __file__
    with pytest.warns(DeprecationWarning, match="`index` is deprecated, please use `db_index` instead"):
        assert make(index=True).index
    with pytest.raises(ConfigurationError, match="db_index= and index= say different things; give db_index= only"):
        make(db_index=True, index=False)


@pytest.mark.parametrize(
    ("value", "described"),
    [
        (None, Default("value", None)),
        (5, Default("value", 5)),
        ("x", Default("value", "x")),
        (True, Default("value", True)),
        (uuid.uuid4, Default("callable")),
        (Letter.A, Default("enum", f"{__name__}:Letter.A")),
        (Decimal(1), Default("object")),
        ([], Default("object")),
    ],
)
def test_defaults(value: Any, described: Default) -> None:
    assert describe_field("x", fields.JSONField(default=value)).default == described


def test_types_as_text() -> None:
    texts: list[tuple[Any, str]] = [
        (int, "int"),
        (None, "None"),
        (Decimal, "decimal:Decimal"),
        (int | None, "int | None"),
        (None | str | int, "str | int | None"),
        (dict[str, list[int]], "dict[str, list[int]]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Letter, f"{__name__}:Letter"),
        (Any, "typing:Any"),
        ("Later", "typing:Any"),
    ]
    for annotation, text in texts:
        assert type_text(annotation) == text
    assert fields.JSONField[dict[str, int]]().type_text() == "dict[str, int]"
    assert fields.JSONField().type_text() == "typing:Any"
    assert fields.JSONField(field_type=Letter).type_text() == f"{__name__}:Letter"


@pytest.mark.feature(56, 59, 60, 61)
def test_meta() -> None:
    meta = read_meta(
        {
            "table": "t",
            "ordering": "name",
            "unique_together": ("a", "b"),
            "indexes": [("a", "b"), Index(fields=["c"], name="i")],
            "_private": 1,
            "own_thing_of_the_user": 2,
        }
    )
    assert (meta.table, meta.ordering, meta.unique_together) == ("t", ("name",), (("a", "b"),))
    assert meta.indexes == (IndexSchema(("a", "b")), IndexSchema(("c",), "i"))
    assert read_meta({"unique_together": [("a", "b"), ["c", "d"]]}).unique_together == (("a", "b"), ("c", "d"))
    base = read_meta({"abstract": True, "table": "t", "ordering": ["-x"], "app": "a", "table_description": "d"})
    child = read_meta({}, base)
    assert (child.abstract, child.table, child.table_description) == (False, None, None)
    assert (child.ordering, child.app) == (("-x",), "a")


def test_validators_run_after_conversion() -> None:
    def even(value: int) -> None:
        if value % 2:
            raise ValidationError("odd")

    field = fields.IntField(validators=[even])
    field.validate(field.to_python_value("4"))
    field.validate(None)
    with pytest.raises(ValidationError, match="odd"):
        field.validate(3)


def test_on_delete_reads_as_sql() -> None:
    assert [str(member) for member in OnDelete] == ["CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT", "NO ACTION"]
