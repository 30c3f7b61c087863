"""The members that calls of `pydantic_model_creator` choose, as far as a model cannot have them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from ormgen.schema.names import did_you_mean
from ormgen_codegen.blocks import Block
from ormgen_codegen.parse.library import ROOTS
from ormgen_codegen.question_methods import Shape
from ormgen_codegen.receivers import Receivers
from ormgen_codegen.seen import has_shape

CREATORS: Final = frozenset({"pydantic_model_creator", "pydantic_queryset_creator"})
CHOICES: Final = frozenset({"include", "exclude", "optional", "computed"})

Unknown = tuple[ast.expr, str, str]
"""The text, the fact, the hint."""


def unknown_members(call: ast.Call, block: Block, receivers: Receivers) -> Iterator[Unknown]:
    """The names in literal lists of a call that are no members of its model, nor of its Python class."""
    if not call.args or not _creates(call, block):
        return
    seen, classes = receivers.seen(call.args[0], block), receivers.classes
    if not has_shape(seen, Shape.CLASS) or not seen.exact or classes.is_incomplete(seen.model):
        return
    own, known = classes.own_classes(seen.model), {*seen.model.names, "pk"}
    for node, text in _chosen(call):
        name = text.partition(".")[0]
        if name not in known and not classes.defines(own, name):
            yield node, f'{seen.model.name} has no member "{name}"', did_you_mean(name, known)


def _chosen(call: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    for keyword in call.keywords:
        if keyword.arg in CHOICES and isinstance(keyword.value, ast.Tuple | ast.List | ast.Set):
            for node in keyword.value.elts:
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node, node.value


def _creates(call: ast.Call, block: Block) -> bool:
    """Whether a call is of one of the functions, imported by name from ormgen or Tortoise ORM."""
    found = block.find(call.func.id) if isinstance(call.func, ast.Name) else None
    return found is not None and all(
        each.alias is not None
        and each.alias.name in CREATORS
        and isinstance(each.node, ast.ImportFrom)
        and (each.node.module or "").partition(".")[0] in ROOTS
        for each in found[1]
    )
