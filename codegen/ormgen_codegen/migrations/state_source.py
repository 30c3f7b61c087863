"""The models of a moment of the history, as source that the generator of stubs reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ormgen.migrations.documents import Document, document
from ormgen.migrations.historical import enum_names
from ormgen.migrations.state import State, options_document
from ormgen.schema.model_schema import ModelSchema
from ormgen_codegen.migrations.writer import Writer

HEAD: Final = (
    '"""The models of one moment of the history."""',
    "from enum import Enum as Enum, IntEnum as IntEnum",
    "from typing import Any as _Any",
    "from ormgen import fields as fields",
    "from ormgen.models import Model as _OrmgenModel",
)
OPTIONS: Final = ("table", "schema", "primary_key", "db_primary_key", "unique_together")


def app_source(state: State, app: str) -> str:
    """The models of one app as a module; what does not matter to types is left out."""
    writer = _SourceWriter()
    classes = [line for model in state.models.values() if model.app == app for line in writer.model(model)]
    imports = sorted(line for line in writer.imports if line not in HEAD)
    return "\n".join([*HEAD, *imports, "def _made() -> _Any: ...", *classes]) + "\n"


class _SourceWriter(Writer):
    """Declarations for readers of types: enums are classes, defaults that cannot be written are calls."""

    def model(self, model: ModelSchema) -> Iterator[str]:
        """The lines of one model."""
        yield f"class {model.name}(_OrmgenModel):"
        enums, written = enum_names(model), set[str]()
        for member in model.members:
            found = document(member)
            if member.name in enums:
                found["enum"]["name"] = enums[member.name]
                yield from () if enums[member.name] in written else self._enum(found)
                written.add(enums[member.name])
            found.pop("sql_types", None)
            found.pop("generated_sql", None)
            yield f"    {member.name} = {self.declared(found)}"
        options = {name: value for name, value in options_document(model.meta).items() if name in OPTIONS}
        if options:
            yield "    class Meta:"
            yield from (f"        {name} = {_tuples(value)!r}" for name, value in options.items())

    def _enum(self, found: Document) -> Iterator[str]:
        described = found["enum"]
        yield f"    class {described['name']}({'IntEnum' if found['type'] == 'IntEnumField' else 'Enum'}):"
        yield from (f"        {name} = {value!r}" for name, value in described["members"])

    def option(self, kind: str, name: str, value: Any) -> str:
        if name == "enum":
            return f"enum_type={value['name']}"
        if name == "default" and isinstance(value, dict) and "python" not in value:
            return "default=_made"
        return super().option(kind, name, value)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value
