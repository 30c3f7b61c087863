"""Functions that the database computes: of text, of numbers, of dates, of several values, and users' own."""

import datetime
import hashlib
import math
import re
from decimal import Decimal

import pytest
from pypika import CustomFunction
from pypika.functions import Concat as PypikaConcat

from models.columns import Money, Real, Text, Whole
from ormgen import ORM, F, Q
from ormgen.exceptions import ConfigurationError, FieldError, ParamsError
from ormgen.expressions import Aggregate, Function, Value
from ormgen.functions import (
    MD5,
    Abs,
    Avg,
    Cast,
    Ceil,
    Coalesce,
    Concat,
    Cos,
    Count,
    Exp,
    Floor,
    Greatest,
    Least,
    Left,
    Length,
    Ln,
    Log10,
    Lower,
    LPad,
    LTrim,
    Max,
    Min,
    Mod,
    NullIf,
    Position,
    Power,
    Random,
    Repeat,
    Replace,
    Reverse,
    Right,
    Round,
    RPad,
    RTrim,
    Sign,
    Sin,
    Sqrt,
    StdDev,
    StringAgg,
    Substring,
    Sum,
    Tan,
    Trim,
    Upper,
    Variance,
)

from .world import one

MODELS = {"models": ["models.columns"]}


@pytest.mark.feature(189)
async def test_text(orm: str) -> None:
    word = "  Ünïcode ☃ x"
    found = await one(
        Text,
        word,
        lower=Lower("value"),
        upper=Upper("value"),
        length=Length("value"),
        trim=Trim("value"),
        ltrim=LTrim(Concat("value", "  ")),
        rtrim=RTrim(Concat("value", "  ")),
    )
    assert found == {
        "lower": word.lower(),
        "upper": word.upper(),
        "length": len(word),
        "trim": word.strip(),
        "ltrim": word.lstrip() + "  ",
        "rtrim": word,
    }


@pytest.mark.feature(189)
async def test_parts_of_text(orm: str) -> None:
    word = "  Ünïcode ☃ x"
    found = await one(
        Text,
        word,
        sub=Substring("value", 3, 4),
        tail=Substring("value", 3),
        replaced=Replace("value", "x", "yy"),
        left=Left("value", 4),
        right=Right("value", 3),
        none=Right("value", 0),
        reverse=Reverse("value"),
        repeat=Repeat(Left("value", 3), 2),
        position=Position("value", "☃"),
        nowhere=Position("value", "q"),
    )
    assert found == {
        "sub": word[2:6],
        "tail": word[2:],
        "replaced": word.replace("x", "yy"),
        "left": word[:4],
        "right": word[-3:],
        "none": "",
        "reverse": word[::-1],
        "repeat": word[:3] * 2,
        "position": word.index("☃") + 1,
        "nowhere": 0,
    }
    whole = await one(
        Text,
        word,
        nested=Upper(Trim(Lower("value"))),
        joined=Concat("value", "-", F("value"), Value(None), "%s{}"),
    )
    assert whole == {"nested": word.strip().upper(), "joined": f"{word}-{word}%s{{}}"}


@pytest.mark.feature(189)
async def test_hashes(orm: str) -> None:
    connection = ORM.get_connection("default")
    version = (await connection.execute_query_dict("SELECT VERSION() AS v"))[0]["v"] if orm == "mysql" else ""
    if re.match(r"9\.([6-9]|\d\d)\.|\d\d", version) and "MariaDB" not in version:
        pytest.skip("MySQL has no MD5 from 9.6 on")
    assert await one(Text, "Zoë ☃", md5=MD5("value")) == {"md5": hashlib.md5("Zoë ☃".encode()).hexdigest()}
    assert await one(Text, None, md5=MD5("value")) == {"md5": None}


@pytest.mark.feature(189)
async def test_padding_and_nulls(orm: str) -> None:
    padded = await one(Text, "ab", a=LPad("value", 5, "xy"), b=RPad("value", 4), c=LPad("value", 1), d=RPad("value", 1))
    assert padded == {"a": "xyxab", "b": "ab  ", "c": "a", "d": "a"}
    none = await one(Text, None, a=Lower("value"), b=LPad("value", 3), c=Concat("value", "x"))
    assert none == {"a": None, "b": None, "c": "x"}
    await Text.create(value="Zoë")
    assert await Text.filter(value__isnull=False).annotate(n=Length("value")).filter(n__gt=2, n__lt=4).count() == 1
    assert await Text.annotate(low=Lower("value")).filter(low__startswith="zo").count() == 1
    assert await Text.filter(value="Zoë").update(value=Concat(Reverse("value"), "!")) == 1
    assert await Text.filter(value="ëoZ!").exists()


