"""The SQL of each kind of statement, shown for the three dialects in `statements.txt`.

After a change that is meant, `ORMGEN_WRITE_STATEMENTS=1` writes the file anew: read the difference.
"""

import datetime
import os
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ormgen.query.expressions import F, Q, Value
from ormgen.query.functions import Avg, Count, Max, Sum
from ormgen.query.scalar_functions import Coalesce, Length, Upper
from ormgen.query.statements import (
    Delete,
    Insert,
    KeyedUpdate,
    Lock,
    Pairs,
    Select,
    Statement,
    Subquery,
    Update,
    Via,
)
from ormgen.schema.lookups import LOOKUP_NAMES

from .heroes_graph import DIALECTS, heroes, prepared

SHOWN = Path(__file__).parent / "statements.txt"
DAY = datetime.date(2020, 2, 29)
NOON = datetime.datetime(2020, 2, 29, 12, tzinfo=datetime.UTC)
CODE = uuid.UUID("1" * 32)

OPERANDS: dict[str, Q] = {
    "exact": Q(name="a"),
    "not": Q(name__not="a"),
    "in": Q(name__in=["a", "b"]),
    "not_in": Q(name__not_in=["a", "b"]),
    "isnull": Q(team__isnull=True),
    "not_isnull": Q(team__not_isnull=True),
    "gt": Q(power__gt=1),
    "gte": Q(power__gte=1),
    "lt": Q(price__lt=Decimal("1.50")),
    "lte": Q(seen__lte=NOON),
    "range": Q(power__range=(1, 2)),
    "contains": Q(name__contains="50%_!*?["),
    "icontains": Q(name__icontains="50%_!*?["),
    "startswith": Q(name__startswith="a"),
    "istartswith": Q(name__istartswith="a"),
    "endswith": Q(name__endswith="a"),
    "iendswith": Q(name__iendswith="a"),
    "iexact": Q(name__iexact="a"),
    "posix_regex": Q(name__posix_regex="^a"),
    "iposix_regex": Q(name__iposix_regex="^a"),
    "regex": Q(name__regex="^a"),
    "iregex": Q(name__iregex="^a"),
    "contained_by": Q(data__contained_by={"a": 1}),
    "filter": Q(data__filter={"a__0__gt": 1, "b": "x"}),
    "year": Q(born__year=2020),
    "quarter": Q(seen__quarter=1),
    "month": Q(born__month=2),
    "week": Q(born__week=9),
    "day": Q(born__day=29),
    "hour": Q(seen__hour=12),
    "minute": Q(seen__minute=0),
    "second": Q(seen__second=0),
    "microsecond": Q(seen__microsecond=0),
    "date": Q(seen__date=DAY),
}
COUNTED: Any = (("n", Count("heroes")),)
STATEMENTS: dict[str, Statement] = {
    **{f"lookup {name}": heroes(where=(q,)) for name, q in OPERANDS.items()},
    "null": heroes(where=(Q(team=None), Q(boss__not=None))),
    "json": heroes(where=(Q(data={"a": [1]}),)),
    "uuid and boolean": heroes(where=(Q(code=CODE, active=True),)),
    "in nothing": heroes(where=(Q(name__in=[]),)),
    "in with none": heroes(where=(Q(born__in=[DAY, None]),)),
    "not in with none": heroes(where=(Q(born__not_in=[DAY, None]),)),
    "in many": heroes(where=(Q(power__in=range(21)),)),
    "or, not, nested": heroes(where=(Q(name="a") | ~Q(Q(power=1), active=False), Q(power__lt=9))),
    "foreign key column": heroes(where=(Q(team=1), Q(team_id=2), Q(team__id=3), Q(team__pk=4))),
    "joined": heroes(where=(Q(team__name="a", team__city=None, boss__team__name="b"),)),
    "reverse": Select("models.Team", where=(Q(heroes__name="a", heroes__power=1),), output=(("id", "id"),)),
    "one to one": heroes(where=(Q(badge__title="a", badge__isnull=False),)),
    "many to many": heroes(where=(Q(missions__title="a"),)),
    "many to many by key": heroes(where=(Q(missions=1),)),
    "instances": Select("models.Team"),
    "instances with relations": Select("models.Badge", related=("hero__team",), only=("title", "hero__name")),
    "order": heroes(order_by=("-price", "team__name", "power")),
    "limit and offset": heroes(limit=5, offset=10),
    "offset alone": heroes(offset=10),
    "distinct": heroes(distinct=True),
    "count": heroes(ending="count", where=(Q(power=1),)),
    "count within limits": heroes(ending="count", limit=3),
    "count distinct": heroes(ending="count", distinct=True, output=None, where=(Q(missions__id__gt=1),)),
    "exists": heroes(ending="exists", where=(Q(power=1),)),
    "arithmetic": heroes(where=(Q(power__gt=F("team__id") * 2 + 1),)),
    "functions": heroes(
        annotations=(
            ("a", Upper("name")),
            ("b", Coalesce("team__city", "none")),
            ("c", Length("name") % 3),
            ("d", Value(1)),
        ),
        output=(("a", "a"), ("b", "b"), ("c", "c"), ("d", "d")),
    ),
    "aggregate": Select(
        "models.Team", annotations=COUNTED, where=(Q(n__gt=1),), order_by=("-n",), output=(("n", "n"),)
    ),
    "aggregates": Select(
        "models.Hero",
        annotations=(
            ("m", Count("missions", distinct=True)),
            ("p", Sum("minions__price")),
            ("q", Avg("minions__power")),
        ),
        output=(("m", "m"), ("p", "p"), ("q", "q")),
    ),
    "aggregate, restricted": Select(
        "models.Team",
        annotations=(("n", Max("heroes__power", _filter=Q(heroes__active=True))),),
        where=(Q(heroes__power__gt=1), Q(name="a")),
        output=(("n", "n"),),
    ),
    "groups": Select(
        "models.Hero",
        annotations=(("n", Count("id")),),
        where=(Q(active=True), Q(n__gt=1)),
        group_by=("team__name",),
        output=(("team", "team__name"), ("n", "n")),
    ),
    "groups counted": Select("models.Hero", annotations=(("n", Count("id")),), group_by=("team_id",), ending="count"),
    "sub-query": heroes(where=(Q(team__in=Subquery(Select("models.Team", where=(Q(name="a"),)))), Q(power=1))),
    "sub-query within limits": heroes(where=(Q(team__in=Subquery(Select("models.Team", limit=1))),)),
    "lock": heroes(lock=Lock()),
    "lock with joins": heroes(lock=Lock(nowait=True), where=(Q(team__name="a"),)),
    "lock, skipping": heroes(lock=Lock(skip_locked=True, of=("hero",))),
    "via": heroes(via=Via("models.Mission", "crew", (1, 2), labelled=True), where=(Q(power=1),)),
    "odd names": Select("models.Odd", where=(Q(x=1, other__x__gt=2),), order_by=("other__x",)),
    "insert": Insert("models.Team", ("name", "city"), (("a", None),), returning=("id",)),
    "insert many": Insert("models.Badge", ("hero_id", "title"), ((1, "a"), (2, "b"))),
    "insert nothing": Insert("models.Team", (), ((),), returning=("id",)),
    "insert or leave": Insert("models.Team", ("name", "city"), (("a", "b"),), conflict="ignore"),
    "insert or update": Insert("models.Team", ("id", "name"), ((1, "b"),), (), "update", ("id",), ("name",)),
    "insert odd names": Insert("models.Odd", ("x", "other_id"), ((1, 2),), returning=("id",)),
    "update": Update(Select("models.Hero", where=(Q(name="a"),)), (("power", 1), ("team", 2), ("born", None))),
    "update by expression": Update(Select("models.Hero"), (("power", F("power") + 1), ("price", F("price") * 2))),
    "update across relations": Update(Select("models.Hero", where=(Q(team__name="a"),)), (("power", 1),)),
    "update within limits": Update(Select("models.Hero", order_by=("power",), limit=2), (("power", 1),)),
    "update by sub-query": Update(
        Select("models.Hero"), (("team", Subquery(Select("models.Team", where=(Q(name="a"),), limit=1))),)
    ),
    "delete": Delete(Select("models.Hero", where=(Q(name="a"), Q(power=1)))),
    "delete all": Delete(Select("models.Hero")),
    "delete within limits": Delete(Select("models.Hero", order_by=("name",), limit=2, offset=1)),
    "delete across relations": Delete(Select("models.Hero", where=(Q(missions__title="a"),), distinct=True)),
    "delete via": Delete(Select("models.Hero", via=Via("models.Mission", "crew", (1,)))),
    "keyed update": KeyedUpdate(
        "models.Hero", ("name", "price", "seen"), ((1, "a", Decimal(1), NOON), (2, "b", None, None))
    ),
    "pairs added": Pairs("models.Mission", "crew", "add", 1, (2, 3)),
    "pairs removed": Pairs("models.Hero", "missions", "remove", 1, (2,)),
    "pairs cleared": Pairs("models.Mission", "crew", "clear", 1),
}


