"""What type checkers know of the code beside models, and of methods under decorators."""

from typing import assert_type

from models import Box, Point, Row, Shape, Thing


async def ask() -> None:
    thing = await Thing.get(name="x", parent__title=None)
    assert_type(thing.title, str | None)
    assert_type(thing.text, str | None)
    assert_type(thing.note, str)
    assert_type(thing.shape, Shape | None)
    assert_type(await thing.parent, Thing | None)
    assert_type(thing.half, float)
    assert_type(thing.point, Point)
    assert_type(Thing.made("x"), Thing)
    assert_type(Thing.doubled(2), int)
    assert_type(thing.row(3), Row)
    assert_type(thing.pick("x"), str)
    assert_type(Box(3).item, int)
    with thing.held() as held:
        assert_type(held, Thing)
