"""Runs a block of a page after `ormgen adopt`: its statements, then the functions that it defines, on one database."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import sys
import uuid
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from ormgen import ORM, Model
from page_blocks import FLAGS

NAME = "block"
Models = Mapping[str, type[Model]]
_ERROR = re.compile(r"^\s*# *(\w*(?:Error|Exception|DoesNotExist|Warning)):", re.MULTILINE)
_URL = re.compile(r"(sqlite|postgres\w*|asyncpg|psycopg|mysql|asyncmy|mariadb)://")
_BEGINS = re.compile(r"\.init\(|RegisterORM\(|register_orm\(")
_LOOPS = re.compile(r"^\s*(run_async|asyncio\.run|\w+\.run)\(", re.MULTILINE)


class Running:
    """An adopted block in its folder, on a database."""

    def __init__(self, folder: Path, db_url: str) -> None:
        self.db_url = db_url
        self.text = (folder / "block.py").read_text()
        self.label, self.home = (folder / "home.txt").read_text().split()
        self.module = ModuleType(NAME)
        self.models: dict[str, type[Model]] = {}
        self.tree = self._filled(self.text)
        for path in folder.rglob("*.py"):
            path.write_text(ast.unparse(self._filled(path.read_text())))

    def _filled(self, text: str) -> ast.Module:
        made = _Filled(self.db_url, self.label, self.home).visit(ast.parse(text))
        assert isinstance(made, ast.Module)
        return ast.fix_missing_locations(made)

    async def run(self) -> str | None:
        """Run it, and name the error that it is there to show.

        Raises:
            Exception: whatever else goes wrong; an error that the block shows and does not raise.
        """
        sys.modules[NAME] = self.module
        vars(self.module)["supposed"] = supposed
        shown = _ERROR.search(self.text)
        try:
            if not self._models():
                await self._prepare()
            await self._statements()
        except Exception as error:
            if shown is None or shown[1] not in {each.__name__ for each in type(error).__mro__}:
                raise
            return shown[1]
        else:
            assert shown is None, f"{shown[1]} is shown and was not raised" if shown else ""
            await self._afterwards()
            return None
        finally:
            await ORM.close_connections()

    async def _begin(self, module: Any) -> list[type[Model]]:
        await ORM.init(db_url=self.db_url, modules={self.label: [module]}, _enable_global_fallback=True)
        await ORM.generate_schemas()
        found = [model for app in ORM.apps.values() for model in app.values()]
        self.models |= {model.__name__.lower(): model for model in found}
        return found

    async def _prepare(self) -> None:
        """The tables and rows of the project; connections stay open for a block that opens none itself."""
        models = await self._begin(self.home)
        for model in [*models, *models]:
            await model.create(**await supposed(model))
        if _BEGINS.search(self.text) or _LOOPS.search(self.text):
            await ORM.close_connections()

    def _models(self) -> bool:
        return any(
            isinstance(node, ast.ClassDef) and "Model" in map(ast.unparse, node.bases) for node in self.tree.body
        )

    async def _statements(self) -> None:
        code = compile(self.tree, NAME, "exec", flags=FLAGS, dont_inherit=True)
        if code.co_flags & inspect.CO_COROUTINE:
            await eval(code, vars(self.module))
        elif _LOOPS.search(self.text):
            await asyncio.to_thread(exec, code, vars(self.module))
        else:
            exec(code, vars(self.module))

    async def _afterwards(self) -> None:
        """What a reader does with what the block defines."""
        if self._models():
            for model in await self._begin(self.module):
                row = await model.create(**await supposed(model))
                assert str(await model.get(pk=row.pk)) == str(row)
        for value in list(vars(self.module).values()):
            if isinstance(value, dict) and {"connections", "apps"} <= value.keys():
                await ORM.close_connections()
                await ORM.init(config=value)
                await ORM.generate_schemas()
        async with AsyncExitStack() as stack:
            app = vars(self.module).get("app")
            if isinstance(app, FastAPI):
                await stack.enter_async_context(app.router.lifespan_context(app))
            await self._functions()
        if "signals" in self.text:
            for model in [
                each for each in vars(self.module).values() if inspect.isclass(each) and issubclass(each, Model)
            ]:
                await model.create(**await supposed(model))

    async def _functions(self) -> None:
        for node in self.tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or self._is_used(node.name):
                continue
            function = vars(self.module)[node.name]
            function = getattr(function, "_fixture_function", getattr(function, "__pytest_wrapped__", function))
            await _called(function, self.models)

    def _is_used(self, name: str) -> bool:
        return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(self.tree))


async def _called(function: Callable[..., Any], models: Models) -> None:
    """A function called as its parameters suggest."""
    parameters = inspect.signature(function).parameters.values()
    result = function(*[await _argument(each, models) for each in parameters])
    if inspect.isasyncgen(result):
        async for _ in result:
            pass
    elif hasattr(result, "__aenter__"):
        async with result:
            pass
    elif inspect.isawaitable(result):
        await result


async def _argument(parameter: inspect.Parameter, models: Models) -> Any:
    kind, name = parameter.annotation, parameter.name
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        needed = {name: field for name, field in kind.model_fields.items() if field.is_required()}
        return kind(**{name: 1 if field.annotation is int else uuid.uuid4().hex for name, field in needed.items()})
    if kind is FastAPI:
        return FastAPI()
    if name.endswith("_data"):
        return await supposed(models[name.removesuffix("_data")], relations=False)
    if name == "instance":
        return await next(iter(models.values())).first()
    return uuid.uuid4().hex if kind is str else 2 if name.startswith("to_") else 1


async def supposed(model: type[Model], relations: bool = True) -> dict[str, Any]:
    """Values for all columns that have to be given, unlike those of other rows, and rows of other models."""
    given: dict[str, Any] = {}
    for name, field in model._meta.fields_map.items():
        if name in model._meta.fk_fields and relations:
            label, _, far = field.to.rpartition(".")
            other = ORM.apps[label or str(model._meta.app)][far]
            given[name] = await other.first() or await other.create(**await supposed(other))
        elif name in model._meta.db_fields and field.required and not name.endswith("_id"):
            given[name] = uuid.uuid4().hex[:12] if field.python_type is str else field.python_type(1)
    return given


class _Filled(ast.NodeTransformer):
    """What a page leaves to its reader: databases, and dots that stand for arguments."""

    def __init__(self, db_url: str, label: str, home: str) -> None:
        self.db_url = db_url
        self.label = label
        self.home = home

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return ast.Constant(self.db_url) if isinstance(node.value, str) and _URL.match(node.value) else node

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        engine = next(
            (str(getattr(value, "value", "")) for key, value in zip(keys, node.values, strict=True) if key == "engine"),
            "sqlite",
        )
        if not engine.endswith("sqlite") and "credentials" in keys:
            return ast.Constant(self.db_url)  # a server that only the page knows
        for at, key in enumerate(keys):
            if key == "apps" and isinstance(node.values[at], ast.Set):
                node.values[at] = _expression({self.label: {"models": [self.home], "default_connection": "default"}})
        self.generic_visit(node)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.keyword:
        if node.arg == "db_url":
            return ast.keyword("db_url", ast.Constant(self.db_url))
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        dots = [each for each in node.args if isinstance(each, ast.Constant) and each.value is ...]
        self.generic_visit(node)
        if dots and isinstance(node.func, ast.Attribute):
            node.args = [each for each in node.args if each not in dots]
            if node.func.attr == "init":
                given = _expression({"db_url": self.db_url, "modules": {self.label: [self.home]}})
            else:
                given = _expression(f"await supposed({ast.unparse(node.func.value)})", read=True)
            node.keywords = [ast.keyword(None, given), *node.keywords]
        return node


def _expression(value: object, read: bool = False) -> ast.expr:
    found = ast.parse(str(value) if read else repr(value), mode="eval")
    return found.body