def shown(name: str, statement: Statement) -> str:
    """The statement in each dialect, and its parameters where they differ from those above."""
    lines, before = [name], ""
    for dialect in DIALECTS:
        sql, parameters = prepared(statement, dialect)
        lines.append(f"    {dialect}: {sql}")
        if repr(parameters) != before:
            before = repr(parameters)
            lines.append(f"        {before}")
    return "\n".join(lines)


def test_every_lookup_is_shown() -> None:
    assert {*OPERANDS, "search", "overlap", "len"} == LOOKUP_NAMES


@pytest.fixture(scope="module")
def expected() -> dict[str, str]:
    if os.environ.get("ORMGEN_WRITE_STATEMENTS"):
        blocks = [shown(name, statement) for name, statement in STATEMENTS.items()]
        SHOWN.write_text("\n\n".join(blocks) + "\n", "utf-8")
    blocks = SHOWN.read_text("utf-8").rstrip("\n").split("\n\n")
    return {block.partition("\n")[0]: block for block in blocks}


@pytest.mark.parametrize("name", STATEMENTS)
def test_statements(name: str, expected: dict[str, str]) -> None:
    assert shown(name, STATEMENTS[name]) == expected[name]


def test_nothing_else_is_shown(expected: dict[str, str]) -> None:
    assert list(expected) == list(STATEMENTS)
