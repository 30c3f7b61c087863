"""A library: models with what pydantic models are made of."""

from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Any

from ormgen import Model, fields


class Genre(str, Enum):  # noqa: UP042
    """What a book is about."""

    CRIME = "crime"
    POETRY = "poetry"


class Publisher(Model):
    """Who prints books.

    And sells them.
    """

    name = fields.CharField(max_length=40, description="As on the cover")
    secret = fields.CharField(max_length=40, default="")

    class PydanticMeta:
        exclude = ("secret",)


class Author(Model):
    name = fields.CharField(max_length=40)
    born = fields.DateField(null=True)
    photo = fields.BinaryField(null=True)


class Book(Model):
    isbn = fields.CharField(max_length=13, primary_key=True)
    title = fields.CharField(max_length=80)
    pages = fields.SmallIntField(default=100)
    price = fields.DecimalField(max_digits=6, decimal_places=2, default=0)
    genre = fields.CharEnumField(Genre, default=Genre.CRIME)
    tags = fields.JSONField[list[str]](default=list)
    extra = fields.JSONField(null=True)
    added = fields.DatetimeField(auto_now_add=True)
    publisher = fields.ForeignKeyField("library.Publisher", related_name="books", description="Who printed it")
    translator = fields.ForeignKeyField("library.Author", related_name="translated", null=True)
    sequel_of = fields.ForeignKeyField("library.Book", related_name="sequels", null=True)
    authors = fields.ManyToManyField("library.Author", related_name="books")

    def per_page(self) -> Decimal:
        """What a page costs."""
        return self.price / self.pages

    @property
    def shout(self) -> str:
        return self.title.upper()

    @cached_property
    def writers(self) -> list[str]:
        return sorted(author.name for author in self.authors)

    def untold(self):  # type: ignore[no-untyped-def]
        return 3

    async def later(self) -> Any: ...

    def broken(self) -> int:
        raise AttributeError("broken inside")


class Card(Model):
    """The card of a book in the catalogue."""

    book = fields.OneToOneField("library.Book", related_name="card", primary_key=True)
    place = fields.CharField(max_length=5, db_default="A1")
