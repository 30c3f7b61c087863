from typing import assert_type

from club.people import Captain, Level, Member, _Guest
from club.places import Ground


async def use() -> None:
    member = await Member.filter(level=Level.SENIOR, ground__city="Bath").select_related("ground").get(id=1)
    assert_type(member.ground.city, str)
    assert_type(member.level, Level)
    assert_type(await Member.objects.paying().order_by("-since").first(), Member | None)
    assert_type(await member.guests.filter(name="Eve").count(), int)
    assert_type(await Ground.get_or_none(owner__name="Ada"), Ground | None)
    assert_type((await Captain.create(name="Ada", team="red", since="2020-01-01")).team, str)  # type: ignore[arg-type]
    assert_type(await _Guest.filter(friends=member).exists(), bool)
    Ground.filter(owner__team__above="a")  # type: ignore[call-arg]
