"""What the article does, step by step: `python -m heroes.main`."""

from dataclasses import dataclass
from typing import Any

from heroes.models import Hero, Post, Profile, Team, User
from ormgen import ORM, run_async
from ormgen.exceptions import DoesNotExist, IntegrityError
from ormgen.expressions import F
from ormgen.functions import Avg, Count
from ormgen.transactions import atomic, in_transaction


@dataclass(frozen=True)
class Facts:
    """What came out of a run."""

    rosters: dict[str, list[str]]
    strongest: str | None
    lineup: list[str]
    adults: list[str]
    writers: dict[str, int]
    average_power: dict[str, float]
    balances: dict[str, int]
    favourite_of: dict[str, str | None]
    inactive: list[str]


class NotEnough(Exception):
    """The account does not hold that much."""


async def init_db(db_url: str) -> None:
    """Link the models and create their tables."""
    await ORM.init(db_url=db_url, modules={"models": ["heroes.models"]})
    await ORM.generate_schemas()


async def recruit() -> None:
    """Two teams, five heroes."""
    pioneers = await Team.create(name="Pioneers")
    rockets = await Team.create(name="Rockets")
    await Hero.create(name="Ada", team=pioneers, power=90)
    await Hero.create(name="Charles", team_id=pioneers.id)
    await rockets.heroes.create(name="Katherine", power=85)
    await Hero.bulk_create(
        [Hero(name="Margaret", team=rockets, power=95), Hero(name="Dorothy", team=rockets, power=80)]
    )
    await Hero.filter(name="Charles").update(power=F("power") + 70)


async def rosters() -> dict[str, list[str]]:
    """All teams with their heroes: two statements, however many teams there are."""
    found: dict[str, list[str]] = {}
    for team in await Team.all().prefetch_related("heroes").order_by("name"):
        found[team.name] = sorted(str(hero) for hero in team.heroes)
        print(f"{team}: {', '.join(found[team.name])}")
    return found


async def lineup() -> list[str]:
    """All heroes with their teams, in one statement."""
    heroes = await Hero.all().select_related("team").order_by("-power")
    return [f"{hero.name} of {hero.team.name}" for hero in heroes]


async def strongest_comrade(name: str) -> str | None:
    """The strongest hero in the team of the hero with this name."""
    hero = await Hero.get(name=name)
    team = await hero.team
    strongest = await team.strongest()
    print(f"the strongest of {team.name} is {strongest}")
    return None if strongest is None else strongest.name


@atomic()
async def create_user_with_profile(user_data: dict[str, Any], profile_data: dict[str, Any]) -> User:
    """Both, or neither."""
    user = await User.create(**user_data)
    await Profile.create(user=user, **profile_data)
    return user


async def sign_up() -> None:
    """Four users; the fifth has an address that is taken, so no profile is left behind either."""
    ada = await Hero.get(name="Ada")
    alice = {"name": "Alice", "email": "alice@example.com", "age": 34, "balance": 100}
    await create_user_with_profile(alice, {"bio": "Writes.", "favourite": ada})
    await create_user_with_profile({"name": "Bob", "email": "bob@example.com", "age": 17}, {})
    await User.bulk_create(
        [
            User(name="Carol", email="carol@example.com", age=51, banned=True),
            User(name="Dan", email="dan@example.com", active=False),
        ]
    )
    try:
        await create_user_with_profile(alice | {"name": "Alicia"}, {"bio": "Also writes."})
    except IntegrityError:
        print("alice@example.com is taken")
    user, created = await User.get_or_create(email="alice@example.com", defaults={"name": "Somebody"})
    assert not created
    print(f"{user} signed up; {await Profile.all().count()} profiles")


async def publish() -> dict[str, int]:
    """Users with more than one post."""
    alice = await User.get(email="alice@example.com")
    bob = await User.get(email="bob@example.com")
    await Post.create(author=alice, title="Notes on the engine", body="It weaves patterns.")
    await alice.posts.create(title="More notes", body="And numbers.")
    await Post.create(author=bob, title="First!", body="Hello.")
    for post in await Post.filter(author__name__icontains="ALI").select_related("author"):
        print(f"{post.author.name} wrote {post.title!r}")
    busy = await User.annotate(post_count=Count("posts")).filter(post_count__gt=1).order_by("name")
    return {user.name: user.post_count for user in busy}


async def adults() -> list[str]:
    """Users who may read everything, the newest first."""
    if not await User.filter(banned=True).exists():
        return []
    users = await User.filter(age__gte=18).exclude(banned=True).order_by("-created_at", "-id").limit(10)
    return [user.name for user in users]


async def average_power() -> dict[str, float]:
    """The mean power of each team."""
    rows = await Team.annotate(average=Avg("heroes__power")).order_by("name").values("name", "average")
    return {row["name"]: row["average"] for row in rows if row["average"] is not None}


async def transfer(from_id: int, to_id: int, amount: int) -> None:
    """Move an amount from one account to the other.

    Raises:
        NotEnough: the first account does not hold it.
    """
    async with in_transaction() as conn:
        from_user = await User.get(id=from_id).using_db(conn)
        to_user = await User.get(id=to_id).using_db(conn)
        from_user.balance -= amount
        to_user.balance += amount
        await from_user.save(using_db=conn)
        await to_user.save(using_db=conn, update_fields=["balance"])
        if from_user.balance < 0:
            raise NotEnough(f"{from_user.name} lacks {-from_user.balance}")


async def settle() -> dict[str, int]:
    """A transfer that works, and within the same transaction one that is undone."""
    alice, bob = await User.filter(name__in=["Alice", "Bob"]).order_by("name")
    async with in_transaction():
        await transfer(alice.id, bob.id, 30)
        try:
            await transfer(alice.id, bob.id, 1000)
        except NotEnough as error:
            print(f"refused: {error}")
    return {user.name: user.balance for user in await User.filter(balance__gt=0).order_by("name")}


async def favourites() -> dict[str, str | None]:
    """Whom the users like; a profile need not name anybody."""
    found: dict[str, str | None] = {}
    for profile in await Profile.all().select_related("user", "favourite").order_by("id"):
        found[profile.user.name] = None if profile.favourite is None else profile.favourite.name
    return found


async def clean_up() -> list[str]:
    """Ban who is inactive; their names."""
    await User.filter(active=False).update(banned=True)
    try:
        await User.get(name="Nobody")
    except DoesNotExist:
        print("there is no Nobody")
    assert await User.get_or_none(name="Nobody") is None
    return await User.filter(banned=True, active=False).values_list("name", flat=True)


async def main(db_url: str = "sqlite://:memory:") -> Facts:
    """All steps, in a database without tables."""
    await init_db(db_url)
    await recruit()
    await sign_up()
    facts = Facts(
        rosters=await rosters(),
        strongest=await strongest_comrade("Dorothy"),
        lineup=await lineup(),
        writers=await publish(),
        adults=await adults(),
        average_power=await average_power(),
        balances=await settle(),
        favourite_of=await favourites(),
        inactive=await clean_up(),
    )
    for name, value in vars(facts).items():
        print(f"{name}: {value}")
    return facts


if __name__ == "__main__":
    run_async(main())
