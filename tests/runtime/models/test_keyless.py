"""Tables without a primary key: asked, written and changed by what `Meta.primary_key` names."""

from collections.abc import AsyncIterator

import pytest

from ormgen import ORM, Model, fields
from ormgen.exceptions import IntegrityError
from ormgen.indexes import UniqueConstraint


class Reader(Model):
    name = fields.CharField(max_length=20)
    books = fields.ManyToManyField(
        "models.Book", through="models.Lending", forward_key="book", backward_key="reader", related_name="readers"
    )


class Book(Model):
    code = fields.CharField(max_length=9, unique=True)
    size = fields.IntField(null=True)

    class Meta:
        primary_key = ("code",)
        db_primary_key = False


class Lending(Model):
    reader = fields.ForeignKeyField("models.Reader", related_name=False, on_update=fields.CASCADE)
    book = fields.ForeignKeyField("models.Book", related_name=False, on_update=fields.CASCADE)

    class Meta:
        primary_key = ("reader", "book")
        db_primary_key = False
        constraints = (UniqueConstraint(fields=("reader", "book"), name="once"),)


class Line(Model):
    at = fields.IntField(null=True)
    text = fields.CharField(max_length=20)

    class Meta:
        primary_key = ("text",)
        db_primary_key = False


@pytest.fixture(autouse=True)
async def world(db_url: str) -> AsyncIterator[None]:
    await ORM.init(db_url=db_url, modules={"models": [__name__]})
    await ORM.generate_schemas()
    yield
    await ORM.close_connections()


async def test_what_tells_rows_apart_is_the_key() -> None:
    book = await Book.create(code="a", size=3)
    await Book.bulk_create([Book(code="b"), Book(code="c", size=9)])
    book.size = 4
    await book.save()
    assert (await Book.get(pk="a")).size == 4
    assert await Book.filter(pk__in=["a", "c"]).order_by("code").values_list("size", flat=True) == [4, 9]
    await (await Book.get(code="b")).delete()
    assert await Book.all().count() == 2
    with pytest.raises(IntegrityError):
        await Book.create(code="a")


async def test_relations_lead_there() -> None:
    reader, book = await Reader.create(name="x"), await Book.create(code="a")
    await reader.books.add(book)
    assert [each.code for each in await reader.books.all()] == ["a"]
    assert [each.name for each in await Reader.filter(books__code="a")] == ["x"]
    assert (await Reader.all().prefetch_related("books"))[0].books[0].code == "a"
    assert await Lending.all().count() == 1
    await reader.books.remove(book)
    assert await Lending.all().count() == 0


async def test_rows_that_are_alike() -> None:
    """The database does not watch over what only the model calls a key."""
    await Line.create(text="a")
    await Line.create(text="a", at=2)
    assert await Line.filter(text="a").count() == 2
    line = await Line.get(at=2)
    await line.delete()
    assert await Line.all().count() == 0
