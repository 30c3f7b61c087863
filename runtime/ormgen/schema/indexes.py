"""Indexes and constraints as they are declared in `Meta`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass
from ormgen.records import field as dataclass_field

_COLUMN = re.compile(r"\bF\(('[^']*')\)")
_CLASS = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?")
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]{1,63}")


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """One index or unique constraint; `fields` are attribute names of the model.

    `type` is a kind of index that not every database has ("GIN"), `expressions` are indexed in place of fields,
    `condition` restricts the rows, both as they are written in Python or SQL; `extra` stands behind the columns,
    `opclasses` say for each of them which operators are served. `index` is the live declaration, which SQL is made
    from; it takes no part in equality.
    """

    fields: tuple[str, ...]
    name: str | None = None
    unique: bool = False
    type: str = ""
    expressions: tuple[str, ...] = ()
    condition: str | None = None
    extra: str = ""
    opclasses: tuple[str, ...] = ()
    index: Index | None = dataclass_field(default=None, kw_only=True, compare=False, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is an ordinary index of columns, which every row takes part in."""
        return not self.type and not self.expressions and self.condition is None


@dataclass(frozen=True, slots=True)
class CheckSchema:
    """A condition that holds for every row; `check` as it is written in SQL or Python."""

    name: str
    check: str
    declared: CheckConstraint | None = dataclass_field(default=None, kw_only=True, compare=False, repr=False)


class Index:
    """An index over fields, `Index(fields=("team_id", "name"))`, or over expressions, `Index(Lower("name"))`.

    Raises:
        ConfigurationError: neither or both are given.
    """

    INDEX_TYPE: ClassVar[str] = ""
    dialects: ClassVar[tuple[str, ...] | None] = None
    unique: ClassVar[bool] = False
    condition: Any = None
    extra: str = ""
    opclasses: tuple[str, ...] = ()

    def __init__(self, *expressions: Any, fields: Iterable[str] | None = None, name: str | None = None) -> None:
        self.fields = (fields,) if isinstance(fields, str) else tuple(fields or ())
        self.expressions = expressions
        self.name = name
        if not self.fields and not expressions:
            raise ConfigurationError(f"{type(self).__name__} needs at least one field or expression")
        if self.fields and expressions:
            raise ConfigurationError(f"{type(self).__name__} takes fields= or expressions, not both")
        if any(isinstance(each, str) for each in expressions):
            raise ConfigurationError(f"{type(self).__name__}: names of fields go into fields=({expressions[0]!r},)")

    def schema(self) -> IndexSchema:
        """The frozen description."""
        return IndexSchema(
            self.fields,
            self.name,
            self.unique,
            self.INDEX_TYPE,
            tuple(written(each) for each in self.expressions),
            None if self.condition is None else written(self.condition),
            self.extra,
            self.opclasses,
            index=self,
        )

    def describe(self) -> dict[str, Any]:
        """This index as plain data."""
        return {
            "fields": list(self.fields),
            "expressions": [written(each) for each in self.expressions],
            "name": self.name,
            "type": self.INDEX_TYPE,
            "extra": self.extra,
        } | ({} if self.condition is None else {"condition": written(self.condition)})

    def options(self) -> dict[str, Any]:
        """The arguments that only some kinds of index have, where they are given."""
        return {"opclasses": list(self.opclasses)} if self.opclasses else {}

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The path of this class, and the arguments that make the same index again."""
        options = {"fields": list(self.fields) or None, "name": self.name, "condition": self.condition}
        given = {name: value for name, value in options.items() if value is not None} | self.options()
        return f"{type(self).__module__}.{type(self).__qualname__}", list(self.expressions), given

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Index) and self.schema() == other.schema()

    def __hash__(self) -> int:
        return hash((type(self), self.schema()))

    def __repr__(self) -> str:
        parts = [written(each) for each in self.expressions]
        parts += [f"fields={list(self.fields)!r}"] if self.fields else []
        parts += [f"name={self.name!r}"] if self.name is not None else []
        return f"{type(self).__name__}({', '.join(parts)})"


class PartialIndex(Index):
    """An index over the rows that meet a condition: `PartialIndex(fields=("name",), condition={"active": True})`.

    `condition` holds lookups as a filter does, or is a `Q`. SQLite and PostgreSQL.
    """

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: Mapping[str, Any] | Any = None,
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name)
        self.condition = condition or None


class UniqueConstraint(Index):
    """Rows differ in at least one of `fields`; with `condition`, those rows that meet it.

    `condition` is SQL text, or lookups as a filter has them, or a `Q`.
    """

    unique = True

    def __init__(
        self,
        fields: Iterable[str] = (),
        name: str | None = None,
        condition: str | Mapping[str, Any] | Any = None,
    ) -> None:
        super().__init__(fields=fields, name=name)
        self.condition = condition or None


class CheckConstraint:
    """A condition that the database holds every row to: `CheckConstraint(check="price > 0", name="price_positive")`.

    `check` is SQL text, or lookups as a filter has them, or a `Q`. Text is taken as it is: never make it of anything
    a user sent.

    Raises:
        ConfigurationError: the check or the name is missing.
    """

    def __init__(self, check: str | Mapping[str, Any] | Any = None, name: str = "") -> None:
        if not check or not isinstance(name, str) or not name:
            raise ConfigurationError("CheckConstraint needs a check and a name")
        self.check = check
        self.name = name

    def schema(self) -> CheckSchema:
        """The frozen description."""
        return CheckSchema(self.name, written(self.check), declared=self)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The path of this class, and the arguments that make the same constraint again."""
        return f"{type(self).__module__}.{type(self).__qualname__}", [], {"check": self.check, "name": self.name}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CheckConstraint) and self.schema() == other.schema()

    def __hash__(self) -> int:
        return hash(self.schema())

    def __repr__(self) -> str:
        return f"CheckConstraint(check={written(self.check)!r}, name={self.name!r})"


