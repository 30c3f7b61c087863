"""The checker's rules about names are those of the runtime: both are asked about the same names and have to agree."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import goldens
from ormgen.exceptions import FieldError
from ormgen.query.paths import column_path, filter_path, into_json, relation_path
from ormgen.schema.graph import LinkedModel, ModelGraph
from ormgen.schema.lookups import LOOKUP_NAMES
from ormgen_codegen.name_rules import Role, find_fault

GRAPHS = [goldens.both_graphs(goldens.EXAMPLES, [package])[0].graph for package in goldens.examples()]


def column_or_path(graph: ModelGraph, model: LinkedModel, name: str) -> Any:
    """A column, or what stands inside of one that is JSON."""
    _, keys = into_json(graph, model, name)
    return keys or column_path(graph, model, name)


RUNTIME: dict[Role, Callable[[ModelGraph, LinkedModel, str], Any]] = {
    Role.FILTER: filter_path,
    Role.COLUMN: column_or_path,
    Role.RELATION: relation_path,
}


def words(graph: ModelGraph) -> list[str]:
    names = {name for model in graph for name in model.names}
    return [*sorted(names), *sorted(LOOKUP_NAMES), "nonsense", ""]


def accepted(role: Role, graph: ModelGraph, model: LinkedModel, name: str) -> bool:
    try:
        RUNTIME[role](graph, model, name)
    except FieldError:
        return False
    return True


@pytest.mark.parametrize("role", RUNTIME)
@pytest.mark.parametrize("graph", GRAPHS, ids=goldens.examples())
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_paths(graph: ModelGraph, role: Role, data: st.DataObject) -> None:
    """Names are walked at random through the graph, so that most of them are nearly right."""
    start = here = data.draw(st.sampled_from(list(graph)))
    parts = []
    for _ in range(data.draw(st.integers(1, 4))):
        near = data.draw(st.booleans())
        part = data.draw(st.sampled_from([*sorted(here.names), *sorted(LOOKUP_NAMES)] if near else words(graph)))
        parts.append(part)
        if part in here.relations:
            here = graph.target(here.relations[part])
    name = "__".join(parts)
    fault = find_fault(graph, start, name, role)
    assert (fault is None) is accepted(role, graph, start, name), fault


@pytest.mark.parametrize("graph", GRAPHS, ids=goldens.examples())
def test_single_names(graph: ModelGraph) -> None:
    """Every role, every model, every word: what is wrong is told in one line, and hints name what is right."""
    for model in graph:
        for role in Role:
            for name in words(graph):
                fault = find_fault(graph, model, name, role)
                if fault is None:
                    continue
                assert fault.fact.isprintable()
                if fault.hint is not None and fault.hint.startswith("did you mean"):
                    meant = fault.hint.split('"')[1]
                    assert role is Role.JOINED or find_fault(graph, model, meant, role) is None, (name, meant)
