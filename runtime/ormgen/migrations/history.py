"""The migration files of a folder: read, checked, and put in the order in which they run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.migration import Key, Loaded, Migration
from ormgen.migrations.state import State
from ormgen.records import dataclass, field, replace
from ormgen.schema.names import did_you_mean

NAME: Final = re.compile(r"\d{4,}_\w+")
SNAPSHOT: Final = "state.json"
FIRST: Final = "__first__"
LATEST: Final = "__latest__"


@dataclass(frozen=True)
class History:
    """Migrations by key, and the folder of each app.

    `hidden` are those that have files but are replaced by a squashed one; `swapped` says which of them stands in the
    place of a squashed one that a database cannot take, because it has some of what that one replaces.
    """

    folders: Mapping[str, Path]
    migrations: Mapping[Key, Loaded]
    hidden: Mapping[Key, Loaded] = field(default_factory=dict)
    swapped: Mapping[Key, Key] = field(default_factory=dict)

    @classmethod
    def read(cls, folders: Mapping[str, Path]) -> History:
        """Read every migration file of the folders.

        Raises:
            ConfigurationError: a file cannot be run, declares no migration, or follows one that does not exist.
        """
        found: dict[Key, Loaded] = {}
        for app, folder in folders.items():
            for path in sorted(folder.glob("*.py")) if folder.is_dir() else ():
                if NAME.fullmatch(path.stem):
                    found[Key(app, path.stem)] = _loaded(app, path)
        found = _named(found)
        replaced = {key for each in found.values() for key in each.replaces}
        kept = {key: each for key, each in found.items() if key not in replaced}
        made = cls(folders, kept, {key: each for key, each in found.items() if key in replaced})
        made._check()
        return made

    def for_database(self, complete: Collection[Key], target: Key | None = None, *, apart: bool = False) -> History:
        """The history as a database goes through it that has the migrations `complete`.

        With the migrations behind a squashed one in its place where the database has some of them only, where `target`
        is one of them, or, `apart`, where it has all of them but no record of the squashed one.

        Raises:
            ConfigurationError: it is in the middle of what was squashed, and the files of that are gone.
        """
        found = self
        while True:
            each = next(
                (each for each in found.migrations.values() if found._is_apart(each, complete, target, apart)), None
            )
            if each is None:
                return found
            if missing := [key for key in each.replaces if key not in self.hidden]:
                if apart and self.has(each, complete):
                    return found
                told = f"the database has some of what {each.key} replaces, but there is no file of {missing[0]}"
                raise ConfigurationError(f"{told}; bring the old files back until every database is past them")
            migrations = {key: other for key, other in found.migrations.items() if key != each.key}
            migrations |= {key: self.hidden[key] for key in each.replaces}
            found = replace(found, migrations=migrations, swapped={**found.swapped, each.key: each.replaces[-1]})

    def _is_apart(self, squashed: Loaded, complete: Collection[Key], target: Key | None, apart: bool) -> bool:
        """Whether a database goes through the migrations behind a squashed one."""
        behind = self.behind(squashed)
        if target in behind:
            return True
        if squashed.key in complete or not any(key in complete for key in behind):
            return False
        return apart or not self.has(squashed, complete)

    @cached_property
    def squashed(self) -> tuple[Loaded, ...]:
        """The migrations that stand for others, also those for which another one stands."""
        return tuple(each for each in (*self.migrations.values(), *self.hidden.values()) if each.replaces)

    def behind(self, squashed: Loaded) -> set[Key]:
        """The migrations that a squashed one stands for, and those that these stand for."""
        found: set[Key] = set()
        for key in squashed.replaces:
            found |= {key} | (self.behind(self.hidden[key]) if key in self.hidden else set())
        return found

    def has(self, migration: Loaded, complete: Collection[Key]) -> bool:
        """Whether a database with the migrations `complete` has one: itself, or all that it stands for."""
        if migration.key in complete or not migration.replaces:
            return migration.key in complete
        return all(
            self.has(self.hidden[key], complete) if key in self.hidden else key in complete
            for key in migration.replaces
        )

    def _check(self) -> None:
        for migration in self.migrations.values():
            for other in (*migration.dependencies, *migration.run_before):
                if other not in self.migrations and not self._replaced(other):
                    hint = did_you_mean(other.name, [key.name for key in self.migrations if key.app == other.app])
                    raise ConfigurationError(f"{migration.path}: there is no migration {other}; {hint}")

    def _replaced(self, key: Key) -> Key | None:
        """The squashed migration that stands for one that is gone, or the other way round."""
        if key in self.swapped:
            return self.swapped[key]
        return next((each.key for each in self.migrations.values() if key in each.replaces), None)

    @cached_property
    def order(self) -> tuple[Loaded, ...]:
        """All migrations, each behind those that it follows; by app and name where that leaves a choice.

        Raises:
            ConfigurationError: they wait for each other.
        """
        sorter: TopologicalSorter[Key] = TopologicalSorter()
        for key in sorted(self.migrations):
            sorter.add(key, *self.parents(key))
        try:
            sorter.prepare()
        except CycleError as error:
            ring = " -> ".join(str(key) for key in error.args[1])
            raise ConfigurationError(f"migrations wait for each other: {ring}") from None
        ready: list[Loaded] = []
        while sorter.is_active():
            keys = sorted(sorter.get_ready())
            ready += [self.migrations[key] for key in keys]
            sorter.done(*keys)
        return tuple(ready)

    @cached_property
    def _parents(self) -> Mapping[Key, frozenset[Key]]:
        found: dict[Key, set[Key]] = {key: set() for key in self.migrations}
        gone = {key: each.key for each in self.migrations.values() for key in each.replaces}
        for each in self.migrations.values():
            for key in each.dependencies:
                known = key if key in self.migrations else self.swapped.get(key) or gone[key]
                found[each.key] |= {known} - {each.key}
            for key in each.run_before:
                if key in found:
                    found[key].add(each.key)
        return {key: frozenset(keys) for key, keys in found.items()}

    def parents(self, key: Key) -> frozenset[Key]:
        """The migrations that one follows directly."""
        return self._parents[key]

    def heads(self, app: str) -> tuple[Key, ...]:
        """The migrations of an app that no other one of it follows; several mean that branches were merged."""
        followed = {parent for key in self.migrations if key.app == app for parent in self.parents(key)}
        return tuple(key for key in sorted(self.migrations) if key.app == app and key not in followed)

    def before(self, key: Key) -> set[Key]:
        """All migrations that one needs, itself included."""
        found, pending = {key}, [key]
        while pending:
            for parent in self.parents(pending.pop()):
                if parent not in found:
                    found.add(parent)
                    pending.append(parent)
        return found

    def after(self, key: Key) -> set[Key]:
        """All migrations that need one, itself included."""
        children: dict[Key, list[Key]] = {}
        for each in self.migrations:
            for parent in self.parents(each):
                children.setdefault(parent, []).append(each)
        found, pending = {key}, [key]
        while pending:
            for child in children.get(pending.pop(), ()):
                if child not in found:
                    found.add(child)
                    pending.append(child)
        return found

    def states(self, until: Iterable[Key] | None = None) -> Iterator[tuple[Loaded, State, State]]:
        """Each migration in order, with the models before and after it; only those of `until` where given."""
        state = State()
        for migration in self._until(until):
            after = changed(migration, state)
            yield migration, state, after
            state = after

    def state(self, until: Iterable[Key] | None = None) -> State:
        """The models after all migrations, or after those of `until`.

        It goes on from its last answer where it can: a run that applies a thousand migrations asks a thousand times.
        """
        migrations = self._until(until)
        keys = [each.key for each in migrations]
        known, found = self._replayed[0]
        if keys[: len(known)] != known:
            known, found = [], State()
        for migration in migrations[len(known) :]:
            found = changed(migration, found)
        self._replayed[0] = (keys, found)
        return found

    @cached_property
    def _replayed(self) -> list[tuple[list[Key], State]]:
        """The last answer of `state`: the migrations, and the models behind them."""
        return [([], State())]

    def _until(self, until: Iterable[Key] | None) -> Sequence[Loaded]:
        """The migrations in order, only those of `until` where given."""
        if until is None:
            return self.order
        wanted = set(until)
        return [each for each in self.order if self.has(each, wanted)]

    def snapshot(self) -> State:
        """The models as the snapshots of all apps keep them; replayed for an app that has none.

        Raises:
            ConfigurationError: a snapshot cannot be read.
        """
        state = State()
        for app, folder in self.folders.items():
            file = folder / SNAPSHOT
            if file.is_file():
                state = state.with_json(app, file.read_text("utf-8"))
            elif any(key.app == app for key in self.migrations):
                state = state.with_json(app, self.state().to_json(app))
        return state

    def find(self, app: str, name: str, *, hidden: bool = False) -> Key:
        """The migration of an app that is called `name`, or begins with it; `__latest__` is its last one.

        If `hidden`, also one that a squashed one stands for.

        Raises:
            ConfigurationError: there is none, or several.
        """
        if name in (FIRST, LATEST):
            ends = self.heads(app) if name == LATEST else _ends(self.migrations, app)[FIRST]
            if len(ends) == 1:
                return ends[0]
            told = f"has several last migrations: run `ormgen merge {app}`" if ends else "has no migrations"
            raise ConfigurationError(f'app "{app}" {told}')
        known = [key for key in self.migrations if key.app == app]
        found = [key for key in known if key.name == name] or [key for key in known if key.name.startswith(name)]
        behind = [key for key in self.hidden if key.app == app]
        old = [key for key in behind if key.name == name] or [key for key in behind if key.name.startswith(name)]
        if not found and old:
            squashed = next(each.key for each in self.migrations.values() if old[0] in self.behind(each))
            if not hidden:
                raise ConfigurationError(f"{old[0]} is a part of {squashed} now; name that one")
            found = old
        if len(found) == 1:
            return found[0]
        if found:
            raise ConfigurationError(f'"{name}" begins several migrations: {", ".join(key.name for key in found)}')
        raise ConfigurationError(
            f'app "{app}" has no migration "{name}"; {did_you_mean(name, [key.name for key in known])}'
        )


def _ends(migrations: Mapping[Key, Loaded], app: str) -> dict[str, list[Key]]:
    """The migrations of an app that follow no other one of it, and those that no other one follows."""
    mine = {key: each for key, each in migrations.items() if key.app == app}
    followed = {parent for each in mine.values() for parent in each.dependencies}
    first = [key for key, each in mine.items() if not any(parent in mine for parent in each.dependencies)]
    return {FIRST: first, LATEST: [key for key in mine if key not in followed]}


def _named(found: Mapping[Key, Loaded]) -> dict[Key, Loaded]:
    """The migrations with the names of those that they call the first or latest of an app.

    Raises:
        ConfigurationError: the app has none.
    """

    def names(migration: Loaded, keys: Iterable[Key]) -> Iterator[Key]:
        for key in keys:
            if key.name not in (FIRST, LATEST):
                yield key
                continue
            ends = _ends(found, key.app)[key.name]
            if not ends:
                raise ConfigurationError(
                    f'{migration.path}: there is no {key}, because app "{key.app}" has no migrations'
                )
            yield from ends

    return {
        key: replace(
            each, dependencies=tuple(names(each, each.dependencies)), run_before=tuple(names(each, each.run_before))
        )
        if any(other.name in (FIRST, LATEST) for other in (*each.dependencies, *each.run_before))
        else each
        for key, each in found.items()
    }


def changed(migration: Loaded, state: State) -> State:
    """The models after a migration.

    Raises:
        ConfigurationError: it does not fit the models before it; with its file.
    """
    try:
        return migration.changed(state)
    except ConfigurationError as error:
        raise ConfigurationError(f"{migration.path}: {error}") from error


def checksum(text: bytes) -> str:
    """A digest of a migration file, the same on every system."""
    return hashlib.sha256(text.replace(b"\r\n", b"\n")).hexdigest()


def _loaded(app: str, path: Path) -> Loaded:
    declared = _declared(app, path)
    return Loaded(
        Key(app, path.stem),
        str(path),
        checksum(path.read_bytes()),
        tuple(Key(*each) for each in declared.dependencies),
        tuple(Key(*each) for each in declared.run_before),
        tuple(Key(*each) for each in declared.replaces),
        tuple(declared.operations),
        bool(declared.atomic),
    )


def _declared(app: str, path: Path) -> type[Migration]:
    spec = spec_from_file_location(f"ormgen_migration_files.{app}.{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module: Any = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise ConfigurationError(f"{path}: running it failed: {type(error).__name__}: {error}") from error
    found = getattr(module, "Migration", None)
    if not (isinstance(found, type) and issubclass(found, Migration)):
        raise ConfigurationError(f"{path}: it declares no class Migration(migrations.Migration)")
    return found
