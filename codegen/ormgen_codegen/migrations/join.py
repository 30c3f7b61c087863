"""Migrations that put others together: two branches merged, and a long history squashed into one file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ormgen.exceptions import ConfigurationError
from ormgen.migrations import operations as ops
from ormgen.migrations.history import SNAPSHOT, History
from ormgen.migrations.migration import Key, Loaded
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.special import RunPython, RunSQL, SeparateDatabaseAndState
from ormgen.migrations.state import State
from ormgen_codegen.migrations.autodetect import autodetect
from ormgen_codegen.migrations.generate import Generated, Generation, number_after
from ormgen_codegen.migrations.questions import Answers
from ormgen_codegen.migrations.writer import migration_text


def merge(history: History, app: str, name: str | None = None) -> Generation:
    """A migration that follows all last ones of an app, and the snapshot of what they lead to together.

    Raises:
        ConfigurationError: there is nothing to merge, or the branches do not fit together.
    """
    heads = history.heads(app)
    if len(heads) < 2:
        raise ConfigurationError(f'app "{app}" has one last migration; there is nothing to merge')
    _refuse_conflicts(history, heads)
    number = max(number_after(head) for head in heads)
    called = f"{number:04d}_{name or 'merge'}"
    folder = history.folders[app]
    text = migration_text(app, called, (), heads)
    made = Generated(Key(app, called), folder / f"{called}.py", text, ())
    return Generation((made,), {folder / SNAPSHOT: history.state().to_json(app)})


def _refuse_conflicts(history: History, heads: Sequence[Key]) -> None:
    """Refuse branches that say different things of one field or model: which one holds is for people to say.

    Raises:
        ConfigurationError: there are such; with the places.
    """
    shared = set.intersection(*(history.before(head) for head in heads))
    done: dict[tuple[str, ...], tuple[Key, Key, Operation]] = {}
    for head in heads:
        for key in sorted(history.before(head) - shared):
            for operation in history.migrations[key].operations:
                for subject in _subjects(key.app, operation):
                    branch, before, other = done.setdefault(subject, (head, key, operation))
                    if branch != head and other != operation:
                        told = f"{before} and {key} do not fit together: {other.describe()}, {operation.describe()}"
                        raise ConfigurationError(f"{told}; take one of them back, then merge")


def _subjects(app: str, operation: Operation) -> Iterator[tuple[str, ...]]:
    """What an operation is about, where two branches cannot both have their way."""
    match operation:
        case ops.AddField(model_name=model, name=name) | ops.RemoveField(model_name=model, name=name):
            yield app, model, name
        case ops.AlterField(model_name=model, name=name):
            yield app, model, name
        case ops.RenameField(model_name=model, old_name=old, new_name=new):
            yield from ((app, model, old), (app, model, new))
        case ops.CreateModel(name=name) | ops.DeleteModel(name=name):
            yield app, name
        case ops.RenameModel(old_name=old, new_name=new):
            yield from ((app, old), (app, new))
        case ops.MoveModel(name=name, from_app=old):
            yield from ((app, name), (old, name))
        case ops.AlterUniqueTogether(name=name):
            yield app, name, "", "unique_together"
        case ops.AlterPrimaryKey(name=name):
            yield app, name, "", "primary_key"
        case ops.AlterEnum(name=name):
            yield app, "", name
        case ops.AlterModelOptions(name=name, options=options):
            yield from ((app, name, "", option) for option in options)


def squash(history: History, app: str, last: str | None = None, *, forget_data: bool = False) -> Generation:
    """One migration that does what all of an app do, up to the one called `last`.

    Databases that have them take it for applied. With `forget_data`, functions and SQL are left out.

    Raises:
        ConfigurationError: functions or SQL stand in the way, or the app has several last migrations.
    """
    heads = history.heads(app)
    if len(heads) != 1:
        raise ConfigurationError(f'app "{app}" has {len(heads)} last migrations; there has to be one')
    end = heads[0] if last is None else history.find(app, last)
    squashed = [each for each in history.order if each.key in history.before(end) and each.key.app == app]
    if len(squashed) < 2:
        raise ConfigurationError(f'app "{app}" has nothing to squash')
    _refuse_special(squashed, (ops.MoveModel,))
    if not forget_data:
        _refuse_special(squashed, (RunPython, RunSQL, SeparateDatabaseAndState), "; --forget-data leaves it out")
    others = {key for each in squashed for key in history.parents(each.key) if key.app != app}
    _refuse_between(history, squashed, others)
    needed = {key for other in others for key in history.before(other)} - {each.key for each in squashed}
    before = history.state(needed)
    after = history.state(needed | {each.key for each in squashed})
    kept = State({key: model for key, model in after.models.items() if model.app == app} | dict(before.models))
    operations = [operation for label, operation in autodetect(before, kept, Answers()) if label == app]
    called = f"{end.name.partition('_')[0]}_squashed"
    text = migration_text(app, called, operations, others, replaces=[each.key for each in squashed])
    path = history.folders[app] / f"{called}.py"
    return Generation((Generated(Key(app, called), path, text, tuple(operations)),), {})


def _refuse_between(history: History, squashed: Sequence[Loaded], others: Collection[Key]) -> None:
    """Refuse what could not be put in order: a migration of another app that is needed, and needs some of them itself.

    Raises:
        ConfigurationError: there is one.
    """
    keys = {each.key for each in squashed}
    for other in sorted(others):
        if before := keys & history.before(other):
            first = next(each.key for each in squashed if other in history.parents(each.key))
            told = f"{other} stands between {max(before)} and {first}, so that they cannot be one migration"
            raise ConfigurationError(f"{told}; squash up to {max(before).name}")


def _refuse_special(migrations: list[Loaded], kinds: tuple[type[Operation], ...], hint: str = "") -> None:
    for each in migrations:
        for operation in each.operations:
            if isinstance(operation, kinds):
                told = f"{each.key} has an operation that cannot be squashed: {operation.describe()}"
                raise ConfigurationError(f"{told}{hint}")
