"""The functions of ormgen: what each gives, and of which columns.

One table for the stub generator (the type of `annotate(n=Lower("name"))`) and for queries (how its values are read).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.lookups import DATED, NUMERIC, TEXTUAL, TIMED, Family


@dataclass(frozen=True, slots=True)
class FunctionSchema:
    """One function: `gives` is the family of its values, None for that of its first argument.

    `takes` are the families of columns that make sense as its first argument, `null` says that it may give null for
    columns that have none, `alone` that it has no first argument.
    """

    gives: Family | None
    takes: frozenset[Family] = frozenset(Family)
    null: bool = False
    alone: bool = False
    aggregate: bool = False


_MOMENTS: Final = DATED | TIMED
_TEXT: Final = FunctionSchema(Family.TEXT, TEXTUAL)
_OF_TEXT: Final = FunctionSchema(Family.INTEGER, TEXTUAL)
_FLOAT: Final = FunctionSchema(Family.FLOAT, NUMERIC, null=True)
_WHOLE: Final = FunctionSchema(Family.INTEGER, NUMERIC)
_NUMBER: Final = FunctionSchema(None, NUMERIC)
_PART: Final = FunctionSchema(Family.INTEGER, _MOMENTS)
_MOMENT: Final = FunctionSchema(None, DATED)
_RANK: Final = FunctionSchema(Family.INTEGER, alone=True)
_SHARE: Final = FunctionSchema(Family.FLOAT, alone=True)
_NEIGHBOUR: Final = FunctionSchema(None, null=True)
_SPREAD: Final = FunctionSchema(Family.FLOAT, NUMERIC, null=True, aggregate=True)
_EXTREME: Final = FunctionSchema(None, frozenset(Family) - {Family.JSON}, null=True, aggregate=True)
_DOCUMENTS: Final = frozenset({Family.JSON})
_SEARCH: Final = FunctionSchema(Family.OTHER)

FUNCTIONS: Final[Mapping[str, FunctionSchema]] = MappingProxyType(
    {
        **dict.fromkeys("Lower Upper Trim LTrim RTrim Substring Replace Left Right LPad RPad".split(), _TEXT),
        **dict.fromkeys("Reverse Repeat MD5".split(), _TEXT),
        "Concat": FunctionSchema(Family.TEXT),
        **dict.fromkeys(("Length", "Position"), _OF_TEXT),
        **dict.fromkeys("Abs Round Mod".split(), _NUMBER),
        **dict.fromkeys("Ceil Floor Sign".split(), _WHOLE),
        **dict.fromkeys("Sqrt Power Exp Ln Log10 Sin Cos Tan".split(), _FLOAT),
        "Coalesce": FunctionSchema(None),
        "NullIf": FunctionSchema(None, null=True),
        **dict.fromkeys(("Greatest", "Least"), FunctionSchema(None, null=True)),
        "Cast": FunctionSchema(Family.OTHER),
        "Random": FunctionSchema(Family.FLOAT, alone=True),
        "Rand": FunctionSchema(Family.FLOAT, alone=True),
        "Now": FunctionSchema(Family.DATETIME, alone=True),
        "Extract": _PART,
        **{f"Extract{part}": _PART for part in "Year Quarter Month Week Day WeekDay Hour Minute Second".split()},
        "Trunc": _MOMENT,
        **{f"Trunc{part}": _MOMENT for part in "Year Quarter Month Week Day Hour Minute Second".split()},
        "TruncDate": FunctionSchema(Family.DATE, DATED),
        **dict.fromkeys("RowNumber Rank DenseRank NTile".split(), _RANK),
        **dict.fromkeys(("PercentRank", "CumeDist"), _SHARE),
        **dict.fromkeys("Lag Lead FirstValue LastValue NthValue".split(), _NEIGHBOUR),
        "Count": FunctionSchema(Family.INTEGER, aggregate=True),
        **dict.fromkeys(("Sum", "Avg"), FunctionSchema(None, NUMERIC, null=True, aggregate=True)),
        **dict.fromkeys(("Min", "Max"), _EXTREME),
        **dict.fromkeys(("StdDev", "Variance"), _SPREAD),
        "StringAgg": FunctionSchema(Family.TEXT, null=True, aggregate=True),
        "ArrayAgg": FunctionSchema(Family.ARRAY, null=True, aggregate=True),
        "GroupConcat": FunctionSchema(Family.TEXT, null=True, aggregate=True),
        "JSONArrayAgg": FunctionSchema(Family.JSON, aggregate=True, null=True),
        **dict.fromkeys(("JSONExtract", "JSONSet", "JSONRemove"), FunctionSchema(Family.JSON, _DOCUMENTS)),
        "JSONArrayLength": FunctionSchema(Family.INTEGER, _DOCUMENTS, null=True),
        **dict.fromkeys(("JSONObject", "JSONArray"), FunctionSchema(Family.JSON, alone=True)),
        **dict.fromkeys("ToTsVector ToTsQuery PlainToTsQuery SearchVector SearchQuery Lexeme".split(), _SEARCH),
        "SearchRank": FunctionSchema(Family.FLOAT),
        "SearchHeadline": FunctionSchema(Family.TEXT),
        "SearchCriterion": FunctionSchema(Family.FLOAT),
    }
)
