"""Django's ORM with its asynchronous methods, and `sync_to_async` where it has none."""

import sys
import types
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import django
from asgiref.sync import sync_to_async
from django.conf import settings

from adapters.adapter import Values
from data import BADGES, HEROES, RECORDS, Kind, hero_badges


def configure(url: str) -> None:
    """Settings have to be there before models are."""
    parts = urlsplit(url)
    database: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": url.removeprefix("sqlite://")}
    database["OPTIONS"] = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA busy_timeout=5000"}
    if parts.scheme == "postgres":
        database = {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "HOST": parts.hostname}
        database |= {"USER": parts.username, "PORT": parts.port, "PASSWORD": parts.password or ""}
    database["CONN_MAX_AGE"] = None
    app = types.ModuleType("django_models")
    app.__path__ = []  # type: ignore[attr-defined]
    app.__file__ = __file__
    sys.modules.setdefault("django_models", app)
    apps = ["django.contrib.contenttypes"]
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=apps, USE_TZ=True, DEFAULT_AUTO_FIELD=AUTO)
    django.setup()


AUTO = "django.db.models.AutoField"


def make_models() -> dict[str, Any]:
    """The models, made when settings are there."""
    from django.db import models

    class Team(models.Model):
        name = models.CharField(max_length=50)

        class Meta:
            app_label = "bench"
            db_table = "team"

    class Badge(models.Model):
        name = models.CharField(max_length=50)

        class Meta:
            app_label = "bench"
            db_table = "badge"

    class Hero(models.Model):
        name = models.CharField(max_length=50)
        power = models.IntegerField()
        team = models.ForeignKey(Team, models.CASCADE, related_name="heroes")
        badges = models.ManyToManyField(Badge, related_name="heroes", db_table="hero_badge")

        class Meta:
            app_label = "bench"
            db_table = "hero"

    class Record(models.Model):
        title = models.CharField(max_length=50)
        kind = models.CharField(max_length=6, choices=[(kind, kind) for kind in Kind])
        stock = models.BigIntegerField()
        ratio = models.FloatField()
        active = models.BooleanField()
        price = models.DecimalField(max_digits=12, decimal_places=2)
        born = models.DateField()
        seen = models.DateTimeField()
        code = models.UUIDField()
        note = models.TextField(null=True)
        data = models.JSONField()

        class Meta:
            app_label = "bench"
            db_table = "record"

    return {"Team": Team, "Badge": Badge, "Hero": Hero, "Record": Record}


class Peer:
    name = "Django"

    async def open(self, url: str) -> None:
        configure(url)
        made = make_models()
        self.Team, self.Badge, self.Hero, self.Record = made["Team"], made["Badge"], made["Hero"], made["Record"]

    async def create(self) -> None:
        from django.db import connection

        def make() -> None:
            with connection.schema_editor() as editor:
                for model in (self.Team, self.Badge, self.Hero, self.Record):
                    editor.create_model(model)

        await sync_to_async(make)()

    async def close(self) -> None:
        from django.db import connections

        await sync_to_async(connections.close_all)()

    async def fill(self, teams: Sequence[str], heroes: Sequence[Values], records: Sequence[Values]) -> None:
        await self.Team.objects.abulk_create([self.Team(name=name) for name in teams])
        await self.insert_heroes(heroes)
        await self.insert_records(records)
        await self.Badge.objects.abulk_create([self.Badge(name=f"badge {number}") for number in range(BADGES)])
        through = self.Hero.badges.through
        await through.objects.abulk_create([through(hero_id=hero, badge_id=badge) for hero, badge in hero_badges()])

    async def clear(self) -> None:
        await self.Hero.objects.filter(id__gt=HEROES).adelete()
        await self.Record.objects.filter(id__gt=RECORDS).adelete()

    async def insert(self, values: Values) -> Any:
        return await self.Hero.objects.acreate(**values)

    async def insert_together(self, rows: Sequence[Values]) -> list[Any]:
        from django.db import transaction

        def work() -> list[Any]:
            with transaction.atomic():
                return [self.Hero.objects.create(**values) for values in rows]

        return await sync_to_async(work)()

    async def insert_heroes(self, rows: Sequence[Values]) -> list[Any]:
        return await self.Hero.objects.abulk_create([self.Hero(**values) for values in rows])

    async def insert_records(self, rows: Sequence[Values]) -> list[Any]:
        return await self.Record.objects.abulk_create([self.Record(**values) for values in rows])

    async def hero(self, key: int) -> Any:
        return await self.Hero.objects.aget(id=key)

    pooled_hero = hero

    async def _all(self, question: Any) -> list[Any]:
        return await sync_to_async(list)(question)

    async def first_heroes(self, count: int) -> list[Any]:
        return await self._all(self.Hero.objects.filter(id__lte=count).order_by("id"))

    async def found_heroes(self, power: int, prefix: str, teams: list[int]) -> list[Any]:
        asked = {
            "power__gte": power,
            "power__lt": power + 5,
            "name__startswith": prefix,
            "team__in": teams,
            "id__gt": 10,
        }
        return await self._all(self.Hero.objects.filter(**asked).order_by("id")[:20])

    async def heroes(self) -> list[Any]:
        return await self._all(self.Hero.objects.order_by("id"))

    async def records(self) -> list[Any]:
        found = await self._all(self.Record.objects.order_by("id"))
        for record in found:
            record.kind = Kind(record.kind)  # Django gives text
        return found

    async def dictionaries(self) -> list[Values]:
        return await self._all(self.Hero.objects.order_by("id").values("id", "name", "power", "team_id"))

    async def tuples(self) -> list[tuple[Any, ...]]:
        return await self._all(self.Hero.objects.order_by("id").values_list("id", "name", "power", "team_id"))

    async def heroes_with_team(self) -> list[Any]:
        return await self._all(self.Hero.objects.order_by("id").select_related("team"))

    async def teams_with_heroes(self) -> list[Any]:
        return [Loaded(team) for team in await self._all(self.Team.objects.order_by("id").prefetch_related("heroes"))]

    async def heroes_with_badges(self, count: int) -> list[Any]:
        asked = self.Hero.objects.filter(id__lte=count).order_by("id").prefetch_related("badges")
        return [Loaded(hero) for hero in await self._all(asked)]

    async def streamed_power(self) -> int:
        total = 0
        async for hero in self.Hero.objects.order_by("id").aiterator(chunk_size=1_000):
            total += hero.power
        return total

    async def save(self, hero: Any) -> None:
        await hero.asave()

    async def save_power(self, hero: Any) -> None:
        await hero.asave(update_fields=["power"])

    async def delete(self, hero: Any) -> None:
        await hero.adelete()

    async def update_heroes(self, heroes: Sequence[Any]) -> None:
        await self.Hero.objects.abulk_update(heroes, ["name", "power"])


class Loaded:
    """An object whose relations are read by `.all()`; nothing is computed before they are."""

    __slots__ = ("item",)

    def __init__(self, item: Any) -> None:
        self.item = item

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.item, name)
        return found.all() if name in ("heroes", "badges") else found
