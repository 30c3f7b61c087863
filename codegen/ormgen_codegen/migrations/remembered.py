"""What the models say with `renamed_from`, as far as a snapshot has to keep that it was followed already."""

from __future__ import annotations

from collections.abc import Collection

from ormgen.migrations.state import State
from ormgen.records import replace


def with_memory(after: State, before: State, rings: Collection[str] = ()) -> State:
    """The models of `after`, with what `before` remembers; those of `rings` are remembered from now on."""
    for key, model in after.models.items():
        if key in before.models and key not in rings:
            said = before.models[key].meta.renamed_from
            if said != model.meta.renamed_from:
                after = after.having(replace(model, meta=replace(model.meta, renamed_from=said)))
    return after


def with_member_memory(after: State, before: State, key: str, rings: Collection[str] = ()) -> State:
    """The same for the members of a model."""
    kept = {member.name: member.renamed_from for member in before.models[key].members}
    model = after.models[key]
    members = tuple(
        member if member.name in rings else replace(member, renamed_from=kept.get(member.name))
        for member in model.members
    )
    return after if members == model.members else after.having(replace(model, members=members))


def with_all_memory(after: State, reached: State) -> State:
    """The models of `after`, with what operations that lead to them remember."""
    after = with_memory(after, reached)
    for key in after.models:
        if key in reached.models:
            after = with_member_memory(after, reached, key)
    return after
