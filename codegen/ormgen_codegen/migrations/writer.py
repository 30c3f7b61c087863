"""Operations as the text of a migration file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ormgen.migrations.documents import FIELDS, Document, describe, document, repr_of
from ormgen.migrations.index_documents import index_document, index_schema
from ormgen.migrations.migration import Key
from ormgen.migrations.model_operations import Operation
from ormgen.records import MISSING as NO_DEFAULT
from ormgen.records import fields as dataclass_fields
from ormgen.schema.field import Field
from ormgen.schema.indexes import CheckConstraint, CheckSchema, Index, IndexSchema
from ormgen.schema.relation_fields import OnDelete, RelationalField
from ormgen_codegen.render import refuse_broken

WIDTH: Final = 100
INDENT: Final = "    "
TYPED_HEAD: Final = ["from __future__ import annotations", "", "from typing import " + "TYPE_CHECKING", ""]


def migration_text(
    app: str,
    name: str,
    operations: Sequence[Operation],
    dependencies: Iterable[Key],
    replaces: Iterable[Key] = (),
    types: str | None = None,
) -> str:
    """A migration file; `types` is an import for type checkers only.

    Raises:
        ConfigurationError: a default cannot be written down.
    """
    writer = Writer()
    listed = [writer.operation(each, 2) for each in operations]
    told = [each.describe() for each in operations] or ["nothing yet: add operations"]
    needed = [f"({_quoted(key.app)}, {_quoted(key.name)})" for key in sorted(dependencies)]
    head, only = ([], []) if types is None else (TYPED_HEAD, ["", "if TYPE_CHECKING:", f"{INDENT}{types}"])
    lines = [f'"""{_title(told)}"""', "", *head, *writer.import_lines(), *only, "", ""]
    lines.append("class Migration(migrations.Migration):")
    lines.append(f"{INDENT}dependencies = [{', '.join(needed)}]")
    if replaced := [f"({_quoted(key.app)}, {_quoted(key.name)})" for key in replaces]:
        lines.append(f"{INDENT}replaces = {folded('[', replaced, ']', 1)}")
    if not needed:
        lines.append(f"{INDENT}initial = True")
    if not listed:
        lines.append(f"{INDENT}operations = []")
    else:
        lines += [f"{INDENT}operations = [", *(f"{INDENT * 2}{text}," for text in listed), f"{INDENT}]"]
    text = "\n".join(lines) + "\n"
    refuse_broken(text, f"migration {app}.{name}")
    return text


def _title(told: Sequence[str]) -> str:
    whole = "; ".join(told)
    shown = whole if len(whole) <= WIDTH else f"{told[0]}, and {len(told) - 1} more"
    return f"{shown[:1].upper()}{shown[1:]}.".replace("\\", "\\\\").replace('"', "'")


class Writer:
    """Turns operations and declarations into source, and remembers what they need imported."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.uses_fields = False

    def import_lines(self) -> list[str]:
        """The lines at the head of the file."""
        standard = sorted(line for line in self.imports if not line.startswith("from ormgen"))
        own = sorted(line for line in self.imports if line.startswith("from ormgen"))
        names = "fields, migrations" if self.uses_fields else "migrations"
        return [*standard, *([""] if standard else []), f"from ormgen import {names}", *own]

    def operation(self, operation: Operation, depth: int) -> str:
        """One operation as a call."""
        parts: list[str] = []
        declared: Any = operation
        for each in dataclass_fields(declared):
            value = getattr(operation, each.name)
            default = each.default if each.default_factory is NO_DEFAULT else each.default_factory()
            if default is not NO_DEFAULT and value == default:
                continue
            text = self.value(value, depth + 1)
            parts.append(text if default is NO_DEFAULT else f"{each.name}={text}")
        return folded(f"migrations.{type(operation).__name__}(", parts, ")", depth)

    def value(self, value: Any, depth: int) -> str:
        """An argument as source."""
        if isinstance(value, Field | RelationalField):
            return self.declared(document(describe("name", value)))
        if isinstance(value, Index | IndexSchema | CheckConstraint | CheckSchema):
            return self.index(value)
        if isinstance(value, Mapping):
            parts = [f"{_quoted(key)}: {self.value(item, depth + 1)}" for key, item in value.items()]
            return folded("{", parts, "}", depth)
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            parts = [f"({_quoted(name)}, {self.value(item, depth + 1)})" for name, item in value]
            return "[\n" + "".join(f"{INDENT * (depth + 1)}{part},\n" for part in parts) + f"{INDENT * depth}]"
        return self.plain(value)

    def plain(self, value: Any) -> str:
        """A plain value as source."""
        if isinstance(value, str):
            return _quoted(value)
        if isinstance(value, list | tuple | dict):
            return self._container(value)
        text = repr_of(value)
        for word, line in _NEEDED.items():
            if word in text:
                self.imports.add(line)
        return text

    def _container(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{_quoted(key)}: {self.plain(item)}" for key, item in value.items()) + "}"
        inner = ", ".join(self.plain(item) for item in value)
        if isinstance(value, list):
            return f"[{inner}]"
        return f"({inner}{',' if len(value) == 1 else ''})"

    def declared(self, found: Document) -> str:
        """A field or relation as the call that declares it."""
        self.uses_fields = True
        given = dict(found)
        kind = given.pop("type")
        types = [given.pop("sql_types", {}), given.pop("generated_sql", {})]
        window = "fields"
        if kind in FIELDS and FIELDS[kind].window != "ormgen.fields":
            module, _, last = FIELDS[kind].window.rpartition(".")
            window = f"{module.rpartition('.')[2]}_{last}"
            self.imports.add(f"from {module} import {last} as {window}")
        parts = [self.option(kind, name, value) for name, value in given.items()]
        call = f"{window}.{kind}({', '.join(part for part in parts if part)})"
        told = [self.plain(each) for each in (types if types[1] else types[:1])]
        return f"migrations.with_sql_types({', '.join([call, *told])})" if any(types) else call

    def option(self, kind: str, name: str, value: Any) -> str:
        """One option of a field."""
        if name == "to":
            return _quoted(value)
        if name in ("on_delete", "on_update"):
            return f"{name}=fields.{OnDelete(value).name}"
        if name == "deferrable":
            return f"deferrable=fields.Deferrable.{value}"
        if name == "enum":
            made = f"{_quoted(value['name'])}, {self.plain([tuple(each) for each in value['members']])}"
            return f"enum_type=migrations.make_enum({made}{', int' if kind == 'IntEnumField' else ''})"
        if name in ("default", "db_default"):
            return f"{name}={self._default(value)}"
        if kind == "TSVectorField" and name == "source_fields":
            return f"{name}={self.plain(value.split(','))}" if value else ""
        if kind == "TSVectorField" and name == "stored":
            return ""
        return f"{'db_index' if name == 'index' else name}={_quoted(value)}"

    def _default(self, value: Any) -> str:
        if not isinstance(value, dict):
            return _quoted(value)
        if "call" in value:
            return f"migrations.Imported({_quoted(value['call'])})"
        if "python" in value:
            text = str(value["python"])
            for word, line in _NEEDED.items():
                if word in text:
                    self.imports.add(line)
            return text
        return f"migrations.Unwritten({_quoted(value['unread'])})"

    def index(self, index: Any) -> str:
        """An index or constraint as the data that describes it."""
        return self.plain(index_document(index_schema(index)))


def _quoted(value: Any) -> str:
    """A plain value as source, text in double quotes."""
    text = repr(value)
    if isinstance(value, str) and text[0] == "'" and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


_NEEDED = {
    "Decimal(": "from decimal import Decimal",
    "UUID(": "from uuid import UUID",
    "datetime.": "import datetime",
    "SqlDefault(": "from ormgen.fields.db_defaults import SqlDefault",
    "Now(": "from ormgen.fields.db_defaults import Now",
    "RandomHex(": "from ormgen.fields.db_defaults import RandomHex",
}


def folded(opening: str, parts: Sequence[str], closing: str, depth: int) -> str:
    """Parts on one line if they fit, else each on a line of its own."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) + len(INDENT) * depth <= WIDTH and "\n" not in line:
        return line
    inner = INDENT * (depth + 1)
    return opening + "\n" + "".join(f"{inner}{part},\n" for part in parts) + f"{INDENT * depth}{closing}"
