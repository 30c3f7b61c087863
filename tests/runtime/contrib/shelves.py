"""A library on each database, and short ways to make pydantic models of it."""

from decimal import Decimal
from typing import Any

from models.library import Author, Book, Card, Publisher
from ormgen.contrib.pydantic import pydantic_model_creator

MODULES = {"library": ["models.library"], "models": ["models.heroes"]}


def make(model: Any, **arguments: Any) -> Any:
    """The creator without types: these tests look at what it makes."""
    creator: Any = pydantic_model_creator
    return creator(model, **arguments)


def names(model: Any) -> list[str]:
    return list(model.model_fields)


def nested(model: Any, *path: str) -> list[str]:
    """The fields of the model nested under a path."""
    for name in path:
        annotation = model.model_fields[name].annotation
        while not hasattr(annotation, "model_fields"):
            annotation = annotation.__args__[0]
        model = annotation
    return names(model)


async def shelf() -> Book:
    """One book with everything, and one with little."""
    publisher = await Publisher.create(name="Press", secret="x")
    ann, bob = await Author.create(name="Ann", photo=b"\xff\x00"), await Author.create(name="Bob")
    book = await Book.create(
        isbn="1", title="One", publisher=publisher, translator=bob, price=Decimal("12.50"), tags=["a"], extra={"n": 1}
    )
    await book.authors.add(ann, bob)
    await Book.create(isbn="2", title="Two", publisher=publisher, sequel_of=book)
    await Card.create(book=book, place="B2")
    return book
