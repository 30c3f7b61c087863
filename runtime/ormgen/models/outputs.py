"""What rows of plain values hold: names of columns and annotations, and expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ormgen.exceptions import FieldError
from ormgen.models.info import ModelInfo
from ormgen.models.named import names_of
from ormgen.models.naming import checked_alias, checked_names
from ormgen.models.path_names import computed, text_of, texts
from ormgen.query.expressions import Expression
from ormgen.query.statements import Select


def giving(info: ModelInfo, select: Select, names: Iterable[Any], aliases: Mapping[str, Any]) -> Select:
    """The question `select` with rows of these values; of all columns and annotations where nothing is named.

    Raises:
        FieldError: a name does not exist, or an alias cannot be one.
    """
    annotated = names_of(select)
    made: list[tuple[str, Expression]] = []
    output: list[tuple[str, Any]] = []
    for given in texts(info, names):
        expression = computed(info, given)
        if expression is None:
            output.append((given, given))
        else:
            alias = f"{type(expression).__name__.lower()}{len(made) + 1}"
            output.append((alias, _hidden(alias, expression, made)))
    for alias, value in aliases.items():
        checked_alias(alias)
        named = text_of(info, value)
        expression = computed(info, named)
        output.append((alias, named if expression is None else _hidden(alias, expression, made)))
    if not output:
        output = [(name, name) for name in dict.fromkeys((*info.columns, *annotated))]
    checked_names(info, [name for _, name in output], [*annotated, *[name for name, _ in made]])
    return select.replace(output=tuple(output), annotations=(*select.annotations, *made))


def named_once(select: Select) -> Select:
    """The same question, whose values become dictionaries.

    Raises:
        FieldError: two values are called alike.
    """
    names = [name for name, _ in select.output or ()]
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise FieldError(f'Duplicate key {twice}: values() cannot give two values the name "{twice}"')
    return select


def _hidden(alias: str, expression: Expression, made: list[tuple[str, Expression]]) -> str:
    """The name of an annotation that nothing else can name."""
    made.append((f"value__{alias}", expression))
    return f"value__{alias}"
