"""Readers of Mermaid's erDiagram and of Graphviz's dot, as strict as theirs where ormgen writes: for tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

# Rules of Mermaid's scanner in their order; case does not matter to it. Outside of a block, and inside.
OUTSIDE = [
    ("direction", r".*direction\s+(?:TB|BT|RL|LR)[^\n]*"),
    ("space", r"[ \t\r]+"),
    ("newline", r"\n+"),
    ("entity", r'"[^"%\r\n\v\b\\]+"'),
    ("word", r'"[^"]*"'),
    ("start", r"erDiagram"),
    ("open", r"\{"),
    ("colon", r":"),
    ("zero or one", r"\|o|o\|"),
    ("zero or more", r"\}o|o\{"),
    ("only one", r"\|\|"),
    ("line", r"--"),
]
INSIDE = [
    ("space", r"\s+"),
    ("key", r"\b(?:PK|FK|UK)\b"),
    ("word", r"[A-Za-z_][A-Za-z0-9_]*"),
    ("comment", r'"[^"]*"'),
    ("close", r"\}"),
    ("comma", r","),
]


@dataclass
class Drawn:
    """What a diagram says: the columns of each entity as texts, and the relations."""

    entities: dict[str, list[str]] = field(default_factory=dict)
    relations: list[tuple[str, str, str, str]] = field(default_factory=list)


def scan_mermaid(text: str) -> list[tuple[str, str]]:
    """The tokens of a text; raises ValueError where Mermaid would not know what to do."""
    tokens: list[tuple[str, str]] = []
    place, rules = 0, OUTSIDE
    while place < len(text):
        tried = ((kind, re.compile(rule, re.IGNORECASE).match(text, place)) for kind, rule in rules)
        kind, found = next(((kind, found) for kind, found in tried if found is not None), ("", None))
        if found is None:
            raise ValueError(f"no token at {text[place : place + 30]!r}")
        place = found.end()
        rules = {"open": INSIDE, "close": OUTSIDE}.get(kind, rules)
        if kind != "space":
            tokens.append((kind, found[0]))
    return tokens


def read_mermaid(text: str) -> Drawn:
    """The diagram; raises ValueError where it is none."""
    drawn = Drawn()
    tokens = scan_mermaid(text)
    if tokens[0][0] != "start":
        raise ValueError("does not begin with erDiagram")
    lines: list[list[tuple[str, str]]] = [[]]
    for token in tokens[1:]:
        lines.append([]) if token[0] == "newline" else lines[-1].append(token)
    for line in filter(None, lines):
        kinds = [kind for kind, _ in line]
        if kinds[:2] == ["entity", "open"] and kinds[-1] == "close":
            drawn.entities[line[0][1].strip('"')] = _columns(line[2:-1])
            continue
        ends = ("zero or one", "zero or more", "only one")
        if len(kinds) != 7 or kinds[1] not in ends or kinds[2] != "line" or kinds[3] not in ends:
            raise ValueError(f"is no statement: {line}")
        if kinds[0] != "entity" or kinds[4:] not in (["entity", "colon", "entity"], ["entity", "colon", "word"]):
            raise ValueError(f"is no relation: {line}")
        near, first, _, second, far, _, label = (part for _, part in line)
        drawn.relations.append((near.strip('"'), f"{first}--{second}", far.strip('"'), label.strip('"')))
    return drawn


def _columns(tokens: list[tuple[str, str]]) -> list[str]:
    """The columns of a block: type, name, keys with commas, a comment."""
    spelled = "".join({"word": "w", "key": "k", "comma": ",", "comment": "c"}[kind] for kind, _ in tokens)
    if re.fullmatch(r"(?:ww(?:k(?:,k)*)?c?)*", spelled) is None:
        raise ValueError(f"is no list of columns: {tokens}")
    found, place = [], 0
    for match in re.finditer(r"ww(?:k(?:,k)*)?c?", spelled):
        found.append(" ".join(text for _, text in tokens[match.start() : match.end()]))
        place = match.end()
    assert place == len(tokens)
    return found


def scan_dot(text: str) -> list[str]:
    """The tokens of a dot file; HTML-like labels have to be well-formed."""
    tokens: list[str] = []
    place = 0
    token = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+|->|[{}\[\];,=]', re.DOTALL)
    while place < len(text):
        if text[place] == "<":
            end, depth = place, 0
            while True:
                depth += {"<": 1, ">": -1}.get(text[end], 0)
                end += 1
                if not depth:
                    break
            ElementTree.fromstring(text[place + 1 : end - 1])
            tokens.append(text[place:end])
            place = end
            continue
        found = token.match(text, place)
        if found is None:
            raise ValueError(f"no token at {text[place : place + 30]!r}")
        if not found[0].isspace():
            tokens.append(found[0])
        place = found.end()
    return tokens


def read_dot(text: str) -> Drawn:
    """The diagram; raises ValueError where it is none."""
    tokens = scan_dot(text)
    if tokens[:1] != ["digraph"] or tokens[2:3] != ["{"] or tokens[-1] != "}":
        raise ValueError("is no digraph")
    drawn = Drawn()
    statement: list[str] = []
    for token in tokens[3:-1]:
        if token != ";":
            statement.append(token)
            continue
        _statement(statement, drawn)
        statement = []
    if statement:
        raise ValueError(f"is not ended: {statement}")
    return drawn


def _statement(tokens: list[str], drawn: Drawn) -> None:
    attributes = _attributes(tokens)
    if tokens[1:2] == ["->"]:
        look = f"{attributes['arrowtail']} {attributes['arrowhead']} {attributes.get('style', '')}".strip()
        drawn.relations.append((unquoted(tokens[0]), look, unquoted(tokens[2]), unquoted(attributes["label"])))
    elif tokens[0].startswith('"'):
        rows = ElementTree.fromstring(attributes["label"][1:-1]).findall("TR")
        cells = [["".join(cell.itertext()).strip() for cell in row] for row in rows]
        drawn.entities[unquoted(tokens[0])] = [" ".join(filter(None, row)) for row in cells[1:]]


def _attributes(tokens: list[str]) -> dict[str, str]:
    if "[" not in tokens:
        if len(tokens) != 3 or tokens[1] != "=":
            raise ValueError(f"is no statement: {tokens}")
        return {}
    inner = tokens[tokens.index("[") + 1 : -1]
    if tokens[-1] != "]" or any(inner[at] != "=" for at in range(1, len(inner), 4)):
        raise ValueError(f"is no list of attributes: {tokens}")
    if any(inner[at] != "," for at in range(3, len(inner), 4)) or len(inner) % 4 != 3:
        raise ValueError(f"is no list of attributes: {tokens}")
    return dict(zip(inner[::4], inner[2::4], strict=True))


def unquoted(text: str) -> str:
    """What a quoted string of dot stands for."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])
