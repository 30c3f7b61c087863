"""What the project's own source asks of its models: the names that stubs spell out because somebody uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ormgen.records import dataclass, field, names_of
from ormgen_codegen.scan_calls import PATHS
from ormgen_codegen.scan_pydantic import DocumentCall

WHOLE_ROW: Final = "values"
PREFETCH: Final = "Prefetch"
FETCHING: Final = "fetch_related"
FETCHING_MANY: Final = "fetch_for_list"
FETCHED: Final = "fetched."
TO_DICT: Final = "to_dict"
PATH: Final = f".{PATHS}."
"""What stands for a path such as `Hero.q.name` among the columns of `values_list`."""

WordCall = tuple[str, str, tuple[str, ...]]
Step = tuple[str, tuple[tuple[str, str], ...] | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Usage:
    """Literal texts found in calls.

    Each is tried against every model, and emitted for those on which all its names exist; what is known to be asked
    of one model stands in `of`, under the name of its class, and is tried against models of that name alone.
    `keys`: every keyword or string with `__` in it, a leading minus included.
    `loads`: the method (`select_related`, `prefetch_related`, `fetch_related`) and its arguments, as written.
    `rows`: the method (`values`, `values_list`), its positional arguments, its keywords; `PATH` for those of
    `values_list` that are paths, and before the names of those of keywords.
    `flats`: columns of `values_list("name", flat=True)`, `PATH` likewise.
    `chains`: what leads up to each call of `annotate` or `aggregate`, or of a loading method behind one, in order. A
    step is the method with the annotations (name and expression as written, "" for a long one), with the columns of
    `values` and `values_list` (alias or "", and name), or with the relations (`heroes()` for a `Prefetch`).
    `loadings`: likewise what leads up to a loading method where nothing is computed, if its own names say too little.
    `to_attrs`: relation and attribute of `Prefetch("heroes", to_attr="strong")`.
    `marks`: `q` where a path begins, `values` for whole rows, `Prefetch` where one is loaded, `to_dict`, and each
    method called on a question for one object, as `get.values`; `fetched.team` for what `fetch_for_list` loads.
    `documents`: each call that makes a pydantic model; these name their model themselves.
    `words`: calls of methods that lean runs spell out when they are used: the method (`create`, `update`, `__init__`),
    the attribute that it is called on ("()" for what another call gives, "" if that is not known), and the keywords
    that are given, in order.
    `attributes`: those of the names of relations to many objects that stand behind a dot anywhere.
    """

    keys: frozenset[str] = frozenset()
    loads: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    rows: frozenset[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]] = frozenset()
    chains: frozenset[tuple[Step, ...]] = frozenset()
    loadings: frozenset[tuple[Step, ...]] = frozenset()
    to_attrs: frozenset[tuple[str, str]] = frozenset()
    flats: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    documents: frozenset[DocumentCall] = frozenset()
    words: frozenset[WordCall] = frozenset()
    attributes: frozenset[str] = frozenset()
    of: Mapping[str, Usage] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def opens(self) -> bool:
        """Whether something may be added to objects that a stub cannot tell."""
        return bool(self.chains) or PREFETCH in self.marks

    @property
    def loads_further(self) -> bool:
        """Whether relations may be loaded beside others that are loaded."""
        return self.opens or len(self.loads) > 1 or bool(self.to_attrs)

    def loaded_names(self) -> frozenset[str]:
        """The single names of the relations that are loaded by name, also on the way to others."""
        found = {name for _, listed in self.loads for name in listed}
        found |= {relation for relation, _ in self.to_attrs}
        found |= {mark.removeprefix(FETCHED) for mark in self.marks if mark.startswith(FETCHED)}
        found |= {name.removesuffix("()") for steps in self.loadings for _, given in steps for name in _texts(given)}
        return frozenset(part for name in found for part in name.split("__"))

    def about(self, model: str) -> Usage:
        """What is or may be asked of the models of this name."""
        own = self.of.get(model)
        if own is None:
            return self
        return Usage(*(getattr(self, name) | getattr(own, name) for name in names_of(Usage)[:-1]))


def _texts(given: Iterable[str | tuple[str, str]]) -> Iterator[str]:
    for each in given:
        yield from (each,) if isinstance(each, str) else each
