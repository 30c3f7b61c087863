"""Generates migrations: compares the models with the snapshots and writes files for what is new."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.migrations import operations as ops
from ormgen.migrations.history import LATEST, NAME, SNAPSHOT, History
from ormgen.migrations.migration import Key
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.runner import ZERO
from ormgen.migrations.state import State
from ormgen.records import dataclass
from ormgen.schema.names import did_you_mean
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.migrations.autodetect import Found, autodetect
from ormgen_codegen.migrations.preview import preview
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.remembered import with_all_memory
from ormgen_codegen.migrations.state_stubs import import_line
from ormgen_codegen.migrations.writer import migration_text


@dataclass(frozen=True)
class Generated:
    """A migration that is to be written."""

    key: Key
    path: Path
    text: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Generation:
    """What a run came to: files to write, and the snapshots that belong to them."""

    migrations: tuple[Generated, ...]
    snapshots: Mapping[Path, str]

    def write(self) -> None:
        """Write the files."""
        for path, text in ({each.path: each.text for each in self.migrations} | dict(self.snapshots)).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            whole = path.with_name(f"{path.name}.new")
            whole.write_text(text, "utf-8", newline="\n")
            whole.replace(path)


def generate(
    history: History,
    after: State,
    answers: Answers,
    *,
    name: str | None = None,
    apps: Sequence[str] = (),
    dialect: str | None = None,
) -> Generation:
    """The migrations that lead from the snapshots to the models; none where nothing has changed.

    `apps` are those to look at, by default all that have models or migrations. The files say what a database of the
    kind `dialect` is told.

    Raises:
        Undecided: something has to be said on the command line.
        ConfigurationError: the history has several heads, or a snapshot cannot be read.
    """
    before = history.snapshot()
    _refuse_unknown(apps, {*history.folders, *(model.app for model in after.models.values())})
    looked_at = set(apps) or {model.app for model in (*before.models.values(), *after.models.values())}
    aimed = _only(before, after, looked_at)
    found = autodetect(before, aimed, answers)
    heads = {app: _head(history, app) for app in history.folders}
    made: list[Generated] = []
    reached = before
    for app, operations in _parts(found):
        number = number_after(heads.get(app))
        called = f"{number:04d}_{name or suggested_name(operations, number)}"
        needs = {head for head in [heads.get(app)] if head is not None}
        for other in _apps_of(operations, aimed, app):
            if (head := heads.get(other)) is not None:
                needs.add(head)
        key = Key(app, called)
        folder = _folder(history, app)
        text = migration_text(app, called, operations, needs)
        if dialect is not None:
            text += preview(key, operations, reached, dialect)
        made.append(Generated(key, folder / f"{called}.py", text, tuple(operations)))
        heads[app] = key
        for operation in operations:
            reached = operation.changed(app, reached)
    aimed = with_all_memory(aimed, reached)
    concerned = {app for each in made for app in (each.key.app, *left_by(each.operations))}
    written = {_folder(history, app) / SNAPSHOT: aimed.to_json(app) for app in sorted(concerned)}
    return Generation(tuple(made), written)


def empty(history: History, app: str, name: str | None = None, root: Path | None = None) -> Generation:
    """A migration without operations, to be filled by hand; below `root` it takes the types of its moment in."""
    head = _head(history, app)
    called = f"{number_after(head):04d}_{name or 'custom'}"
    folder = _folder(history, app)
    types = None if root is None else import_line(folder, called, root)
    text = migration_text(app, called, (), () if head is None else (head,), types=types)
    made = Generated(Key(app, called), folder / f"{called}.py", text, ())
    snapshot = {} if (folder / SNAPSHOT).is_file() else {folder / SNAPSHOT: history.snapshot().to_json(app)}
    return Generation((made,), snapshot)


def _folder(history: History, app: str) -> Path:
    if app not in history.folders:
        raise ConfigurationError(f'app "{app}" has no folder for migrations; name the app in [tool.ormgen] apps')
    return history.folders[app]


def _refuse_unknown(apps: Sequence[str], known: Collection[str]) -> None:
    for app in apps:
        if app in known:
            continue
        if NAME.fullmatch(app) or app in (LATEST, ZERO) or app.partition(".")[0] in known:
            told = f"`migrate` writes migrations; `ormgen upgrade {' '.join(apps)}` applies them"
            raise ConfigurationError(told)
        raise ConfigurationError(f"there is no app `{app}`; {did_you_mean(app, known)}")


def _only(before: State, after: State, apps: set[str]) -> State:
    """The models to arrive at: those of other apps stay as they are."""
    kept = {key: model for key, model in before.models.items() if model.app not in apps}
    return State(kept | {key: model for key, model in after.models.items() if model.app in apps})


def _head(history: History, app: str) -> Key | None:
    heads = history.heads(app)
    if len(heads) > 1:
        names = " and ".join(key.name for key in heads)
        raise ConfigurationError(f'app "{app}" has several last migrations, {names}: run `ormgen merge {app}` first')
    return heads[0] if heads else None


def number_after(head: Key | None) -> int:
    """The number of the migration behind `head`."""
    return 1 if head is None else int(head.name.partition("_")[0]) + 1


def _parts(found: Sequence[Found]) -> list[tuple[str, list[Operation]]]:
    """The operations by app: as few migrations as keep their order."""
    parts: list[tuple[str, list[Operation]]] = []
    for app, operation in found:
        if parts and parts[-1][0] == app:
            parts[-1][1].append(operation)
        else:
            parts.append((app, [operation]))
    return parts


def _apps_of(operations: Sequence[Operation], state: State, app: str) -> set[str]:
    """The other apps that the models of these operations point at."""
    names = {getattr(each, "model_name", getattr(each, "name", "")) for each in operations}
    found = left_by(operations)
    for model in state.models.values():
        if model.app == app and model.name in names:
            found |= {member.to.partition(".")[0] for member in model.members if isinstance(member, RelationSchema)}
    return found - {app}


def left_by(operations: Iterable[Operation]) -> set[str]:
    """The apps from which models are taken."""
    return {each.from_app for each in operations if isinstance(each, ops.MoveModel)}


def suggested_name(operations: Sequence[Operation], number: int) -> str:
    """A name that says what a migration does."""
    if number == 1:
        return "initial"
    first = operations[0] if operations else None
    match first:
        case ops.CreateModel(name=name):
            text = f"create_{name}"
        case ops.DeleteModel(name=name):
            text = f"delete_{name}"
        case ops.RenameModel(old_name=old, new_name=new):
            text = f"rename_{old}_{new}"
        case ops.MoveModel(name=name):
            text = f"take_{name}"
        case ops.RenameField(model_name=model, new_name=new):
            text = f"rename_{model}_{new}"
        case ops.AddField(model_name=model, name=name):
            text = f"add_{model}_{name}"
        case ops.RemoveField(model_name=model, name=name):
            text = f"remove_{model}_{name}"
        case ops.AlterField(model_name=model, name=name):
            text = f"alter_{model}_{name}"
        case _:
            text = f"change_{getattr(first, 'model_name', getattr(first, 'name', 'models'))}"
    more = f"_and_{len(operations) - 1}_more" if len(operations) > 1 else ""
    return re.sub(r"\W", "_", text.lower())[:60] + more
