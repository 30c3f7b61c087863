"""How each lookup is spelled: the names are those of the lookup table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ormgen.exceptions import ParamsError
from ormgen.records import dataclass
from ormgen.schema.field import Field
from ormgen.schema.lookups import Family
from ormgen.sql.dialect import Dialect
from ormgen.sql.fragments import FALSE, TRUE, Fragment, Sql, listed


@dataclass(frozen=True, slots=True)
class Test:
    """What a criterion may ask about the comparison; `as_array`: all values of an `__in` are one
    parameter; `nested`: they are the rows of a sub-query; `bound`: the operand is a value, not a term."""

    __test__ = False

    lookup: str
    field: Field[Any] | None
    has_none: bool
    fixed: bool | None
    as_array: bool
    nested: bool
    bound: bool = True

    @property
    def family(self) -> Family:
        """The family of the values that are compared."""
        return Family.OTHER if self.field is None else self.field.family


Criterion = Callable[[Dialect, Test, Sql, list[Sql]], Sql]


def _exact(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if not values:
        return Fragment("{} IS NULL", term)
    if test.family is Family.JSON:
        return dialect.same_json(term, values[0])
    return Fragment("{}={}", dialect.comparable(term, test.field), values[0])


def _not(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if not values:
        return Fragment("{} IS NOT NULL", term)
    if test.family is Family.JSON:
        return Fragment("(NOT ({}) OR {} IS NULL)", dialect.same_json(term, values[0]), term)
    return Fragment("({}<>{} OR {} IS NULL)", dialect.comparable(term, test.field), values[0], term)


def _in(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if test.nested:
        return Fragment("{} IN {}", term, values[0])
    if test.as_array:
        found: Sql = dialect.in_array(dialect.comparable(term, test.field), values[0])
    else:
        found = Fragment("{} IN ({})", dialect.comparable(term, test.field), listed(values)) if values else FALSE
    return Fragment("({} OR {} IS NULL)", found, term) if test.has_none else found


def _not_in(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if not values:
        return Fragment("{} IS NOT NULL", term) if test.has_none else TRUE
    if test.nested:
        return Fragment("({} NOT IN {} OR {} IS NULL)", term, values[0], term)
    if test.as_array:
        missing: Sql = Fragment("NOT ({})", dialect.in_array(dialect.comparable(term, test.field), values[0]))
    else:
        missing = Fragment("{} NOT IN ({})", dialect.comparable(term, test.field), listed(values))
    word = "AND {} IS NOT NULL" if test.has_none else "OR {} IS NULL"
    return Fragment(f"({{}} {word})", missing, term)


def _isnull(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("{} IS NULL" if test.fixed else "{} IS NOT NULL", term)


def _not_isnull(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("{} IS NOT NULL" if test.fixed else "{} IS NULL", term)


def _compare(operator: str) -> Criterion:
    def criterion(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
        return Fragment(f"{{}}{operator}{{}}", dialect.comparable(term, test.field), values[0])

    return criterion


def _range(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("{} BETWEEN {} AND {}", dialect.comparable(term, test.field), values[0], values[1])


def _like(ignore_case: bool) -> Criterion:
    def criterion(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
        before, after, _ = PATTERNS[test.lookup]
        made = values if test.bound else dialect.pattern_of(before, after, values[0], ignore_case)
        return dialect.like(before, after, term, made, ignore_case)

    return criterion


def _contains(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if test.family is Family.ARRAY:
        return Fragment("{}@>{}", term, values[0])
    if test.family is Family.JSON:
        return dialect.json_contains(term, values[0])
    return _like(False)(dialect, test, term, values)


def _overlap(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("{}&&{}", term, values[0])


def _len(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("cardinality({})={}", term, values[0])


def _contained_by(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    if test.family is Family.ARRAY:
        return Fragment("{}<@{}", term, values[0])
    return dialect.json_contains(values[0], term)


def _no_filter(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    raise ParamsError("filter takes a dictionary of paths into the JSON value and what is there")


def _search(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return dialect.search(term, values[0], test.family, test.bound)


def _iexact(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return dialect.same_text(term, values[0])


def _regex(ignore_case: bool) -> Criterion:
    def criterion(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
        return dialect.regex(term, values[0], ignore_case)

    return criterion


def _date_part(dialect: Dialect, test: Test, term: Sql, values: list[Sql]) -> Sql:
    return Fragment("{}={}", dialect.date_part(test.lookup, term, test.family), values[0])


CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        "exact": _exact,
        "not": _not,
        "in": _in,
        "not_in": _not_in,
        "isnull": _isnull,
        "not_isnull": _not_isnull,
        "gt": _compare(">"),
        "gte": _compare(">="),
        "lt": _compare("<"),
        "lte": _compare("<="),
        "range": _range,
        "contains": _contains,
        "icontains": _like(True),
        "startswith": _like(False),
        "istartswith": _like(True),
        "endswith": _like(False),
        "iendswith": _like(True),
        "iexact": _iexact,
        "posix_regex": _regex(False),
        "iposix_regex": _regex(True),
        "regex": _regex(False),
        "iregex": _regex(True),
        "search": _search,
        "contained_by": _contained_by,
        "filter": _no_filter,
        "overlap": _overlap,
        "len": _len,
        **dict.fromkeys("year quarter month week day hour minute second microsecond date".split(), _date_part),
    }
)

PATTERNS: Mapping[str, tuple[str, str, bool]] = MappingProxyType(
    {
        "contains": ("%", "%", False),
        "icontains": ("%", "%", True),
        "startswith": ("", "%", False),
        "istartswith": ("", "%", True),
        "endswith": ("%", "", False),
        "iendswith": ("%", "", True),
    }
)
