"""Abstract models with type parameters: in brackets stands a type there, and a key at models with a table."""

from typing import Generic, TypeVar

from ormgen import ORM, Model, fields

T = TypeVar("T")


class Kept(Model, Generic[T]):
    name = fields.CharField(max_length=20)

    class Meta:
        abstract = True

    def same(self, value: T) -> T:
        return value


class Box(Kept[int]):
    size = fields.IntField(default=1)

    class Meta(Kept.Meta):
        abstract = False
        table = "generic_box"


async def test_a_generic_base(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": [__name__]})
    try:
        await ORM.generate_schemas()
        box = await Box.create(name="x")
        assert box.same(3) == 3
        assert (await Box[box.id]).name == "x"
        assert await Box.filter(name="x", size=1).count() == 1
    finally:
        await ORM.close_connections()
