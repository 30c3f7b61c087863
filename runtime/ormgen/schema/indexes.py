"""Indexes and constraints as they are declared in `Meta`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass
from ormgen.records import field as dataclass_field
from ormgen.schema.relation_fields import Deferrable, chosen

_COLUMN = re.compile(r"\bF\(('[^']*')\)")
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]{1,63}")


@dataclass(frozen=True, slots=True)
class IndexSchema:
    """One index or unique constraint; `fields` are attribute names of the model.

    `type` is a kind of index that not every database has ("GIN"), `expressions` are indexed in place of fields,
    `condition` restricts the rows, both as they are written in Python or SQL; `extra` stands behind the columns,
    `opclasses` say for each of them which operators are served, `marks` what else stands behind it ("DESC", the "(10)"
    of its first characters), `loose` that it is unique without being a constraint. `index` is the live declaration,
    which SQL is made from; it takes no part in equality.
    """

    fields: tuple[str, ...]
    name: str | None = None
    unique: bool = False
    type: str = ""
    expressions: tuple[str, ...] = ()
    condition: str | None = None
    extra: str = ""
    opclasses: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    loose: bool = False
    index: Index | None = dataclass_field(default=None, kw_only=True, compare=False, repr=False)

    @property
    def is_plain(self) -> bool:
        """Whether it is an ordinary index, or a constraint, of columns, which every row takes part in."""
        return self.is_total and not self.loose

    @property
    def is_total(self) -> bool:
        """The same, whether a unique one is a constraint or an index."""
        return not (self.type or self.expressions or self.condition is not None or self.marks or self.opclasses)

    @property
    def signed(self) -> tuple[str, ...]:
        """The fields as they are declared, those in descending order with a minus."""
        return signed(self.fields, self.marks)


@dataclass(frozen=True, slots=True)
class CheckSchema:
    """A condition that holds for every row; `check` as it is written in SQL or Python."""

    name: str
    check: str
    declared: CheckConstraint | None = dataclass_field(default=None, kw_only=True, compare=False, repr=False)


class Index:
    """An index over fields, `Index(fields=("team_id", "-name"))`, or over expressions, `Index(Lower("name").desc())`.

    A minus puts great values first. A `unique` index keeps rows apart as a `UniqueConstraint` does.

    Raises:
        ConfigurationError: neither or both are given; a minus where there is no order; a kind that cannot be unique.
    """

    INDEX_TYPE: ClassVar[str] = ""
    is_constraint: ClassVar[bool] = False
    dialects: tuple[str, ...] | None = None
    unique: bool = False
    condition: Any = None
    extra: str = ""
    opclasses: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        unique: bool | None = None,
    ) -> None:
        if unique is not None:
            self.unique = bool(unique)
        if self.unique and self.INDEX_TYPE:
            raise ConfigurationError(f"{type(self).__name__} cannot be unique")
        given = (fields,) if isinstance(fields, str) else tuple(fields or ())
        self.fields = tuple(each.removeprefix("-") for each in given)
        if self.fields != given:
            self.marks = tuple("DESC" if each.startswith("-") else "" for each in given)
            if self.INDEX_TYPE or self.is_constraint:
                raise ConfigurationError(f"{type(self).__name__} has no order, so its fields have no minus: {given!r}")
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
            self.marks,
            self.unique and not self.is_constraint,
            index=self,
        )

    def describe(self) -> dict[str, Any]:
        """This index as plain data."""
        return (
            {
                "fields": list(signed(self.fields, self.marks)),
                "expressions": [written(each) for each in self.expressions],
                "name": self.name,
                "type": self.INDEX_TYPE,
                "extra": self.extra,
            }
            | ({"unique": True} if self.unique and not self.is_constraint else {})
            | ({} if self.condition is None else {"condition": written(self.condition)})
        )

    def options(self) -> dict[str, Any]:
        """The arguments that only some kinds of index have, where they are given."""
        found: dict[str, Any] = {"opclasses": list(self.opclasses)} if self.opclasses else {}
        return found | ({"unique": True} if self.unique and not self.is_constraint else {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The path of this class, and the arguments that make the same index again."""
        options = {
            "fields": list(signed(self.fields, self.marks)) or None,
            "name": self.name,
            "condition": self.condition,
        }
        given = {name: value for name, value in options.items() if value is not None} | self.options()
        return f"{type(self).__module__}.{type(self).__qualname__}", list(self.expressions), given

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Index) and self.schema() == other.schema()

    def __hash__(self) -> int:
        return hash((type(self), self.schema()))

    def __repr__(self) -> str:
        parts = [written(each) for each in self.expressions]
        parts += [f"fields={list(signed(self.fields, self.marks))!r}"] if self.fields else []
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
        unique: bool | None = None,
    ) -> None:
        super().__init__(*expressions, fields=fields, name=name, unique=unique)
        self.condition = condition or None


class UniqueConstraint(Index):
    """Rows differ in at least one of `fields`, or of expressions: `UniqueConstraint(Lower("name"), name="one_name")`.

    With `condition`, those rows that meet it: SQL text, or lookups as a filter has them, or a `Q`. Fields may be the
    first argument, the name the second. Over what `unique=True` or `unique_together` says already, it is the same
    constraint, and gives it its name. On PostgreSQL it can be `deferrable`, as foreign keys can.
    """

    is_constraint = True
    unique = True
    deferrable: Deferrable | None = None

    def __init__(
        self,
        *expressions: Any,
        fields: Iterable[str] | None = None,
        name: str | None = None,
        condition: str | Mapping[str, Any] | Any = None,
        deferrable: Deferrable | None = None,
    ) -> None:
        if fields is None and expressions and isinstance(expressions[0], list | tuple | set):
            fields, *more = expressions
            given = dict(zip(("name", "condition"), more, strict=False))
            name, condition, expressions = given.get("name", name), given.get("condition", condition), ()
        super().__init__(*expressions, fields=fields, name=name)
        self.condition = condition or None
        if deferrable is not None:
            self.deferrable, self.dialects = (
                chosen("UniqueConstraint: deferrable", deferrable, Deferrable),
                ("postgres",),
            )
            self.extra = f" {self.deferrable.sql}"
            if self.condition is not None or self.expressions:
                raise ConfigurationError("UniqueConstraint: deferrable is for fields, without expressions or condition")

    def options(self) -> dict[str, Any]:
        return {} if self.deferrable is None else {"deferrable": self.deferrable.value}


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


def signed(fields: Iterable[str], marks: tuple[str, ...]) -> tuple[str, ...]:
    """Fields with a minus where their mark is a descending order."""
    return tuple(f"-{name}" if "DESC" in marks[at : at + 1] else name for at, name in enumerate(fields))


def written(value: Any) -> str:
    """An expression or condition as text: SQL as it is, Python as a program writes it, `F("a")` as `"a"`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return f"Q({' AND '.join(f'{key}={item!r}' for key, item in value.items())})"
    tell = getattr(value, "written", None)
    return str(tell()) if tell is not None else _COLUMN.sub(r"\1", repr(value))
