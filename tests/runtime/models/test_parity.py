"""What programs for Tortoise ORM rely on: classes of errors, words of errors, and what is loaded."""

import enum
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen import fields
from ormgen.exceptions import ConfigurationError, FieldError, OperationalError, ValidationError
from runtime.models.world import World, build


class Far(enum.IntEnum):
    NEAR = 0
    FAR = 5


@pytest.mark.feature(84, 87)
@pytest.mark.parametrize(
    "field", [fields.CharField, fields.DecimalField, lambda: fields.DecimalField(max_digits=3)], ids=str
)
def test_options_that_lack(field: Any) -> None:
    with pytest.raises(TypeError):
        field()
    with pytest.raises(ConfigurationError):
        field()


@pytest.mark.feature(94)
def test_generated_enums_begin_at_one() -> None:
    with pytest.raises(ConfigurationError, match=r"valid range of IntEnumField's values is 1\.\.32767!"):
        fields.IntEnumField(Far, primary_key=True, generated=True)
    assert fields.IntEnumField(Far).enum_type is Far


@pytest.mark.feature(101)
@pytest.mark.parametrize("unique", [True, False])
def test_the_old_word_for_unique_pairs(unique: bool) -> None:
    with pytest.warns(DeprecationWarning, match="`create_unique_index` is deprecated! Use `unique` instead"):
        field: Any = fields.ManyToManyField("models.Team", create_unique_index=unique)
    assert field.unique is unique


@pytest.fixture
async def world(orm: None) -> World:
    return await build()


@pytest.mark.feature(112)
async def test_objects_of_other_models(world: World) -> None:
    told = "Expected model type 'Team', but got 'Hero'"
    for kind in (ValidationError, TypeError, ValueError):
        with pytest.raises(kind, match=told):
            await Hero.filter(team=world.ann)
        with pytest.raises(kind, match=told):
            world.ann.team = world.ann


@pytest.mark.feature(106, 154)
async def test_words_of_errors(world: World) -> None:
    with pytest.raises(OperationalError, match=r"hasn't been instanced, call \.save\(\) before"):
        await Team(name="new").heroes.all()
    with pytest.raises(FieldError, match=r'^Relation tem for models\.Hero not found; did you mean "team"\?'):
        await Hero.all().prefetch_related("tem")
    with pytest.raises(FieldError, match=r"^Field name on models\.Hero is not a relation"):
        await Hero.all().prefetch_related("name")


@pytest.mark.feature(146, 152)
async def test_distinct_by_the_columns_asked_for(world: World) -> None:
    found = await Hero.all().only("active").distinct().order_by("active")
    assert [hero.active for hero in found] == [False, True]
    with pytest.raises(AttributeError, match=r"Hero\.id was not loaded"):
        _ = found[0].pk
    assert "Hero" in repr(found[0])
    assert len(await Hero.all().only("id", "active").distinct().order_by("id")) == 4


@pytest.mark.feature(152)
async def test_only_needs_names(world: World) -> None:
    with pytest.raises(ValueError, match=r"only\(\) needs the names of columns"):
        await Hero.all().only()
