"""Fields of single databases, and values that the database makes."""

import datetime as dt
from typing import Any, assert_type

from odd.more import Article


async def stored() -> None:
    article = await Article.create(numbers=[1])
    assert_type(article.numbers, list[int])
    assert_type(article.words, list[str] | None)
    assert_type(article.vector, str)
    assert_type(article.token, str)
    assert_type(article.created, dt.datetime)
    assert_type(await Article.filter(numbers=[1], words=None).values_list("numbers", flat=True), list[list[int]])
    assert_type(Article.describe(), dict[str, Any])
    await Article.create()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Article.create(numbers=["a"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    await Article.create(numbers=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Article.filter(numbers__gt=[1])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    article.numbers = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    article.words = None
