"""Windows: the names that rows are parted by are those of the model's columns and relations."""

from typing import assert_type

from heroes.models import Hero, Team
from ormgen.expressions import F, RowRange, Window
from ormgen.functions import Count, FirstValue, Lag, Max, Rank, Sum

POWER = F("power").desc()


async def parted(name: str, names: list[str]) -> None:
    assert_type((await Hero.annotate(place=Window(Rank(), "team", "-power")))[0].place, int)
    print(await Hero.annotate(w1=Window(Rank())))
    print(await Hero.annotate(w2=Window(Sum("power"), partition_by=["team", "name"])))
    print(await Hero.annotate(w3=Window(Sum("power"), partition_by=("team", F("name"), Hero.q.rank))))
    print(await Hero.annotate(w4=Window(Sum("power"), F("name"), POWER, RowRange(None, 0))))
    print(await Hero.annotate(w5=Window(Max(Hero.q.power), Hero.q.team.name)))
    print(await Hero.annotate(w6=Window(FirstValue("name"), "team__name", order_by=["-power", "id"])))
    print(await Hero.annotate(n=Count("missions")).annotate(w7=Window(Max("n"), "n")))
    print(await Hero.annotate(w8=Window(Lag("power"), F(name))))


async def held(name: str, names: list[str]) -> None:
    before = Lag("power")
    print(await Hero.annotate(w9=Window(before, "team"), y=Window(before, ["team", "name"])))
    one, all_of_them, several = Window(before, "team"), Window(Rank()), Window(before, ["team", "name"])
    print(await Hero.annotate(x=one, z=several), await Hero.annotate(y=all_of_them))
    any_one, any_several = Window(before, name), Window(before, names)
    print(await Hero.annotate(x=any_one, y=any_several))
    print(await Hero.annotate(**{"x": one, "y": Window(Rank(), "team")}))
    print([await Hero.annotate(w10=Window(each, "team")) for each in (Rank(), Sum("power"), FirstValue("name"))])


async def wrong() -> None:
    await Hero.annotate(w11=Window(Rank(), partition_by="titel"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Hero.all().annotate(w12=Window(Sum("power"), "titel"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Hero.annotate(w13=Window(Rank(), Team.q.motto))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    await Hero.annotate(w14=Window(Rank(), ["team", "titel"]))  # type: ignore[list-item]
    misnamed = Window(Rank(), "titel")
    await Hero.annotate(x=misnamed)  # pyright: ignore[reportArgumentType, reportCallIssue]
    Window(3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
