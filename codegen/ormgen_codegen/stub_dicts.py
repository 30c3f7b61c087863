"""Dictionaries that are no rows: what `aggregate` gives, and an object's columns from `to_dict`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ormgen.schema.graph import LinkedModel
from ormgen_codegen.signatures import column_type, columns_of
from ormgen_codegen.stub_annotate import Aggregating, Annotated
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.stub_shared import terms
from ormgen_codegen.usage import TO_DICT
from ormgen_codegen.views import Class, Method, Signature, method, plain, signature

AGGREGATE: Final = "aggregate"
LONGEST_LITERAL: Final = 80  # characters


def aggregate_method(
    scope: Scope, calls: Iterable[Aggregating], before: Annotated | None, expression: str, on_class: bool = False
) -> Method:
    """`aggregate`: the calls of the project, then any other."""
    first, decorators = ("cls", ("classmethod",)) if on_class else ("self", ())

    def made(*parameters: str, returns: str) -> Signature:
        return signature(*parameters, returns=returns, awaited=True, first=first, decorators=decorators)

    known = [made("*", *each.parameters, returns=f"{each.use.row}OrDict") for each in calls if each.before is before]
    loose = [made(f"**aggregates: {each}", returns="dict[str, Any]") for each in terms(scope, expression)]
    return method(AGGREGATE, [*known, *loose])


def dict_class(scope: Scope, model: LinkedModel) -> tuple[Class, ...]:
    """The columns of one object as `to_dict` gives them: a dictionary that may also be awaited.

    With many models only where the project asks for one.
    """
    if not (scope.project.reach.complete or TO_DICT in scope.asked(model).marks):
        return ()
    groups: dict[tuple[str, int], list[str]] = {}
    for column in columns_of(model):
        text, place = column_type(scope, column), 0
        while len(literal([*groups.get((text, place), ()), column.name])) > LONGEST_LITERAL and (text, place) in groups:
            place += 1
        groups.setdefault((text, place), []).append(column.name)
    items = [signature(f"key: {literal(names)}", "/", returns=text) for (text, _), names in groups.items()]
    methods = (method("__getitem__", items), plain("__await__", returns="Generator[Any, None, Self]"))
    return (Class(f"{scope.stem(model)}Dict", ("dict[str, Any]",), methods=methods),)
