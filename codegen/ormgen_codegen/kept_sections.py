"""Descriptions of models that an earlier run, or another process, made: each good as long as nothing that it looked at
has changed.

Describing a model takes names from the scope that all models share. What each description took is replayed for those
that are kept, and has to give the same again, or else it is made anew: a run with kept descriptions ends in the same
texts as one without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, Final

from ormgen.records import dataclass, field
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.cache import dumped, loaded
from ormgen_codegen.declared import DeclaredClass, Role
from ormgen_codegen.fingerprints import fingerprint
from ormgen_codegen.jobs import beside, may_fork
from ormgen_codegen.render import prepare, render_section
from ormgen_codegen.stub_leaves import words_of
from ormgen_codegen.stub_scope import Call, Scope
from ormgen_codegen.stub_states import StateWriter
from ormgen_codegen.views import Section, Text

WORTH_MODELS: Final = 100
"""From so many descriptions on, a process more costs less than it saves."""
ERRANDS: Final = 0.2
"""What the errands take, as a part of what all descriptions do: the processes that do them make fewer of these."""
SENDING: Final = 0.15
"""What it takes to send a description to the first process, as a part of what it takes to make one."""
LASTING: Final = frozenset({"operands", "module", "user", "alias", "foreign"})
"""What gives the same again whenever it is asked."""
UNKNOWN: Final = object()

Make = Callable[[Scope, LinkedModel, StateWriter], tuple[list[Section], list[Section]]]
Taken = tuple[Call, Any]
"""Something that was taken from the scope, and what it was."""


@dataclass(frozen=True, slots=True)
class KeptSection:
    """What is generated about one model, apart from its class and near it.

    `touched` are the keys and paths of what the description looked at, `calls` what it took from the scope, and
    `fingerprint` says what it depends on of the model itself.
    """

    apart: tuple[Text, ...]
    near: tuple[Text, ...]
    touched: frozenset[str]
    calls: tuple[Taken, ...]
    fingerprint: bytes


@dataclass(slots=True)
class Memory:
    """The descriptions of one package: those of the last run, and what of it has changed since; those of this run.

    `jobs` processes make what is missing, and do the `errands` on the way, whose `results` are there in the end.
    `parts` are what other processes made, by module, each with the bytes in which it came.
    """

    before: Mapping[str, KeptSection] = field(default_factory=dict)
    changed: Collection[str] = frozenset()
    now: dict[str, KeptSection] = field(default_factory=dict)
    jobs: int = 1
    errands: Sequence[Callable[[], Any]] = ()
    results: list[Any] = field(default_factory=list)
    parts: dict[str, tuple[Mapping[str, KeptSection], bytes]] = field(default_factory=dict)
    _ahead: dict[str, Callable[[], tuple[dict[str, KeptSection], list[Any]]]] = field(default_factory=dict)
    _known: dict[Call, Taken] = field(default_factory=dict)
    _replayed: dict[Call, Any] = field(default_factory=dict)

    @contextmanager
    def working(self, scope: Scope, models: Iterable[LinkedModel], writer: StateWriter, make: Make) -> Iterator[None]:
        """Around the work on all `models`, in this order: some of it is begun in other processes."""
        missing = [model for model in models if not self._is_good(model.path)]
        if self.jobs < 2 or len(missing) < WORTH_MODELS or not may_fork():
            yield
            self.results += [errand() for errand in self.errands]
            return
        own, others = own_share(len(missing), self.jobs, bool(self.errands)), self.jobs - 1
        size = -(-(len(missing) - own) // others)
        parts = [missing[own + number * size :][:size] for number in range(others)]
        tasks = [
            partial(self._part, scope, writer, make, part, self.errands[number::others])
            for number, part in enumerate(parts)
        ]
        prepare()
        with beside(tasks) as begun:
            results = [cache(partial(self._taken, each)) for each in begun]
            for part, result in zip(parts, results, strict=True):
                self._ahead.update((model.path, result) for model in part)
            yield
            self.results += [found for result in results for found in result()[1]]

    def _part(
        self,
        scope: Scope,
        writer: StateWriter,
        make: Make,
        models: Sequence[LinkedModel],
        errands: Sequence[Callable[[], Any]],
    ) -> tuple[dict[str, bytes], list[Any]]:
        made = by_module({each.path: _made(scope, each, writer, make, self._shared) for each in models})
        return {module: dumped(part) for module, part in made.items()}, [errand() for errand in errands]

    def _taken(
        self, result: Callable[[], tuple[dict[str, bytes], list[Any]]]
    ) -> tuple[dict[str, KeptSection], list[Any]]:
        """What another process made."""
        parts, found = result()
        for module, data in parts.items():
            self.parts[module] = loaded(data) or {}, data
        return {path: each for module in parts for path, each in self.parts[module][0].items()}, found

    def sections(
        self, scope: Scope, model: LinkedModel, writer: StateWriter, make: Make
    ) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
        """The texts about a model, made only where none are kept that fit."""
        kept = self.before[model.path] if self._is_good(model.path) else None
        if kept is None and model.path in self._ahead:
            kept = self._ahead[model.path]()[0].get(model.path)
        if kept is None or not self._fits(kept, scope, writer):
            kept = _made(scope, model, writer, make, self._shared)
        self.now[model.path] = kept
        return kept.apart, kept.near

    def _is_good(self, path: str) -> bool:
        kept = self.before.get(path)
        return kept is not None and kept.touched.isdisjoint(self.changed)

    def _fits(self, kept: KeptSection, scope: Scope, writer: StateWriter) -> bool:
        """Whether all is called as when the text was made; if not, the scope is as it was before."""
        mark, states = scope.mark(), len(writer.made)
        lasting: list[Taken] = []
        for taken in kept.calls:
            call, result = taken
            if call in self._replayed and self._replayed[call] == result:
                continue
            if replayed(scope, writer, call) != result:
                scope.back(mark)
                while len(writer.made) > states:
                    writer.made.popitem()
                return False
            if call[0] in LASTING:
                lasting.append(taken)
        self._replayed.update(lasting)
        return True

    def _shared(self, taken: Taken) -> Taken:
        """What was taken, as one object for all models that take the same: it is kept once."""
        call, result = taken
        known = self._known.get(call)
        if known is None or known[1] != result:
            known = self._known[call] = taken
        return known


def own_share(models: int, jobs: int, errands: bool) -> int:
    """How many of the descriptions the first process makes, so that all processes end at the same time."""
    work = (models * (1 + SENDING) + models * ERRANDS * errands) / (jobs + SENDING)
    return min(int(work), models)


def by_module(sections: Mapping[str, KeptSection]) -> dict[str, dict[str, KeptSection]]:
    """Descriptions by the module of their model, and path."""
    found: dict[str, dict[str, KeptSection]] = {}
    for path, each in sections.items():
        found.setdefault(path.partition(":")[0], {})[path] = each
    return found


def _made(
    scope: Scope, model: LinkedModel, writer: StateWriter, make: Make, shared: Callable[[Taken], Taken]
) -> KeptSection:
    _ = scope.joined, scope.joined_by_models, scope.pointed_at  # known before it is noted who looks at whom
    scope.begin()
    apart, near = make(scope, model, writer)
    touched = {model.key, model.path, *(each.path for each in scope.project.declarations.line(model.path))}
    touched |= scope.graph.touched
    calls = tuple(map(shared, scope.calls.items()))
    return KeptSection(
        tuple(map(_text, apart)), tuple(map(_text, near)), frozenset(touched), calls, fingerprint(scope, model)
    )


def _text(section: Section) -> Text:
    names = section.names
    text = render_section(section) if names else ""
    return Text(section.title, taken=section.taken, text=text, defined=names, words=words_of(text, names))


def replayed(scope: Scope, writer: StateWriter, call: Call) -> Any:
    """What a call gives now that was noted when the text was made."""
    match call:
        case ("operands", text):
            return scope.types.operands(text)
        case ("module", name):
            return scope.types.module(name)
        case ("user", path):
            return scope.types.user(path)
        case ("alias", text, wanted):
            return scope.types.alias(text, wanted)
        case ("fresh", wanted, _):
            return scope.names.fresh(wanted)
        case ("row", wanted, _):
            return scope.row_name(wanted)
        case ("foreign", path, suffix, module):
            return scope.of_path(path, suffix, module)
        case ("itself",):
            return scope.itself
        case ("near", path):
            scope.near[path] = None
            return None
        case ("apart", path):
            return path not in scope.near
        case ("makes", key, wanted):
            return None if key in writer.made else writer.made.setdefault(key, scope.names.fresh(wanted))
        case ("made", key):
            return writer.made.get(key)
    return UNKNOWN


def query_sets(classes: Iterable[DeclaredClass]) -> tuple[tuple[str, str | None, bool], ...]:
    """What the query sets among the classes are about, which only reading their modules tells."""
    return tuple((each.path, each.about, each.generic) for each in classes if each.role is Role.QUERYSET)
