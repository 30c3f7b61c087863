"""Draws tables on standard output: as wide as the terminal, or as wide as they are where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.box import ROUNDED, SQUARE, Box
from rich.console import Console
from rich.table import Table as Drawing
from rich.text import Text

from ormgen_codegen.console import say
from ormgen_codegen.console_lines import harmless
from ormgen_codegen.tables import Table

UNBOUNDED = 10_000  # columns, where the output goes into a file or another program


def show(tables: Iterable[Table]) -> None:
    """Print tables, one below the other."""
    terminal = sys.stdout.isatty()
    console = Console(file=sys.stdout, width=None if terminal else UNBOUNDED, highlight=False, safe_box=True)
    with console.capture() as capture:
        for table in tables:
            console.print(_drawn(table, ROUNDED if terminal else SQUARE))
    say("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def _drawn(table: Table, box: Box) -> Drawing:
    drawing = Drawing(title=Text(harmless(table.title), style="bold"), title_justify="left", box=box, show_lines=True)
    for heading in table.headings:
        drawing.add_column(Text(heading), overflow="fold")
    for row in table.rows:
        drawing.add_row(*(Text(harmless(cell)) for cell in row))
    return drawing