class ExclusionConstraint(CheckConstraint):
    """No two rows for which every operator holds: `ExclusionConstraint([("room", "="), ("during", "&&")], name=...)`.

    PostgreSQL only. Each of `expressions` is the name of a field, an expression or SQL text, and an operator; `=` of
    plain columns needs the extension `btree_gist` with GiST. `condition` restricts the rows, as for `CheckConstraint`.

    Raises:
        ConfigurationError: something is missing, or no operator.
    """

    def __init__(
        self,
        expressions: Iterable[tuple[Any, str]] = (),
        name: str = "",
        index_type: str = "GIST",
        condition: str | Mapping[str, Any] | Any = None,
    ) -> None:
        self.expressions = tuple((what, operator) for what, operator in expressions)
        self.index_type = index_type.upper()
        self.condition = condition or None
        for _, operator in self.expressions:
            if not isinstance(operator, str) or not _OPERATOR.fullmatch(operator):
                raise ConfigurationError(f"ExclusionConstraint: {operator!r} is no operator")
        if not self.expressions or self.index_type not in ("GIST", "SPGIST", "BTREE", "HASH"):
            raise ConfigurationError(
                "ExclusionConstraint needs expressions, and index_type GIST, SPGIST, BTREE or HASH"
            )
        listed = ", ".join(f"{written(what)} WITH {operator}" for what, operator in self.expressions)
        where = "" if self.condition is None else f" WHERE ({written(self.condition)})"
        super().__init__(f"EXCLUDE USING {self.index_type} ({listed}){where}", name)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The path of this class, and the arguments that make the same constraint again."""
        given: dict[str, Any] = {"expressions": list(self.expressions), "name": self.name}
        given |= {} if self.index_type == "GIST" else {"index_type": self.index_type}
        given |= {} if self.condition is None else {"condition": self.condition}
        return f"{type(self).__module__}.{type(self).__qualname__}", [], given


class PostgreSQLIndex(PartialIndex):
    """Base of the kinds of index that only PostgreSQL has; `opclasses` names an operator class for each field.

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
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name, condition=condition)
        self.opclasses = tuple(opclasses)
        if self.opclasses and len(self.opclasses) != len(self.fields or self.expressions):
            raise ConfigurationError(f"{type(self).__name__}: opclasses= needs one name for each field")
        if wrong := [each for each in self.opclasses if not _CLASS.fullmatch(each)]:
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
    SpatialIndex,
)


def written(value: Any) -> str:
    """An expression or condition as text: SQL as it is, Python as a program writes it, `F("a")` as `"a"`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return f"Q({' AND '.join(f'{key}={item!r}' for key, item in value.items())})"
    tell = getattr(value, "written", None)
    return str(tell()) if tell is not None else _COLUMN.sub(r"\1", repr(value))
