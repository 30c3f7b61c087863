"""Kinds of index that only some databases have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.schema.indexes import Index, PartialIndex, UniqueConstraint

_CLASS = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")


class PostgreSQLIndex(PartialIndex):
    """Base of the kinds of index that only PostgreSQL has; `opclasses` names an operator class for each field.

    An empty name is the class that is usual. Itself it is an ordinary index, which can be `unique`.

    Raises:
        ConfigurationError: they are not as many as the fields, or no names.
    """

    dialects = ("postgres",)

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: Mapping[str, Any] | Any = None,
        opclasses: Iterable[str] = (),
        unique: bool | None = None,
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name, condition=condition, unique=unique)
        self.opclasses = tuple(opclasses)
        if self.opclasses and len(self.opclasses) != len(self.fields or self.expressions):
            raise ConfigurationError(f"{type(self).__name__}: opclasses= needs one name for each field")
        if wrong := [each for each in self.opclasses if each and not _CLASS.fullmatch(each)]:
            raise ConfigurationError(f"{type(self).__name__}: {wrong[0]!r} is no name of an operator class")


class BloomIndex(PostgreSQLIndex):
    """Signatures of many columns; needs the extension `bloom`."""

    INDEX_TYPE = "BLOOM"


class BrinIndex(PostgreSQLIndex):
    """Ranges of values in blocks of rows, for large tables in natural order."""

    INDEX_TYPE = "BRIN"


class GinIndex(PostgreSQLIndex):
    """The items inside of arrays, JSON and search vectors."""

    INDEX_TYPE = "GIN"


class GistIndex(PostgreSQLIndex):
    """Shapes, ranges and search vectors."""

    INDEX_TYPE = "GIST"


class HashIndex(PostgreSQLIndex):
    """Hashes of values: equality only."""

    INDEX_TYPE = "HASH"


class HnswIndex(PostgreSQLIndex):
    """Nearest vectors; needs the extension `vector` (pgvector), and an operator class such as `vector_cosine_ops`.

    `m` is how many neighbours each one keeps, `ef_construction` how many are looked at on the way; both as the server
    has them unless given.
    """

    INDEX_TYPE = "HNSW"

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: Mapping[str, Any] | Any = None,
        opclasses: Iterable[str] = (),
        m: int | None = None,
        ef_construction: int | None = None,
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name, condition=condition, opclasses=opclasses)
        self.m = m
        self.ef_construction = ef_construction
        given = {"m": m, "ef_construction": ef_construction}
        settings = ", ".join(f"{key} = {int(value)}" for key, value in given.items() if value is not None)
        self.extra = f" WITH ({settings})" if settings else ""

    def options(self) -> dict[str, Any]:
        given = {"m": self.m, "ef_construction": self.ef_construction}
        return super().options() | {name: value for name, value in given.items() if value is not None}


class SpGistIndex(PostgreSQLIndex):
    """Values that divide space unevenly, such as points and text by its beginning."""

    INDEX_TYPE = "SPGIST"


class FullTextIndex(Index):
    """The words of text, for `__search`; `parser_name` is a parser plug-in of MySQL such as "ngram"."""

    INDEX_TYPE = "FULLTEXT"
    dialects = ("mysql",)

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        parser_name: str | None = None,
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name)
        if parser_name is not None and not parser_name.isidentifier():
            raise ConfigurationError(f"FullTextIndex: parser_name is {parser_name!r}, which is no name of a parser")
        self.parser_name = parser_name
        self.extra = f" WITH PARSER {parser_name}" if parser_name else ""

    def options(self) -> dict[str, Any]:
        return {"parser_name": self.parser_name} if self.parser_name else {}


class PrefixIndex(Index):
    """The first characters or bytes of each field, `PrefixIndex(fields=("note",), lengths=(20,))`; 0: all of it.

    Raises:
        ConfigurationError: there is not one length for each field.
    """

    dialects = ("mysql",)

    def __init__(
        self,
        *,
        fields: Iterable[str] | None = None,
        lengths: Iterable[int] = (),
        name: str | None = None,
        unique: bool | None = None,
    ) -> None:
        super().__init__(fields=fields, name=name, unique=unique)
        self.lengths = tuple(int(each) for each in lengths)
        if len(self.lengths) != len(self.fields) or not any(self.lengths):
            raise ConfigurationError(
                "PrefixIndex: lengths= needs one length for each field, in order, and one of a part"
            )
        if self.marks:
            raise ConfigurationError("PrefixIndex has no order, so its fields have no minus")
        self.marks = tuple(f"({each})" if each else "" for each in self.lengths)

    def options(self) -> dict[str, Any]:
        return super().options() | {"lengths": list(self.lengths)}


class SpatialIndex(Index):
    """Shapes that are not null, by their bounding boxes."""

    INDEX_TYPE = "SPATIAL"
    dialects = ("mysql",)


INDEX_TYPES: tuple[type[Index], ...] = (
    Index,
    PartialIndex,
    UniqueConstraint,
    PostgreSQLIndex,
    BloomIndex,
    BrinIndex,
    GinIndex,
    GistIndex,
    HashIndex,
    HnswIndex,
    SpGistIndex,
    FullTextIndex,
    PrefixIndex,
    SpatialIndex,
)
