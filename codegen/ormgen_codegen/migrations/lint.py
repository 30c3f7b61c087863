"""What operations mean for a running application, and the safe way to do the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ormgen.migrations import index_operations as index_ops
from ormgen.migrations import operations as ops
from ormgen.migrations.documents import describe
from ormgen.migrations.migration import Loaded
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.state import State, member_of
from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.model_schema import Member
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.migrations.squawk import findings

CONCURRENTLY = "on a large PostgreSQL table: concurrently=True, in a migration of its own with atomic = False"


@dataclass(frozen=True, slots=True)
class Warned:
    """One finding: where, which kind ("destructive", "breaking", "rewriting", "locking"), what, and what is safe.

    `rule` is that of squawk, None for those of ormgen.
    """

    migration: str
    kind: str
    fact: str
    hint: str
    rule: str | None = None


def lint(migrations: Iterable[tuple[Loaded, State, State]], squawk: str | None = None) -> Iterator[Warned]:
    """The findings of migrations, each given with the models before and after it; `squawk` is where that is."""
    for migration, before, _ in migrations:
        state, new = before, set[str]()
        for operation in migration.operations:
            after = operation.changed(migration.key.app, state)
            for kind, fact, hint in _found(operation, migration.key.app, state, new):
                yield Warned(str(migration.key), kind, fact, hint)
            if isinstance(operation, ops.CreateModel):
                new.add(operation.name)
            state = after
        for said in findings(migration, before, squawk) if squawk is not None else ():
            told = f"{said.operation.describe()}: {said.fact}"
            yield Warned(str(migration.key), said.kind, told, said.hint, said.rule)


Finding = tuple[str, str, str]


def _found(operation: Operation, app: str, state: State, new: set[str]) -> Iterator[Finding]:
    """`new` are models that the same migration makes: nobody uses them yet."""
    if getattr(operation, "model_name", getattr(operation, "name", "")) in new:
        return
    told = operation.describe()
    match operation:
        case ops.RemoveField() | ops.DeleteModel():
            yield "destructive", f"{told}: its values are gone", "keep a copy, or rename it first and remove it later"
            yield "breaking", f"{told}: the running version still reads it", "deploy code without it first"
        case ops.RenameField() | ops.RenameModel():
            hint = "add the new one, fill it with RunPython, write both, remove the old one in a later release"
            yield "breaking", f"{told}: the running version knows the old name only", hint
        case ops.AddField(field=declared):
            yield from _added(told, describe("x", declared))
        case ops.AlterField(model_name=model, name=name, field=declared):
            yield from _altered(told, member_of(state.model(app, model), name), describe(name, declared))
        case index_ops.AddIndex() | index_ops.AddConstraint() | ops.AlterUniqueTogether():
            if not getattr(operation, "concurrently", False):
                yield "locking", f"{told}: writes wait until it is built", CONCURRENTLY
        case ops.AlterPrimaryKey():
            hint = "add the new column in one release, use it in the next, make it the key after that"
            yield "locking", f"{told}: the table is locked while its key is built", hint
            yield "breaking", f"{told}: the running version finds rows by the old one", hint
        case ops.AlterEnum(renamed=renamed, anew=anew):
            if renamed:
                hint = "add the new value, write it, update the rows, remove the old one in a later release"
                yield "breaking", f"{told}: the running version knows the old values only", hint
            if anew:
                yield "rewriting", f"{told}: all rows that have it are written anew", "use new values in a later one"
        case ops.AlterModelOptions(options=options) if "table" in options or "schema" in options:
            yield "breaking", f"{told}: the running version knows the old table only", "deploy both together"


def _added(told: str, member: Member) -> Iterator[Finding]:
    if isinstance(member, RelationSchema):
        if member.kind != "ManyToMany" and not member.null:
            yield "breaking", f"{told}: the running version does not write it", "let it be null in this release"
        return
    if not member.null and member.db_default.kind == "none" and not member.generated:
        yield "breaking", f"{told}: the running version does not write it", "give it a db_default, or null=True for now"
    if member.unique or member.index:
        yield "locking", f"{told}: writes wait until its index is built", "add the index in a migration of its own"


def _altered(told: str, before: Member, after: Member) -> Iterator[Finding]:
    if before.null and not after.null:
        hint = "fill the rows in one release, forbid null in the next"
        yield "locking", f"{told}: every row is looked at while the table is locked", hint
        yield "breaking", f"{told}: the running version may still write null", hint
    if isinstance(before, FieldSchema) and isinstance(after, FieldSchema):
        limits = dict(before.options).get("max_length"), dict(after.options).get("max_length")
        if before.type != after.type:
            hint = "add a new field, fill it in batches, switch over, remove the old one"
            yield "rewriting", f"{told}: {before.type} becomes {after.type}, all rows are written anew", hint
        elif isinstance(limits[0], int) and isinstance(limits[1], int) and limits[1] < limits[0]:
            yield "breaking", f"{told}: longer values no longer fit", "make sure that nobody writes them any more"
    if (after.unique or after.index) and not (before.unique or before.index):
        hint = CONCURRENTLY
        yield "locking", f"{told}: writes wait until its index is built", hint
