"""What those fields hold, and that nobody has to give what the database computes."""

import datetime
import uuid
from decimal import Decimal
from typing import Any, assert_type

from models import Article, Entry, Place


async def ask() -> None:
    article = await Article.create(title="a", body="b", numbers=[1, 2], odd=["127.0.0.1"])
    assert_type(article.numbers, list[int])
    assert_type(article.words, list[str])
    assert_type(article.sums, list[Decimal] | None)
    assert_type(article.odd, list[Any])
    assert_type(article.search, str)
    assert_type(article.loose, str | None)
    place = await Place.get(shape="POINT(1 2)")
    assert_type(place.id, uuid.UUID)
    assert_type(place.other, uuid.UUID | None)
    entry = await Entry.create()
    assert_type(entry.created, datetime.datetime)
    assert_type(entry.counter, int)
    assert_type(entry.place_id, uuid.UUID | None)
