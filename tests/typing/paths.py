"""Path expressions: exact at any depth, tied to the model where they begin; `Hero.Q(...)` checked against it."""

import datetime as dt
from typing import Any, assert_type

from odd.models import Builtins, Note, Parameters, Queue, Ticket
from odd.models import Status as OddStatus

from heroes.models import Hero, Mission, Player, Profile, Rank, Status, Team
from ormgen.expressions import F, Order, Path, Q
from ormgen.functions import Avg, Count, Lower
from ormgen.query_utils import Q as SameQ


def takes_hero(condition: Q[Hero]) -> None: ...


def takes_ticket(condition: Q[Ticket]) -> None: ...


def takes_queue(condition: Q[Queue]) -> None: ...


async def conditions(hero: Hero, team: Team, plain: Q, many: list[Q]) -> None:
    takes_hero(Hero.q.name.icontains("x"))
    takes_hero(Hero.q.name == "x")
    takes_hero(Hero.q.power != None)  # noqa: E711
    takes_hero(Hero.q.team.owner.username.startswith("x"))
    takes_hero(~(Hero.q.power.gt(3) | Hero.q.power.isnull()) & Hero.Q(name="x"))
    takes_hero(Hero.Q(name__icontains="x", team__name="y"))
    assert_type(Q(name="x"), Q[Any])
    assert_type(await Hero.filter(Hero.q.name.icontains("x")), list[Hero])
    assert_type(await Hero.exclude(Hero.q.power < 3).get_or_none(Hero.q.name == "x"), Hero | None)
    assert_type(await Hero.exists(Hero.q.mentor.team.name.in_(["x"])), bool)
    Hero.filter(plain, Q(name="x"), *many, SameQ(power=3), Q(Hero.q.name == "x", power=1))
    Hero.filter(Hero.q.name.endswith("x") | Q(power=3), Q(power=3) & Hero.q.name.iexact("x"), Hero.Q(plain, power=3))
    Hero.filter(Hero.q.power.range(1, 3), Hero.q.power.range((1, 3)), Hero.q.name.not_in({"a"}))
    Hero.filter(Hero.q.power == F("id") + 1, Hero.q.power >= Hero.q.id, Hero.q.power < Hero.q.mentor.power * 2)
    Hero.filter(Hero.q.name == Hero.q.team.name, Hero.q.team == Hero.q.mentor.team, power__gt=Hero.q.id)
    Hero.filter(Hero.q.status == Status.ACTIVE, Hero.q.status.in_([Status.RETIRED]), Hero.q.rank > Rank.SIDEKICK)
    Hero.filter(Hero.q.team == team, Hero.q.team != 3, Hero.q.team.in_([team, 4]), Hero.q.team_id == 3)
    Hero.filter(Hero.q.mentor.isnull(), Hero.q.mentor.exact(None), Hero.q.missions.not_isnull(), Hero.q.friends == hero)
    Hero.filter(Hero.q.missions.starts_at.year(2024), Hero.q.created_at.date(dt.date.today()))
    Hero.filter(Hero.q.created_at > dt.datetime.now(), Hero.q.data == {"a": 1}, Hero.q.data.not_([1]))
    Hero.filter(Hero.q.team.heroes.mentor.friends.profile.bio.icontains("x"))
    Hero.filter(Hero.q.id.in_(Hero.all().pluck(Hero.q.mentor_id)))
    acc = Q()
    acc |= Q(power=1)
    acc &= Hero.q.name.icontains("x")
    Hero.all().filter(acc).exclude(Hero.q.pk == 3)
    await team.heroes.filter(Hero.q.name == "x")
    OddStatus.filter(OddStatus.q.note == "code", OddStatus.q.note.day.isnull(), OddStatus.q.about.Date.year(2024))


