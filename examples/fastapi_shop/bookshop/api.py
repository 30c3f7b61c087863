"""What the service answers."""

from decimal import Decimal
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

from bookshop import sales
from bookshop.models import Author, Book, Order, State
from bookshop.schemas import AuthorRead, BookCreate, BookFilter, BookRead, BookUpdate, OrderRead
from bookshop.settings import ORMGEN
from ormgen.contrib.fastapi import lifespan, orm_exception_handlers

app = FastAPI(title="Bookshop", lifespan=lifespan(config=ORMGEN), exception_handlers=orm_exception_handlers())


class NewOrder(BaseModel):
    """Who orders, and how many copies of each book, by its id."""

    email: Annotated[str, Field(pattern=r".+@.+", max_length=200)]
    copies: dict[int, Annotated[int, Field(ge=1, le=100)]]


@app.get("/books")
async def books(asked: Annotated[BookFilter, Query()]) -> list[BookRead]:
    return await BookRead.from_queryset(Book.filter(**asked.conditions()).order_by("title").limit(100))


@app.post("/books", status_code=201)
async def add_book(new: BookCreate) -> BookRead:
    book = await Book.create(**new.given())
    return await BookRead.from_queryset_single(Book.get(id=book.id))


@app.patch("/books/{key}")
async def change_book(key: int, changes: BookUpdate) -> BookRead:
    book = await Book.get(id=key)
    await book.update_from_dict(changes.given()).save()
    return await BookRead.from_queryset_single(Book.get(id=key))


@app.put("/authors/{name}")
async def author(name: str) -> AuthorRead:
    found, _ = await Author.get_or_create(name=name)
    return await AuthorRead.from_queryset_single(Author.get(id=found.id))


@app.post("/orders", status_code=201)
async def place(new: NewOrder) -> OrderRead:
    try:
        order = await sales.place(new.email, new.copies)
    except sales.SoldOut as refusal:
        raise HTTPException(409, str(refusal)) from None
    return await OrderRead.from_queryset_single(Order.get(id=order.id))


@app.delete("/orders/{key}")
async def cancel(key: int) -> OrderRead:
    await sales.cancel(await Order.get(id=key, state=State.OPEN))
    return await OrderRead.from_queryset_single(Order.get(id=key))


@app.get("/takings")
async def takings() -> dict[str, Decimal]:
    return await sales.takings()
