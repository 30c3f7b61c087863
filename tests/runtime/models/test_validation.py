"""Validators run when an object is stored, and refuse before any SQL runs."""

from decimal import Decimal
from typing import Any

import pytest

from models.validated import Size, Validated
from ormgen.exceptions import ValidationError

MODELS = {"models": ["models.validated"]}
CASES: list[tuple[str, Any, Any, str]] = [
    ("regex", "abcd", "ccc", "Value 'ccc' does not match regex 'abc.+'"),
    ("longest", "aaaaa", "aaaaaa", "Length of 'aaaaaa' 6 > 5"),
    ("shortest", "aaa", "aa", "Length of 'aa' 2 < 3"),
    ("least", 10, 9, "Value should be greater or equal to 10"),
    ("most", Decimal("20.000"), Decimal("20.001"), "Value should be less or equal to 20.0"),
    ("listed", "1,2", "1,,2", "is not a list of whole numbers separated by commas"),
    ("address", "127.0.0.1", "aaaaaa", "'aaaaaa' is not a valid IPv4 address."),
    ("mail", "a@b.org", "a@", "'a@' is not a valid email address"),
    ("link", "https://b.org/c", "b", "'b' is not a valid URL"),
    ("even", 4, 3, "3 is odd"),
    ("even", 2, 8, "8 is more than 5"),
    ("size", Size.SMALL, Size.LARGE, "9 is more than 5"),
]


@pytest.mark.feature(80, 208, 209, 210)
@pytest.mark.parametrize(("name", "good", "bad", "told"), CASES, ids=[case[0] for case in CASES])
async def test_on_every_way_into_the_database(orm: str, name: str, good: Any, bad: Any, told: str) -> None:
    made = await Validated.create(**{name: good})
    assert getattr(await Validated.get(id=made.id), name) == good
    with pytest.raises(ValidationError) as caught:
        await Validated.create(**{name: bad})
    assert str(caught.value) == f"Validated.{name}: {caught.value.__cause__}"
    assert told in str(caught.value)
    with pytest.raises(ValidationError):
        await Validated.bulk_create([Validated(), Validated(**{name: bad})])
    with pytest.raises(ValidationError):
        await Validated.filter(id=made.id).update(**{name: bad})
    setattr(made, name, bad)
    with pytest.raises(ValidationError):
        await made.save()
    with pytest.raises(ValidationError):
        await Validated.bulk_update([made], [name])
    assert await Validated.all().values_list(name, flat=True) == [good]


@pytest.mark.feature(210)
async def test_only_what_is_stored_is_checked(orm: str) -> None:
    made: Any = await Validated.create(least=10, regex="abcd")
    made.regex, made.least = "zzz", 11
    await made.save(update_fields=["least"])
    with pytest.raises(ValidationError, match="regex"):
        await made.save(update_fields=["regex"])
    await made.refresh_from_db()
    assert (made.regex, made.least) == ("abcd", 11)
    made.regex = None
    await made.save()
