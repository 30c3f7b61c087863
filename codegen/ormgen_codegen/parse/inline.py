"""Follows short functions by hand: field helpers, and the `__init__` of custom fields.

Understood are parameters, plain assignments, changes to a `**options` dictionary, conditions that can be told, and
`return`. Whatever else a function does is passed over.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from ormgen.records import dataclass, field
from ormgen_codegen.parse.literals import read_arguments, read_expression
from ormgen_codegen.parse.source import Source
from ormgen_codegen.parse.values import Environment, Local, Unread

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Call:
    """What following a function has shown.

    `result` is what it returns. `passed_on` are the arguments of its `super().__init__`, None if there is no such
    call; `attributes` what it sets on its first parameter.
    """

    environment: Local
    owner: str = "self"
    result: Any = None
    returned: bool = False
    passed_on: tuple[list[Any], dict[str, Any]] | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


def follow(
    source: Source, node: FunctionNode, below: Environment, arguments: Sequence[Any], options: dict[str, Any]
) -> Call:
    """Follow a call of `node`, a function written in `source`."""
    names = _bound(source, node.args, below, arguments, options)
    first = [*node.args.posonlyargs, *node.args.args]
    call = Call(Local(below, names), first[0].arg if first else "")
    _run(source, node.body, call)
    return call


def _bound(
    source: Source, parameters: ast.arguments, below: Environment, arguments: Sequence[Any], options: dict[str, Any]
) -> dict[str, Any]:
    positional = [*parameters.posonlyargs, *parameters.args]
    names: dict[str, Any] = {
        parameter.arg: Unread(parameter.arg) for parameter in [*positional, *parameters.kwonlyargs]
    }
    defaults = positional[len(positional) - len(parameters.defaults) :]
    for parameter, default in [
        *zip(defaults, parameters.defaults, strict=True),
        *zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True),
    ]:
        if default is not None:
            names[parameter.arg] = read_expression(source, default, below)
    names |= {parameter.arg: value for parameter, value in zip(positional, arguments, strict=False)}
    if parameters.vararg is not None:
        names[parameters.vararg.arg] = tuple(arguments[len(positional) :])
    rest = {name: value for name, value in options.items() if name not in names}
    names |= {name: value for name, value in options.items() if name in names}
    if parameters.kwarg is not None:
        names[parameters.kwarg.arg] = rest
    return names


def _run(source: Source, body: Sequence[ast.stmt], call: Call) -> None:
    for statement in body:
        if call.returned:
            return
        match statement:
            case ast.Return(value=value):
                call.returned = True
                call.result = None if value is None else read_expression(source, value, call.environment)
            case ast.If(test=test, body=then, orelse=otherwise):
                truth = read_expression(source, test, call.environment)
                if isinstance(truth, bool | int | str | None):
                    _run(source, then if truth else otherwise, call)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                _assign(source, target, value, call)
            case ast.Expr(value=ast.Call() as expression):
                _effect(source, expression, call)


def _assign(source: Source, target: ast.expr, value: ast.expr, call: Call) -> None:
    names = call.environment.names
    match target:
        case ast.Name(id=name):
            names[name] = read_expression(source, value, call.environment)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            if owner == call.owner or name == "_value_":
                call.attributes[name] = read_expression(source, value, call.environment)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(key))):
            held = names.get(name)
            if isinstance(held, dict):
                names[name] = {**held, key: read_expression(source, value, call.environment)}


def _effect(source: Source, node: ast.Call, call: Call) -> None:
    match node.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__"):
            call.passed_on = read_arguments(source, node.args, node.keywords, call.environment)
        case ast.Attribute(attr="__init__") if node.args and getattr(node.args[0], "id", "") == call.owner:
            call.passed_on = read_arguments(source, node.args[1:], node.keywords, call.environment)
        case ast.Attribute(value=ast.Name(id=name), attr="setdefault" | "update" | "pop" as method):
            held = call.environment.names.get(name)
            if isinstance(held, dict):
                arguments, options = read_arguments(source, node.args, node.keywords, call.environment)
                call.environment.names[name] = _changed(held, method, arguments, options)


def _changed(held: dict[str, Any], method: str, arguments: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    if method == "update":
        given = arguments[0] if arguments and isinstance(arguments[0], dict) else {}
        return {**held, **given, **options}
    key = arguments[0] if arguments else None
    if not isinstance(key, str):
        return held
    if method == "pop":
        return {name: value for name, value in held.items() if name != key}
    return {key: arguments[1] if len(arguments) > 1 else None, **held}
