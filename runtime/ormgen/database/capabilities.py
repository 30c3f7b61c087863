"""What a database can do, as far as programs ask before they use it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ormgen.records import dataclass, replace


@dataclass(frozen=True)
class Capabilities:
    """What the database behind a connection can do; it cannot be changed.

    `daemon`: a server runs it. `requires_limit`: an offset needs a limit. `inline_comment`: comments stand in
    CREATE TABLE. `support_update_limit_order_by`: UPDATE and DELETE take them natively (ormgen honours them
    everywhere). `can_rollback_ddl` and `transactional_ddl`: a transaction undoes CREATE and ALTER too.
    `advisory_locks`: programs can lock what is no row. `serial_is_int4`: generated keys count up from 1. `skip_locked`:
    a locking read can pass over locked rows. `savepoints`: transactions can be nested.
    Those of a PostgreSQL server are asked of it with the first connection, because others speak its protocol.
    """

    dialect: str
    daemon: bool = True
    requires_limit: bool = False
    inline_comment: bool = False
    supports_transactions: bool = True
    support_for_update: bool = True
    support_for_no_key_update: bool = False
    support_index_hint: bool = False
    support_update_limit_order_by: bool = False
    support_for_posix_regex_queries: bool = True
    support_json_attributes: bool = True
    can_rollback_ddl: bool = False
    support_returning: bool = True
    transactional_ddl: bool = False
    advisory_locks: bool = False
    deferrable: bool = False
    serial_is_int4: bool = True
    skip_locked: bool = True
    savepoints: bool = True


CAPABILITIES: Final[Mapping[str, Capabilities]] = MappingProxyType(
    {
        "sqlite": Capabilities(
            "sqlite",
            daemon=False,
            requires_limit=True,
            inline_comment=True,
            support_for_update=False,
            skip_locked=False,
            can_rollback_ddl=True,
            transactional_ddl=True,
        ),
        "postgres": Capabilities(
            "postgres",
            support_for_no_key_update=True,
            can_rollback_ddl=True,
            transactional_ddl=True,
            advisory_locks=True,
            deferrable=True,
        ),
        "mysql": Capabilities(
            "mysql",
            requires_limit=True,
            inline_comment=True,
            support_index_hint=True,
            support_update_limit_order_by=True,
            support_returning=False,
            advisory_locks=True,
        ),
    }
)


def known(dialect: str, facts: Any) -> Capabilities:
    """What a database can do, by its dialect and by what its server has told."""
    usual = CAPABILITIES[dialect]
    if facts is None:
        return usual
    return replace(
        usual,
        can_rollback_ddl=facts.transactional_ddl,
        transactional_ddl=facts.transactional_ddl,
        advisory_locks=facts.advisory_locks,
        deferrable=facts.deferrable,
        serial_is_int4=facts.serial_is_int4,
        skip_locked=facts.skip_locked,
        savepoints=facts.savepoints,
    )
