"""NUL characters in text: kept, read and found where the database can hold them, refused with a reason elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from models.columns import Document, LongText, Text
from ormgen import ORM, F, Q, connections
from ormgen.exceptions import ValidationError
from ormgen.functions import Concat, Length, Lower, Substring, Upper

WHOLE = "Aé\0b!%_\\c"
NEAR = ["Aé", "Aé\0", "Aé\0B!%_\\c", "\0", "b!%_\\c", "Aé\0b!%_\\", "plain"]


@pytest.fixture
async def home(db_url: str) -> Any:
    await ORM.init(db_url=db_url, modules={"models": ["models.columns"]})
    await ORM.generate_schemas()
    yield connections.get("default").dialect
    await ORM.close_connections()


def found(value: str, lookup: str, wanted: str) -> bool:
    """What a lookup says, in Python."""
    if lookup.startswith("i"):
        value, wanted, lookup = value.lower(), wanted.lower(), lookup[1:]
    tests = {
        "exact": value == wanted,
        "not": value != wanted,
        "contains": wanted in value,
        "startswith": value.startswith(wanted),
        "endswith": value.endswith(wanted),
        "gt": value.encode() > wanted.encode(),
        "lte": value.encode() <= wanted.encode(),
    }
    return tests[lookup]


@pytest.mark.feature(171, 179)
@pytest.mark.parametrize("model", [Text, LongText])
async def test_text_with_nul_is_kept_and_found(home: str, model: Any) -> None:
    if home == "postgres":
        return  # refused: see the last test
    texts = [WHOLE, *NEAR]
    for text in texts:
        made = await model.create(value=text)
        assert (await model.get(id=made.id)).value == text
    await model.bulk_create([model(value=text) for text in texts])
    parts = [WHOLE, "é\0b", "\0b", "!%_\\c", "Aé\0", "é", "b!%", "\0", "C", "aÉ\0B", "lain", ""]
    lookups = "exact not contains startswith endswith iexact icontains istartswith iendswith".split()
    for lookup in [*lookups, "gt", "lte"] if home == "sqlite" else lookups:
        for part in parts:
            question = model.filter(**{f"value__{lookup}": part})
            expected = sorted(text for text in texts if found(text, lookup, part))
            assert sorted(item.value for item in await question) == sorted(expected * 2), (lookup, part)
    assert await model.filter(value__in=[WHOLE, "plain"]).count() == 4
    assert await model.filter(value__posix_regex="b!").count() == 6
    for item in await model.filter(value="Aé\0"):
        item.value = "\0\0"
        await item.save()
    assert await model.filter(value="\0\0").update(value=WHOLE) == 2
    assert await model.filter(value=WHOLE).count() == 4


@pytest.mark.feature(189)
async def test_functions_of_text_with_nul(home: str) -> None:
    if home == "postgres":
        return  # refused: see the last test
    await Text.create(value=WHOLE)
    row = (
        await Text.annotate(
            length=Length("value"),
            low=Lower("value"),
            up=Upper("value"),
            part=Substring("value", 2, 3),
            both=Concat(F("value"), F("value")),
        )
        .get()
        .values("length", "low", "up", "part", "both")
    )
    assert row == {
        "length": len(WHOLE),
        "low": WHOLE.lower(),
        "up": WHOLE.upper(),
        "part": WHOLE[1:4],
        "both": WHOLE * 2,
    }
    assert await Text.filter(value__endswith=F("value")).count() == 1
    assert await Text.filter(value__icontains=F("value")).count() == 1


@pytest.mark.feature(92, 175)
async def test_nul_inside_of_json(home: str) -> None:
    values: list[Any] = [{"k": WHOLE}, {"k": "Aé"}, [WHOLE, {"a": ["\0"]}], "\0", {"k": {"\\u0000": 1}}]
    if home == "postgres":
        for value in values[:1] + values[2:4]:
            with pytest.raises(ValidationError, match="NUL"):
                await Document.create(value=value)
        assert (await Document.create(value=values[-1])).pk
        return
    for value in values:
        made = await Document.create(value=value)
        assert (await Document.get(id=made.id)).value == value
        assert await Document.filter(value=value).count() == 1
    assert await Document.filter(value__filter={"k": WHOLE}).count() == 1
    assert await Document.filter(value__filter={"k": "Aé"}).count() == 1
    assert await Document.filter(value__filter={"k__startswith": "Aé"}).count() == 2
    assert await Document.filter(Q(value__k=WHOLE)).count() == 1
    assert await Document.filter(value={"k": "Aé\0"}).count() == 0


@pytest.mark.feature(171)
async def test_postgres_refuses_nul_by_name(home: str) -> None:
    if home != "postgres":
        if home == "sqlite":
            many = [str(number) for number in range(30)] + ["\0"]
            with pytest.raises(ValidationError, match="so many values on SQLite"):
                await Text.filter(value__in=many)
        return
    for question in (
        Text.create(value="a\0b"),
        Text.filter(value="a\0b"),
        Text.filter(value__in=["a\0b"]),
        Text.filter(value__contains="\0"),
        Text.filter(value__iexact="\0"),
        Text.filter(id=1).update(value="\0"),
        Text.bulk_create([Text(value="\0")]),
        LongText.get_or_create(value="\0"),
        Text.annotate(both=Concat(F("value"), "\0")),
    ):
        with pytest.raises(ValidationError, match="NUL character on PostgreSQL"):
            await question
    assert await Text.all().count() == 0
