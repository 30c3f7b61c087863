"""What the blocks of a page suppose: models with the columns that they ask for, settings, names from other blocks."""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ormgen_codegen.adopt import names
from page_blocks import FLAGS, program

HOME = "supposed.models"
_ASKED = set("all get get_or_none get_or_create filter exclude create bulk_create annotate aggregate first".split())
_OPTIONS = {"defaults", "using_db", "update_fields"}
_MISSING = re.compile(r"'(\w+)' object has no attribute '(\w+)'")
_BEGIN = "from tortoise import Model, fields\n"
_APP = "from fastapi import FastAPI\napp = FastAPI()\n"
Columns = dict[str, str]


@dataclass
class Page:
    """All Python blocks of a page: their trees, what they import, and the models that they describe or ask."""

    texts: list[str]
    imports: dict[str, str] = field(default_factory=dict)
    models: dict[str, Columns] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.trees = [_tree(text) for text in self.texts]
        nodes = [node for tree in self.trees for node in ast.walk(tree)]
        for node in nodes:
            match node:
                case ast.ImportFrom(names=aliases, module=str(module)):
                    for alias in aliases:
                        self.imports.setdefault(
                            alias.asname or alias.name, f"from {module} import {ast.unparse(alias)}\n"
                        )
                case ast.Import(names=aliases):
                    for alias in aliases:
                        self.imports.setdefault(alias.asname or alias.name, f"import {ast.unparse(alias)}\n")
                case ast.ClassDef(name=name, bases=[ast.Name(id="Model")], body=body):
                    found = self.models.setdefault(name, {})
                    for part in body:
                        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
                            found.setdefault(part.targets[0].id, ast.unparse(part.value))
        for tree in self.trees:
            for each in ast.walk(tree):
                self._ask(each)
            self._ask_instances(tree)
        for name in self.models.keys() & self.imports.keys():
            del self.imports[name]

    def _ask(self, node: ast.AST) -> None:
        """The columns that a call names."""
        if not isinstance(node, ast.Call):
            return
        name = _model_of(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.models:
            name = node.func.id
        if name is None:
            return
        columns = self.models.setdefault(name, {})
        columns.setdefault("id", "fields.IntField(pk=True)")
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        for keyword in node.keywords:
            match keyword:
                case ast.keyword(arg="defaults", value=ast.Dict(keys=keys, values=values)):
                    for key, value in zip(keys, values, strict=True):
                        self._column(name, str(getattr(key, "value", "")), value)
                case ast.keyword(arg=str(argument), value=ast.Call(func=ast.Name(), args=[ast.Constant(value=of)])):
                    self._aggregated(name, ast.unparse(keyword.value), str(of))
                case ast.keyword(arg=str(argument), value=value) if method not in ("annotate", "aggregate"):
                    if argument not in _OPTIONS and not self._is_annotated(argument):
                        self._column(name, argument.split("__")[0], value)
        for value in node.args if method in ("order_by", "values", "values_list") else ():
            if isinstance(value, ast.Constant) and "__" not in str(value.value):
                self._column(name, str(value.value).lstrip("-"), ast.Name(""))

    def _is_annotated(self, argument: str) -> bool:
        wanted = argument.split("__")[0]
        return any(
            isinstance(it, ast.keyword) and it.arg == wanted and isinstance(it.value, ast.Call)
            for tree in self.trees
            for it in ast.walk(tree)
        )

    def _aggregated(self, model: str, call: str, of: str) -> None:
        columns = self.models[model]
        if of in columns or "__" in of or of in self._reversed(model):
            return
        if call.startswith("Count"):
            self._reverse(model, of)
        else:
            columns[of] = "fields.IntField(default=0)"

    def _reverse(self, model: str, name: str) -> None:
        if not name.endswith("s") or name in self.models[model] or name in self._reversed(model):
            return
        other = self.models.setdefault(name.removesuffix("s").capitalize(), {})
        other.setdefault("id", "fields.IntField(pk=True)")
        other[model.lower()] = f"fields.ForeignKeyField('models.{model}', related_name='{name}')"

    def _reversed(self, model: str) -> set[str]:
        """The names that other models give to it."""
        found = re.compile(rf"\(['\"]models\.{model}['\"].*related_name=['\"](\w+)")
        return {it[1] for columns in self.models.values() for value in columns.values() for it in found.finditer(value)}

    def _column(self, model: str, name: str, value: ast.expr) -> None:
        columns, owner = self.models[model], name.capitalize()
        known = {*columns, *self._reversed(model), "", "pk"}
        if name in known or name.removesuffix("_id") in known:
            return
        if owner in self.models and isinstance(value, ast.Name):
            columns[name] = f"fields.ForeignKeyField('models.{owner}', related_name='{model.lower()}s')"
        elif name.endswith("_at"):
            columns[name] = "fields.DatetimeField(auto_now_add=True)"
        elif isinstance(value, ast.Constant) and isinstance(value.value, bool):
            columns[name] = "fields.BooleanField(default=False)"
        elif isinstance(value, ast.Constant) and isinstance(value.value, int):
            columns[name] = "fields.IntField(default=0)"
        else:
            columns[name] = "fields.CharField(max_length=200, default='')"

    def _ask_instances(self, tree: ast.AST) -> None:
        """The columns and relations that are read from what a question gave."""
        held: dict[str, str] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Await(value=value)):
                    model = _model_of(value)
                    if model is not None and re.search(r"\.(get|create|first)\(", ast.unparse(value)):
                        held[name] = model
                case ast.AugAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name in held:
                    self.models[held[name]].setdefault(attribute, "fields.IntField(default=0)")
        for node in ast.walk(tree):
            match node:
                case ast.Call(args=[ast.Attribute(value=ast.Name(id=name), attr=attribute)]) if name in held:
                    self._reverse(held[name], attribute)

    # -- the project around one block

    def files(self, at: int) -> dict[str, str]:
        """The project of one block, as its author has it; the block itself is `block.py`."""
        text = self.texts[at]
        others = self._settings(at)
        trees = [self.trees[at], *map(ast.parse, others.values())]
        registered = dict(each for tree in trees for each in _registered(tree)) or dict.fromkeys(
            self._imported(at), "models"
        )
        first = next((label for label in registered.values() if label == "models"), None) or next(
            iter(registered.values()), "models"
        )
        made: dict[str, str] = {}
        home = next((module for module, label in registered.items() if label == first), HOME)
        for number, module in enumerate([*registered, home]):
            if module != home:
                made[module] = f"{_BEGIN}\n\nclass Extra{number}(Model):\n    text = fields.TextField()\n"
        made[home] = self._models_text(first, set(_MISSING.findall(text)))
        made |= others
        return {
            **_packages(made),
            "block.py": self._prelude(at, home) + (program(text) or text),
            "home.txt": f"{first} {home}",
        }

    def _imported(self, at: int) -> Iterator[str]:
        for node in ast.walk(self.trees[at]):
            if isinstance(node, ast.ImportFrom) and node.module and any(it.name in self.models for it in node.names):
                yield node.module
            elif isinstance(node, ast.Import):
                yield from (it.name for it in node.names if it.name.endswith("models") and not names.is_theirs(it.name))

    def _models_text(self, label: str, missing: set[tuple[str, str]]) -> str:
        gone = {name for _, name in missing}
        lines = [_BEGIN]
        for name, columns in self.models.items():
            kept = [
                f"    {column} = {value}\n"
                for column, value in columns.items()
                if not any(f"'{it}'" in value for it in gone)
            ]
            lines += [f"\n\nclass {name}(Model):\n", *(kept or ["    id = fields.IntField(pk=True)\n"])]
        return re.sub(r"(['\"])models\.(\w+\1)", rf"\1{label}.\2", "".join(lines))

    def _settings(self, at: int) -> dict[str, str]:
        """Modules of settings: names that the blocks before this one assign."""
        found: dict[str, str] = {}
        for node in ast.walk(self.trees[at]):
            if isinstance(node, ast.ImportFrom) and node.module and "." not in node.module:
                for alias in node.names:
                    text = next((it for tree in self.trees[at::-1] for it in _assigned(tree, alias.name)), None)
                    if text is not None:
                        found[node.module] = found.get(node.module, "") + text
        return found

    def _prelude(self, at: int, home: str) -> str:
        """Imports and helpers for the names that a block takes from elsewhere."""
        lines = []
        for name in unresolved(self.texts[at]):
            if name in self.models:
                lines.append(f"from {home} import {name}\n")
            elif name in self.imports:
                lines.append(self.imports[name])
            elif (place := names.equal("tortoise", name)) is not None:
                lines.append(f"from {place[0].replace('ormgen', 'tortoise', 1)} import {name}\n")
            elif name.capitalize() in self.models:
                lines.append(f"import {home} as home\n{name} = await home.{name.capitalize()}.first()\n")
            elif name == "app":
                lines.append(_APP)
            else:
                lines.append(f"async def {name}(*args, **options): ...\n")
        return "".join(lines)


