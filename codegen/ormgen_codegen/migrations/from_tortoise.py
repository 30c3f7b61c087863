"""Reads the migration files of Tortoise ORM, without running them, for the models that they lead to."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import FIELDS, Document
from ormgen.schema.relation_fields import OnDelete
from ormgen_codegen.migrations.foreign import ENUMS, Foreign, plain_default

RELATIONS: Final = ("ForeignKeyField", "OneToOneField", "ManyToManyField")
DROPPED: Final = ("to_field", "encoder", "decoder", "enum_type", "validators")
OPTIONS: Final = ("table", "unique_together", "indexes", "table_description", "schema")


class Unread:
    """A value that only running the file could tell; `text` is how it is written."""

    def __init__(self, text: str) -> None:
        self.text = text


class History:
    """The models of one app, as one file after the other changes them."""

    def __init__(self, app: str) -> None:
        self.app = app
        self.models: dict[str, Foreign] = {}

    def apply(self, path: Path) -> None:
        """What one file does.

        Raises:
            ConfigurationError: it is no migration, or does not follow those before it.
        """
        try:
            operations = _operations(ast.parse(path.read_bytes()))
        except SyntaxError as error:
            raise ConfigurationError(f"{path}: {error}") from None
        for call in operations:
            name = ast.unparse(call.func).rpartition(".")[2]
            change = getattr(self, f"on_{name}", None)
            if change is None:
                continue  # no change of models
            try:
                change(**_arguments(call, _PARAMETERS.get(name, ())))
            except (KeyError, TypeError, ValueError) as error:
                told = f"{path}:{call.lineno}: this operation cannot be read: {type(error).__name__}: {error}"
                raise ConfigurationError(told) from None

    def on_CreateModel(self, name: str, fields: Any, options: Any = None, bases: Any = None) -> None:
        """A new model."""
        made = self.models[name] = Foreign(self.app, name)
        for field_name, declared in fields:
            made.members[field_name] = document(declared)
        self._options(made, options or {})

    def on_DeleteModel(self, name: str) -> None:
        """A model goes."""
        del self.models[name]

    def on_RenameModel(self, old_name: str, new_name: str) -> None:
        """A model has another name; its table follows if nothing says what it is called."""
        made = self.models.pop(old_name)
        made.name = new_name
        self.models[new_name] = made
        for other in self.models.values():
            for found in other.members.values():
                if found is not None and found.get("to") == f"{self.app}.{old_name}":
                    found["to"] = f"{self.app}.{new_name}"

    def on_AlterModelOptions(self, name: str, options: Any) -> None:
        """Other options."""
        self._options(self.models[name], options)

    def on_AddField(self, model_name: str, name: str, field: Any) -> None:
        """A new field."""
        self.models[model_name].members[name] = document(field)

    on_AlterField = on_AddField

    def on_RemoveField(self, model_name: str, name: str) -> None:
        """A field goes."""
        del self.models[model_name].members[name]

    def on_RenameField(self, model_name: str, old_name: str, new_name: str) -> None:
        """A field has another name, in lists of fields too."""
        made = self.models[model_name]
        made.members = {new_name if name == old_name else name: each for name, each in made.members.items()}
        for option in ("unique_together", "indexes"):
            groups = made.options.get(option, ())
            made.options[option] = [tuple(new_name if each == old_name else each for each in group) for group in groups]

    def on_AddIndex(self, model_name: str, index: Any) -> None:
        """A new index."""
        self.models[model_name].options.setdefault("indexes", []).extend(_groups([index]))

    def on_RemoveIndex(self, model_name: str, name: str | None = None, fields: Any = None) -> None:
        """An index goes; one that is known by its name alone cannot be told from others here."""
        made = self.models[model_name]
        made.options["indexes"] = [each for each in made.options.get("indexes", ()) if each != tuple(fields or ())]

    def on_AddConstraint(self, model_name: str, constraint: Any) -> None:
        """A new unique constraint; checks are read from the source."""
        made = self.models[model_name]
        if _called(constraint) == "UniqueConstraint":
            made.options.setdefault("unique_together", []).extend(_groups([constraint]))

    def on_RemoveConstraint(self, model_name: str, name: str | None = None, fields: Any = None) -> None:
        """A unique constraint goes."""
        groups = self.models[model_name].options
        groups["unique_together"] = [each for each in groups.get("unique_together", ()) if each != tuple(fields or ())]

    def _options(self, made: Foreign, options: Mapping[str, Any]) -> None:
        made.table = options.get("table", made.table)
        for name in OPTIONS[1:]:
            if name in options:
                value = options[name]
                listed = name in ("unique_together", "indexes")
                made.options[name] = _groups(value or ()) if listed else value


_PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "CreateModel": ("name", "fields", "options", "bases"),
    "DeleteModel": ("name",),
    "RenameModel": ("old_name", "new_name"),
    "AlterModelOptions": ("name", "options"),
    "AddField": ("model_name", "name", "field"),
    "AlterField": ("model_name", "name", "field"),
    "RemoveField": ("model_name", "name"),
    "RenameField": ("model_name", "old_name", "new_name"),
    "AddIndex": ("model_name", "index"),
    "RemoveIndex": ("model_name", "name", "fields"),
    "AddConstraint": ("model_name", "constraint"),
    "RemoveConstraint": ("model_name", "name", "fields"),
}


def models_of(app: str, files: Iterable[Path]) -> list[Foreign]:
    """The models of an app that its migration files lead to, in this order.

    Raises:
        ConfigurationError: a file cannot be read.
    """
    history = History(app)
    for path in files:
        history.apply(path)
    return list(history.models.values())


def _operations(tree: ast.Module) -> list[ast.Call]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            for each in node.body:
                match each:
                    case ast.Assign(targets=[ast.Name(id="operations")], value=ast.List(elts=listed)):
                        return [call for call in listed if isinstance(call, ast.Call)]
    return []


def _arguments(call: ast.Call, parameters: tuple[str, ...]) -> dict[str, Any]:
    given = dict(zip(parameters, (value(each) for each in call.args), strict=False))
    return given | {each.arg: value(each.value) for each in call.keywords if each.arg is not None}


def value(node: ast.expr) -> Any:
    """A literal; a call or a name as itself."""
    match node:
        case ast.List(elts=items):
            return [value(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(value(item) for item in items)
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {value(key): value(each) for key, each in pairs if key is not None}
        case ast.Call():
            return node
    try:
        return ast.literal_eval(node)
    except ValueError:
        return Unread(ast.unparse(node))


def _called(found: Any) -> str:
    return ast.unparse(found.func).rpartition(".")[2] if isinstance(found, ast.Call) else ""


def document(declared: Any) -> Document | None:
    """A field or relation as a document; None for a class that the other tool does not have."""
    kind = _called(declared).removesuffix("Instance")
    kind = ENUMS.get(kind, kind)
    if kind not in FIELDS and kind not in RELATIONS:
        return None
    given = _arguments(declared, ("to",) if kind in RELATIONS else ("max_length",) if kind == "CharField" else ())
    if isinstance(given.get("db_default"), Unread | ast.Call):
        return None
    made: Document = {"type": kind}
    for name, found in given.items():
        if name in DROPPED or found is None or (found is False and name != "db_constraint"):
            continue
        if name == "default":
            made |= plain_default(found)
        elif name == "on_delete":
            made[name] = OnDelete[found.text.rpartition(".")[2]] if isinstance(found, Unread) else OnDelete(found)
        elif isinstance(found, Unread | ast.Call):
            return None
        else:
            made[{"db_index": "index"}.get(name, name)] = found
    return _settled(kind, made, given)


def _settled(kind: str, made: Document, given: Mapping[str, Any]) -> Document:
    """Without what goes without saying for its kind."""
    if made.get("primary_key"):
        made = {name: each for name, each in made.items() if name not in ("unique", "index", "null")}
        if kind not in RELATIONS:
            made["generated"] = bool(given.get("generated", False))
    elif made.get("unique"):
        made.pop("index", None)
    if kind == "OneToOneField":
        made.pop("unique", None)
    if made.get("auto_now"):
        made.pop("auto_now_add", None)
    if kind == "ManyToManyField":
        made = {name: each for name, each in made.items() if name not in ("unique", "null")}
        made |= {"unique": False} if given.get("unique") is False else {}
    if kind not in RELATIONS and kind != "BinaryField" and made.get("generated") is False:
        made.pop("generated")
    return made


def _groups(found: Any) -> list[tuple[str, ...]]:
    """Groups of fields, from tuples or from declared indexes."""
    listed = [found] if found and all(isinstance(each, str) for each in found) else found
    groups: list[tuple[str, ...]] = []
    for each in listed:
        if isinstance(each, ast.Call):
            fields = _arguments(each, ()).get("fields")
            groups += [tuple(fields)] if isinstance(fields, list | tuple) else []
        elif isinstance(each, list | tuple):
            groups.append(tuple(each))
    return groups