async def answers() -> None:
    assert_type(await Hero.all().pluck(Hero.q.name), list[str])
    assert_type(await Hero.filter(power=1).pluck(Hero.q.power), list[int | None])
    assert_type(await Hero.all().pluck(Hero.q.team.name), list[str])
    assert_type(await Hero.all().pluck(Hero.q.team), list[int])
    assert_type(await Hero.all().pluck(Hero.q.team.owner), list[int | None])
    assert_type(await Hero.all().pluck(Hero.q.team.owner.username), list[str | None])
    assert_type(await Hero.all().pluck(Hero.q.mentor.team.name), list[str | None])
    assert_type(await Hero.all().pluck(Hero.q.missions.starts_at), list[dt.datetime | None])
    assert_type(await Hero.all().pluck(Hero.q.rank), list[Rank | None])
    assert_type(await Hero.all().pluck(Hero.q.data), list[dict[str, Any]])
    assert_type(await Hero.all().select_related("team").pluck(Hero.q.name).first(), str | None)
    assert_type(await Note.all().pluck(Note.q.span), list[dt.timedelta])
    assert_type(await OddStatus.all().pluck(OddStatus.q.note), list[str])
    assert_type(await Builtins.all().pluck(Builtins.q.str), list[str | None])
    assert_type(await Parameters.all().pluck(Parameters.q.using_db), list[str])
    assert_type(await Profile.all().pluck(Profile.q.hero.team.motto), list[str | None])
    assert_type(await Mission.all().pluck(Mission.q.crew.mentor.power), list[int | None])
    order: Order[Hero] = Hero.q.power.desc()
    await Hero.all().order_by(Hero.q.team.name, Hero.q.power.desc(), "-name").only(Hero.q.name, Hero.q.team.name)
    await Hero.all().order_by(Hero.q.missions.starts_at.asc()).defer(Hero.q.power).latest(Hero.q.created_at)
    await Hero.all().values(Hero.q.name, "power", leader=Hero.q.team.owner.username)
    await Hero.all().values_list(Hero.q.name, Hero.q.team.name)
    assert_type(await Hero.all().values_list(Hero.q.team.owner.username, flat=True), list[str | None])
    assert_type(await Hero.get(id=1).values_list(Hero.q.power, flat=True), int | None)
    await Hero.annotate(doubled=Hero.q.power * 2, n=Count(Hero.q.missions), low=Lower(Hero.q.team.name), own=Hero.q.id)
    await Team.annotate(mean=Avg(Team.q.heroes.power, _filter=Team.q.heroes.power > 3)).group_by(Team.q.name)
    await Hero.filter(id=1).update(power=Hero.q.power + 1)
    await Hero.filter(id=1).update(power=Hero.q.mentor_id)
    path: Path[Hero, str] = Hero.q.name
    seen = {path: 1, Hero.q.team.name: 2}
    print(seen, order)


async def columns_called_so(queue: Queue, ticket: Ticket) -> None:
    assert_type(queue.q, str)
    assert_type(ticket.Q, int | None)
    takes_ticket(Ticket.q.queue.q == "x")
    takes_queue(Queue.Q(q="x"))
    takes_ticket(Ticket.q.Q > 3)
    assert_type(await Ticket.all().pluck(Ticket.q.queue.asc), list[dt.date])
    await Ticket.filter(Ticket.q.queue.range.range(1, 2), Ticket.q.queue.next.asc.year(2024)).order_by(
        Ticket.q.queue.asc.asc()
    )
    Ticket.filter(Ticket.q.queue.asc())  # type: ignore[operator]  # pyright: ignore[reportCallIssue]


async def mistakes(hero: Hero) -> None:
    takes_hero(Team.q.name == "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    takes_hero(~Team.q.name.icontains("x") | Q(name="x"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wrong: Path[Hero, int] = Hero.q.name  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other: Order[Hero] = Team.q.name.asc()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(wrong, other)
    Hero.filter(Team.q.name == "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Team.Q(name="x"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.nmae == "x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.team.nmae == "x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.team.owner.nmae == "x")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.power.icontains("x"))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.name.year(3))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.status.gt(Status.ACTIVE))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.data.in_([{}]))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.team.gt(3))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    Hero.filter(Hero.q.created_at.hour("3"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name.icontains(3))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name.in_("abc"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name.exact(None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name == 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.power.gt(None))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.power > "x")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    Hero.filter(Hero.q.power.range(1))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.status.exact("active"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.team.exact(hero))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name.icontains("x") & Team.q.name.icontains("x"))  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    Hero.filter(Hero.q.name.exact(Team.q.name))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.filter(Hero.q.name.exact(Hero.q.power))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.Q(nmae="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Hero.Q(power="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.Q(Team.q.name == "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().pluck(Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().pluck(Hero.q)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by(Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().order_by(Team.q.name.desc())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().only(Player.q.username)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().defer(Player.q.username)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Hero.all().values(Team.q.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.all().values_list(Team.q.name, flat=True)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    Hero.all().annotate(n=Count(Team.q.heroes))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    print(Hero.q.name + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