def _tree(text: str) -> ast.Module:
    found = compile(program(text) or "", "block", "exec", FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(found, ast.Module)
    return found


def _model_of(node: ast.AST) -> str | None:
    """The model that a chain of calls begins with."""
    asked = False
    while isinstance(node, ast.Call | ast.Attribute):
        asked |= isinstance(node, ast.Attribute) and node.attr in _ASKED
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if asked and isinstance(node, ast.Name) and node.id[:1].isupper() else None


def _registered(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each module that settings or calls list, with its app."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="modules", value=ast.Dict(keys=keys, values=values)):
                pairs = list(zip(keys, values, strict=True))
            case ast.Dict(keys=keys, values=values):
                apps = [value for key, value in zip(keys, values, strict=True) if _says(key, "apps")]
                pairs = [
                    (key, listed)
                    for app in apps
                    if isinstance(app, ast.Dict)
                    for key, inner in zip(app.keys, app.values, strict=True)
                    if isinstance(inner, ast.Dict)
                    for word, listed in zip(inner.keys, inner.values, strict=True)
                    if _says(word, "models")
                ]
            case _:
                continue
        for label, listed in pairs:
            for it in ast.walk(listed):
                if isinstance(it, ast.Constant) and it.value != "aerich.models":
                    yield str(it.value), str(getattr(label, "value", "models"))


def _says(node: ast.expr | None, word: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == word


def _assigned(tree: ast.Module, name: str) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            yield f"{ast.unparse(node)}\n"


def unresolved(text: str) -> list[str]:
    """The names that a block uses and nobody in it binds."""
    made = program(text) or ""
    # The compiler knows scopes only of what it accepts, and that is a coroutine where something is awaited.
    table = symtable.symtable(
        "async def block():\n" + "".join(f"    {line}\n" for line in made.split("\n")), "block", "exec"
    )
    found: dict[str, None] = {}

    def look(scope: symtable.SymbolTable) -> None:
        for symbol in scope.get_symbols():
            if symbol.is_global() and symbol.is_referenced() and symbol.get_name() not in dir(__builtins__):
                found[symbol.get_name()] = None
        for child in scope.get_children():
            look(child)

    look(table.get_children()[0])
    return [name for name in found if name not in vars(__import__("builtins")) and name not in ("__name__", "__file__")]


def _packages(modules: dict[str, str]) -> dict[str, str]:
    """Modules as files; one that has others below it is a package."""
    made: dict[str, str] = {}
    for module in modules:
        path = PurePosixPath(*module.split("."))
        for parent in list(path.parents)[:-1]:
            made.setdefault(f"{parent}/__init__.py", modules.get(".".join(parent.parts), ""))
    for module, text in modules.items():
        path = PurePosixPath(*module.split("."))
        made[f"{path}/__init__.py" if f"{path}/__init__.py" in made else f"{path}.py"] = text
    return made
