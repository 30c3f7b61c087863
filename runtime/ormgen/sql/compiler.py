"""Statement → CompiledQuery, once for each shape of statement."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from typing import Any, ClassVar, Final, Protocol

from ormgen.query.statements import Statement
from ormgen.schema.graph import ModelGraph
from ormgen.sql.compiled import CompiledQuery
from ormgen.sql.values import Codec
from ormgen.sql.zone import Zone

SHAPES_KEPT: Final = 2_000


class Spelling(Protocol):
    """What others than this room ask of a dialect."""

    name: ClassVar[str]
    returning: ClassVar[bool]
    returning_array: ClassVar[bool]
    max_parameters: ClassVar[int]
    rows_at_once: ClassVar[int]

    def placeholder(self, position: int) -> str:
        """The placeholder of the parameter at `position`, counted from 1."""
        ...

    def escaped(self, text: str) -> str:
        """SQL that is complete, as the driver wants it where values are given separately."""
        ...


class Compiler:
    """Compiles statements about `graph` for one dialect, and keeps what it compiled (bounded, oldest first out)."""

    def __init__(self, graph: ModelGraph, dialect: str, zone: Zone) -> None:
        self.graph = graph
        self.dialect_name = dialect
        self.codec = Codec(dialect, zone)
        self.kept: dict[Any, CompiledQuery] = {}
        self.made: dict[Hashable, Any] = {}

    @cached_property
    def dialect(self) -> Spelling:
        """What differs between databases; with the first use pypika and all that writes SQL is loaded."""
        from ormgen.sql.compiling import DIALECTS

        return DIALECTS[self.dialect_name]

    def prepare(self, statement: Statement) -> tuple[CompiledQuery, list[Any]]:
        """The compiled form of a statement and its parameters.

        Raises:
            FieldError: a name does not exist, or a lookup does not fit its field.
            ValidationError: a value does not fit its field.
        """
        values: list[Any] = []
        shape = statement.shape(values)
        compiled = self.kept.get(shape)
        if compiled is None:
            compiled = self.compile(statement)
            self._keep(shape, compiled)
        return compiled, compiled.bind(values)

    def prepare_known(
        self, shape: Hashable, make: Callable[[], Statement], values: Sequence[Any]
    ) -> tuple[CompiledQuery, list[Any]]:
        """As `prepare` for the statement that `make` makes the first time; later ones of this shape need none.

        `shape` must tell everything that the SQL depends on; `values` are in the order of the statement's own. They are
        all of the types that it tells in `kinds`, if it does.
        """
        compiled = self.kept.get(shape)
        if compiled is None:
            compiled, _ = self.prepare(make())
            kinds: tuple[type | None, ...] = getattr(shape, "kinds", ())
            if kinds:
                compiled = compiled.of_kinds(kinds)
            self._keep(shape, compiled)
        return compiled, compiled.bind(values)

    def prepare_stored(
        self, shape: Hashable, make: Callable[[], Statement], parameters: list[Any]
    ) -> tuple[CompiledQuery, list[Any]]:
        """As `prepare_known` where the values were made parameters already, all of them: 1,500 values 60 us less."""
        compiled = self.kept.get(shape)
        if compiled is None:
            compiled = self.compile(make())
            self._keep(shape, compiled)
        return compiled, compiled.ordered(parameters)

    def keep_made(self, key: Hashable, made: Any) -> None:
        """Keep what was made for this graph and dialect, in `made`; bounded, oldest first out."""
        if len(self.made) >= SHAPES_KEPT:
            del self.made[next(iter(self.made))]
        self.made[key] = made

    def _keep(self, shape: Hashable, compiled: CompiledQuery) -> None:
        if len(self.kept) >= SHAPES_KEPT:
            del self.kept[next(iter(self.kept))]
        self.kept[shape] = compiled

    def text(self, statement: Statement, inline: bool = False) -> str:
        """The SQL of a statement, with placeholders or with its values as literals."""
        if not inline:
            return self.prepare(statement)[0].sql
        values: list[Any] = []
        statement.shape(values)
        from ormgen.sql.compiling import inlined

        compiled = self.compile(statement, inline=True)
        return inlined(compiled.sql, compiled.bind(values), self.dialect_name)

    def compile(self, statement: Statement, inline: bool = False) -> CompiledQuery:
        """The SQL of a statement, compiled afresh."""
        from ormgen.sql.compiling import compile_statement

        return compile_statement(statement, self.graph, self.dialect_name, self.codec, inline)