@pytest.mark.feature(189)
async def test_several_values(orm: str) -> None:
    found = await one(
        Whole,
        3,
        coalesce=Coalesce("value", 0),
        nothing=NullIf("value", 3),
        something=NullIf("value", 4),
        greatest=Greatest("value", 2, F("value") + 1),
        least=Least("value", 2),
        empty=Greatest("value", NullIf("value", 3)),
    )
    assert found == {"coalesce": 3, "nothing": None, "something": 3, "greatest": 4, "least": 2, "empty": None}
    assert await one(Whole, None, a=Coalesce("value", F("id") * 0 + 7), b=Coalesce("value", None, 8)) == {
        "a": 7,
        "b": 8,
    }
    money = await one(
        Money,
        Decimal("9.0000"),
        greatest=Greatest("value", Decimal("10.5")),
        least=Least("value", Decimal("10.5")),
        nothing=NullIf("value", Decimal("9")),
        other=Coalesce(NullIf("value", 9), Decimal("0.33333")),
    )
    assert money == {"greatest": Decimal("10.5"), "least": 9, "nothing": None, "other": Decimal("0.33333")}


@pytest.mark.feature(189)
async def test_numbers(orm: str) -> None:
    found = await one(
        Real,
        -2.5,
        abs=Abs("value"),
        ceil=Ceil("value"),
        floor=Floor("value"),
        sign=Sign("value"),
        power=Power("value", 2),
        mod=Mod("value", 2),
        percent=F("value") % 2,
    )
    assert found == {"abs": 2.5, "ceil": -2, "floor": -3, "sign": -1, "power": 6.25, "mod": -0.5, "percent": -0.5}
    curves = await one(
        Real,
        2.25,
        sqrt=Sqrt("value"),
        exp=Exp("value"),
        ln=Ln("value"),
        log=Log10("value"),
        sin=Sin("value"),
        cos=Cos("value"),
        tan=Tan("value"),
        round=Round("value", 1),
    )
    expected = [1.5, math.exp(2.25), math.log(2.25), math.log10(2.25), math.sin(2.25), math.cos(2.25), math.tan(2.25)]
    assert [curves[name] for name in ("sqrt", "exp", "ln", "log", "sin", "cos", "tan")] == pytest.approx(expected)
    assert curves["round"] in (2.2, 2.3)
    whole = await one(
        Whole, -7, a=Mod("value", 3), b=Abs("value"), c=Round("value"), d=F("value") % 3, e=Sqrt(Abs("value"))
    )
    assert whole == {"a": -1, "b": 7, "c": -7, "d": -1, "e": pytest.approx(math.sqrt(7))}


@pytest.mark.feature(87, 189)
async def test_decimals(orm: str) -> None:
    money = await one(
        Money,
        Decimal("12345678901234567890.1250"),
        abs=Abs(-F("value")),
        ceil=Ceil(F("value") - Decimal("12345678901234567000")),
        floor=Floor(F("value") - Decimal("12345678901234567000")),
        round=Round("value", 2),
        mod=Mod("value", 7),
    )
    exact = Decimal("12345678901234567890.1250")
    assert money == {
        "abs": exact,
        "ceil": 891,
        "floor": 890,
        "round": Decimal("12345678901234567890.13"),
        "mod": exact % 7,
    }


async def test_cast(orm: str) -> None:
    found = await one(Text, "12", whole=Cast("value", int), real=Cast("value", float), exact=Cast("value", Decimal))
    assert found == {"whole": 12, "real": 12.0, "exact": 12}
    assert await one(Whole, 5, text=Concat(Cast("value", str), "!")) == {"text": "5!"}
    day = await one(Text, "2020-02-29", day=Cast("value", datetime.date), moment=Cast("value", datetime.datetime))
    assert day["day"] == datetime.date(2020, 2, 29)
    assert day["moment"] == datetime.datetime(2020, 2, 29, tzinfo=datetime.UTC)
    with pytest.raises(ParamsError, match="one of the types int, float"):
        Cast("value", complex)


