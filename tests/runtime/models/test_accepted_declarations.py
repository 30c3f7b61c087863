"""What programs for Tortoise ORM also say in declarations and to `ORM.init`, and what they get."""

import warnings
from enum import Enum
from types import ModuleType
from typing import Any

import pytest

import ormgen
from ormgen import Model, fields
from ormgen.exceptions import ConfigurationError, IntegrityError, OperationalError


@pytest.mark.feature(83, 85)
def test_keys_are_declared_by_position() -> None:
    for made in (fields.IntField(True), fields.BigIntField(True), fields.SmallIntField(primary_key=True)):
        assert made.primary_key
        assert made.generated
    with pytest.warns(DeprecationWarning, match="TextField as a PrimaryKey is Deprecated, use CharField instead"):
        assert fields.TextField(primary_key=True).primary_key
    with pytest.raises(ConfigurationError, match="cannot be unique or indexed"):
        fields.TextField(unique=True)


@pytest.mark.feature(85)
async def test_text_as_a_key(db_url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)

        class Saying(Model):
            words = fields.TextField(primary_key=True)

    async with ormgen.ORMContext() as context:
        await context.init(db_url=db_url, modules={"models": [_module(Saying)]})
        if db_url.startswith("mysql"):
            with pytest.raises(OperationalError):  # no key of text without a length there
                await context.generate_schemas()
            return
        await context.generate_schemas()
        made = await Saying.create(words="to be")
        assert await Saying.get(words="to be") == made
        with pytest.raises(IntegrityError):
            await Saying.create(words="to be")


def _module(*models: type[Model]) -> Any:
    made = ModuleType("sayings")
    made.__dict__["__models__"] = list(models)
    return made


@pytest.mark.feature(9)
async def test_an_app_without_models_is_worth_a_warning(sqlite_url: str) -> None:
    with pytest.warns(RuntimeWarning, match='Module "empty" has no models'):
        await ormgen.ORM.init(db_url=sqlite_url, modules={"models": [ModuleType("empty")]})
    assert dict(ormgen.ORM.apps["models"]) == {}
    await ormgen.ORM.close_connections()


@pytest.mark.feature(10, 11)
async def test_a_database_is_not_made_without_connecting(sqlite_url: str) -> None:
    with pytest.raises(ConfigurationError, match="init_connections=False cannot be used with _create_db=True"):
        await ormgen.ORM.init(
            db_url=sqlite_url, modules={"models": ["models.heroes"]}, init_connections=False, _create_db=True
        )


@pytest.mark.feature(81, 89)
def test_fields_are_known_before_init() -> None:
    class Later(Model):
        at = fields.DatetimeField(auto_now_add=True)
        whom = fields.ForeignKeyField("models.Nobody")

    assert set(Later._meta.fields_map) == {"id", "at", "whom"}
    described = Later._meta.fields_map["at"].describe()
    assert (described["auto_now"], described["auto_now_add"]) == (False, True)


@pytest.mark.feature(70)
async def test_relations_called_as_methods_of_dictionaries(db_url: str) -> None:
    class Door(Model):
        name = fields.CharField(max_length=20)
        values = fields.IntField(default=3)

    class Key(Model):
        door = fields.ForeignKeyField("models.Door", related_name="keys")
        box = fields.ForeignKeyField("models.Door", related_name="items", null=True)

    async with ormgen.ORMContext() as context:
        await context.init(db_url=db_url, modules={"models": [_module(Door, Key)]})
        await context.generate_schemas()
        door: Any = await Door.create(name="front")
        await Key.create(door=door)
        assert dict(door) == door.to_dict() == {"id": door.id, "name": "front", "values": 3}
        assert await door.keys.all().count() == len(await door.keys) == 1
        assert await door.items.all() == []
        loaded: Any = await Door.all().prefetch_related("keys").get()
        assert dict(loaded) == dict(door)
        assert len(loaded.keys) == 1
        assert loaded["name"] == "front"
        with pytest.raises(TypeError, match="cannot be called"):
            loaded.items()
        with pytest.raises(KeyError):
            _ = loaded["other"]


class Colour(Enum):
    RED = "r"
    BLUE = "b"


@pytest.mark.feature(78, 94)
def test_keys_that_nothing_makes_and_enums_that_describe_themselves() -> None:
    for wrong in (fields.CharField, fields.UUIDField):
        options: dict[str, Any] = {"max_length": 5} if wrong is fields.CharField else {}
        with pytest.raises(ConfigurationError, match="can't be DB-generated"):
            wrong(primary_key=True, generated=True, **options)
    assert fields.UUIDField(
        primary_key=True, generated=True, db_default=fields.SqlDefault("gen_random_uuid()")
    ).generated
    assert fields.CharEnumField(Colour).describe()["description"] == "RED: r\nBLUE: b"
    assert fields.CharEnumField(Colour, description="a colour").describe()["description"] == "a colour"
    assert fields.IntField().describe()["description"] is None


@pytest.mark.feature(44, 57)
async def test_a_module_of_several_apps(db_url: str) -> None:
    class Here(Model):
        name = fields.CharField(max_length=5)

    class There(Model):
        name = fields.CharField(max_length=5)

        class Meta:
            app = "events"

    module = _module(Here, There)
    async with ormgen.ORMContext() as context:
        await context.init(
            {
                "connections": {"first": db_url, "second": "sqlite://:memory:"},
                "apps": {
                    "models": {"models": [module], "default_connection": "first"},
                    "events": {"models": [module], "default_connection": "second"},
                },
            }
        )
        await context.generate_schemas()
        await Here.create(name="a")
        await There.create(name="b")
        assert (set(context.apps["models"]), set(context.apps["events"])) == ({"Here"}, {"There"})
        assert (Here._meta.db.alias, There._meta.db.alias) == ("first", "second")
        assert len(await context.db("second").execute_query_dict("SELECT name FROM there")) == 1
