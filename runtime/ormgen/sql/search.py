"""How the functions of full-text search are spelled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from ormgen.query.resolved import Bound, Term
from ormgen.sql.fragments import Fragment, Sql

Spelling = Callable[[str, Sequence[Sql | None]], Sql]


def present(arguments: Sequence[Term], terms: Sequence[Sql]) -> list[Sql | None]:
    """The terms, None where an argument was left out."""
    return [
        None if isinstance(argument, Bound) and argument.index is None else term
        for argument, term in zip(arguments, terms, strict=True)
    ]


def _configured(name: str, config: Sql | None, *terms: Sql) -> Sql:
    places = ",".join(["{}"] * len(terms))
    if config is None:
        return Fragment(f"{name}({places})", *terms)
    return Fragment(f"{name}({{}}::text::regconfig,{places})", config, *terms)


def _vector(weight: str, terms: Sequence[Sql | None]) -> Sql:
    config, *texts = terms
    joined = "||' '||".join(["COALESCE({}::text,'')"] * len(texts))
    made = _configured("to_tsvector", config, Fragment(joined, *[text for text in texts if text is not None]))
    return Fragment(f"setweight({{}},'{weight}')", made) if weight else made


def _query(function: str, terms: Sequence[Sql | None]) -> Sql:
    config, text = terms
    assert text is not None
    made = _configured(function.removeprefix("!!"), config, text)
    return Fragment("(!!{})", made) if function.startswith("!!") else made


def _joined(operator: str, terms: Sequence[Sql | None]) -> Sql:
    found = [term for term in terms if term is not None]
    return Fragment(f"({{}}{operator}{{}})" if len(found) == 2 else f"({operator}{{}})", *found)


def _rank(function: str, terms: Sequence[Sql | None]) -> Sql:
    weights, vector, query, normalization = terms
    assert vector is not None
    assert query is not None
    found: list[Sql] = [] if weights is None else [Fragment("{}::text::float4[]", weights)]
    found += [vector, query]
    found += [] if normalization is None else [Fragment("{}::int", normalization)]
    return Fragment(f"{function}({','.join(['{}'] * len(found))})", *found)


def _headline(_: str, terms: Sequence[Sql | None]) -> Sql:
    config, text, query, options = terms
    assert text is not None
    assert query is not None
    return _configured("ts_headline", config, text, query, *([] if options is None else [options]))


def _match(mode: str, terms: Sequence[Sql | None]) -> Sql:
    *columns, text = [term for term in terms if term is not None]
    places = ",".join(["{}"] * len(columns))
    return Fragment(f"MATCH ({places}) AGAINST ({{}}{f' {mode}' if mode else ''})", *columns, text)


SEARCH: Final[Mapping[str, Spelling]] = MappingProxyType(
    {
        "SEARCH_VECTOR": _vector,
        "SEARCH_QUERY": _query,
        "SEARCH_JOINED": _joined,
        "SEARCH_RANK": _rank,
        "SEARCH_HEADLINE": _headline,
        "MATCH_AGAINST": _match,
    }
)
