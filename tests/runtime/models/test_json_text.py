"""JSON fields: text that is JSON is read, text that only looks like it is refused; readers and writers of one's own."""

from typing import Any

import pytest

from models.texts import Paper, Point
from ormgen.exceptions import FieldError, ValidationError

MODELS = {"models": ["models.texts"]}


@pytest.mark.feature(92)
async def test_text_that_is_json(orm: str) -> None:
    for text, value in (('{"a": [1]}', {"a": [1]}), (' ["text", 3]', ["text", 3]), ("plain", "plain"), ("1", "1")):
        made = await Paper.create(data=text)
        assert made.data == value
        assert (await Paper.get(id=made.id)).data == value
        assert await Paper.filter(data=text) == [made]
        await Paper.filter(id=made.id).update(data={})
        await Paper.filter(id=made.id).update(data=text)
        assert (await Paper.get(id=made.id)).data == value
        made.data = text
        await made.save()
        assert (await Paper.get(id=made.id)).data == value


@pytest.mark.feature(92)
async def test_text_that_is_not(orm: str) -> None:
    made = await Paper.create(data=[])
    for error in (FieldError, ValidationError):
        with pytest.raises(error, match=r"Paper.data: Value '{\"some\": ' is invalid JSON value"):
            await Paper.create(data='{"some": ')
    with pytest.raises(FieldError, match="is invalid JSON value"):
        await Paper.filter(id=made.id).update(data="[1")
    with pytest.raises(FieldError, match="is invalid JSON value"):
        await Paper.filter(data="[1")
    made.data = "[1"
    with pytest.raises(FieldError, match="is invalid JSON value"):
        await made.save()
    with pytest.raises(ValidationError, match="object is not a JSON value"):
        await Paper.create(data=object())
    assert await Paper.all().values_list("data", flat=True) == [[]]


@pytest.mark.feature(92)
async def test_values_are_read_into_a_class(orm: str) -> None:
    made = await Paper.create(point=Point(x=1))
    other = await Paper.create(point='{"x": 1, "y": 2}')
    assert isinstance(other.point, Point)
    found = [paper.point for paper in await Paper.filter(id__in=[made.id, other.id]).order_by("id")]
    assert found == [Point(x=1), Point(x=1, y=2)]
    wrong: Any = {"x": "no"}
    with pytest.raises(ValueError, match="x"):
        await Paper.create(point=wrong)


@pytest.mark.feature(92)
async def test_readers_and_writers_of_ones_own(orm: str) -> None:
    made = await Paper.create(loud={"a": "B"})
    assert (await Paper.get(id=made.id)).loud == {"a": "b"}