@pytest.mark.feature(190)
async def test_random(orm: str) -> None:
    await Whole.bulk_create([Whole(value=number) for number in range(50)])
    drawn = await Whole.annotate(random=Random()).values_list("random", flat=True)
    assert all(isinstance(value, float) and 0 <= value < 1 for value in drawn)
    assert len(set(drawn)) > 40
    first, second = [await Whole.all().order_by(Random()).values_list("value", flat=True) for _ in range(2)]
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second


class Initials(Function):
    """A function by its name in SQL."""

    database_func = "UPPER"


class Joined(Function):
    """A function of pypika."""

    database_func = PypikaConcat


class Absolute(Function):
    database_func = CustomFunction("ABS", ["value"])
    returns = int


class Quoted(Function):
    name = "TRIM"


class Highest(Aggregate):
    database_func = CustomFunction("MAX", ["value"])


@pytest.mark.feature(187)
async def test_own_functions(orm: str) -> None:
    found = await one(Text, " a", upper=Initials("value"), trimmed=Quoted("value"), both=Upper(Quoted("value")))
    assert found == {"upper": " A", "trimmed": "a", "both": "A"}
    if orm != "sqlite":  # CONCAT came with SQLite 3.44
        assert await one(Text, "a", joined=Joined("value", "b")) == {"joined": "ab"}
    assert await one(Whole, -5, absolute=Absolute(F("value") * 2)) == {"absolute": 10}
    assert await Whole.annotate(a=Absolute("value")).filter(a__gt=4, a__range=(5, 6)).count() == 1
    assert await Whole.filter(value=-5).update(value=Absolute("value")) == 1
    await Whole.create(value=9)
    assert await Whole.annotate(top=Highest("value")).values("top") == [{"top": 9}]

    class Nameless(Function):
        pass

    with pytest.raises(ConfigurationError, match="not the name of a function"):
        Nameless("value")


@pytest.mark.feature(188)
async def test_aggregates_of_all_rows(orm: str) -> None:
    assert await Whole.annotate(n=Count("id"), s=Sum("value"), a=Avg("value")).values("n", "s", "a") == [
        {"n": 0, "s": None, "a": None}
    ]
    await Whole.bulk_create([Whole(value=value) for value in (1, 2, 2, 4, None)])
    rows = Whole.annotate(
        n=Count("value"),
        all=Count("*"),
        distinct=Count("value", distinct=True),
        some=Count("value", _filter=Q(value__gt=1)),
        pair=Count("value", distinct=True, _filter=Q(value__in=[1, 2])),
        total=Sum("value"),
        mean=Avg("value"),
        low=Min("value"),
        high=Max(F("value") * 2),
    )
    (found,) = await rows.values("n", "all", "distinct", "some", "pair", "total", "mean", "low", "high")
    assert found == {
        **{"n": 4, "all": 5, "distinct": 3, "some": 3, "pair": 2, "total": 9, "mean": 2.25, "low": 1, "high": 8}
    }
    spread = Whole.annotate(a=StdDev("value"), b=StdDev("value", sample=True), c=Variance("value"))
    (row,) = await spread.values_list("a", "b", "c")
    assert row == pytest.approx((math.sqrt(1.1875), math.sqrt(4.75 / 3), 1.1875))
    assert await Whole.filter(value=1).annotate(v=Variance("value", sample=True)).values_list("v") == [(None,)]
    assert await Whole.annotate(m=Coalesce(Max("value", _filter=Q(value__gt=9)), -1)).values("m") == [{"m": -1}]
    assert await rows.filter(value__gt=1).values("n", "mean") == [{"n": 3, "mean": pytest.approx(8 / 3)}]
    assert await rows.filter(total__gt=100).values("n") == []
    assert len(await rows.values("id", "n")) == 5  # beside columns they are those of each row


@pytest.mark.feature(188)
async def test_texts_in_one(orm: str) -> None:
    await Text.bulk_create([Text(value=value) for value in ("a", "b,", "b,", None)])
    (found,) = await Text.annotate(s=StringAgg("value", "; "), d=StringAgg("value", "|", distinct=True)).values(
        "s", "d"
    )
    assert sorted(found["s"].split("; ")) == ["a", "b,", "b,"]
    assert sorted(found["d"].split("|")) == ["a", "b,"]
    assert await Text.filter(value="q").annotate(s=StringAgg("value")).values("s") == [{"s": None}]


async def test_what_a_function_cannot_read(orm: str) -> None:
    with pytest.raises(FieldError, match='did you mean "value"'):
        await Whole.annotate(x=Abs("valeu"))
    with pytest.raises(ParamsError, match="_filter is a Q"):
        Count("value", _filter={"value": 1})  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
