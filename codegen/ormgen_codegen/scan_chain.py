"""The calls that compute or load in one chain, those in the variable that it begins with included."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from ormgen_codegen.scan_calls import Call, call_at, closing
from ormgen_codegen.scan_receiver import Receiver, receiver_of
from ormgen_codegen.usage import FETCHING, Step

ANNOTATE: Final = "annotate"
AGGREGATE: Final = "aggregate"
COMPUTING: Final = (ANNOTATE, AGGREGATE)
JOINING: Final = ("select_related", "prefetch_related")
QUERY: Final = "("  # behind the name of a relation: a `Prefetch` of it
DICTS: Final = "values"
TUPLES: Final = "values_list"
ROWS: Final = (DICTS, TUPLES)
LONGEST_EXPRESSION: Final = 1_000  # characters
MOST_STEPS: Final = 20  # that are followed: each is a state of its own
MOST_VARIABLES: Final = 6  # one after the other: `question = question.filter(…)`
FURTHEST_ASSIGNMENT: Final = 20_000  # characters
LONGEST_VARIABLE: Final = 100  # characters
MOST_MENTIONS: Final = 200  # of a variable since it was assigned

_STOP = re.compile(r"[()\[\]{}'\"#\n;]")
_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")


def chains(text: str, call: Call, asked: Receiver) -> Iterator[tuple[Step, ...]]:
    """The steps up to a call that computes or loads.

    Where the chain begins with a variable, once with what is assigned to it last, and once without.
    """
    own = step_of(call)
    if own is None:
        return
    if call.name == FETCHING:
        yield (own,)  # of an object at hand
        return
    found = [tuple(_steps(text, asked))]
    if asked.names[:1] and len(asked.names) == 1 and not asked.names[0][:1].isupper():
        before = _assigned(text, asked.names[0], call.start, MOST_VARIABLES)
        if before:
            found.append((*before, *found[0]))
    for steps in found:
        if len(steps) < MOST_STEPS:
            yield (*steps, own)


def computes(chain: tuple[Step, ...]) -> bool:
    """Whether anything is computed in a chain."""
    return any(name in COMPUTING for name, _ in chain)


def loads_together(chain: tuple[Step, ...]) -> bool:
    """Whether a chain says more of what is loaded than its last call does by names alone."""
    return len(chain) > 1 or any(QUERY in str(each) for _, given in chain for each in given)


def _steps(text: str, asked: Receiver) -> Iterator[Step]:
    for name, place in asked.calls:
        if name == ANNOTATE or name in JOINING or name in ROWS:
            call = call_at(text, place)
            step = None if call is None else step_of(call)
            if step is not None:
                yield step


def step_of(call: Call) -> Step | None:
    """What one call adds; None for a call that cannot be told."""
    if call.name in COMPUTING:
        given = [(each.arg, _expression(each.value)) for each in call.node.keywords]
        known = tuple((name, text) for name, text in given if name is not None)
        return (call.name, known) if known and len(known) == len(given) and not call.node.args else None
    if call.name in ROWS:
        return _row_step(call)
    names = [_wanted(each) for each in call.node.args]
    texts = tuple(name for name in names if name)
    return (call.name, texts) if texts and len(texts) == len(names) else None


def _wanted(node: ast.expr) -> str | None:
    """What one argument loads: `heroes`, `heroes()` for a query in a `Prefetch`, `heroes(few)` with `to_attr`."""
    match node:
        case ast.Constant(value=str(name)):
            return name
        case ast.Call(func=ast.Name(id="Prefetch") | ast.Attribute(attr="Prefetch")):
            prefetch = Call("Prefetch", node)
            match prefetch.argument(0, "relation"), prefetch.argument(2, "to_attr"):
                case ast.Constant(value=str(text)), None | ast.Constant(value=None):
                    return f"{text}{QUERY})"
                case ast.Constant(value=str(text)), ast.Constant(value=str(listed)):
                    return f"{text}{QUERY}{listed})"
    return None


def _row_step(call: Call) -> Step | None:
    """A step to rows of values: each column as alias, "" for none, and name."""
    given = [("", each) for each in call.node.args] + [(each.arg or "*", each.value) for each in call.node.keywords]
    known = [(alias, each.value) for alias, each in given if isinstance(each, ast.Constant) and alias != "*"]
    pairs = tuple((alias, name) for alias, name in known if isinstance(name, str))
    return (call.name, pairs) if pairs and len(pairs) == len(given) else None


def _expression(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if len(text) <= LONGEST_EXPRESSION else ""


def _assigned(text: str, name: str, place: int, left: int) -> tuple[Step, ...]:
    """The steps in what is assigned to a variable last before `place`."""
    found = _assignments(text, name, place) if left else iter(())
    match = next(found, None)
    if match is not None and _end(text, match.end(), place) > place:
        match = next(found, None)  # `place` is in the expression itself
    if match is None:
        return ()
    written = text[match.end() : _end(text, match.end(), place)].strip()
    if written.startswith("(") and closing(written, 1) == len(written):
        written = written[1:-1].strip()
    asked = receiver_of(f"{written}._", len(written) + 1)
    steps = tuple(_steps(written, asked))
    if len(asked.names) == 1 and not asked.names[0][:1].isupper():
        return (*_assigned(text, asked.names[0], match.start(), left - 1), *steps)
    return steps


def _assignments(text: str, name: str, place: int) -> Iterator[re.Match[str]]:
    """What looks like assignments to a variable before `place`, the last one first."""
    if not name.isidentifier() or len(name) > LONGEST_VARIABLE:
        return
    pattern = re.compile(rf"(?<![\w.]){name}\s*(?::[^=\n]{{0,200}})?=(?!=)\s*")
    near, mention = max(0, place - FURTHEST_ASSIGNMENT), place
    for _ in range(MOST_MENTIONS):
        mention = text.rfind(name, near, mention)
        if mention == -1:
            return
        match = pattern.match(text, mention, place)
        if match is not None:
            yield match


def _end(text: str, place: int, last: int) -> int:
    """Where the expression ends that begins at `place`, or somewhere behind `last`."""
    while True:
        if place > last:
            return place
        stop = _STOP.search(text, place)
        if stop is None:
            return len(text)
        mark = stop[0]
        if mark in "([{":
            end = closing(text, stop.end())
            if end is None:
                return stop.start()
            place = end
        elif mark in "'\"":
            quoted = _QUOTED.match(text, stop.start())
            if quoted is None:
                return stop.start()
            place = quoted.end()
        elif mark == "\n" and text.endswith("\\", 0, stop.start()):
            place = stop.end()
        else:
            return stop.start()
