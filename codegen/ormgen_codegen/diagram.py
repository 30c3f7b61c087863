"""The model graph as a diagram: Mermaid's erDiagram, and Graphviz's dot. Names of the user are text, never syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation, RelationKind

# What Mermaid takes in the place of a column's type or name; its words for keys are read regardless of case.
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYS: Final = frozenset({"pk", "fk", "uk"})
_LOOK_ALIKES: Final = str.maketrans({'"': "'", "\\": "/", "%": "‰"})
_DRAWN: Final = (RelationKind.FOREIGN_KEY, RelationKind.ONE_TO_ONE, RelationKind.MANY_TO_MANY)


def drawn_relations(graph: ModelGraph, keys: Sequence[str]) -> Iterator[Relation]:
    """Each relation of some models once, as it was declared."""
    for key in keys:
        yield from (each for each in graph.models[key].relations.values() if each.kind in _DRAWN)


def diagram_data(graph: ModelGraph, keys: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    """What a diagram shows, as data: models with their columns, and the relations between them."""
    return {
        "models": [_model_data(graph.models[key]) for key in keys],
        "relations": [
            {
                "model": each.model,
                "name": each.name,
                "kind": each.kind.value,
                "target": each.target,
                "back_as": each.reverse or None,
                "null": each.null,
            }
            for each in drawn_relations(graph, keys)
        ],
    }


def _model_data(model: LinkedModel) -> dict[str, object]:
    columns = [
        {
            "name": each.name,
            "column": each.column,
            "type": each.type,
            "python_type": short_type(each),
            "null": each.null,
            "keys": list(key_marks(each)),
        }
        for each in model.columns.values()
    ]
    return {"key": model.key, "module": model.module, "table": model.table, "columns": columns}


# -- Mermaid


def mermaid(graph: ModelGraph, keys: Sequence[str]) -> str:
    """Models as Mermaid text: columns with their keys, relations with how many objects each end has.

    What they lead to outside of `keys` is drawn as a name.
    """
    lines = ["erDiagram"]
    for key in keys:
        model = graph.models[key]
        lines.append(f"    {_quoted(key)} {{")
        lines += [f"        {_attribute(model, column)}" for column in model.columns.values()]
        lines.append("    }")
    lines += [f"    {_line(each)}" for each in drawn_relations(graph, keys)]
    return "\n".join(lines) + "\n"


def _attribute(model: LinkedModel, column: FieldSchema) -> str:
    remarks = ["null"] if column.null else []
    name = _word(column.name)
    if name != column.name:
        remarks.insert(0, column.name)
    kind = re.sub("[^A-Za-z0-9_]+", "_", short_type(column)).strip("_")
    parts = [_word(kind), name, ", ".join(key_marks(column))]
    return " ".join(filter(None, [*parts, _quoted(*remarks) if remarks else ""]))


def _line(relation: Relation) -> str:
    """One relation, from the side that declares it: `"app.Hero" }o--|| "app.Team" : "team / heroes"`."""
    if relation.kind is RelationKind.MANY_TO_MANY:
        ends = "}o--o{"
    else:
        ends = ("|o" if relation.kind is RelationKind.ONE_TO_ONE else "}o") + "--" + ("o|" if relation.null else "||")
    return f"{_quoted(relation.model)} {ends} {_quoted(relation.target)} : {_quoted(*_both_names(relation))}"


def _both_names(relation: Relation) -> tuple[str, ...]:
    return (relation.name,) if relation.reverse is None else (relation.name, relation.reverse)


def _quoted(*names: str) -> str:
    """Names in quotes, in which Mermaid knows no escapes: what it cannot hold becomes a look-alike.

    They have no spaces: Mermaid takes `direction TB` for a command even inside of quotes.
    """
    plain = (re.sub(r"\s", "_", _printable(name)).translate(_LOOK_ALIKES) for name in names)
    return f'"{" / ".join(plain)}"'


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)


def _word(text: str) -> str:
    """A text as a bare word."""
    word = re.sub(r"[^A-Za-z0-9_]", "_", text)
    if _WORD.fullmatch(word) is None:
        word = f"_{word}"
    return f"{word}_" if word.lower() in _KEYS else word


# -- dot


def dot(graph: ModelGraph, keys: Sequence[str]) -> str:
    """Models as Graphviz text: a table for each, a crow's foot where there are many, dashes where there may be none.

    What they lead to outside of `keys` is drawn as a name.
    """
    lines = ["digraph models {", "    rankdir=LR;", '    node [shape=plain, fontname="Helvetica"];']
    lines.append('    edge [dir=both, fontname="Helvetica", fontsize=10];')
    for key in keys:
        lines.append(f"    {_string(key)} [label=<{_table(graph.models[key])}>];")
    lines += [f"    {_edge(each)}" for each in drawn_relations(graph, keys)]
    return "\n".join([*lines, "}"]) + "\n"


def _table(model: LinkedModel) -> str:
    rows = [f'<TR><TD COLSPAN="3"><B>{_text(model.key)}</B></TD></TR>']
    for column in model.columns.values():
        kind = short_type(column) + (" | None" if column.null else "")
        cells = (column.name, kind, ", ".join(key_marks(column)))
        rows.append("<TR>" + "".join(f'<TD ALIGN="LEFT">{_text(cell)}</TD>' for cell in cells) + "</TR>")
    return f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0">{"".join(rows)}</TABLE>'


def _edge(relation: Relation) -> str:
    many = relation.kind is RelationKind.MANY_TO_MANY
    near = "teeodot" if relation.kind is RelationKind.ONE_TO_ONE else "crowodot"
    far = "crowodot" if many else "teeodot" if relation.null else "teetee"
    label = " / ".join(_both_names(relation))
    style = ", style=dashed" if relation.null else ""
    places = f"{_string(relation.model)} -> {_string(relation.target)}"
    return f"{places} [label={_string(label)}, arrowtail={near}, arrowhead={far}{style}];"


def _text(text: str) -> str:
    """A text inside an HTML-like label; an empty cell is not allowed to be quite empty."""
    return escape(_printable(text)) or " "


def _string(text: str) -> str:
    """A quoted string of dot, where a backslash begins an escape."""
    plain = _printable(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


# -- both


def short_type(column: FieldSchema) -> str:
    """The Python type without the modules that its names come from."""
    return re.sub(r"[\w.]+:", "", column.python_type)


def key_marks(column: FieldSchema) -> list[str]:
    """PK, FK and UK, as diagrams of tables mark keys."""
    marks = ["PK"] if column.primary_key else []
    if column.relation is not None:
        marks.append("FK")
    if column.unique and not column.primary_key:
        marks.append("UK")
    return marks
