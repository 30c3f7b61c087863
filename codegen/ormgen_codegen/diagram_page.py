"""The model graph as one page of HTML with the picture in it: no script, no network."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Final

from ormgen.schema.graph import ModelGraph, Relation, RelationKind
from ormgen_codegen.diagram import dot, drawn_relations, key_marks, short_type
from ormgen_codegen.diagram_layout import HEAD, PAD, ROW, Box, Placed, placed

TITLE: Final = "Models"
PAGE: Final = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2733; --line: #8695a6; --paper: #fff; --head: #e4ecf5; --key: #0b62a8; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e3e9ef; --line: #6d7d8d; --paper: #16202a; --head: #26384a; --key: #7ab8f0; }}
}}
body {{ margin: 0; padding: 1rem; font: 14px/1.4 system-ui, sans-serif; color: var(--ink); background: var(--paper); }}
h1 {{ font-size: 1.2rem; margin: 0 0 .25rem; }}
p {{ margin: 0 0 1rem; }}
.picture {{ overflow: auto; }}
svg {{ font: 12px ui-monospace, Menlo, Consolas, monospace; }}
svg text {{ fill: var(--ink); stroke: none; }}
.model rect {{ fill: var(--paper); stroke: var(--line); }}
.model .head {{ fill: var(--head); }}
.model .name {{ font-weight: bold; }}
.model .mark {{ fill: var(--key); }}
.model:hover rect {{ stroke: var(--key); stroke-width: 2; }}
.relation path {{ fill: none; stroke: var(--line); stroke-width: 1.3; }}
.relation .maybe {{ stroke-dasharray: 5 4; }}
.relation text {{ font-size: 10px; opacity: 0; }}
.relation:hover path {{ stroke: var(--key); stroke-width: 2.2; }}
.relation:hover text {{ opacity: 1; }}
marker path, marker circle {{ fill: none; stroke: var(--line); }}
marker circle {{ fill: var(--paper); }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{told}</p>
<div class="picture">
{picture}
</div>
</body>
</html>
"""
_MARKS: Final = {
    "many": '<path d="M1 6 L11 1 M1 6 L11 6 M1 6 L11 11"/>',
    "one": '<path d="M4 1 L4 11 M7 1 L7 11"/>',
    "maybe": '<path d="M9 1 L9 11"/><circle cx="4" cy="6" r="2.5"/>',
}
_MARKER: Final = (
    '<marker id="{}" viewBox="0 0 12 12" refX="11" refY="6" markerWidth="12" markerHeight="12" '
    'orient="auto-start-reverse">{}</marker>'
)
MARKERS: Final = "".join(["<defs>", *(_MARKER.format(name, drawn) for name, drawn in _MARKS.items()), "</defs>"])


def html(graph: ModelGraph, keys: Sequence[str]) -> str:
    """Models as a page: a box for each, its columns with their types and keys, and lines for relations."""
    relations = tuple(drawn_relations(graph, keys))
    told = f"{_counted(len(keys), 'model')}, {_counted(len(relations), 'relation')}. Point at a line for its names."
    picture = _by_graphviz(dot(graph, keys)) or _own(graph, keys, relations)
    return PAGE.format(title=TITLE, told=told, picture=picture)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _by_graphviz(text: str) -> str | None:
    """The picture that Graphviz makes; None where it is not installed."""
    program = shutil.which("dot")
    if program is None:
        return None
    done = subprocess.run([program, "-Tsvg"], input=text, capture_output=True, text=True, check=False, encoding="utf-8")
    at = done.stdout.find("<svg")
    return done.stdout[at:] if done.returncode == 0 and at >= 0 else None


def _own(graph: ModelGraph, keys: Sequence[str], relations: Sequence[Relation]) -> str:
    boxes = [Box(key, _rows(graph, key)) for key in keys]
    outside = sorted({each.target for each in relations} - set(keys))
    boxes += [Box(key, ()) for key in outside]
    found = placed(boxes, [(each.model, each.target) for each in relations])
    width = max((each.x + each.box.width for each in found.values()), default=0) + PAD
    height = max((each.y + each.box.height for each in found.values()), default=0) + PAD
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img">', MARKERS]
    lines += [line for each in relations for line in _line(graph, each, found)]
    lines += [line for each in found.values() for line in _drawn(each)]
    return "\n".join([*lines, "</svg>"])


def _rows(graph: ModelGraph, key: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (column.name, short_type(column) + (" | None" if column.null else ""), " ".join(key_marks(column)))
        for column in graph.models[key].columns.values()
    )


def _drawn(each: Placed) -> Iterator[str]:
    box = each.box
    yield f'<g class="model" transform="translate({each.x} {each.y})"><title>{escape(box.key)}</title>'
    yield f'<rect width="{box.width}" height="{box.height}" rx="4"/>'
    yield f'<rect class="head" width="{box.width}" height="{HEAD}" rx="4"/>'
    yield f'<text class="name" x="{PAD}" y="{HEAD - 8}">{escape(box.key)}</text>'
    for at, (name, kind, marks) in enumerate(box.rows):
        y = HEAD + (at + 1) * ROW - 6
        yield f'<text x="{PAD}" y="{y}">{escape(name)}</text><text x="{box.second}" y="{y}">{escape(kind)}</text>'
        if marks:
            yield f'<text class="mark" x="{box.third}" y="{y}">{marks}</text>'
    yield "</g>"


def _line(graph: ModelGraph, relation: Relation, found: Mapping[str, Placed]) -> Iterator[str]:
    """A line from the column of a foreign key, or the head of a model, to the head of the other one."""
    one, other = found[relation.model], found[relation.target]
    y = one.y + _height(graph, relation)
    to = other.y + HEAD // 2
    forwards = other.x > one.x + one.box.width
    begin = one.x + one.box.width if forwards or other.x + other.box.width >= one.x else one.x
    end = other.x if forwards else other.x + other.box.width
    bend = 40 if forwards or begin == one.x + one.box.width else -40
    curve = f"M{begin} {y} C{begin + bend} {y} {end - 40 if forwards else end + 40} {to} {end} {to}"
    many = relation.kind is RelationKind.MANY_TO_MANY
    near = "maybe" if relation.kind is RelationKind.ONE_TO_ONE else "many"
    far = "many" if many else "maybe" if relation.null else "one"
    names = relation.name if relation.reverse is None else f"{relation.name} / {relation.reverse}"
    yield f'<g class="relation"><title>{escape(f"{relation.model}.{names}")}</title>'
    style = ' class="maybe"' if relation.null else ""
    yield f'<path{style} d="{curve}" marker-start="url(#{near})" marker-end="url(#{far})"/>'
    yield f'<text x="{(begin + end) // 2}" y="{(y + to) // 2 - 4}" text-anchor="middle">{escape(names)}</text></g>'


def _height(graph: ModelGraph, relation: Relation) -> int:
    names = [column.name for column in graph.models[relation.model].columns.values()]
    column = next((near for near, _ in relation.pairs if near in names), None)
    if relation.kind is RelationKind.MANY_TO_MANY or column is None:
        return HEAD // 2
    return HEAD + names.index(column) * ROW + ROW // 2
