"""What type checkers know of models that inherit from those of another package."""

from datetime import date
from typing import assert_type

from animals.models import Animal
from farm.models import Cow, Farm


async def use(animal: Animal, cow: Cow, farm: Farm) -> None:
    assert_type(cow.born, date | None)
    assert_type(await cow.home, Farm)
    assert_type(cow.shout(), str)
    assert_type(await Cow.filter(home=farm, home__name="x", milk__gt=1.5).first(), Cow | None)
    assert_type(await cow.calves.all(), list[Cow])
    assert_type(await Cow.create(name="x", home=farm), Cow)
    assert_type((await Cow.get(id=1).select_related("home")).home.acres, int)
    Cow.filter(Cow.q.home.acres.gt(3), calf_of=cow)
    Cow.filter(calf_of=animal)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Cow.create(name="x", home=cow)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    await Cow.all().order_by("acres")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
