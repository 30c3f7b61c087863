"""Classes become models: bases, mixins, removal of fields, Meta, managers."""

from typing import Any

import pytest

from ormgen import Manager, Model, fields
from ormgen.exceptions import ConfigurationError


class Named:
    """A mixin that is no model."""

    name = fields.CharField(max_length=10)
    note = fields.TextField(null=True)


class Active(Manager):
    """Only what is active."""

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(active=True)


class Base(Named, Model):
    """An abstract base."""

    active = fields.BooleanField(default=True)

    class Meta:
        abstract = True
        ordering = ["name"]
        table_description = "never inherited"
        manager = Active()


class Child(Base):
    """The first line tells the table."""

    name = fields.CharField(max_length=99)
    extra = fields.IntField()


class Grandchild(Child):
    note = None  # type: ignore[assignment]
    more = fields.IntField()

    class Meta:  # pyright: ignore[reportIncompatibleVariableOverride]
        table = "grand"


class Keyed(Model):
    key = fields.CharField(max_length=3, primary_key=True)


class KeyedChild(Keyed):
    size = fields.IntField()


def columns(model: type[Model]) -> list[str]:
    schema = model._meta.schema
    assert schema is not None
    return [member.name for member in schema.members]


@pytest.mark.feature(58)
def test_members_come_from_the_bases_first() -> None:
    assert Base._meta.schema is None
    assert columns(Child) == ["id", "name", "note", "active", "extra"]
    assert columns(Grandchild) == ["id", "name", "active", "extra", "more"]
    assert columns(KeyedChild) == ["key", "size"]
    schema = Child._meta.schema
    assert schema is not None
    name: Any = schema.members[1]
    assert dict(name.options) == {"max_length": 99}


@pytest.mark.feature(58, 59, 63, 65)
def test_meta_comes_from_the_nearest_abstract_base() -> None:
    child, grandchild = Child._meta.schema, Grandchild._meta.schema
    assert child is not None
    assert grandchild is not None
    assert (child.table, child.meta.ordering, child.meta.abstract) == ("child", ("name",), False)
    assert child.meta.table_description == "The first line tells the table."
    assert (grandchild.table, grandchild.meta.ordering) == ("grand", ("name",))
    assert child.meta.manager == f"{__name__}:Active"


def test_instances_have_slots_for_their_columns() -> None:
    assert "extra" in Child.__slots__
    assert "more" in Grandchild.__slots__
    assert "extra" not in Grandchild.__slots__


@pytest.mark.feature(60)
def test_a_misspelt_option_of_meta() -> None:
    with pytest.raises(ConfigurationError, match='Wrong: Meta has no option "ordring"; did you mean "ordering"'):

        class Wrong(Model):
            class Meta:
                ordring = ["id"]


def test_fields_belong_to_models() -> None:
    named: Any = Named()
    assert isinstance(named.name, fields.CharField)
    with pytest.raises(AttributeError, match="only be assigned on instances of a model"):
        named.name = "x"


def test_a_plain_value_in_place_of_a_field_does_not_break_the_class() -> None:
    class Base(Model):
        name = fields.CharField(max_length=10)

        class Meta:
            abstract = True

    class Child(Base):
        id = None
        name = None  # type: ignore[assignment]
        title = fields.CharField(max_length=10)

    schema = Child.__model__.schema
    assert schema is not None
    assert [member.name for member in schema.members] == ["id", "title"]


def test_two_models_with_tables_as_bases_are_refused() -> None:
    class Left(Model):
        pass

    class Right(Model):
        pass

    with pytest.raises(ConfigurationError, match="inherits from two models with tables, Left and Right"):
        type("Both", (Left, Right), {})


def test_a_misspelt_option_is_named_before_a_missing_one() -> None:
    with pytest.raises(ConfigurationError, match="CharField has no option 'max_lenght'; did you mean 'max_length'"):
        fields.CharField(max_lenght=5)
