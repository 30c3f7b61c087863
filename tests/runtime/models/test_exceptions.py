"""What goes wrong raises an error of the right class, with a text that says what."""

import pytest

from models.heroes import Badge, Country, Hero, Team
from ormgen import exceptions as e
from ormgen import fields
from ormgen.schema.field import base_type

TREE: list[tuple[type[Exception], tuple[type[Exception], ...]]] = [
    (e.ConfigurationError, (e.BaseORMException,)),
    (e.FieldError, (e.BaseORMException,)),
    (e.ParamsError, (e.BaseORMException,)),
    (e.UnSupportedError, (e.BaseORMException,)),
    (e.TransactionManagementError, (e.BaseORMException,)),
    (e.ValidationError, (e.BaseORMException, ValueError)),
    (e.OperationalError, (e.BaseORMException,)),
    (e.DBConnectionError, (e.BaseORMException, ConnectionError)),
    (e.IntegrityError, (e.OperationalError,)),
    (e.NoValuesFetched, (e.OperationalError,)),
    (e.IncompleteInstanceError, (e.OperationalError,)),
    (e.ObjectDoesNotExistError, (e.OperationalError, KeyError)),
    (e.NotExistOrMultiple, (e.OperationalError,)),
    (e.DoesNotExist, (e.NotExistOrMultiple,)),
    (e.MultipleObjectsReturned, (e.NotExistOrMultiple,)),
]


@pytest.mark.feature(251)
@pytest.mark.parametrize(("error", "bases"), TREE, ids=lambda item: getattr(item, "__name__", ""))
def test_tree(error: type[Exception], bases: tuple[type[Exception], ...]) -> None:
    for base in bases:
        assert issubclass(error, base)


@pytest.mark.feature(253)
async def test_nothing_and_too_much(orm: str) -> None:
    with pytest.raises(e.DoesNotExist, match=r"^Object does not exist"):
        await Hero.get(name="nobody")
    await Hero.create(name="a", power=1)
    await Hero.create(name="a", power=2)
    with pytest.raises(e.MultipleObjectsReturned, match=r"^Multiple objects returned, expected exactly one"):
        await Hero.get(name="a")
    with pytest.raises(e.ObjectDoesNotExistError) as caught:
        await Hero[-1]
    assert str(caught.value) == "Hero has no object with id=-1"
    assert await Hero.get_or_none(name="nobody") is None
    with pytest.raises(e.MultipleObjectsReturned):
        await Hero.get_or_none(name="a")


@pytest.mark.feature(252)
async def test_constraints_of_the_database(orm: str) -> None:
    hero = await Hero.create(name="a", power=1)
    await Badge.create(hero=hero)
    with pytest.raises(e.IntegrityError):
        await Badge.create(hero=hero)
    with pytest.raises(e.IntegrityError):
        await Hero.create(name="b", power=1, team_id=9999)
    await Country.create(code="no", name="Norway")
    with pytest.raises(e.IntegrityError):
        await Country.create(code="no", name="Again")
    with pytest.raises(e.OperationalError):
        await Team.raw("SELECT * FROM there_is_no_such_table")


@pytest.mark.feature(95)
def test_other_names_for_field_types() -> None:
    alike = {
        fields.IntegerField: "IntField",
        fields.BigIntegerField: "BigIntField",
        fields.SmallIntegerField: "SmallIntField",
        fields.DateTimeField: "DatetimeField",
        fields.DurationField: "TimeDeltaField",
    }
    assert {base_type(kind()).__name__: kind.__name__ for kind in alike} == {name: name for name in alike.values()}
    assert fields.ForeignKey is fields.ForeignKeyField
