"""One module of a project written for Tortoise ORM, as ormgen has it; what cannot be said so is told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate, takewhile
from typing import Final

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider, ScopeProvider

from ormgen_codegen.adopt.codemod import Adopt
from ormgen_codegen.adopt.module import Habits, Rewritten
from ormgen_codegen.parse.parsed import Finding
from ormgen_codegen.parse.source import Position

DEEPEST: Final = 500  # levels; libcst needs seconds for a few thousand, and ends the process at some more
_PLACE: Final = re.compile(r"error at (\d+):(\d+)")


def rewrite(path: str, source: str, habits: Habits) -> Rewritten:
    """The module at `path`; one that cannot be read stays as it is, and is told.

    Nothing is raised for what a source says.
    """
    try:
        return _rewritten(path, source, habits)
    except cst.ParserSyntaxError as error:
        found = _PLACE.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        fact = "libcst does not know what stands here or just before"
    except SyntaxError as error:
        line, column, fact = error.lineno or 1, error.offset or 1, error.msg
    except ValueError as error:
        line, column, fact = 1, 1, str(error)
    except (RecursionError, MemoryError):
        line, column, fact = 1, 1, "it is nested too deeply"
    told = Finding(Position(path, line, max(column, 1)), "warning", f"this module cannot be read: {fact}")
    return Rewritten(source, source, [told])


def _rewritten(path: str, source: str, habits: Habits) -> Rewritten:
    if _is_deep(ast.parse(source.removeprefix("\ufeff"))):
        raise RecursionError
    module = cst.parse_module(source)
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    scopes = wrapper.resolve(ScopeProvider)
    for keeping in (False, True):
        work = Adopt(path, module, scopes, habits, keeping)
        changed = module.visit(work)
        if not work.lost:
            break
    findings: list[Finding] = []
    if work.told:
        places = wrapper.resolve(PositionProvider)
        for node, fact, hint in work.told:
            start = places[node].start
            findings.append(Finding(Position(path, start.line, start.column + 1), "warning", fact, hint))
    after = _exactly(source, module.code, changed.code)
    ast.parse(after.removeprefix("\ufeff"))
    return Rewritten(source, after, sorted(findings, key=lambda each: each.position[1:]))


def _is_deep(tree: ast.AST) -> bool:
    """Whether expressions or blocks are nested more deeply than people write them."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        if any(isinstance(node, ast.BoolOp) and len(node.values) > DEEPEST for node in level):
            return True
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def _exactly(source: str, read: str, changed: str) -> str:
    """The source with what was changed in what libcst `read` of it, which lacks form feeds and the like at places."""
    if source == read:
        return changed
    edits = sorted({*_edits(read, source), *_edits(read, changed)})
    made, last = "", 0
    for start, end, text in edits:
        if start < last:
            raise ValueError("characters that are lost stand beside names that change")
        made, last = made + read[last:start] + text, end
    return made + read[last:]


def _edits(before: str, after: str) -> Iterator[tuple[int, int, str]]:
    """What differs, as texts for spans of `before`, line by line where that can be."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, old))]
    for tag, first, last, other, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "replace" and last - first == end - other:
            for at in range(last - first):
                yield _edit(starts[first + at], old[first + at], new[other + at])
        elif tag != "equal":
            yield _edit(starts[first], "".join(old[first:last]), "".join(new[other:end]))


def _edit(start: int, was: str, text: str) -> tuple[int, int, str]:
    """A text for another one, without what both begin and end with."""
    same = _shared(was, text)
    tail = _shared(was[same:][::-1], text[same:][::-1])
    return start + same, start + len(was) - tail, text[same : len(text) - tail]


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
