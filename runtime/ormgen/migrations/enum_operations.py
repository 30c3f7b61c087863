"""Operations on enum types of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Document, build, describe, document
from ormgen.migrations.model_operations import Hints, Operation
from ormgen.migrations.state import State, with_key
from ormgen.records import dataclass, field, replace
from ormgen.schema.db_defaults import SqlDefault
from ormgen.schema.model_schema import Member
from ormgen.schema.names import did_you_mean
from ormgen.sql.ddl_enum_changes import EnumWishes


@dataclass(frozen=True)
class AlterEnum(Operation):
    """Other values for the type that fields of the app have with `native_enum=name`.

    `members` are all names and values, in order; `renamed` says which values got other words, so that rows keep them.
    A value that goes must be in no row. PostgreSQL lets a transaction that gives a type further values not use them:
    with `anew` it is made anew, with all rows that have it, and a later operation of the migration may.
    """

    name: str
    members: Sequence[Sequence[str]]
    renamed: Mapping[str, str] = field(default_factory=dict)
    anew: bool = False

    def changed(self, app: str, state: State) -> State:
        found = False
        for model in list(state.models.values()):
            members = tuple(self._member(app, each) if model.app == app else each for each in model.members)
            if members != model.members or any(self._has(each) for each in members if model.app == app):
                found = True
                state = state.having(with_key(replace(model, members=members)))
        if not found:
            known = {enum_name(each) for model in state.models.values() for each in model.members} - {None}
            told = f'migrations of app "{app}": no field has the type "{self.name}"'
            raise ConfigurationError(f"{told}; {did_you_mean(self.name, [str(each) for each in known])}")
        return state

    def _has(self, member: Member) -> bool:
        return enum_name(member) == self.name

    def _member(self, app: str, member: Member) -> Member:
        if not self._has(member):
            return member
        given = document(member)
        old = [value for _, value in given["enum"]["members"]]
        values = [value for _, value in self.members]
        for value, to in self.renamed.items():
            if value not in old or value in values or to in old or to not in values:
                told = f'migrations of app "{app}": AlterEnum("{self.name}") renames {value!r} to {to!r}'
                raise ConfigurationError(f"{told}, which are not a value that goes and one that comes")
        given["enum"] = {**given["enum"], "members": [[name, value] for name, value in self.members]}
        longest = max(map(len, old), default=1)
        if given.get("max_length", longest) in (longest, None) or given["max_length"] < max(map(len, values)):
            given.pop("max_length", None)
        return describe(member.name, build(self._with_defaults(given, values)))

    def _with_defaults(self, given: Document, values: Sequence[str]) -> Document:
        """Defaults follow their values; one of the database that is no value any more goes."""
        texts = {default_text(value): default_text(to) for value, to in self.renamed.items()}
        for name in ("default", "db_default"):
            written: Any = given.get(name)
            if isinstance(written, str):
                given[name] = self.renamed.get(written, written)
                if name == "db_default" and given[name] not in values:
                    del given[name]
            elif isinstance(written, dict) and written.get("python") in texts:
                given[name] = {"python": texts[written["python"]]}
        return given

    def hints(self, app: str) -> Hints:
        renamed = {self.name: dict(self.renamed)} if self.renamed else {}
        return Hints(enums=EnumWishes(renamed, (self.name,) if self.anew else ()))

    def describe(self) -> str:
        return f"change the values of type {self.name}"


def enum_name(member: Member) -> str | None:
    """The type of the database that a field asks for."""
    return getattr(getattr(member, "field", None), "native_enum", None)


def default_text(value: str) -> str:
    """How migrations write a value as a default that is SQL."""
    quoted = value.replace("'", "''")
    return repr(SqlDefault(f"'{quoted}'"))
