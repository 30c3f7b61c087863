"""What only people know: whether a field was renamed or dropped, and what rows get that exist already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import evaluated
from ormgen.records import dataclass, field

Ask = Callable[[str, Sequence[str]], int]
AskValue = Callable[[str], str]


class Undecided(ConfigurationError):
    """Something has to be decided by people; the text lists the options that do."""


@dataclass
class Answers:
    """What was decided on the command line; `ask` and `ask_value` ask for the rest, None where nobody is there.

    `renames` maps `Team.phone` to `email`, and `Team` to `Squad`, with the app before it if need be; `drops` holds
    what goes, `fills` the values of rows, as Python.
    """

    renames: Mapping[str, str] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()
    fills: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None
    ask_value: AskValue | None = None
    open: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    taken: dict[str, str] = field(default_factory=dict)  # names that were to be given but are in use

    def target(self, app: str, old: str) -> str | None:
        """What the command line says that a field or model is called now, in the same app."""
        found = self.renames.get(f"{app}.{old}", self.renames.get(old))
        if found is None:
            return None
        place, _, name = found.rpartition(".")
        return name if place.partition(".")[0] in ("", app, old.partition(".")[0]) else None

    def dropped(self, app: str, old: str) -> bool:
        """Whether the command line says that a field or model goes."""
        return f"{app}.{old}" in self.drops or old in self.drops

    def use(self, app: str, old: str) -> None:
        """Note that what the command line says of a field or model has been followed."""
        self.used.update({f"{app}.{old}", old} & {*self.renames, *self.drops})

    def use_drop(self, app: str, old: str) -> None:
        """Note that a field or model goes, whether or not somebody said so."""
        self.used.update({f"{app}.{old}", old} & self.drops)

    def renamed(self, app: str, old: str, candidates: Sequence[str]) -> str | None:
        """What a field or model that is gone is called now; None if it was dropped."""
        for name in (f"{app}.{old}", old):
            if name in self.renames:
                self.used.add(name)
                found = self.renames[name].rpartition(".")[2]
                if found not in candidates:
                    told = f"--rename {name}:{found}: {found} is not new; choose from {', '.join(candidates)}"
                    raise ConfigurationError(told)
                return found
            if name in self.drops:
                self.used.add(name)
                return None
        if self.ask is not None:
            choices = [f"renamed to {name}" for name in candidates] + ["removed, with all its values"]
            chosen = self.ask(f"{old} is gone; it was", choices)
            return candidates[chosen] if chosen < len(candidates) else None
        options = [f"--rename {old}:{name}" for name in candidates] + [f"--drop {old}"]
        told = f"{app}.{old} is gone: renamed or dropped? Say which: {' or '.join(options)}"
        self.open.append(f'{told}; or write renamed_from="{old.rpartition(".")[2]}" in the models')
        return None

    def renamed_value(self, app: str, old: str, candidates: Sequence[str]) -> str | None:
        """What a value of a type of the database, `type.value`, is now; None if it was dropped."""
        for name in (f"{app}.{old}", old):
            if name in self.renames or name in self.drops:
                self.used.add(name)
                found = self.renames.get(name)
                if found is not None and found not in candidates:
                    told = f"--rename {name}:{found}: {found} is not new; choose from {', '.join(candidates)}"
                    raise ConfigurationError(told)
                return found
        if self.ask is not None:
            choices = [f"renamed to {name}" for name in candidates] + ["removed; no row may have it"]
            chosen = self.ask(f"the value {old} is gone; it was", choices)
            return candidates[chosen] if chosen < len(candidates) else None
        options = [f"--rename {old}:{name}" for name in candidates] + [f"--drop {old}"]
        self.open.append(f"the value {app}.{old} is gone: renamed or dropped? Say which: {' or '.join(options)}")
        return None

    def moved(self, old: str, candidates: Sequence[str]) -> str | None:
        """What a model that is gone is called now in another app, app.Name; None if it was not moved."""
        short = old.rpartition(".")[2]
        for name in (old, short):
            if self.renames.get(name) in candidates:
                self.used.add(name)
                return self.renames[name]
            if name in self.drops or name in self.renames:
                self.used.update({name} & self.drops)
                return None
        if self.ask is not None:
            choices = [f"moved to {name}" for name in candidates] + ["not moved"]
            chosen = self.ask(f"{old} is gone; it was", choices)
            return candidates[chosen] if chosen < len(candidates) else None
        options = [f"--rename {old}:{name}" for name in candidates] + [f"--drop {old}"]
        told = f"{old} is gone: moved to another app, or dropped? Say which: {' or '.join(options)}"
        self.open.append(f'{told}; or write renamed_from="{old}" in the models')
        return None

    def fill(self, app: str, name: str) -> Any:
        """What rows that exist get in a field that has no default."""
        for each in (f"{app}.{name}", name):
            if each in self.fills:
                self.used.add(each)
                return evaluated(self.fills[each])
        if self.ask_value is not None:
            return evaluated(self.ask_value(f"{name} has no default; what do rows get that exist? (as Python)"))
        self.open.append(f"{app}.{name} needs a value in rows that exist: give it a default, or --fill {name}=VALUE")
        return None

    def refuse_open(self) -> None:
        """Raise Undecided where something is open."""
        if self.open:
            raise Undecided("\n".join(self.open))

    def settle(self) -> None:
        """Raise Undecided where something is open, ConfigurationError where an option was about nothing."""
        self.refuse_open()
        given = {*self.renames, *self.drops, *self.fills}
        if unused := sorted(given - self.used):
            told = [f"--rename {old}:…: {self.taken[old]}" for old in unused if old in self.taken]
            raise ConfigurationError("\n".join(told) or f"nothing was to be decided about {', '.join(unused)}")
