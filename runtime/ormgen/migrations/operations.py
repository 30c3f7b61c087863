"""Every operation: `from ormgen.migrations.operations import AddIndex`."""

from ormgen.migrations.enum_operations import AlterEnum
from ormgen.migrations.index_operations import (
    AddConstraint,
    AddIndex,
    RemoveConstraint,
    RemoveIndex,
    RenameConstraint,
    RenameIndex,
)
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
]
