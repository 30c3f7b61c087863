"""FastAPI: as for Starlette, and a transaction as a dependency.

`Annotated[TransactionConnection, Depends(transaction)]` gives each request a transaction, which is undone when the
endpoint raises.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from ormgen.contrib.starlette import (
    RegisterORM,
    RegisterTortoise,
    lifespan,
    orm_exception_handlers,
    register_orm,
    register_tortoise,
    tortoise_exception_handlers,
)
from ormgen.transactions import TransactionConnection, in_transaction

__all__ = [
    "RegisterORM",
    "RegisterTortoise",
    "lifespan",
    "orm_exception_handlers",
    "register_orm",
    "register_tortoise",
    "tortoise_exception_handlers",
    "transaction",
]


async def transaction() -> AsyncIterator[TransactionConnection]:
    """A transaction on the only connection, for `Depends`."""
    async with in_transaction() as connection:
        yield connection
