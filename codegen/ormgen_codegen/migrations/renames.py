"""Which names became which, also where some are there before and after: swapped, handed on, or taken by another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from ormgen.exceptions import ConfigurationError
from ormgen_codegen.migrations.questions import Answers

SPARE = "swapped"


class Renaming:
    """The names of the fields of one model, or of the models of one app.

    `old` maps the names before to what they are remembered to have been called, `new` those after to what
    `renamed_from` says; `fits` whether one may be the other, `likely` whether that is asked.
    """

    def __init__(
        self,
        answers: Answers,
        app: str,
        prefix: str,
        old: Mapping[str, str | None],
        new: Mapping[str, str | None],
        fits: Callable[[str, str], bool],
        likely: Callable[[str, str], bool],
    ) -> None:
        self.answers, self.app, self.prefix = answers, app, prefix
        self.old, self.new = old, new
        self.fits, self.likely = fits, likely
        self.renames: dict[str, str] = {}
        self.rings: set[str] = set()  # names of after whose `renamed_from` has to be remembered as answered

    def run(self) -> Iterator[tuple[str, str]]:
        """What was renamed, in an order in which each name is free when it is taken.

        Raises:
            ConfigurationError: what was said cannot be.
        """
        self._commanded()
        self._declared()
        self._gone()
        return staged(self.renames, self.old, self.new)

    def _commanded(self) -> None:
        found = [(name, self.answers.target(self.app, f"{self.prefix}{name}")) for name in self.old]
        said = {name: to for name, to in found if to is not None and to in self.new and self.fits(name, to)}
        said = {name: to for name, to in said.items() if list(said.values()).count(to) == 1 and name != to}
        size = -1
        while size != len(said):
            size = len(said)
            for name, to in [pair for pair in said.items() if pair[1] in self.old and pair[1] not in said]:
                if not self._dropped(to):
                    del said[name]
                    told = f"{self.prefix}{to} is there already; say what became of it"
                    told += f": --rename {self.prefix}{to}:… or --drop {self.prefix}{to}"
                    self.answers.taken |= {f"{self.prefix}{name}": told, f"{self.app}.{self.prefix}{name}": told}
        for name, to in said.items():
            self.renames[name] = to
            self.answers.use(self.app, f"{self.prefix}{name}")
        for to in [to for to in said.values() if to in self.old and to not in said]:
            self.renames[to] = spare({*self.old, *self.new, *self.renames.values()})
            self.answers.use(self.app, f"{self.prefix}{to}")

    def _dropped(self, name: str) -> bool:
        return self.answers.dropped(self.app, f"{self.prefix}{name}")

    def _declared(self) -> None:
        """What the models say of names that stay: they are swapped, or handed on to another one."""
        given = {to: name for to, name in self.new.items() if name is not None and name in self.old}
        given = {to: name for to, name in given.items() if name not in self.renames}
        open_ = {to: name for to, name in given.items() if to not in self.renames.values() and to != name}
        found = {to: name for to, name in open_.items() if to not in self.old and name in self.new}
        fresh = {to: name for to, name in open_.items() if to in self.old and self.old[to] != name}
        for to in fresh:
            ring, at = [to], fresh[to]
            while at in fresh and at not in ring:
                ring.append(at)
                at = fresh[at]
            if at == to:
                found |= {each: fresh[each] for each in ring}
                self.rings.update(ring)
        size = -1
        while size != len(found):
            size = len(found)
            vacated = {*self.renames, *found.values()}
            found |= {to: name for to, name in fresh.items() if to in vacated}
        for to, name in found.items():
            self._take(name, to)
        for to, name in found.items():
            if name in self.new and name not in self.renames.values():
                told = f"{self.app}.{self.prefix}{to}: renamed_from={name!r}, but {name} is still there"
                more = f"if that is a new one, --rename {self.prefix}{name}:{to} says so"
                raise ConfigurationError(f"{told}; remove one of them, or {more}")

    def _take(self, name: str, to: str) -> None:
        """Note what `renamed_from` says."""
        if not self.fits(name, to):
            told = f"{self.app}.{self.prefix}{to}: renamed_from={name!r}, which is of another kind"
            raise ConfigurationError(f"{told}; remove it, and add a field of the other kind")
        if name in self.renames:
            told = f"{self.renames[name]} and {to} both say renamed_from, of {self.app}.{self.prefix}{name}"
            raise ConfigurationError(f"{told}: only one of them can be it")
        self.renames[name] = to

    def _gone(self) -> None:
        """Names that are there no more: whether they were renamed is said, or asked."""
        for name in [each for each in self.old if each not in self.new and each not in self.renames]:
            label = f"{self.prefix}{name}"
            coming = [each for each in self.new if each not in self.old or each in self.renames]
            coming = [each for each in coming if each not in self.renames.values()]
            for to in [each for each in coming if self.new[each] == name]:
                self._take(name, to)
            if name in self.renames:
                continue
            named = self.answers.target(self.app, label)
            candidates = [each for each in coming if self.fits(name, each)]
            candidates = [each for each in candidates if each == named or self.likely(name, each)]
            if not candidates:
                self.answers.use_drop(self.app, label)
                continue
            found = self.answers.renamed(self.app, label, candidates)
            if found is not None:
                self.renames[name] = found


def staged(renames: Mapping[str, str], before: Collection[str], after: Collection[str]) -> Iterator[tuple[str, str]]:
    """Renames one after the other, none of which takes a name in use: a ring gives one a name of its own on the way."""
    waiting = {old: new for old, new in renames.items() if old != new}
    here = set(before)
    while waiting:
        old = next((each for each, to in waiting.items() if to not in here), None)
        if old is None:
            old = next(iter(waiting))
            waiting[spare({*here, *after, *waiting.values()})] = waiting[old]
            new = list(waiting)[-1]
            del waiting[old]
        else:
            new = waiting.pop(old)
        here = here - {old} | {new}
        yield old, new


def spare(taken: Collection[str]) -> str:
    """A name that nothing has."""
    known = {each.lower() for each in taken}
    at = 1
    while (name := SPARE if at == 1 else f"{SPARE}{at}") in known:
        at += 1
    return name
