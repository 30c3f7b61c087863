"""Finds relations that are loaded for one object after the other, and prefetches that nobody reads.

Objects that one question gave are siblings: while somebody watches, they know each other through a `Siblings` that
each of them keeps. Nobody watching costs one look at `watching.on` for each question.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextvars import ContextVar
from types import TracebackType
from typing import Any, Final, Literal, Self

from ormgen.database.call_site import Site, call_site
from ormgen.exceptions import ConfigurationError, NPlusOneError, NPlusOneWarning
from ormgen.records import dataclass, field
from ormgen.schema.graph import Relation

Mode = Literal["warn", "raise"]

SIBLINGS: Final = "__siblings__"


@dataclass(eq=False)
class Watch:
    """Who watches, since when it began: what it found, and what it does then.

    `scoped` watches end, and count whatever is loaded from one line; one for the whole process counts siblings only.
    """

    mode: Mode
    threshold: int = 2
    scoped: bool = True
    findings: list[str] = field(default_factory=list)
    loaded: dict[Any, set[Any]] = field(default_factory=dict)
    told: set[Any] = field(default_factory=set)
    used: set[Any] = field(default_factory=set)
    families: list[Siblings] = field(default_factory=list)

    def tell(self, key: Any, message: str, site: Site, error: bool = True) -> None:
        """Report a finding once.

        Raises:
            NPlusOneError: that is how this watch reports.
        """
        if key in self.told:
            return
        self.told.add(key)
        self.findings.append(message)
        if self.mode == "raise" and error:
            raise NPlusOneError(message)
        warnings.warn_explicit(message, NPlusOneWarning, site.file or "unknown", site.line)

    def end(self, quiet: bool) -> None:
        """Report the prefetches that were not used."""
        families, self.families = self.families, []
        for each in families if not quiet else ():
            each.finish(error=True)


class Siblings:
    """Objects that one question gave, what was prefetched for them and what was read of that."""

    __slots__ = ("loaded", "model", "prefetched", "site", "size", "used", "watch")

    def __init__(self, watch: Watch, model: str, size: int, site: Site) -> None:
        self.watch = watch
        self.model = model
        self.size = size
        self.site = site
        self.loaded: dict[Any, set[Any]] = {}
        self.prefetched: dict[str, Site] = {}
        self.used: set[str] = set()

    def use(self, name: str) -> None:
        """A prefetched relation of one of them is read."""
        if name in self.prefetched and name not in self.used:
            self.used.add(name)
            self.watch.used.add((self.model, name, self.prefetched[name]))

    def finish(self, error: bool) -> None:
        """Report what was prefetched for nothing; what another question of the same line used is not."""
        prefetched, self.prefetched = self.prefetched, {}
        for name, site in prefetched.items():
            key = (self.model, name, site)
            if name not in self.used and key not in self.watch.used:
                message = f'{site}: {self.model}.{name} was prefetched and never read; leave out "{name}"'
                self.watch.tell(("unused", *key), message, site, error)

    def __del__(self) -> None:
        if not self.watch.scoped:
            self.finish(error=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(None), ()

    def __deepcopy__(self, memo: Any) -> Siblings:
        return self


class Loaded(dict[str, Any]):
    """The loaded relations of an object, which remembers what is read."""

    __slots__ = ("siblings",)
    siblings: Siblings

    def __getitem__(self, name: str) -> Any:
        self.siblings.use(name)
        return super().__getitem__(name)


class Watching:
    """Whether anybody watches (`on`), and who."""

    def __init__(self) -> None:
        self.on = False
        self.default: Watch | None = None
        self._scopes = 0
        self._override: ContextVar[Watch | None] = ContextVar("n_plus_one", default=None)

    def current(self) -> Watch | None:
        """The watch of this task, else that of the process."""
        return self._override.get() or self.default

    def always(self, mode: Mode | None) -> None:
        """Watch the whole process, or no longer."""
        if mode not in (None, "warn", "raise"):
            raise ConfigurationError(f'n_plus_one is "warn", "raise" or None, not {mode!r}')
        self.default = None if mode is None else Watch(mode, scoped=False)
        self._look()

    def enter(self, watch: Watch) -> Watch | None:
        """Watch this task; gives who did before."""
        before = self._override.get()
        self._override.set(watch)
        self._scopes += 1
        self._look()
        return before

    def leave(self, before: Watch | None) -> None:
        """End what `enter` began."""
        self._override.set(before)
        self._scopes -= 1
        self._look()

    def _look(self) -> None:
        self.on = self.default is not None or self._scopes > 0

    def found(self, objects: Sequence[Any]) -> None:
        """A question gave these objects."""
        watch = self.current()
        if watch is None or not objects:
            return
        siblings = Siblings(watch, type(objects[0]).__name__, len(objects), call_site())
        for item in objects:
            item.__dict__[SIBLINGS] = siblings
        if watch.scoped:
            watch.families.append(siblings)

    def prefetched(self, objects: Sequence[Any], name: str) -> None:
        """A relation was loaded for these objects at once."""
        siblings = objects[0].__dict__.get(SIBLINGS) if objects else None
        if siblings is None:
            return
        siblings.prefetched.setdefault(name, siblings.site)
        for item in objects:
            if type(item.__loaded__) is dict:
                made = Loaded(item.__loaded__)
                made.siblings = siblings
                item.__loaded__ = made

    def loads(self, instance: Any, relation: Relation, cure: str) -> None:
        """A relation is about to be loaded for one object.

        Raises:
            NPlusOneError: it has been for one of its siblings, and that is how the watch reports.
        """
        watch = self.current()
        if watch is None:
            return
        site, model = call_site(), type(instance).__name__
        siblings: Siblings | None = instance.__dict__.get(SIBLINGS)
        key = (model, relation.name, site)
        counts = [siblings.loaded] if siblings is not None and siblings.size > 1 else []
        for count in counts + [watch.loaded] * watch.scoped:
            seen = count.setdefault(key, set())
            seen.add(instance.pk)
            if len(seen) == watch.threshold:
                where = (
                    "" if not counts or siblings is None else f", {siblings.size} of which came from {siblings.site}"
                )
                message = (
                    f"{site}: N+1 queries: {model}.{relation.name} is loaded for one object after the other{where}; "
                    f"load it for all of them at once: {cure}"
                )
                watch.tell(("loads", *key), message, site)


watching: Final = Watching()


def loading_cure(relation: Relation) -> str:
    """What loads a relation together with the objects that have it."""
    prefetch = f'.prefetch_related("{relation.name}")'
    return prefetch if relation.many else f'.select_related("{relation.name}") or {prefetch}'


class detect_n_plus_one:
    """Inside of the block, loading one relation for one object after the other is an error, or a warning.

    Also a prefetch that nobody read, when the block ends. It is for tests and development; the messages name the line
    and what to add there or to leave out. `threshold` is how many objects make it one; `findings` are the messages.

    Raises:
        NPlusOneError: from the statement that would be one too many, or at the end (with mode "raise").
        ConfigurationError: there is no such mode.
    """

    def __init__(self, mode: Mode = "raise", *, threshold: int = 2) -> None:
        if mode not in ("warn", "raise"):
            raise ConfigurationError(f'the mode is "warn" or "raise", not {mode!r}')
        self._watch = Watch(mode, max(2, threshold))
        self._before: list[Watch | None] = []

    @property
    def findings(self) -> list[str]:
        """What was found so far."""
        return self._watch.findings

    def __enter__(self) -> Self:
        self._before.append(watching.enter(self._watch))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        watching.leave(self._before.pop())
        self._watch.end(quiet=error is not None)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)
