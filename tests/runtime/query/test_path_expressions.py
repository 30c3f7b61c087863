"""Paths collect names, become conditions, and offer exactly the lookups of their families."""

import copy
import inspect
import pickle
from typing import Any

import pytest

from models.heroes import Hero, Team
from ormgen.exceptions import FieldError, ParamsError
from ormgen.expressions import F, Order, Path, Q
from ormgen.functions import Count, Lower
from ormgen.models import path_families
from ormgen.query.path_expressions import OpenPath
from ormgen.schema.lookups import LOOKUP_NAMES, Family, lookups_of

h: Any = Hero.q
MODULE_LEVEL = h.team.country.name.icontains("x")

CLASSES: dict[type, Family] = {
    path_families.IntPath: Family.INTEGER,
    path_families.FloatPath: Family.FLOAT,
    path_families.DecimalPath: Family.DECIMAL,
    path_families.TextPath: Family.TEXT,
    path_families.TextualPath: Family.TEXT,
    path_families.MemberPath: Family.BOOLEAN,
    path_families.OrderedPath: Family.INTEGER_ENUM,
    path_families.DatedPath: Family.DATE,
    path_families.MomentPath: Family.DATETIME,
    path_families.TimedPath: Family.TIME,
    path_families.JsonPath: Family.JSON,
    path_families.PlainPath: Family.BINARY,
    path_families.ArrayPath: Family.ARRAY,
    path_families.SearchPath: Family.SEARCH,
}
ALIKE = {
    Family.TEXT_ENUM: Family.BOOLEAN,
    Family.TIMEDELTA: Family.INTEGER_ENUM,
    Family.UUID: Family.INTEGER_ENUM,
    Family.OTHER: Family.BINARY,
    Family.KEY: Family.INTEGER_ENUM,
}


def offered(path_class: type) -> set[str]:
    """The lookups that are attributes of a class for type checkers."""
    names = {name for each in path_class.__mro__ for name in inspect.get_annotations(each)}
    return {name.removesuffix("_") for name in names} - {"asc", "desc"}


@pytest.mark.parametrize("path_class", CLASSES, ids=lambda each: each.__name__)
def test_a_class_offers_the_lookups_of_its_family(path_class: type) -> None:
    assert offered(path_class) == set(lookups_of(CLASSES[path_class]))


def test_every_family_has_a_class() -> None:
    assert {*CLASSES.values(), *ALIKE} == set(Family)
    assert all(set(lookups_of(family)) == set(lookups_of(like)) for family, like in ALIKE.items())
    assert offered(path_families.UnreadPath) == LOOKUP_NAMES
    assert offered(path_families.RelationPath) == offered(path_families.MemberPath)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (h.name.icontains("x"), Q(name__icontains="x")),
        (MODULE_LEVEL, Q(team__country__name__icontains="x")),
        (h.name == "x", Q(name="x")),
        (h.name.exact("x"), Q(name="x")),
        ("x" == h.name, Q(name="x")),  # noqa: SIM300
        (h.name != "x", Q(name__not="x")),
        (h.nick == None, Q(nick__isnull=True)),  # noqa: E711
        (h.nick != None, Q(nick__isnull=False)),  # noqa: E711
        (h.power > 1, Q(power__gt=1)),
        (h.power >= 1, Q(power__gte=1)),
        (h.power < 1, Q(power__lt=1)),
        (h.power <= 1, Q(power__lte=1)),
        (3 > h.power, Q(power__lt=3)),  # noqa: SIM300
        (h.power.in_([1, None]), Q(power__in=[1, None])),
        (h.power.not_in([1]), Q(power__not_in=[1])),
        (h.power.not_(1), Q(power__not=1)),
        (h.power.range(1, 2), Q(power__range=(1, 2))),
        (h.power.range((1, 2)), Q(power__range=(1, 2))),
        (h.team.isnull(), Q(team__isnull=True)),
        (h.team.isnull(False), Q(team__isnull=False)),
        (h.team.not_isnull(), Q(team__not_isnull=True)),
        (h.created.year(2024), Q(created__year=2024)),
        (h.type_ == 1, Q(type_=1)),
        (h.asc.icontains("x"), Q(asc__icontains="x")),
        (h.year.gt(3) & h.range.range(1, 2), Q(year__gt=3) & Q(range__range=(1, 2))),
        (~(h.name == "x") | Q(power=3), ~Q(name="x") | Q(power=3)),
    ],
)
def test_a_comparison_is_a_q(made: Q, wanted: Q) -> None:
    assert made == wanted
    assert repr(made) == repr(wanted)


