"""The table of lookups: one row for each, and what each family accepts."""

import pytest

from ormgen.schema.lookups import LOOKUP_NAMES, LOOKUPS, Family, Operand, lookups_of
from ormgen.sql.criteria import CRITERIA, PATTERNS

EVERYWHERE = {"exact", "not", "isnull", "not_isnull"}
LISTS = {"in", "not_in"}
ORDER = {"gt", "gte", "lt", "lte", "range"}
DAYS = {"year", "quarter", "month", "week", "day"}
HOURS = {"hour", "minute", "second", "microsecond"}
SEARCH = {
    *("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "iexact"),
    *("posix_regex", "iposix_regex", "regex", "iregex", "search"),
}
EXPECTED: dict[Family, set[str]] = {
    Family.INTEGER: EVERYWHERE | LISTS | ORDER,
    Family.FLOAT: EVERYWHERE | LISTS | ORDER,
    Family.DECIMAL: EVERYWHERE | LISTS | ORDER,
    Family.TEXT: EVERYWHERE | LISTS | ORDER | SEARCH,
    Family.BOOLEAN: EVERYWHERE | LISTS,
    Family.DATE: EVERYWHERE | LISTS | ORDER | DAYS,
    Family.DATETIME: EVERYWHERE | LISTS | ORDER | DAYS | HOURS | {"date"},
    Family.TIME: EVERYWHERE | LISTS | ORDER | HOURS,
    Family.TIMEDELTA: EVERYWHERE | LISTS | ORDER,
    Family.UUID: EVERYWHERE | LISTS | ORDER,
    Family.JSON: EVERYWHERE | {"contains", "contained_by", "filter"},
    Family.BINARY: EVERYWHERE,
    Family.ARRAY: EVERYWHERE | {"contains", "contained_by", "overlap", "len"},
    Family.SEARCH: EVERYWHERE | {"search"},
    Family.TEXT_ENUM: EVERYWHERE | LISTS,
    Family.INTEGER_ENUM: EVERYWHERE | LISTS | ORDER,
    Family.OTHER: EVERYWHERE,
    Family.KEY: EVERYWHERE | LISTS | ORDER,
}


@pytest.mark.parametrize("family", Family)
def test_what_each_family_accepts(family: Family) -> None:
    assert set(lookups_of(family)) == EXPECTED[family]


def test_every_lookup_has_one_row_and_one_spelling() -> None:
    places = [(row.name, family) for row in LOOKUPS for family in row.families]
    assert len(places) == len(set(places))
    assert {row.name for row in LOOKUPS} == LOOKUP_NAMES
    assert set(CRITERIA) == LOOKUP_NAMES
    assert set(PATTERNS) <= {row.name for row in LOOKUPS if row.operand is Operand.TEXT}


def test_operands() -> None:
    operands = {row.name: row.operand for row in LOOKUPS}
    assert (operands["in"], operands["range"], operands["isnull"]) == (Operand.VALUES, Operand.PAIR, Operand.BOOLEAN)
    assert (operands["icontains"], operands["year"], operands["date"]) == (Operand.TEXT, Operand.INTEGER, Operand.DATE)
