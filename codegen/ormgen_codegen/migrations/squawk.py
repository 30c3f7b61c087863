"""What squawk, where it is installed, says about the SQL of migrations for PostgreSQL."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ormgen.exceptions import ConfigurationError, UnSupportedError
from ormgen.migrations.api import operation_texts
from ormgen.migrations.migration import Loaded
from ormgen.migrations.model_operations import Operation
from ormgen.migrations.special import RunSQL
from ormgen.migrations.state import State
from ormgen.records import dataclass

# Matters of taste, and what the runner of migrations does by itself.
PASSED_OVER: Final = frozenset(
    """
    require-lock-timeout require-statement-timeout prefer-bigint-over-int prefer-bigint-over-smallint
    prefer-identity prefer-robust-stmts prefer-text-field prefer-timestamptz require-table-schema ban-char-field
    require-timeout-settings
    """.split()
)
# What the rules of ormgen say of its own operations, with a remedy in its words.
SAID_BY_US: Final = frozenset(
    """
    adding-field-with-default adding-not-nullable-field adding-required-field adding-serial-primary-key-field
    ban-drop-column ban-drop-default ban-drop-not-null ban-drop-table changing-column-type constraint-missing-not-valid
    disallowed-unique-constraint renaming-column renaming-table require-concurrent-index-creation
    require-concurrent-index-deletion
    """.split()
)
KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("ban-drop-column", "ban-drop-table", "ban-drop-database", "ban-truncate-cascade"), "destructive"),
    **dict.fromkeys(("renaming-column", "renaming-table", "adding-required-field", "ban-drop-not-null"), "breaking"),
    **dict.fromkeys(("changing-column-type", "adding-field-with-default"), "rewriting"),
}
_SPLIT: Final = "put it into a migration of its own, with `atomic = False`"
HINTS: Final[Mapping[str, str]] = {
    "adding-field-with-default": "add the column without a default, fill it in batches, set the default afterwards",
    "adding-foreign-key-constraint": "add it NOT VALID, and validate it in a later migration",
    "adding-not-nullable-field": "add CHECK (… IS NOT NULL) NOT VALID, validate it, then SET NOT NULL",
    "adding-required-field": "give it a default, or let it be null until every running version writes it",
    "adding-serial-primary-key-field": "build the unique index concurrently first, then make it the key",
    "ban-alter-domain-with-add-constraint": "add the constraint to the columns of the domain, NOT VALID first",
    "ban-concurrent-index-creation-in-transaction": _SPLIT,
    "ban-create-domain-with-constraint": "use the plain type, and a check constraint of each column",
    "ban-drop-database": "drop databases by hand",
    "ban-drop-default": "keep the default until every running version gives a value",
    "ban-drop-not-null": "let every running version read None first",
    "ban-uncommitted-transaction": "leave BEGIN and COMMIT out: a migration is a transaction already",
    "constraint-missing-not-valid": "add it NOT VALID, and validate it in a later migration",
    "disallowed-unique-constraint": "build a unique index concurrently, then ADD CONSTRAINT … USING INDEX",
    "identifier-too-long": "give it a name of at most 63 bytes",
    "require-concurrent-index-creation": "AddIndex(…, concurrently=True), in a migration with `atomic = False`",
    "require-concurrent-index-deletion": "DROP INDEX CONCURRENTLY, in a migration with `atomic = False`",
    "require-enum-value-ordering": "say where it goes: ADD VALUE … BEFORE or AFTER another",
    "transaction-nesting": "leave BEGIN and COMMIT out: a migration is a transaction already",
    "ban-drop-column": "deploy code without it first, keep a copy of its values, drop it in a later release",
    "ban-drop-table": "deploy code without it first, keep a copy, drop it in a later release",
    "ban-truncate-cascade": "name every table that is to be emptied",
    "changing-column-type": "add a new column, fill it in batches, switch over, remove the old one",
    "renaming-column": "add the new column, write both, fill it in batches, remove the old one in a later release",
    "renaming-table": "make a view under the old name until nobody uses it",
    "syntax-error": "squawk cannot read it; run it with `ormgen verify` on a throw-away database",
}
USUAL_HINT: Final = "see https://squawkhq.com/docs/{rule}"


@dataclass(frozen=True, slots=True)
class Said:
    """One finding of squawk about an operation."""

    operation: Operation
    rule: str
    kind: str
    fact: str
    hint: str


def program() -> str | None:
    """Where squawk is; beside this Python first. None: it is not installed."""
    beside = Path(sys.executable).with_name("squawk")
    return str(beside) if beside.is_file() else shutil.which("squawk")


def findings(migration: Loaded, before: State, squawk: str) -> Iterator[Said]:
    """What squawk says of a migration that begins with the models of `before`, but for what ormgen says itself.

    Raises:
        ConfigurationError: squawk cannot be run.
    """
    lines: list[str] = []
    starts: list[int] = []
    operations: list[Operation] = []
    for operation, texts in _texts(migration, before):
        for text in texts:
            starts.append(len(lines))
            operations.append(operation)
            lines += f"{text.rstrip().rstrip(';')};".split("\n")
    if not lines:
        return
    for found in _run(squawk, "\n".join(lines) + "\n", migration):
        operation, rule = operations[bisect_right(starts, found["line"]) - 1], found["rule_name"]
        if isinstance(operation, RunSQL) or rule not in SAID_BY_US:
            hint = found.get("help") or HINTS.get(rule) or USUAL_HINT.format(rule=rule)
            yield Said(operation, rule, KINDS.get(rule, "locking"), found["message"], hint)


def _texts(migration: Loaded, before: State) -> Iterable[tuple[Operation, list[str]]]:
    try:
        return list(operation_texts(migration, before, "postgres"))
    except (UnSupportedError, ConfigurationError):
        return ()  # it is not for PostgreSQL


def _run(squawk: str, sql: str, migration: Loaded) -> list[dict[str, Any]]:
    command = [squawk, "--reporter", "json", *(["--assume-in-transaction"] if migration.atomic else [])]
    done = subprocess.run(command, input=sql, capture_output=True, text=True, timeout=60, check=False)
    try:
        found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    except ValueError:
        raise ConfigurationError(f"{squawk} failed: {done.stderr.strip() or done.stdout.strip()}") from None
    if done.returncode not in (0, 1):
        raise ConfigurationError(f"{squawk} failed: {done.stderr.strip()}")
    return [each for each in found if each["rule_name"] not in PASSED_OVER]