def test_the_other_side_may_be_computed() -> None:
    assert repr(h.power > F("id") + 1) == "Q(power__gt=(F('id') + Value(1)))"
    assert repr(h.name == h.team.name) == "Q(name=F('team__name'))"
    assert repr(h.power < 2 * h.boss.power) == "Q(power__lt=(Value(2) * F('boss__power')))"
    assert repr(Q(power__gt=h.id)) == "Q(power__gt=F('id'))"


def test_arithmetic_is_that_of_f() -> None:
    a, f = h.team.size, F("team__size")
    for of_path, of_f in [
        (a + 1, f + 1),
        (1 + a, 1 + f),
        (a - 1, f - 1),
        (1 - a, 1 - f),
        (a * 2, f * 2),
        (2 * a, 2 * f),
        (a / 2, f / 2),
        (2 / a, 2 / f),
        (a % 2, f % 2),
        (2 % a, 2 % f),
        (-a, -f),
        (a + h.power, f + F("power")),
        (f + h.power, f + F("power")),
        (Count(h.friends), Count("friends")),
        (Lower(h.name), Lower("name")),
    ]:
        assert repr(of_path) == repr(of_f)
        assert of_path.shape([]) == of_f.shape([])
        assert of_path.roots() == {Hero}


def test_the_models_of_conditions_are_known() -> None:
    assert (h.name == "x").roots == {Hero}
    assert (h.name == Team.q.name).roots == {Hero, Team}
    assert (Q(name="x") & ~Q(h.power > 1, nick="y")).roots == {Hero}
    assert Hero.Q(Q(power=1), name="x").roots == {Hero}
    assert Hero.Q(name="x") == Q(name="x")
    assert Q(name="x").roots == frozenset()
    assert Count("friends", _filter=h.power > 1).roots() == {Hero}


def test_orders() -> None:
    assert h.team.name.asc() == Order(Hero, "team__name")
    assert h.team.name.desc() == Order(Hero, "-team__name")
    assert len({h.name.asc(), h.name.asc(), h.name.desc()}) == 2
    assert h.asc.desc() == Order(Hero, "-asc")
    assert repr(h.team.name.desc()) == "Hero.q.team.name.desc()"
    with pytest.raises(TypeError, match="no operands"):
        h.name.asc(1)


def test_paths_as_values() -> None:
    assert repr(Hero.q) == "Hero.q"
    assert repr(h.team.name) == "Hero.q.team.name"
    assert isinstance(h.team.name, Path)
    assert {h.name: 1, h.team.name: 2}[h.team.name] == 2
    assert len({h.name, h.name, Team.q.name}) == 2
    for same in (copy.copy(h.team.name), copy.deepcopy(h.team.name), pickle.loads(pickle.dumps(h.team.name))):
        assert type(same) is OpenPath
        assert (repr(same), hash(same)) == (repr(h.team.name), hash(h.team.name))
    again = pickle.loads(pickle.dumps(h.name == "x"))
    assert (again, again.roots) == (Q(name="x"), {Hero})
    assert not hasattr(h, "__iter__")
    with pytest.raises(TypeError, match=r"Hero\.q\.name is neither true nor false"):
        bool(h.name)
    with pytest.raises(TypeError):
        list(h.name)
    with pytest.raises(AttributeError, match="named by F"):
        _ = h._hidden


def test_mistakes_are_told_where_they_are_made() -> None:
    with pytest.raises(FieldError, match=r'Hero\.q\.name has no lookup "icontain"; did you mean "icontains"'):
        h.name.icontain("x")
    with pytest.raises(FieldError, match=r"Hero\.q alone is no column; name one, as in Hero\.q\.pk"):
        _ = Hero.q == 3
    with pytest.raises(FieldError, match="alone is no column"):
        h.isnull()
    with pytest.raises(FieldError, match="has no lookup"):
        h()
    with pytest.raises(TypeError, match="takes one operand, not 0"):
        h.name.icontains()
    with pytest.raises(TypeError, match="takes one operand, not 2"):
        h.name.icontains("x", "y")
    with pytest.raises(TypeError, match="takes two bounds, not 3"):
        h.power.range(1, 2, 3)
    with pytest.raises(ParamsError, match="takes several values"):
        h.name.in_("x")
    with pytest.raises(FieldError, match="which was written for Team"):
        Hero.Q(Team.q.name == "x")
    with pytest.raises(ParamsError, match="positional conditions are Q objects"):
        Hero.Q("x")
