"""What `from_queryset` asks for: the columns and relations that a document holds, and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import model_validator

from models.library import Author, Book, Publisher
from ormgen import ORM, Prefetch
from ormgen.contrib.pydantic import PydanticModel, pydantic_model_creator

from .shelves import shelf


class PublisherName(PydanticModel):
    name: str


class AuthorName(PydanticModel):
    name: str


class BookCard(PydanticModel):
    title: str
    publisher: PublisherName
    authors: list[AuthorName]


class Shelf(PydanticModel):
    name: str
    books: list[BookCard]


class Loud(PydanticModel):
    shout: str


class Whole(PydanticModel):
    title: str

    @model_validator(mode="before")
    @classmethod
    def read(cls, value: Any) -> Any:
        return {"title": f"{value.title} ({value.pages})"} if isinstance(value, Book) else value


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """The statements that a test sends."""
    statements: list[str] = []
    before = ORM.hooks.queries
    ORM.hooks.on_query(lambda event: statements.append(event.sql))
    yield statements
    ORM.hooks.queries = before


def columns(statement: str) -> set[str]:
    """The names between SELECT and FROM."""
    return set(re.findall(r"[\"`](\w+)[\"`](?:,| |$)", statement.partition(" FROM ")[0]))


async def test_only_columns_that_are_held(orm: None, asked: list[str]) -> None:
    await shelf()
    asked.clear()
    found = await BookCard.from_queryset(Book.all().order_by("isbn"))
    assert (found[0].title, found[0].publisher.name) == ("One", "Press")
    assert sorted(author.name for author in found[0].authors) == ["Ann", "Bob"]
    books, publishers, authors = asked
    assert columns(books) == {"title", "isbn", "publisher_id"}
    assert columns(publishers) == {"name", "id"}
    assert columns(authors) >= {"name", "id"}
    assert columns(authors).isdisjoint({"born", "photo"})


async def test_for_one_object_and_nested(orm: None, asked: list[str]) -> None:
    await shelf()
    asked.clear()
    found = await Shelf.from_queryset_single(Publisher.get(name="Press"))
    assert sorted(book.title for book in found.books) == ["One", "Two"]
    assert {book.publisher.name for book in found.books} == {"Press"}
    assert columns(asked[0]) == {"name", "id"}
    assert columns(asked[1]) == {"title", "isbn", "publisher_id"}
    publisher = await Publisher.get(name="Press")
    assert len(await BookCard.from_queryset(publisher.books)) == 2


async def test_made_classes_leave_out_what_is_excluded(orm: None, asked: list[str]) -> None:
    await shelf()
    asked.clear()
    made = pydantic_model_creator(Book, name="Short", include=("title", "pages", "card.place"))
    assert [book.model_dump()["title"] for book in await made.from_queryset(Book.all().order_by("title"))] == [
        "One",
        "Two",
    ]
    assert columns(asked[0]) == {"title", "pages", "isbn"}
    await pydantic_model_creator(Publisher).from_queryset(Publisher.all())
    assert "secret" not in columns(asked[2])


async def test_properties_and_validators_read_whatever_they_want(orm: None, asked: list[str]) -> None:
    await shelf()
    assert sorted(book.shout for book in await Loud.from_queryset(Book.all())) == ["ONE", "TWO"]
    assert sorted(book.title for book in await Whole.from_queryset(Book.all())) == ["One (100)", "Two (100)"]
    assert {"genre", "added"} <= columns(asked[-1])


async def test_what_the_question_says_stays(orm: None, asked: list[str]) -> None:
    await shelf()
    asked.clear()
    ann = Prefetch("authors", Author.filter(name="Ann"))
    (one,) = await BookCard.from_queryset(Book.filter(isbn="1").select_related("publisher").prefetch_related(ann))
    assert ([author.name for author in one.authors], one.publisher.name) == (["Ann"], "Press")
    assert {"genre", "added"} <= columns(asked[0])
