"""The names that programs for Tortoise ORM import, and connections by their database."""

import importlib

import pytest

from ormgen import ORM, in_transaction
from ormgen.backends.asyncpg.client import AsyncpgDBClient
from ormgen.backends.base.client import BaseDBAsyncClient, TransactionalDBClient, TransactionContext
from ormgen.backends.base_postgres.client import BasePostgresClient
from ormgen.backends.mysql.client import MySQLClient
from ormgen.backends.mysql.client import TransactionWrapper as MySQLTransaction
from ormgen.backends.psycopg.client import PsycopgClient
from ormgen.backends.sqlite.client import SqliteClient, SqliteTransactionWrapper

NAMES = {
    "ormgen": "BaseDBAsyncClient F Manager Model ORM Q __version__ connections run_async",
    "ormgen.backends.asyncpg": "AsyncpgDBClient client_class",
    "ormgen.backends.mysql": "MySQLClient client_class",
    "ormgen.backends.psycopg": "PsycopgClient client_class",
    "ormgen.backends.sqlite": "SqliteClient client_class",
    "ormgen.contrib.postgres.indexes": "BloomIndex GinIndex PartialIndex",
    "ormgen.fields.base": "CASCADE Field NO_ACTION OnDelete RESTRICT SET_DEFAULT SET_NULL",
    "ormgen.fields.relational": "CASCADE ForeignKeyFieldInstance OnDelete RelationalField SET_NULL",
    "ormgen.log": "db_client_logger logger",
    "ormgen.migrations": "Migration Operation RunPython",
    "ormgen.migrations.constraints": "CheckConstraint UniqueConstraint",
    "ormgen.migrations.operations": (
        "AddConstraint AddField AddIndex AlterField AlterModelOptions CreateModel CreateSchema DeleteModel DropSchema"
        " Operation MoveModel RemoveConstraint RemoveField RemoveIndex RenameConstraint RenameField RenameIndex"
        " RenameModel RunPython RunSQL"
    ),
    "ormgen.queryset": (
        "BulkCreateQuery BulkUpdateQuery CountQuery DeleteQuery ExistsQuery QuerySet QuerySetSingle RawSQLQuery"
        " UnionQuery UpdateQuery ValuesListQuery ValuesQuery"
    ),
}


@pytest.mark.parametrize("module", NAMES)
def test_names(module: str) -> None:
    found = importlib.import_module(module)
    assert [name for name in NAMES[module].split() if not hasattr(found, name)] == []


async def test_kinds_of_connections(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": ["models.heroes"]})
    connection = ORM.get_connection("default")
    of_dialect: dict[str, list[type]] = {
        "sqlite": [SqliteClient],
        "postgres": [AsyncpgDBClient, PsycopgClient, BasePostgresClient],
        "mysql": [MySQLClient],
    }
    dialect = connection.capabilities.dialect
    for each, kinds in of_dialect.items():
        assert [isinstance(connection, kind) for kind in kinds] == [each == dialect] * len(kinds)
    assert isinstance(connection, BaseDBAsyncClient)
    assert not isinstance(connection, (TransactionalDBClient, SqliteTransactionWrapper, MySQLTransaction))
    opened = in_transaction()
    assert isinstance(opened, TransactionContext)
    async with opened as transaction:
        assert isinstance(transaction, (TransactionalDBClient, *of_dialect[dialect]))
        assert isinstance(transaction, SqliteTransactionWrapper) == (dialect == "sqlite")
        assert isinstance(transaction, MySQLTransaction) == (dialect == "mysql")
    await ORM.close_connections()
