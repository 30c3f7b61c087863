"""What pydantic models read from instances: nested relations are loaded, and nothing is lacking in silence."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ConfigDict

from models.heroes import Hero, Mission, Team
from models.library import Author, Book, Genre, Publisher
from ormgen import Prefetch, in_transaction
from ormgen.contrib.pydantic import (
    PydanticListModel,
    PydanticModel,
    pydantic_queryset_creator,
)
from ormgen.exceptions import ConfigurationError, DoesNotExist, IncompleteInstanceError, NoValuesFetched

from .shelves import make, names, shelf


@pytest.mark.feature(238)
async def test_from_tortoise_orm(orm: None) -> None:
    await shelf()
    found = await make(Book).from_tortoise_orm(await Book.get(isbn="1"))
    assert isinstance(found.added, datetime)
    dumped = found.model_dump(exclude={"added", "authors"})
    assert dumped == {
        "isbn": "1",
        "title": "One",
        "pages": 100,
        "price": Decimal("12.50"),
        "genre": Genre.CRIME,
        "tags": ["a"],
        "extra": {"n": 1},
        "publisher": {"id": found.publisher.id, "name": "Press"},
        "translator": {"id": found.translator.id, "name": "Bob", "born": None, "photo": None},
        "sequel_of_id": None,
        "card": {"book_id": "1", "place": "B2"},
    }
    assert sorted(author.name for author in found.authors) == ["Ann", "Bob"]
    other = await make(Book).from_tortoise_orm(await Book.get(isbn="2"))
    assert (other.translator, other.card, other.authors, other.sequel_of_id) == (None, None, [], "1")


@pytest.mark.feature(238)
async def test_from_queryset(orm: None) -> None:
    await shelf()
    made = make(Publisher)
    (found,) = await made.from_queryset(Publisher.all())
    assert sorted(book.title for book in found.books) == ["One", "Two"]
    one = next(book for book in found.books if book.title == "One")
    assert sorted(author.name for author in one.authors) == ["Ann", "Bob"]
    assert one.card.place == "B2"
    assert [book.title for book in await make(Book).from_queryset(Book.filter(title__startswith="T"))] == ["Two"]
    publisher = await Publisher.first()
    assert publisher is not None
    assert len(await make(Book).from_queryset(publisher.books)) == 2
    assert await made.from_queryset(Publisher.filter(name="none")) == []


@pytest.mark.feature(238)
async def test_from_queryset_single(orm: None) -> None:
    await shelf()
    made = make(Book)
    assert (await made.from_queryset_single(Book.get(isbn="1"))).publisher.name == "Press"
    assert (await made.from_queryset_single(Book.filter(isbn="2").first())).title == "Two"
    with pytest.raises(DoesNotExist):
        await made.from_queryset_single(Book.get(isbn="3"))
    with pytest.raises(DoesNotExist):
        await made.from_queryset_single(Book.filter(isbn="3").first())


@pytest.mark.feature(237, 238)
async def test_lists(orm: None) -> None:
    await shelf()
    made: Any = pydantic_queryset_creator(Book, include=("isbn", "card.place"))
    assert made.__name__ == f"{make(Book, include=('isbn', 'card.place')).__name__}_list"
    found = await made.from_queryset(Book.all().order_by("isbn"))
    assert json.loads(found.model_dump_json()) == [{"isbn": "1", "card": {"place": "B2"}}, {"isbn": "2", "card": None}]
    assert isinstance(found, PydanticListModel)
    schema = pydantic_queryset_creator(Author, name="Authors", exclude=("books", "translated")).model_json_schema()
    assert (schema["title"], schema["type"], schema["items"]) == (
        "Authors",
        "array",
        {"$ref": f"#/$defs/{make(Author, exclude=('books', 'translated')).__name__}"},
    )
    with pytest.raises(ConfigurationError, match="PydanticListModel lists nothing"):
        await PydanticListModel.from_queryset(Book.all())


async def test_a_statement_for_each_relation(orm: None) -> None:
    publisher = await Publisher.create(name="Press")
    for number in range(5):
        await Book.create(isbn=str(number), title="x", publisher=publisher)
    made = make(Book, include=("isbn", "publisher", "authors"))
    connection = Book.__model__.connection()
    asked: list[Any] = []
    noting = connection.hooks.on_query(asked.append)
    assert len(await made.from_queryset(Book.all())) == 5
    connection.hooks.remove(noting)
    assert len(asked) == 3


async def test_what_the_caller_loads_is_kept(orm: None) -> None:
    await shelf()
    made = make(Publisher)
    only_one = Publisher.all().prefetch_related(Prefetch("books", queryset=Book.filter(title="One")))
    (found,) = await made.from_queryset(only_one)
    assert [book.title for book in found.books] == ["One"]


async def test_inside_a_transaction(orm: None) -> None:
    async with in_transaction() as connection:
        await shelf()
        (found,) = await make(Publisher).from_queryset(Publisher.all().using_db(connection))
        assert len(found.books) == 2
        await connection.rollback()


async def test_from_orm_does_not_load(orm: None) -> None:
    book = await shelf()
    made = make(Book, exclude=("card", "authors", "translator"))
    fresh = await Book.get(isbn="1")
    with pytest.raises(NoValuesFetched, match=r"Book\.publisher: load it first"):
        made.from_orm(fresh)
    with pytest.raises(NoValuesFetched, match=r"Book\.card"):
        make(Book, include=("card",)).model_validate(fresh)
    with pytest.raises(NoValuesFetched, match=r"Publisher\.books"):
        make(Publisher).from_orm(await Publisher.first())
    assert make(Book, include=("isbn", "sequel_of_id")).from_orm(fresh).sequel_of_id is None
    loaded = await Book.all().select_related("publisher").get(isbn="1")
    assert made.from_orm(loaded).publisher.name == "Press"
    assert make(Book, include=("translator",)).from_orm(await Book.get(isbn="2")).translator is None
    with pytest.raises(IncompleteInstanceError, match=r"Book\.title was not loaded"):
        make(Book, include=("title",)).from_orm(await Book.all().only("isbn").get(isbn="1"))
    assert book.title == "One"


async def test_computed(orm: None) -> None:
    await shelf()
    made = make(Book, include=("isbn",), computed=("per_page", "shout", "untold", "writers"))
    assert names(made) == ["isbn"]  # include counts for computed names too
    made = make(Book, include=("isbn", "per_page", "shout", "untold"), computed=("per_page", "shout", "untold"))
    found = await made.from_queryset_single(Book.get(isbn="1"))
    assert found.model_dump() == {"isbn": "1", "per_page": Decimal("0.125"), "shout": "ONE", "untold": 3}
    assert made.model_fields["per_page"].annotation is Decimal
    written = make(Book, computed=("writers",))
    assert (await written.from_tortoise_orm(await Book.get(isbn="1"))).writers == ["Ann", "Bob"]
    with pytest.raises(NoValuesFetched, match=r"Book\.authors"):
        make(Book, include=("writers",), computed=("writers",)).from_orm(await Book.get(isbn="1"))
    with pytest.raises(AttributeError, match="broken inside"):
        make(Book, include=("broken",), computed=("broken",)).from_orm(await Book.get(isbn="1"))
    across = make(Publisher, include=("books.shout",), computed=("books.shout",))
    assert {book.shout for book in (await across.from_queryset_single(Publisher.first())).books} == {"ONE", "TWO"}


async def test_there_and_back(orm: None) -> None:
    await shelf()
    found = await make(Book).from_tortoise_orm(await Book.get(isbn="1"))
    assert make(Book).model_validate_json(found.model_dump_json()) == found
    photos = [author.photo for author in found.authors if author.name == "Ann"]
    assert photos == [b"\xff\x00"]
    given = make(Book, name="BookIn", exclude_readonly=True)(
        isbn="9", title="Nine", publisher_id=found.publisher.id, tags=["z"], genre="poetry"
    )
    book = await Book.create(**given.model_dump())
    await book.refresh_from_db()
    assert (book.genre, book.tags, book.pages) == (Genre.POETRY, ["z"], 100)


async def test_aliases(orm: None) -> None:
    await Author.create(name="Ann", born=date(1900, 1, 2))

    def shouted(name: str) -> str:
        return name.upper()

    made = make(
        Author, include=("name", "born"), model_config=ConfigDict(alias_generator=shouted, populate_by_name=True)
    )
    (found,) = await made.from_queryset(Author.all())
    assert found.model_dump(by_alias=True) == {"NAME": "Ann", "BORN": date(1900, 1, 2)}


async def test_subclasses_and_models_written_by_hand(orm: None) -> None:
    await shelf()
    base = make(Author, include=("name",))

    class Named(base):  # type: ignore[valid-type, misc]
        nick: str = "none"

    assert [item.model_dump() for item in await Named.from_queryset(Author.filter(name="Ann"))] == [
        {"name": "Ann", "nick": "none"}
    ]

    class AuthorOut(PydanticModel):
        name: str

    class BookOut(PydanticModel):
        title: str
        authors: list[AuthorOut]
        translator: AuthorOut | None

    found = await BookOut.from_queryset(Book.all().order_by("isbn"))
    assert [(book.title, book.translator and book.translator.name) for book in found] == [("One", "Bob"), ("Two", None)]
    assert sorted(author.name for author in found[0].authors) == ["Ann", "Bob"]


async def test_heroes_of_every_kind(orm: None) -> None:
    team = await Team.create(name="a")
    hero = await Hero.create(name="x", team=team)
    mission = await Mission.create(title="m")
    await mission.crew.add(hero)
    (found,) = await make(Team).from_queryset(Team.all())
    assert found.heroes[0].missions[0].title == "m"
    assert json.loads(found.model_dump_json())["heroes"][0]["price"] == "1.50"
