"""Which app each module of a run belongs to: as configured, else as the references between models tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.names import nearest
from ormgen.schema.relation_fields import RelationSchema

DEFAULT_LABEL = "models"

Entry = tuple[str, ModelSchema]  # the module that a model belongs to, and the model before it has an app
Apps = Mapping[str, Sequence[str]]  # app label → its modules and packages


def in_apps(entries: Iterable[Entry], apps: Apps | None = None) -> list[ModelSchema]:
    """The models, each in its app; a model that two modules list belongs to the first."""
    unique: dict[tuple[str, str], Entry] = {}
    for module, schema in entries:
        unique.setdefault((schema.module, schema.name), (module, schema))
    labels = app_labels(list(unique.values()), apps)
    return [schema.in_app(labels[module]) for module, schema in unique.values()]


def app_labels(entries: Sequence[Entry], apps: Apps | None = None) -> dict[str, str]:
    """The label of each module.

    A module that `apps` does not name gets the label under which others refer to its models (`"shop.Order"`); one
    that nobody refers to gets the only label there is, else "models".
    """
    modules = list(dict.fromkeys(module for module, _ in entries))
    references = _references(entries, set(modules))
    used = Counter(label for label, _ in references)
    fallback = next(iter(used)) if len(used) == 1 else DEFAULT_LABEL
    votes = _votes(entries, references)
    return {
        module: configured_label(module, apps or {})
        or min(votes.get(module, {}), key=lambda label: (-votes[module][label], -used[label], label), default=fallback)
        for module in modules
    }


def _votes(entries: Sequence[Entry], references: Sequence[tuple[str, str]]) -> dict[str, Counter[str]]:
    """How often the models of each module are referred to under each label, misspelt names included."""
    homes: dict[str, list[str]] = {}
    for module, schema in entries:
        if schema.meta.app is None:
            homes.setdefault(schema.name, []).append(module)
    meant = {name: name if name in homes else nearest(name, homes) for _, name in references}
    votes: dict[str, Counter[str]] = {}
    for label, name in references:
        for module in homes.get(meant[name] or "", ()):
            votes.setdefault(module, Counter())[label] += 1
    return votes


def configured_label(module: str, apps: Apps) -> str | None:
    """The label whose modules include `module`, or most closely its package; None if there is none."""
    best = max(
        ((len(name), label) for label, names in apps.items() for name in names if _within(module, name)),
        key=lambda found: found[0],
        default=None,
    )
    return None if best is None else best[1]


def _within(module: str, name: str) -> bool:
    return module == name or module.startswith(f"{name}.")


def _references(entries: Sequence[Entry], modules: set[str]) -> list[tuple[str, str]]:
    """Every `"label.Name"` that a relation points at, as label and name."""
    found: list[tuple[str, str]] = []
    others = {schema.meta.app for _, schema in entries} | (modules - {DEFAULT_LABEL})
    for _, schema in entries:
        for member in schema.members:
            if isinstance(member, RelationSchema) and ":" not in member.to:
                label, _, name = member.to.rpartition(".")
                if label and "." not in label and label not in others:
                    found.append((label, name))
    return found
