"""Judges a name by all that is known of the project: wrong only where it cannot be right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.records import dataclass
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.names import nearest
from ormgen_codegen.model_classes import ModelClasses, Openness
from ormgen_codegen.name_rules import Fault, Role, find_fault
from ormgen_codegen.project_names import ProjectNames
from ormgen_codegen.target_rules import library_fault
from ormgen_codegen.targets import ORMGEN, Target

Verdict = tuple[str, str | None]  # a fact, and perhaps a hint

COMPUTABLE: Final = (Role.FILTER, Role.COLUMN)


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a name is asked of: any of `models` (of all there are, if it is empty), and what is computed there."""

    models: tuple[LinkedModel, ...] = ()
    computed: frozenset[str] = frozenset()
    openness: Openness = Openness.CLOSED


BARE: Final = Asked()


class Judge:
    """Knows the models of the run and the names of the project."""

    def __init__(self, classes: ModelClasses, project: ProjectNames, target: Target = ORMGEN) -> None:
        self.classes = classes
        self.target = target
        self.graph: ModelGraph = classes.graph
        self.project = project
        self._bare: dict[tuple[str, Role], Verdict | None] = {}

    def verdict(self, name: str, role: Role, asked: Asked) -> Verdict | None:
        """What is wrong with a name; None if nothing is, or nothing is certain."""
        plain = name.removeprefix("-") if role is Role.COLUMN else name
        if not asked.models:
            key = plain, role
            if key not in self._bare:
                self._bare[key] = self._of_nobody(plain, role)
            return self._bare[key]
        faults = [self._fault(model, plain, role) for model in asked.models]
        if None in faults or self._is_computed(plain, role, asked):
            return None
        told = [fault for fault in faults if fault is not None]
        return None if any(self._is_doubtful(fault) for fault in told) else (told[0].fact, told[0].hint)

    def _fault(self, model: LinkedModel, name: str, role: Role) -> Fault | None:
        found = find_fault(self.graph, model, name, role)
        return found if found is not None else library_fault(self.target, self.graph, model, name, role)

    def _is_computed(self, name: str, role: Role, asked: Asked) -> bool:
        """Whether the name may begin with that of an annotation."""
        first = name.partition("__")[0]
        if role not in COMPUTABLE:
            return False
        if first in asked.computed or name in asked.computed:
            return True
        if all(first in model.names for model in asked.models):
            return False
        if asked.openness is Openness.CLOSED:
            return False
        return asked.openness is Openness.ANY or self.project.dynamic or first in self.project.computed

    def _is_doubtful(self, fault: Fault) -> bool:
        """Whether a model may have the field after all."""
        return fault.missing and (fault.part in self.project.foreign or self.classes.is_incomplete(fault.model))

    def _of_nobody(self, name: str, role: Role) -> Verdict | None:
        """The verdict on a name of which nobody knows whom it is asked of: wrong if no model has it."""
        first = name.partition("__")[0]
        if role in COMPUTABLE and (self.project.dynamic or first in self.project.computed):
            return None
        faults: list[Fault] = []
        for model in self.graph:
            fault = self._fault(model, name, role)
            if fault is None or self._is_doubtful(fault):
                return None
            faults.append(fault)
        return (f'no model has "{name}"', self._hint(name, faults)) if faults else None

    def _hint(self, name: str, faults: Iterable[Fault]) -> str | None:
        """What was probably meant: judged by the models in which the name leads furthest."""
        further = [fault for fault in faults if not fault.first]
        if further:
            hints = {fault.hint for fault in further}
            return hints.pop() if len(hints) == 1 else None
        first, _, rest = name.partition("__")
        close = nearest(first, {each for model in self.graph for each in model.names})
        return f'did you mean "{"__".join(filter(None, (close, rest)))}"?' if close else None
