"""What type checkers know of keys that are members of enums."""

from typing import assert_type

from _levels import Level
from models import Box, Item, Seal, Shelf, Size


async def use(box: Box, item: Item, shelf: Shelf) -> None:
    assert_type(box.pk, Size)
    assert_type(item.box_id, Size)
    assert_type(item.shelf_id, Level | None)
    assert_type((await Seal.get(box=box)).pk, Size)
    assert_type(await Box.in_bulk([Size.SMALL]), dict[Size, Box])
    assert_type(await Item.all().values_list("box_id", flat=True), list[Size])
    assert_type(await Shelf.all().values_list(Shelf.q.level, flat=True), list[Level])
    Item.filter(box=Size.SMALL, box_id__in=[Size.LARGE], shelf__in=[Level.LOW, shelf])
    Item.filter(Item.q.box == Size.SMALL, Item.q.shelf.level.gte(Level.LOW))
    Shelf.filter(boxes=Size.SMALL, level__gt=Level.LOW)
    await Item.create(name="x", box_id=Size.SMALL, shelf=shelf)
    await box.items.create(name="x", shelf_id=Level.HIGH)
    await Item.filter(box=Level.LOW)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Item.create(name="x", box_id="m")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Box.get(pk=Level.LOW)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
