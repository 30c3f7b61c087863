"""What a database can do, as far as programs ask before they use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What the database behind a connection can do; it cannot be changed.

    `daemon`: a server runs it. `requires_limit`: an offset needs a limit. `inline_comment`: comments stand in
    CREATE TABLE. `support_update_limit_order_by`: UPDATE and DELETE take them natively (ormgen honours them
    everywhere). `can_rollback_ddl`: a transaction undoes CREATE and ALTER too.
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


CAPABILITIES: Final[Mapping[str, Capabilities]] = MappingProxyType(
    {
        "sqlite": Capabilities(
            "sqlite",
            daemon=False,
            requires_limit=True,
            inline_comment=True,
            support_for_update=False,
            can_rollback_ddl=True,
        ),
        "postgres": Capabilities("postgres", support_for_no_key_update=True, can_rollback_ddl=True),
        "mysql": Capabilities(
            "mysql",
            requires_limit=True,
            inline_comment=True,
            support_index_hint=True,
            support_update_limit_order_by=True,
            support_returning=False,
        ),
    }
)
