from decimal import Decimal
from enum import Enum

from ormgen import fields
from ormgen.contrib.pydantic import PydanticMeta
from ormgen.models import Model
from ormgen.signals import post_save


class Genre(Enum):
    CRIME = "crime"
    POETRY = "poetry"


class Publisher(Model):
    name = fields.CharField(max_length=40)
    secret = fields.CharField(max_length=40, default="")

    class PydanticMeta:
        exclude = ["secret"]


class Author(Model):
    name = fields.CharField(max_length=40)
    born = fields.DateField(null=True)


class Book(Model):
    isbn = fields.CharField(max_length=13, primary_key=True)
    title = fields.CharField(max_length=80)
    price = fields.DecimalField(max_digits=6, decimal_places=2)
    genre = fields.CharEnumField(Genre, default=Genre.CRIME)
    tags = fields.JSONField[list[str]](default=list)
    added = fields.DatetimeField(auto_now_add=True)
    publisher = fields.ForeignKeyField("models.Publisher", related_name="books")
    str = fields.SmallIntField(default=100)
    sequel_of = fields.ForeignKeyField("models.Book", related_name="sequels", null=True)
    authors = fields.ManyToManyField("models.Author", related_name="books")

    class PydanticMeta(PydanticMeta):
        computed = ("shout", "cost")
        max_recursion = 2

    def shout(self) -> bool | None:
        return self.title.isupper()

    def cost(self) -> Decimal:
        return self.price


class Unread(Model):
    name = fields.CharField(max_length=5)

    class PydanticMeta:
        exclude = tuple("name".split())


@post_save(Book)
async def tell(sender: type[Book], instance: Book, created: bool, *more: object) -> None: ...
