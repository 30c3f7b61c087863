"""Relations that are loaded for one object after the other, and prefetches that nobody reads, are found."""

import asyncio
import copy
import inspect
import pickle
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import ORM, Prefetch, detect_n_plus_one
from ormgen.exceptions import ConfigurationError, NPlusOneError, NPlusOneWarning
from ormgen.models.n_plus_one import watching

from .world import build

Walk = Callable[[], Awaitable[Any]]


def here(offset: int = 0) -> str:
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    return f"{__file__}:{frame.f_back.f_lineno + offset}"


@pytest.fixture
async def heroes(orm: str) -> AsyncIterator[str]:
    await build()
    yield orm
    assert watching.on is False


async def test_a_foreign_key_in_a_loop(heroes: str) -> None:
    asked, loaded = here(2), here(3)
    with pytest.raises(NPlusOneError) as caught, detect_n_plus_one():  # noqa: PT012
        for hero in await Hero.filter(team__isnull=False):
            await hero.team
    assert str(caught.value) == (
        f"{loaded}: N+1 queries: Hero.team is loaded for one object after the other, 3 of which came from {asked}; "
        'load it for all of them at once: .select_related("team") or .prefetch_related("team")'
    )


async def reverse() -> None:
    for team in await Team.all():
        await team.heroes


async def reverse_narrowed() -> None:
    for team in await Team.all():
        await team.heroes.filter(power__gt=1).order_by("name").first()


async def many_to_many() -> None:
    async for hero in Hero.all():
        async for mission in hero.missions.all():
            assert mission.title


async def values() -> None:
    for hero in await Hero.all():
        await hero.reports.all().values("text")


async def fetched_one_by_one() -> None:
    for hero in await Hero.all():
        await hero.fetch_related("missions")


async def found_one_by_one() -> None:
    for name in ("ann", "bob"):
        await (await Hero.get(name=name)).team


async def counted() -> None:
    for team in await Team.all():
        await team.heroes.all().count()


async def asked_for() -> None:
    for team in await Team.all():
        await team.heroes.filter(power=1).exists()


async def of_prefetched_objects() -> None:
    for team in await Team.all().prefetch_related("heroes"):
        for hero in team.heroes:
            await hero.missions


@pytest.mark.parametrize(
    ("walk", "told"),
    [
        (reverse, r'Team\.heroes .* at once: \.prefetch_related\("heroes"\)$'),
        (reverse_narrowed, r"Team\.heroes"),
        (many_to_many, r"Hero\.missions"),
        (values, r"Hero\.reports"),
        (fetched_one_by_one, r"Hero\.missions"),
        (found_one_by_one, r"Hero\.team is loaded for one object after the other; load"),
        (counted, r"Team\.heroes .*annotate\(…=Count\(…\)\)"),
        (asked_for, r"Team\.heroes"),
        (of_prefetched_objects, r"Hero\.missions"),
    ],
)
async def test_each_way_to_load(heroes: str, walk: Walk, told: str) -> None:
    with pytest.raises(NPlusOneError, match=told):
        async with detect_n_plus_one():
            await walk()
    await walk()  # nobody watches


async def test_what_is_fine(heroes: str) -> None:
    with detect_n_plus_one() as detected:
        for hero in await Hero.all().select_related("team").prefetch_related("missions"):
            assert hero.team is None or hero.team.name
            assert len(hero.missions) >= 0
        for team in await Team.all().prefetch_related(Prefetch("heroes", Hero.filter(power=1), "weak")):
            assert getattr(team, "weak", None) is not None
        ann = await Hero.get(name="ann")
        assert await ann.team == await ann.team
        assert [len(each) for each in await asyncio.gather(ann.missions.all(), ann.reports.all())] == [2, 2]
        await ann.fetch_related("minions")
        assert len(ann.minions) == 2
        several = await Hero.all()
        await Hero.fetch_for_list(several, "badge")
        assert several[0].badge is not None
    assert detected.findings == []


async def test_a_prefetch_that_nobody_reads(heroes: str) -> None:
    asked = here(3)
    told = r"Team\.heroes was prefetched and never read"
    with pytest.raises(NPlusOneError, match=told) as caught, detect_n_plus_one():  # noqa: PT012
        teams = await Team.all().prefetch_related("heroes", "country")
        assert [team.country for team in teams]
    assert str(caught.value).startswith(f"{asked}: ")
    with detect_n_plus_one() as detected:  # one that is read now and then
        for name in ("alpha", "nobody", "beta"):
            for team in await Team.filter(name=name).prefetch_related("heroes"):
                if name == "beta":
                    assert len(team.heroes) == 1
    assert detected.findings == []


async def test_another_error_is_not_hidden(heroes: str) -> None:
    with pytest.raises(KeyError), detect_n_plus_one():  # noqa: PT012
        await Team.all().prefetch_related("heroes")
        raise KeyError


async def test_warnings(heroes: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with detect_n_plus_one("warn", threshold=3) as detected:
            line = here(3)
            for _ in range(2):
                for team in await Team.all():
                    await team.heroes
            await Hero.all().prefetch_related("reports")
    first = caught[0]
    assert (first.category, first.filename, first.lineno) == (
        NPlusOneWarning,
        __file__,
        int(line.rpartition(":")[2]),
    )
    assert [str(each.message) for each in caught] == detected.findings
    assert len(detected.findings) == 2


async def test_threshold(heroes: str) -> None:
    with detect_n_plus_one(threshold=4):
        await reverse()
    with pytest.raises(ConfigurationError, match="the mode is"):
        detect_n_plus_one("shout")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_objects_stay_what_they_are(heroes: str) -> None:
    with detect_n_plus_one():
        (team, *_) = await Team.all().order_by("id").prefetch_related("heroes")
        for made in (copy.copy(team), copy.deepcopy(team), pickle.loads(pickle.dumps(team))):
            assert made == team
            assert [hero.name for hero in made.heroes] == [hero.name for hero in team.heroes]
        assert set(team.to_dict()) == {"id", "name", "city", "size", "country_id"}


async def test_the_whole_process(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": ["models.heroes"]}, n_plus_one="raise")
    try:
        await ORM.generate_schemas()
        await build()
        for name in ("ann", "bob", "cid"):  # not siblings: this may be one request after the other
            await (await Hero.get(name=name)).team
        with pytest.raises(NPlusOneError, match=r"Team\.heroes"):
            await reverse()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await Team.all().prefetch_related("heroes")
        assert ["never read" in str(each.message) for each in caught] == [True]
    finally:
        await ORM.close_connections()
    assert watching.on is False
    with pytest.raises(ConfigurationError, match="n_plus_one is"):
        await ORM.init(db_url=db_url, modules={"models": ["models.heroes"]}, n_plus_one="no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
