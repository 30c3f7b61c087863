"""What pages for Tortoise ORM tell their readers to write, in snippets of our own: each import, setting and call.

`PLACE` and `OTHER` stand for databases. Each snippet runs in a program of its own beside the package `library`.
"""

BEGIN = """
from tortoise import Tortoise

from library.models import Card, Reader, Shelf, Visit, Volume

await Tortoise.init(db_url="PLACE", modules={"models": ["library.models"]})
await Tortoise.generate_schemas()
alice = await Reader.create(name="Alice", email="a@example.com")
bob = await Reader.create(name="Bob", email="b@example.com", age=9, active=False)
shelf = await Shelf.create(label="North")
await Volume.create(title="Thor", shelf=shelf, pages=9)
"""
WEB = """
from fastapi import FastAPI
from fastapi.testclient import TestClient

from library.models import Reader
"""
SNIPPETS = {
    "beginning and ending": """
from tortoise import Tortoise


async def start():
    await Tortoise.init(
        db_url="PLACE",
        modules={"models": ["library.models"]},
    )
    await Tortoise.generate_schemas()


async def stop():
    await Tortoise.close_connections()


await start()
assert "Reader" in Tortoise.apps["models"]
print(Tortoise.apps)
await Tortoise.generate_schemas(safe=True)
await stop()
""",
    "models that nobody lists": """
import library.models
from tortoise import Tortoise
from tortoise.exceptions import ConfigurationError

try:
    await Tortoise.init(db_url="PLACE")
except ConfigurationError as error:
    told = str(error)
assert "modules" in told
""",
    "several modules and apps": """
from tortoise import Tortoise

await Tortoise.init(
    db_url="PLACE",
    modules={"models": ["library.models"], "counted": ["library.counts"]},
)
await Tortoise.generate_schemas()
assert sorted(Tortoise.apps) == ["counted", "models"]
""",
    "settings": """
from settings import TORTOISE_ORM
from tortoise import Tortoise

await Tortoise.init(config=TORTOISE_ORM)
await Tortoise.generate_schemas()
assert sorted(Tortoise.apps["models"]) == ["Card", "Reader", "Shelf", "Visit", "Volume"]
""",
    "several databases": """
from tortoise import Tortoise

TORTOISE_ORM = {
    "connections": {"primary": "PLACE", "readonly": "PLACE", "counting": "OTHER"},
    "apps": {
        "models": {"models": ["library.models"], "default_connection": "primary"},
        "counted": {"models": ["library.counts"], "default_connection": "counting"},
    },
}
await Tortoise.init(config=TORTOISE_ORM)
await Tortoise.generate_schemas()
await Tortoise.apps["counted"]["Count"].create(number=2)
assert await Tortoise.apps["models"]["Reader"].all() == []
""",
    "an engine and its credentials": """
from tortoise import Tortoise

CONFIG = {
    "connections": {
        "default": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": "first.sqlite3"}},
        "another_conn": {"engine": "tortoise.backends.sqlite", "credentials": {"file_path": "second.sqlite3"}},
    },
    "apps": {
        "app": {"models": ["library.notes"], "default_connection": "default"},
        "another_app": {"models": ["library.counts"], "default_connection": "another_conn"},
    },
}
await Tortoise.init(config=CONFIG)
await Tortoise.generate_schemas()
await Tortoise.apps["app"]["Note"].create(text="a")
assert await Tortoise.apps["another_app"]["Count"].all() == []
""",
    "engines of servers": """
from tortoise import Tortoise

credentials = {"host": "localhost", "port": 5432, "user": "postgres", "password": "...", "database": "some"}
ENGINES = {
    "pooled": {"engine": "tortoise.backends.asyncpg", "credentials": {**credentials, "minsize": 5, "maxsize": 20}},
    "plain": {"engine": "tortoise.backends.asyncpg", "credentials": {**credentials, "ssl": False}},
    "spoken": "postgres://user:pass@localhost:5432/some",
    "mine": "mysql://user:pass@localhost:3306/some",
    "file": "sqlite://db.sqlite3",
}
apps = {"models": {"models": ["library.counts"], "default_connection": "pooled"}}
await Tortoise.init(config={"connections": ENGINES, "apps": apps})
""",
    "another task": """
import asyncio

from tortoise import Tortoise


async def begin():
    await Tortoise.init(
        db_url="PLACE",
        modules={"models": ["library.models"]},
        _enable_global_fallback=True,
    )


await asyncio.create_task(begin())
await Tortoise.generate_schemas()
""",
    "a whole program": """
import asyncio

from tortoise import Tortoise, run_async


async def main():
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["library.counts"]})
    await Tortoise.generate_schemas()
    return 5


assert await asyncio.to_thread(run_async, main()) == 5
""",
    "relations": f"""{BEGIN}
volume = await Volume.get(id=1)
home = await volume.shelf
print(home.label)
shelf = await Shelf.get(id=1)
print(shelf.volumes)
for volume in await shelf.volumes.all():
    assert volume.title == "Thor"
for shelf in await Shelf.all():
    assert len(await shelf.volumes.all()) == 1
for shelf in await Shelf.all().prefetch_related("volumes"):
    assert [volume.title for volume in shelf.volumes] == ["Thor"]
for volume in await Volume.all().select_related("shelf"):
    assert volume.shelf.label == str(volume.shelf) == "North"
await alice.fetch_related("visits", "card", "liked")
assert list(alice.visits) == list(alice.liked) == []
""",
    "questions": f"""{BEGIN}
from tortoise.exceptions import DoesNotExist
from tortoise.functions import Avg, Count, Sum

assert await Reader.get(id=1) == alice
assert await Reader.get_or_none(id=99) is None
try:
    await Reader.get(id=99)
except DoesNotExist:
    pass
made, new = await Reader.get_or_create(email="c@example.com", defaults={{"name": "Carol"}})
assert new
assert [each.name for each in await Reader.filter(name__icontains="ALI")] == ["Alice"]
assert await Reader.filter(age__gte=18).filter(active=True).count() == 2
assert len(await Reader.exclude(banned=True)) == 3
assert len(await Reader.all().order_by("-created_at").limit(2)) == 2
assert await Reader.filter(email="b@example.com").exists()
assert await Reader.annotate(seen=Count("visits")).filter(seen__gt=5).all() == []
stats = await Reader.aggregate(mean=Avg("age"), total=Count("id"), sum=Sum("age"))
print(stats["mean"], stats["total"])
assert stats["sum"] == 49
assert await Reader.filter(name__in=["Bob"], name__not="x", age__lt=10, email__isnull=False).count() == 1
assert await Reader.filter(name__startswith="B", name__endswith="b", name__contains="o", name__iexact="BOB").exists()
assert await Reader.filter(name__exact="Bob", age__lte=9, id__gt=0, name__not_in=["x"]).exists()
""",
    "many at once": f"""{BEGIN}
await Reader.bulk_create([
    Reader(name="D", email="d@example.com", active=False),
    Reader(name="E", email="e@example.com"),
])
assert await Reader.filter(active=False).update(banned=True) == 2
""",
    "transactions": f"""{BEGIN}
from tortoise.transactions import atomic
from tortoise.transactions import in_transaction


@atomic()
async def enrol(reader_data, card_data):
    reader = await Reader.create(**reader_data)
    await Card.create(reader=reader, **card_data)
    return reader


async def pay(from_id, to_id, amount):
    async with in_transaction() as conn:
        giver = await Reader.get(id=from_id).using_db(conn)
        taker = await Reader.get(id=to_id).using_db(conn)
        giver.balance -= amount
        taker.balance += amount
        await giver.save(using_db=conn)
        await taker.save(using_db=conn)


await enrol({{"name": "F"}}, {{"note": "new"}})
await pay(1, 2, 5)
assert await Reader.filter(id__in=[1, 2]).order_by("id").values_list("balance", flat=True) == [-5, 5]
async with in_transaction() as conn:
    await Reader.create(name="outer").using_db(conn)
    try:
        async with in_transaction(connection_name=conn) as nested:
            await Reader.create(name="inner", using_db=nested)
            raise ValueError
    except ValueError:
        pass
assert await Reader.filter(name__in=["outer", "inner"]).values_list("name", flat=True) == ["outer"]
""",
    "signals": f"""{BEGIN}
from tortoise.signals import post_save, pre_save

greeted = []


@pre_save(Reader)
async def before(sender, instance, using_db, update_fields):
    greeted.append(instance.name)


@post_save(Reader)
async def after(sender, instance, created, using_db, update_fields):
    if created:
        greeted.append(instance.email)


await Reader.create(name="G", email="g@example.com")
assert greeted == ["G", "g@example.com"]
""",
    "a service": f"""{WEB}
from contextlib import asynccontextmanager

from tortoise import Tortoise
from tortoise.contrib.fastapi import RegisterTortoise

TORTOISE_ORM = {{
    "connections": {{"default": "PLACE"}},
    "apps": {{"models": {{"models": ["library.models", "aerich.models"], "default_connection": "default"}}}},
}}


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with RegisterTortoise(
        app,
        config=TORTOISE_ORM,
        generate_schemas=False,  # migrations do that
        add_exception_handlers=True,
    ):
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/readers")
async def readers():
    return await Reader.all().values("id", "name")


@app.post("/readers")
async def add(name: str, email: str):
    reader = await Reader.create(name=name, email=email)
    return await reader.to_dict()


@app.get("/readers/{{key}}")
async def one(key: int):
    return await Reader.get(id=key).values("name")


await Tortoise.init(config=TORTOISE_ORM)
await Tortoise.generate_schemas()
await Tortoise.close_connections()
with TestClient(app) as client:
    assert client.post("/readers", params={{"name": "A", "email": "a@example.com"}}).json()["age"] == 20
    assert client.get("/readers").json() == [{{"id": 1, "name": "A"}}]
    assert client.get("/readers/2").status_code == 404
""",
    "schemas": f"""{BEGIN}{WEB}
from tortoise.contrib.pydantic import pydantic_model_creator

app = FastAPI()
ReaderOut = pydantic_model_creator(Reader, name="ReaderOut")
ReaderIn = pydantic_model_creator(Reader, name="ReaderIn", exclude_readonly=True)


@app.get("/readers", response_model=list[ReaderOut])
async def listed():
    return await ReaderOut.from_queryset(Reader.all())


@app.post("/readers", response_model=ReaderOut)
async def added(reader: ReaderIn):
    made = await Reader.create(**reader.model_dump())
    return await ReaderOut.from_tortoise_orm(made)


given = ReaderIn(name="H", email="h@example.com")
assert (await added(given)).name == "H"
assert [each.name for each in await listed()] == ["Alice", "Bob", "H"]
""",
    "tests": """
import pytest
from tortoise import Tortoise


@pytest.fixture(autouse=True)
async def database():
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["library.models"]})
    await Tortoise.generate_schemas()
    yield
    await Tortoise.close_connections()


assert database is not None
""",
    "annotations": f"""{BEGIN}
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from library.models import Reader as ReaderModel
    from tortoise.queryset import QuerySet


async def reader_of(key: int) -> "ReaderModel":
    return await Reader.get(id=key)


def young() -> "QuerySet[Reader]":
    return Reader.filter(age__lt=18)


assert (await reader_of(2)) == await young().get()
""",
}
