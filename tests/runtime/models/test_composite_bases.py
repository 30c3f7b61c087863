"""Keys of several columns that come from a base."""

from models.owned import BigCup, Cup, Marked, Owner, Plate

MODELS = {"models": ["models.owned"]}


async def test_a_key_of_an_abstract_base(orm: str) -> None:
    owner = await Owner.create(name="o")
    cup = await Cup.create(owner=owner, id=1)
    plate = await Plate.create(pk=(owner.id, 5), cup=cup)
    assert (cup.pk, plate.pk, plate.cup_id) == ((owner.id, 1), (owner.id, 5), 1)
    assert await cup.plates == await Plate.filter(cup=cup) == [plate]
    assert await owner.cups == [cup]
    marked = await Marked.create(owner=owner, id=1, mark="x")
    assert await Marked[owner.id, 1, "x"] == marked


async def test_a_model_below_has_a_key_of_its_own(orm: str) -> None:
    owner = await Owner.create(name="o")
    big = await BigCup.create(owner=owner, size=9)
    assert (type(big.pk), big.pk) == (int, big.id)
    assert await BigCup.get(pk=big.id) == big
    assert await Cup.all().count() == 0
    cup = await Cup.create(owner=owner, id=big.id)
    assert cup.pk == (owner.id, big.id)
    assert cup != big
