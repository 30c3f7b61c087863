"""Migrations: the names that migration files import, and what programs call to bring a database up to date."""

from ormgen.migrations.adopting import adopt
from ormgen.migrations.api import downgrade, heads, plan, reverse_plan, sqlmigrate, status, upgrade
from ormgen.migrations.batches import in_batches
from ormgen.migrations.documents import Imported, Unwritten, make_enum, with_sql_types
from ormgen.migrations.enum_operations import AlterEnum
from ormgen.migrations.index_operations import (
    AddConstraint,
    AddIndex,
    RemoveConstraint,
    RemoveIndex,
    RenameConstraint,
    RenameIndex,
)
from ormgen.migrations.migration import Migration
from ormgen.migrations.model_operations import (
    AddField,
    AlterField,
    AlterModelOptions,
    AlterPrimaryKey,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    MoveModel,
    Operation,
    RemoveField,
    RenameField,
    RenameModel,
)
from ormgen.migrations.special import CreateSchema, DropSchema, RunPython, RunSQL, SeparateDatabaseAndState

SeparateStateAndDatabase = SeparateDatabaseAndState

__all__ = [
    "AddConstraint",
    "AddField",
    "AddIndex",
    "AlterEnum",
    "AlterField",
    "AlterModelOptions",
    "AlterPrimaryKey",
    "AlterUniqueTogether",
    "CreateModel",
    "CreateSchema",
    "DeleteModel",
    "DropSchema",
    "Imported",
    "Migration",
    "MoveModel",
    "Operation",
    "RemoveConstraint",
    "RemoveField",
    "RemoveIndex",
    "RenameConstraint",
    "RenameField",
    "RenameIndex",
    "RenameModel",
    "RunPython",
    "RunSQL",
    "SeparateDatabaseAndState",
    "SeparateStateAndDatabase",
    "Unwritten",
    "adopt",
    "downgrade",
    "heads",
    "in_batches",
    "make_enum",
    "plan",
    "reverse_plan",
    "sqlmigrate",
    "status",
    "upgrade",
    "with_sql_types",
]
