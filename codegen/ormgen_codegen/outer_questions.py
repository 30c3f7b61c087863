"""The question around a sub-query: the one whose columns `OuterRef` names."""

from __future__ import annotations

import ast
from functools import cached_property

from ormgen_codegen.blocks import Block, Calls
from ormgen_codegen.parse.values import LibraryPath
from ormgen_codegen.question_methods import Method
from ormgen_codegen.receivers import Receivers
from ormgen_codegen.seen import Known, Named

OUTER = "OuterRef"
APART = "Prefetch"
"""The expression whose question is asked by itself, not inside of another."""
HOLDING = (
    *(ast.keyword, ast.Starred, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.IfExp),
    *(ast.NamedExpr, ast.Attribute),
)

Question = tuple[ast.Call, Known, Method]
"""A call, whom it asks, and how."""


class OuterQuestions:
    """Finds the questions around an expression as far as they are written around it."""

    def __init__(self, calls: Calls, receivers: Receivers) -> None:
        self.calls = calls
        self.receivers = receivers

    def of(self, reference: ast.Call) -> Question | None:
        """The question whose column an `OuterRef` names; None where that is not certain.

        The first question around it is that of the sub-query; each further `OuterRef` means one further out.
        """
        left = 1 + len(self._references(reference))
        node: ast.AST = reference
        while True:
            parent = self.calls.parents.get(node)
            if isinstance(parent, ast.Call) and parent.func is not node:
                question = self._question(parent)
                if question is None and not self._is_transparent(parent):
                    return None
                if question is not None:
                    if left == 0:
                        return question
                    left -= 1
            elif isinstance(parent, ast.Subscript):
                if parent.value is not node:
                    return None
            elif parent is None or not isinstance(parent, (*HOLDING, ast.Call)):
                return None
            node = parent

    def _references(self, reference: ast.Call) -> list[ast.Call]:
        """The calls of `OuterRef` directly around one."""
        found: list[ast.Call] = []
        parent = self.calls.parents.get(reference)
        while isinstance(parent, ast.Call) and self._library_name(parent) == OUTER:
            found.append(parent)
            parent = self.calls.parents.get(parent)
        return found

    def _question(self, call: ast.Call) -> Question | None:
        known = self.receivers.receiver(call, self._blocks[id(call)])
        return None if known is None else (call, *known)

    def _is_transparent(self, call: ast.Call) -> bool:
        """Whether a call makes an expression of ormgen, which says nothing about whom its arguments are asked of."""
        return self._library_name(call) not in (None, APART)

    def _library_name(self, call: ast.Call) -> str | None:
        seen = self.receivers.seen(call.func, self._blocks[id(call)])
        if isinstance(seen, Named) and isinstance(seen.value, LibraryPath):
            return seen.value.path.rpartition(".")[2]
        return None

    @cached_property
    def _blocks(self) -> dict[int, Block]:
        return {id(call): block for call, block in self.calls.found}
