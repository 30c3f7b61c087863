"""What is known of computed rows and values."""

import datetime as dt
from decimal import Decimal
from typing import assert_type

from models import Bill, State
from ormgen.expressions import Case, F, OuterRef, Subquery, When
from ormgen.functions import Coalesce, Count, Max, Min, Sum


async def rows() -> None:
    by_state = await Bill.all().values("state").annotate(n=Count("id"), worth=Sum("total"))
    assert_type((by_state[0]["state"], by_state[0]["n"], by_state[0]["worth"]), tuple[State, int, Decimal | None])
    pairs = await Bill.filter(paid=True).values_list("state").annotate(last=Max("made_at"))
    assert_type(pairs, list[tuple[State, dt.datetime | None]])
    by_state[0]["pais"]  # type: ignore[typeddict-item]  # pyright: ignore[reportGeneralTypeIssues]


async def values_of_functions() -> None:
    found = await Bill.annotate(
        least=Coalesce(Min("parts__total"), Decimal(0)),
        earliest=Min("parts__opens_at"),
        doubled=F("total") * 2,
        settled=Case(When(paid=True, then=F("paid")), default=False),
        above=Subquery(Bill.filter(id=OuterRef("parent_id")).limit(1).values("total")),
    )
    assert_type(found[0].earliest, dt.time | None)
    assert_type((found[0].doubled, found[0].settled, found[0].above), tuple[Decimal, bool, Decimal | None])


async def together() -> None:
    either = Bill.filter(paid=True).union(Bill.all().open()).order_by("-total").limit(3)
    assert_type(await either, list[Bill])
    assert_type(await Bill.all().difference(either), list[Bill])
    assert_type(await Bill.all().values_list("state").union_all(Bill.all().values_list("state")), list[tuple[State]])
    async for bill in either:
        assert_type(bill.total, Decimal)


async def managers() -> None:
    assert_type(await Bill.all().open().order_by("id").first(), Bill | None)
    assert_type(await Bill.waiting.filter(paid=True), list[Bill])
    Bill.waiting.filter(pait=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
