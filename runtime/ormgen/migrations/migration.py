"""One migration: its operations, and the migrations that it follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from ormgen.migrations.model_operations import Operation
from ormgen.migrations.state import State
from ormgen.records import dataclass


class Key(NamedTuple):
    """A migration by app and name."""

    app: str
    name: str

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"


class Migration:
    """What a migration file declares: `class Migration(migrations.Migration)` with `operations`.

    `dependencies` lists the migrations that come before, as app and name, `run_before` those that come after;
    `replaces` those that a squashed one stands for. Without `atomic`, each operation lasts by itself; on MySQL and
    MariaDB, whose DDL cannot be undone, it is so anyway.
    """

    dependencies: ClassVar[Sequence[tuple[str, str]]] = ()
    run_before: ClassVar[Sequence[tuple[str, str]]] = ()
    replaces: ClassVar[Sequence[tuple[str, str]]] = ()
    operations: ClassVar[Sequence[Operation]] = ()
    initial: ClassVar[bool] = False
    atomic: ClassVar[bool] = True


@dataclass(frozen=True)
class Loaded:
    """A migration file that was read; `checksum` is that of its text."""

    key: Key
    path: str
    checksum: str
    dependencies: tuple[Key, ...]
    run_before: tuple[Key, ...]
    replaces: tuple[Key, ...]
    operations: tuple[Operation, ...]
    atomic: bool

    def changed(self, state: State) -> State:
        """The models after it."""
        for operation in self.operations:
            state = operation.changed(self.key.app, state)
        return state

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return all(each.reversible for each in self.operations)
