"""Bars of CPU time relative to the raw driver, as SVG that needs nothing else."""

from collections.abc import Mapping
from html import escape

COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b")
WIDTH, LABEL, BAR, GAP, MOST = 900, 190, 9, 12, 16.0


def chart(title: str, figures: Mapping[str, Mapping[str, float]]) -> str:
    """A group of bars for each workload, one for each adapter but raw, which is the line at 1; cut off at 16."""
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    raw, others = names[0], names[1:]
    scale = (WIDTH - LABEL - 60) / MOST
    parts, top = [], 60
    for at, name in enumerate(others):
        left = LABEL + at * 110
        parts.append(f'<rect x="{left}" y="30" width="10" height="10" fill="{COLOURS[at % len(COLOURS)]}"/>')
        parts.append(f'<text x="{left + 14}" y="39">{escape(name)}</text>')
    for workload, row in figures.items():
        middle = top + len(others) * BAR / 2 + 4
        parts.append(f'<text x="{LABEL - 8}" y="{middle:.0f}" text-anchor="end">{escape(workload)}</text>')
        for at, name in enumerate(others):
            if name not in row:
                continue
            ratio = row[name] / row[raw]
            length, y = min(ratio, MOST) * scale, top + at * BAR
            colour = COLOURS[at % len(COLOURS)]
            parts.append(f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR - 1}" fill="{colour}"/>')
            parts.append(f'<text x="{LABEL + length + 3:.1f}" y="{y + 7}" font-size="8">{ratio:.2f}</text>')
        top += len(others) * BAR + GAP
    line = LABEL + scale
    parts.append(f'<line x1="{line:.1f}" y1="50" x2="{line:.1f}" y2="{top}" stroke="#444" stroke-dasharray="3"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top + 10}" font-family="sans-serif"'
    told = f"{escape(title)}: CPU time relative to hand-written code on {escape(raw)} (dashed), less is better"
    title_line = f'<text x="10" y="18" font-size="13">{told}</text>'
    background = '<rect width="100%" height="100%" fill="white"/>'
    return "\n".join([f'{head} font-size="11">', background, title_line, *parts, "</svg>", ""])
