"""What type checkers know of models that are there on conditions."""

from typing import assert_type

from models import Fallback, Here, Money, Thing


async def ask() -> None:
    assert_type((await Money.get(amount=1)).amount, int)
    assert_type((await Here.get(here=1)).here, int)
    assert_type((await Fallback.get(name="x")).name, str)
    assert_type((await Thing.get(size=1)).size, int)
