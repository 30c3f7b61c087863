"""Descriptions of models that an earlier run made, each good as long as nothing that it looked at has changed.

Describing a model takes names from the scope that all models share. What each description took is replayed for those
that are kept, and has to give the same again: a run with kept descriptions ends in the same texts as one without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.declared import DeclaredClass, Role
from ormgen_codegen.render import render_section
from ormgen_codegen.stub_project import Project
from ormgen_codegen.stub_scope import Call, Scope
from ormgen_codegen.stub_states import StateWriter
from ormgen_codegen.usage import Usage
from ormgen_codegen.views import Section, Text


@dataclass(frozen=True, slots=True)
class KeptSection:
    """What is generated about one model, apart from its class and near it.

    `touched` are the keys and paths of what the description looked at, `calls` what it took from the scope.
    """

    apart: tuple[Text, ...]
    near: Text
    touched: frozenset[str]
    calls: tuple[tuple[Call, Any], ...]


class Stale(Exception):
    """A kept description no longer fits; all have to be made anew."""


@dataclass(slots=True)
class Memory:
    """The descriptions of one package: those of the last run, and what of it has changed since; those of this run."""

    before: Mapping[str, KeptSection] = field(default_factory=dict)
    changed: Collection[str] = frozenset()
    now: dict[str, KeptSection] = field(default_factory=dict)

    def sections(
        self,
        scope: Scope,
        model: LinkedModel,
        writer: StateWriter,
        make: Callable[[Scope, LinkedModel, StateWriter], tuple[list[Section], Section]],
    ) -> tuple[tuple[Text, ...], Text]:
        """The texts about a model, made only where none are kept.

        Raises:
            Stale: something is called otherwise than when the text was made.
        """
        kept = self.before.get(model.path)
        if kept is not None and kept.touched.isdisjoint(self.changed):
            for call, result in kept.calls:
                if replayed(scope, writer, call) != result:
                    raise Stale
        else:
            kept = _made(scope, model, writer, make)
        self.now[model.path] = kept
        return kept.apart, kept.near


def _made(
    scope: Scope,
    model: LinkedModel,
    writer: StateWriter,
    make: Callable[[Scope, LinkedModel, StateWriter], tuple[list[Section], Section]],
) -> KeptSection:
    _ = scope.joined, scope.joined_by_models, scope.pointed_at  # known before it is noted who looks at whom
    scope.begin()
    apart, near = make(scope, model, writer)
    touched = {model.key, model.path, *(each.path for each in scope.project.declarations.line(model.path))}
    return KeptSection(
        tuple(map(_text, apart)), _text(near), frozenset(touched | scope.graph.touched), tuple(scope.calls.items())
    )


def _text(section: Section) -> Text:
    hidden = tuple(name for name in section.names if name.startswith("_"))
    return Text(section.title, text=render_section(section), hidden=hidden)


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
            scope.near.add(path)
            return None
        case ("apart", path):
            return path not in scope.near
        case ("makes", key, wanted):
            return None if key in writer.made else writer.made.setdefault(key, scope.names.fresh(wanted))
        case ("made", key):
            return writer.made.get(key)
    raise Stale


def changed_between(old: Project, new: Project) -> frozenset[str] | None:
    """The keys and paths of the models of which anything is known otherwise now; None if that may concern all."""
    old_scope, new_scope = Scope(old, ""), Scope(new, "")
    same = (
        old.reach == new.reach
        and old.described == new.described
        and old.stems == new.stems
        and old.carried_modules == new.carried_modules
        and old.declarations.nested == new.declarations.nested
        and old.declarations.packages == new.declarations.packages
        and [*old.declarations.classes] == [*new.declarations.classes]
        and [*old.graph.models] == [*new.graph.models]
        and old.querysets == new.querysets
        and old.opened == new.opened
        and {path: each.path for path, each in old.extra_querysets.items()}
        == {path: each.path for path, each in new.extra_querysets.items()}
        and not old.usage.documents
        and not new.usage.documents
    )
    if not same:
        return None
    found = (old_scope.joined ^ new_scope.joined) | (old_scope.joined_by_models ^ new_scope.joined_by_models)
    found |= {key for key in new.graph.models if old_scope.pointed_at.get(key) != new_scope.pointed_at.get(key)}
    for path, declared in new.declarations.classes.items():
        if declared != old.declarations.classes[path]:
            if Role.MODEL not in (declared.role, old.declarations.classes[path].role):
                return None
            found |= {path}
    models = {model.key: model.path for model in _changed_models(old, new)}
    return frozenset({*found, *models, *models.values()})


def _changed_models(old: Project, new: Project) -> Iterator[LinkedModel]:
    starts = {key.removeprefix("-").partition("__")[0] for key in old.usage.keys ^ new.usage.keys}
    asked = old.usage != new.usage
    for model in new.graph:
        before = old.graph.models[model.key]
        if (
            model != before
            or not starts.isdisjoint((*model.names, *before.names))
            or (asked and _is_asked_otherwise(model.name, old.usage, new.usage))
        ):
            yield model


def _is_asked_otherwise(name: str, old: Usage, new: Usage) -> bool:
    return old.of.get(name) != new.of.get(name) or old.about(name) != new.about(name)


def query_sets(classes: Iterable[DeclaredClass]) -> tuple[tuple[str, str | None, bool], ...]:
    """What the query sets among the classes are about, which only reading their modules tells."""
    return tuple((each.path, each.about, each.generic) for each in classes if each.role is Role.QUERYSET)
