"""Full-text search of PostgreSQL: `filter(vector__search=SearchQuery("cats"))` and what ranks and shows the hits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from ormgen.exceptions import ParamsError
from ormgen.query.expressions import Computable, Expression, F, Value
from ormgen.query.functions import Function

SearchType = Literal["plain", "phrase", "raw", "websearch"]
TYPES: dict[str, str] = {
    "plain": "plainto_tsquery",
    "phrase": "phraseto_tsquery",
    "raw": "to_tsquery",
    "websearch": "websearch_to_tsquery",
}


class _Search(Function[Any]):
    __slots__ = ()
    dialects = ("postgres",)

    def _made(self, option: str, *arguments: Any) -> None:
        self._fill(None, arguments, option)


class SearchVector(_Search):
    """Texts prepared for search: `SearchVector("title", "text", config="english", weight="A")`; `+` joins two.

    Raises:
        ParamsError: nothing is searched, or the weight is not one of the letters A to D.
    """

    __slots__ = ()
    name = "SEARCH_VECTOR"

    def __init__(self, *expressions: str | Computable, config: str | None = None, weight: str | None = None) -> None:
        if not expressions:
            raise ParamsError("SearchVector needs columns or expressions")
        if weight is not None and weight not in ("A", "B", "C", "D"):
            raise ParamsError(f"weight is one of the letters A to D, not {weight!r}")
        found = [each.__expression__() if isinstance(each, Computable) else F(each) for each in expressions]
        self._made(weight or "", config, *found)

    def __add__(self, other: Any) -> Any:
        return _Joined("||", self, other)


class _Joined(_Search):
    """Two vectors, or two queries, with an operator between them."""

    __slots__ = ()
    name = "SEARCH_JOINED"

    def __init__(self, operator: str, *parts: Expression) -> None:
        self._made(operator, *parts)

    def __add__(self, other: Any) -> Any:
        return _Joined("||", self, other)

    def __and__(self, other: Expression) -> _Joined:
        return _JoinedQueries("&&", self, other)

    def __or__(self, other: Expression) -> _Joined:
        return _JoinedQueries("||", self, other)

    def __invert__(self) -> _Joined:
        return _JoinedQueries("!!", self)


class _JoinedQueries(_Joined):
    __slots__ = ()
    searches = True


class Lexeme:
    """A word of a search, taken as it is: `Lexeme("cat", prefix=True) & ~Lexeme("dog")`.

    Raises:
        ParamsError: it is empty, or the weight is not one of the letters A to D.
    """

    __slots__ = ("text",)

    def __init__(self, value: str, *, prefix: bool = False, weight: str | None = None, invert: bool = False) -> None:
        if not isinstance(value, str) or not value:
            raise ParamsError(f"a lexeme is text, not {value!r}")
        if weight is not None and weight not in ("A", "B", "C", "D"):
            raise ParamsError(f"weight is one of the letters A to D, not {weight!r}")
        quoted = "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"
        ending = f":{'*' if prefix else ''}{weight or ''}" if prefix or weight else ""
        self.text = f"{'!' if invert else ''}{quoted}{ending}"

    def _joined(self, text: str) -> Lexeme:
        made = Lexeme("x")
        made.text = text
        return made

    def __and__(self, other: Lexeme) -> Lexeme:
        return self._joined(f"({self.text} & {other.text})")

    def __or__(self, other: Lexeme) -> Lexeme:
        return self._joined(f"({self.text} | {other.text})")

    def __invert__(self) -> Lexeme:
        return self._joined(f"!({self.text})")

    def __repr__(self) -> str:
        return f"Lexeme({self.text})"


class SearchQuery(_Joined):
    """What is searched for; queries are combined by `&`, `|` and `~`.

    Raises:
        ParamsError: there is no such `search_type`.
    """

    __slots__ = ()
    name = "SEARCH_QUERY"
    searches = True

    def __init__(
        self,
        value: str | Lexeme | Computable,
        *,
        config: str | None = None,
        search_type: SearchType = "plain",
        invert: bool = False,
    ) -> None:
        if search_type not in TYPES:
            raise ParamsError(f"search_type is one of {', '.join(TYPES)}, not {search_type!r}")
        kind = "raw" if isinstance(value, Lexeme) else search_type
        text = Value(value.text) if isinstance(value, Lexeme) else value
        self._made(("!!" if invert else "") + TYPES[kind], config, text)


def _vector(given: str | Computable) -> Expression:
    return given.__expression__() if isinstance(given, Computable) else SearchVector(given)


def _query(given: str | Lexeme | Computable) -> Expression:
    return given.__expression__() if isinstance(given, Computable) else SearchQuery(given)


class SearchRank(_Search):
    """How well a vector matches a query, as a float; a vector that is text names a column.

    `weights` are those of D, C, B and A, `normalization` is the number that PostgreSQL documents, `cover_density` also
    counts how near the words are to each other.
    """

    __slots__ = ()
    name = "SEARCH_RANK"

    def __init__(
        self,
        vector: str | Computable,
        query: str | Lexeme | Computable,
        weights: Sequence[float] | None = None,
        normalization: int | None = None,
        cover_density: bool = False,
    ) -> None:
        if weights is not None and len(weights) != 4:
            raise ParamsError(f"weights are four numbers, for D, C, B and A, not {weights!r}")
        shares = None if weights is None else "{" + ",".join(str(float(each)) for each in weights) + "}"
        function = "ts_rank_cd" if cover_density else "ts_rank"
        self._made(function, shares, _vector(vector), _query(query), normalization)


class SearchHeadline(_Search):
    """The part of a text that matches a query, with the hits marked."""

    __slots__ = ()
    name = "SEARCH_HEADLINE"

    def __init__(
        self,
        expression: str | Computable,
        query: str | Lexeme | Computable,
        *,
        config: str | None = None,
        **options: str | int | bool | None,
    ) -> None:
        known = {
            "start_sel": "StartSel",
            "stop_sel": "StopSel",
            "max_words": "MaxWords",
            "min_words": "MinWords",
            "short_word": "ShortWord",
            "highlight_all": "HighlightAll",
            "max_fragments": "MaxFragments",
            "fragment_delimiter": "FragmentDelimiter",
        }
        unknown = sorted(options.keys() - known.keys())
        if unknown:
            raise ParamsError(f"SearchHeadline has no option {unknown[0]!r}; choose from {', '.join(known)}")
        given = {known[name]: value for name, value in options.items() if value is not None}
        text = ",".join(f"{name}={_option(value)}" for name, value in given.items()) or None
        found = expression.__expression__() if isinstance(expression, Computable) else F(expression)
        self._made("", config, found, _query(query), text)


def _option(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else '"' + cast("str", value).replace('"', '""') + '"'
