"""Functions of one row: of text, of numbers, of several values."""

from __future__ import annotations

from typing import Any, Final

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import Computable, Name
from ormgen.query.functions import Function, L_co, NamedFunction, S_co, Standalone
from ormgen.schema.lookups import Family


class Lower(NamedFunction[L_co]):
    """Text in lower case."""

    __slots__ = ()
    name = "LOWER"


class Upper(NamedFunction[L_co]):
    """Text in upper case."""

    __slots__ = ()
    name = "UPPER"


class Length(NamedFunction[L_co]):
    """The number of characters."""

    __slots__ = ()
    name = "LENGTH"


class Trim(NamedFunction[L_co]):
    """Text without spaces at both ends."""

    __slots__ = ()
    name = "TRIM"


class LTrim(Function[S_co]):
    """Text without spaces at its beginning."""

    __slots__ = ()
    name = "LTRIM"


class RTrim(Function[S_co]):
    """Text without spaces at its end."""

    __slots__ = ()
    name = "RTRIM"


class Concat(NamedFunction[L_co]):
    """Texts in one; null counts as empty."""

    __slots__ = ()
    name = "CONCAT"


class Substring(Function[S_co]):
    """Text from a position, counted from 1, and of a length: `Substring("name", 2, 3)`."""

    __slots__ = ()
    name = "SUBSTRING"


class Replace(Function[S_co]):
    """Text with another one instead of each place where one is found: `Replace("name", "a", "b")`."""

    __slots__ = ()
    name = "REPLACE"


class Left(Function[S_co]):
    """The first characters: `Left("name", 3)`."""

    __slots__ = ()
    name = "LEFT"


class Right(Function[S_co]):
    """The last characters: `Right("name", 3)`."""

    __slots__ = ()
    name = "RIGHT"


class LPad(Function[S_co]):
    """Text of an exact length, filled up or cut off; what fills it comes first: `LPad("code", 5, "0")`."""

    __slots__ = ()
    name = "LPAD"

    def __init__(self, field: S_co, length: Any, fill: Any = " ") -> None:
        super().__init__(field, length, fill)


class RPad(Function[S_co]):
    """Text of an exact length, filled up at its end or cut off."""

    __slots__ = ()
    name = "RPAD"

    def __init__(self, field: S_co, length: Any, fill: Any = " ") -> None:
        super().__init__(field, length, fill)


class Reverse(Function[S_co]):
    """Text backwards."""

    __slots__ = ()
    name = "REVERSE"


class Repeat(Function[S_co]):
    """Text several times: `Repeat("name", 3)`."""

    __slots__ = ()
    name = "REPEAT"


class MD5(Function[S_co]):
    """The MD5 hash of text in UTF-8, as 32 hexadecimal digits; MySQL has none from 9.6 on."""

    __slots__ = ()
    name = "MD5"


class Position(Function[S_co]):
    """Where a text is found first, counted from 1, or 0: `Position("name", "x")`."""

    __slots__ = ()
    name = "POSITION"


class Abs(NamedFunction[L_co]):
    """A number without its sign."""

    __slots__ = ()
    name = "ABS"


class Ceil(Function[S_co]):
    """The least whole number that is not less."""

    __slots__ = ()
    name = "CEIL"


class Floor(Function[S_co]):
    """The greatest whole number that is not more."""

    __slots__ = ()
    name = "FLOOR"


class Round(Function[S_co]):
    """A number with this many decimal places; of decimals a half goes away from zero."""

    __slots__ = ()
    name = "ROUND"

    def __init__(self, field: S_co, places: Any = 0) -> None:
        super().__init__(field, places)


class Mod(Function[S_co]):
    """What is left of a division, with the sign of the number that is divided: `Mod("power", 3)`."""

    __slots__ = ()
    name = "MOD"


class Sign(Function[S_co]):
    """-1, 0 or 1."""

    __slots__ = ()
    name = "SIGN"


class Sqrt(Function[S_co]):
    """The square root."""

    __slots__ = ()
    name = "SQRT"


class Power(Function[S_co]):
    """A number raised to a power: `Power("side", 2)`."""

    __slots__ = ()
    name = "POWER"


class Exp(Function[S_co]):
    """e raised to a number."""

    __slots__ = ()
    name = "EXP"


class Ln(Function[S_co]):
    """The natural logarithm."""

    __slots__ = ()
    name = "LN"


class Log10(Function[S_co]):
    """The logarithm to base 10."""

    __slots__ = ()
    name = "LOG10"


class Sin(Function[S_co]):
    """The sine of an angle in radians."""

    __slots__ = ()
    name = "SIN"


class Cos(Function[S_co]):
    """The cosine of an angle in radians."""

    __slots__ = ()
    name = "COS"


class Tan(Function[S_co]):
    """The tangent of an angle in radians."""

    __slots__ = ()
    name = "TAN"


class Coalesce(NamedFunction[L_co]):
    """The first of its arguments that is not null."""

    __slots__ = ()
    name = "COALESCE"


class NullIf(Function[S_co]):
    """Null where both are equal, else the first: `NullIf("name", "")`."""

    __slots__ = ()
    name = "NULLIF"


class Greatest(Function[S_co]):
    """The greatest of its arguments; null where any of them is."""

    __slots__ = ()
    name = "GREATEST"


class Least(Function[S_co]):
    """The least of its arguments; null where any of them is."""

    __slots__ = ()
    name = "LEAST"


class Random(Standalone):
    """A random number of at least 0 and less than 1, another one for each row."""

    __slots__ = ()
    name = "RANDOM"

    def __init__(self) -> None:
        super().__init__()


CASTS: Final = {
    "int": Family.INTEGER,
    "float": Family.FLOAT,
    "Decimal": Family.DECIMAL,
    "str": Family.TEXT,
    "date": Family.DATE,
    "datetime": Family.DATETIME,
}


class Cast(Function[S_co]):
    """A value as another type: `Cast("code", int)`; the types are int, float, Decimal, str, date and datetime.

    Raises:
        ParamsError: it is another type.
    """

    __slots__ = ()
    name = "CAST"

    def __init__(self, field: S_co, output: type[Any]) -> None:
        name = getattr(output, "__name__", None)
        if name not in CASTS:
            raise ParamsError(f"Cast takes one of the types {', '.join(CASTS)}, not {output!r}")
        self._fill(field.__expression__() if isinstance(field, Computable) else Name(str(field)), (), name)
