"""Two states, as operations that lead from one to the other."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.migrations import index_operations as index_ops
from ormgen.migrations import operations as ops
from ormgen.migrations.documents import build, document
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.state import State, options_document
from ormgen.schema.column_types import counts_up
from ormgen.schema.field import FieldSchema
from ormgen.schema.model_schema import Member, ModelSchema
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.migrations.enum_changes import enum_changes
from ormgen_codegen.migrations.members import (
    alike,
    alterable,
    changed_options,
    column_of,
    declared_of,
    has_value,
    key_names,
    kind_of,
    models_of,
    needs_others,
    needs_value,
    same_kind,
    targets_of,
    without_names,
)
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.remembered import with_member_memory, with_memory
from ormgen_codegen.migrations.renames import Renaming, spare, staged

LISTS = ("indexes", "constraints")
Found = tuple[str, Operation]  # with its app


def autodetect(before: State, after: State, answers: Answers) -> list[Found]:
    """What happened between two states, in an order in which it can be done; nothing is guessed.

    Raises:
        Undecided: whether something was renamed or dropped has to be said.
    """
    detection = _Detection(before, after, answers)
    try:
        detection.run()
    except ConfigurationError:
        answers.refuse_open()  # what is open may be the cause
        raise
    answers.settle()
    return detection.found


class _Detection:
    """`state` is what the operations found so far lead to."""

    def __init__(self, before: State, after: State, answers: Answers) -> None:
        self.state = before
        self.after = after
        self.answers = answers
        self.found: list[Found] = []
        self.late: list[Found] = []

    def run(self) -> None:
        self.moved_models()
        self.renamed_models()
        kept = [key for key in self.after.models if key in self.state.models]
        for key in kept:
            self.renamed_fields(key)
        for key in kept:
            self.shrunk_lists(key)
        for app, operation in enum_changes(self.state, self.after, self.answers):
            self.add(app, operation)
        self.removed_relations(kept)
        if self.reused_tables():
            self.deleted_models()
        self.created_models()
        self.swapped_tables(kept)
        for key in kept:
            self.swapped_columns(key)
            self.added_and_altered(key)
        for key in kept:
            self.options(key)
        for key in kept:
            self.removed_fields(key)
        for key in kept:
            self.grown_lists(key)
        self.deleted_models()

    def add(self, app: str, operation: Operation) -> None:
        self.state = operation.changed(app, self.state)
        self.found.append((app, operation))

    # -- names

    def moved_models(self) -> None:
        """Models that are gone from one app and have come to another one, with their table or name."""
        for old in [model for key, model in self.state.models.items() if key not in self.after.models]:
            coming = [
                model
                for key, model in self.after.models.items()
                if key not in self.state.models and model.app != old.app
            ]
            said = declared_of(old.key, [(each.key, each.meta.renamed_from) for each in coming], (old.key,))
            named = self.answers.renames.get(old.key)
            new = [each.key for each in coming if each.table == old.table or each.name == old.name or each.key == named]
            found = said or (self.answers.moved(old.key, new) if new else None)
            if found is not None:
                app, _, name = found.rpartition(".")
                self.add(app, ops.MoveModel(old.name, old.app))
                if name != old.name:
                    self.add(app, ops.RenameModel(old.name, name))

    def renamed_models(self) -> None:
        rings: set[str] = set()
        for app in dict.fromkeys(model.app for model in self.state.models.values()):
            old, new = models_of(self.state, app), models_of(self.after, app)
            names = {model.name: model.meta.renamed_from for model in new.values()}
            names = {name: said and said.removeprefix(f"{app}.") for name, said in names.items()}
            found = Renaming(
                self.answers,
                app,
                "",
                {model.name: model.meta.renamed_from for model in old.values()},
                names,
                lambda name, to: True,
                partial(alike, old, new),
            )
            for name, to in found.run():
                self.add(app, ops.RenameModel(name, to))
            rings.update(f"{app}.{name}" for name in found.rings)
        self.after = with_memory(self.after, self.state, rings)

    def renamed_fields(self, key: str) -> None:
        old, new = self.state.models[key], self.after.models[key]
        mine, theirs = ({member.name: member for member in each.members} for each in (old, new))
        found = Renaming(
            self.answers,
            old.app,
            f"{old.name}.",
            {member.name: member.renamed_from for member in old.members},
            {member.name: member.renamed_from for member in new.members},
            lambda name, to: same_kind(mine[name], theirs[to]),
            lambda name, to: True,
        )
        for name, to in found.run():
            self.add(old.app, ops.RenameField(old.name, name, to))
        self.after = with_member_memory(self.after, self.state, key, found.rings)

    # -- models

    def reused_tables(self) -> bool:
        """Whether a model gets the table of one that goes."""
        gone = {model.table for key, model in self.state.models.items() if key not in self.after.models}
        return any(
            model.table in gone and (key not in self.state.models or self.state.models[key].table != model.table)
            for key, model in self.after.models.items()
        )

    def swapped_tables(self, kept: Iterable[str]) -> None:
        """Models that take tables of each other do so one after the other."""
        tables = {model.table: model for model in self.state.models.values()}
        changed = {self.state.models[key].table: self.after.models[key] for key in kept}
        renames = {old: model.table for old, model in changed.items() if old != model.table}
        if not any(table in renames for table in renames.values()):
            return
        now = dict(changed)
        for old, table in staged(renames, tables, [model.table for model in self.after.models.values()]):
            model = now[table] = now.pop(old)
            said = model.meta.table if table == model.table else table
            self.add(model.app, ops.AlterModelOptions(model.name, {"table": said}))

    def created_models(self) -> None:
        new = {key: model for key, model in self.after.models.items() if key not in self.state.models}
        done: set[str] = set()
        while len(done) < len(new):
            waiting = [key for key in new if key not in done]
            key = next((each for each in waiting if not needs_others(new[each], waiting)), waiting[0])
            self._create(new[key], {each for each in waiting if each != key})
            done.add(key)
        for app, operation in self.late:
            self.add(app, operation)
        for model in new.values():
            if model.meta != self.state.models[model.key].meta:
                self.grown_lists(model.key)

    def _create(self, model: ModelSchema, missing: set[str]) -> None:
        """A new model; relations to models that are yet to come, and what needs their columns, follow later."""
        later = [each for each in model.members if isinstance(each, RelationSchema) and targets_of(each) & missing]
        meta = model.meta
        if later:
            names = {name for each in later for name in (each.name, f"{each.name}_id")}
            meta = without_names(meta, names)
        kept = [member for member in model.members if member not in later]
        fields = [(member.name, build(document(member))) for member in kept]
        self.add(model.app, ops.CreateModel(model.name, fields, options_document(meta)))
        for member in later:
            self.late.append((model.app, ops.AddField(model.name, member.name, build(document(member)))))

    def deleted_models(self) -> None:
        gone = {key: model for key, model in self.state.models.items() if key not in self.after.models}
        while gone:
            pointed = {
                target: model
                for model in gone.values()
                for member in model.members
                if isinstance(member, RelationSchema)
                for target in targets_of(member)
                if target != model.key and target in gone
            }
            key = next((each for each in gone if each not in pointed), None)
            if key is None:
                key, source = next(iter(pointed.items()))
                self._cut(source, key)
                gone[source.key] = self.state.models[source.key]
                continue
            self.add(gone[key].app, ops.DeleteModel(gone.pop(key).name))

    def _cut(self, model: ModelSchema, target: str) -> None:
        """Models that go and point at each other are taken apart first."""
        for member in model.members:
            if isinstance(member, RelationSchema) and target in targets_of(member):
                names = {member.name, f"{member.name}_id"}
                meta = without_names(model.meta, names)
                if meta != model.meta:
                    self.add(model.app, ops.AlterModelOptions(model.name, changed_options(model.meta, meta)))
                self.add(model.app, ops.RemoveField(model.name, member.name))

    # -- fields

    def removed_relations(self, kept: Iterable[str]) -> None:
        """Many-to-many relations go first, because another one may have their table; so does what changes its kind."""
        for key in kept:
            old, new = self.state.models[key], self.after.models[key]
            now = {member.name: member for member in new.members}
            for member in old.members:
                same = now.get(member.name)
                if same is None and kind_of(member) == "pairs":
                    self.add(old.app, ops.RemoveField(old.name, member.name))
                elif same is not None and not alterable(member, same):
                    label = f"{old.name}.{member.name}"
                    if self.answers.renamed(old.app, label, []) is None:
                        self.add(old.app, ops.RemoveField(old.name, member.name))

    def swapped_columns(self, key: str) -> None:
        """Fields whose columns others take give them up first."""
        old, new = self.state.models[key], self.after.models[key]
        now = {member.name: column_of(member) for member in new.members}
        used = {column for each in (*old.members, *new.members) if (column := column_of(each)) is not None}
        for member in old.members:
            column = column_of(member)
            if column is None or now.get(member.name) == column or column not in now.values():
                continue
            free = spare(used)
            used.add(free)
            self.add(old.app, ops.AlterField(old.name, member.name, build(document(member) | {"source_field": free})))

    def added_and_altered(self, key: str) -> None:
        self.changed_key(key)
        old, new = self.state.models[key], self.after.models[key]
        known = {member.name: member for member in old.members}
        for member in new.members:
            before = known.get(member.name)
            made = document(member)
            if before is None:
                fill = self._fill(new, member) if needs_value(member) else None
                self.add(new.app, ops.AddField(new.name, member.name, build(made), fill))
            elif document(before) != made:
                empties = getattr(before, "null", False) and not getattr(member, "null", False)
                fill = self._fill(new, member) if empties and not has_value(member) else None
                self.add(new.app, ops.AlterField(new.name, member.name, build(made), fill))

    def changed_key(self, key: str) -> None:
        """Another primary key: its fields come first, because rows are found by the old one while they are filled."""
        old, new = self.state.models[key], self.after.models[key]
        wanted = key_names(new)
        if key_names(old) == wanted or min(len(key_names(old)), len(wanted)) > 1:
            return
        known = {member.name for member in old.members}
        coming = [each for each in new.members if {each.name, f"{each.name}_id"} & {*wanted}]
        for member in [each for each in coming if each.name not in known]:
            if isinstance(member, FieldSchema) and counts_up(member):
                self.add(new.app, ops.AlterPrimaryKey(new.name, []))  # the database numbers the rows
                return
            plain = {
                name: value for name, value in document(member).items() if name not in ("primary_key", "generated")
            }
            fill = None if has_value(member) else self._fill(new, member)
            self.add(new.app, ops.AddField(new.name, member.name, build(plain), fill))
        self.add(new.app, ops.AlterPrimaryKey(new.name, list(wanted)))

    def _fill(self, model: ModelSchema, member: Member) -> Any:
        return self.answers.fill(model.app, f"{model.name}.{member.name}")

    def removed_fields(self, key: str) -> None:
        now = {member.name for member in self.after.models[key].members}
        for member in self.state.models[key].members:
            if member.name not in now:
                model = self.state.models[key]
                self.add(model.app, ops.RemoveField(model.name, member.name))

    # -- options

    def options(self, key: str) -> None:
        old, new = self.state.models[key], self.after.models[key]
        changed = changed_options(old.meta, new.meta)
        for name in ("unique_together", *LISTS):
            changed.pop(name, None)
        if changed:
            self.add(old.app, ops.AlterModelOptions(old.name, changed))

    def shrunk_lists(self, key: str) -> None:
        """What goes from lists of indexes, before the fields that it is over."""
        old, new = self.state.models[key], self.after.models[key]
        renaming = {"indexes": index_ops.RenameIndex, "constraints": index_ops.RenameConstraint}
        for option, operation in zip(LISTS, (index_ops.RemoveIndex, index_ops.RemoveConstraint), strict=True):
            coming = [each for each in getattr(new.meta, option) if each not in getattr(old.meta, option)]
            for index in getattr(old.meta, option):
                if index in getattr(new.meta, option):
                    continue
                same = next(
                    (each for each in coming if each.name and index_ops.renamed(index, each.name) == each), None
                )
                if same is None:
                    self.add(old.app, operation(old.name, index))
                else:
                    coming.remove(same)
                    self.add(old.app, renaming[option](old.name, index.name or index, str(same.name)))
        kept = tuple(group for group in old.meta.unique_together if group in new.meta.unique_together)
        if kept != old.meta.unique_together:
            self.add(old.app, ops.AlterUniqueTogether(old.name, kept))

    def grown_lists(self, key: str) -> None:
        """What comes to lists of indexes, after the fields that it is over."""
        old, new = self.state.models[key], self.after.models[key]
        for option, operation in zip(LISTS, (index_ops.AddIndex, index_ops.AddConstraint), strict=True):
            for index in getattr(new.meta, option):
                if index not in getattr(old.meta, option):
                    self.add(old.app, operation(old.name, index))
        if set(new.meta.unique_together) != set(old.meta.unique_together):
            self.add(old.app, ops.AlterUniqueTogether(old.name, new.meta.unique_together))
