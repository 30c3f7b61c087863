"""Draws what pyright's language server offers at a place in a file, as an editor shows it: docs/assets/*.svg.

`python docs/tools/completion_pictures.py` writes the pictures, `--check` says whether they are stale.
The project is that of the tutorial; the lists are the server's answers, shortened to what fits into a window.
"""

from __future__ import annotations

import html
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from language_server import LanguageServer  # noqa: E402
from pages import DOCS, Project, blocks  # noqa: E402

ASSETS = DOCS / "assets"
LINE, LETTER, SHOWN = 22, 8.43, 9
IMPORTS = "from shelf.models import Author, Book\n\n\n"


@dataclass(frozen=True)
class Scene:
    """A text with `|` at the cursor, and the beginning of the word before it."""

    name: str
    text: str
    word: str


SCENES = (
    Scene(
        "completion",
        IMPORTS + 'async def short() -> list[Book]:\n    return await Book.filter(author__name="Jane Austen", pa|)\n',
        "pa",
    ),
    Scene(
        "completion-order", IMPORTS + 'async def best() -> list[Book]:\n    return await Book.all().order_by("|")\n', ""
    ),
)


def offered(folder: Path) -> dict[str, list[str]]:
    """What the server offers in each scene."""
    server = LanguageServer(folder)
    try:
        return {each.name: list(_labels(server, folder, each)) for each in SCENES}
    finally:
        server.close()


def _labels(server: LanguageServer, folder: Path, scene: Scene) -> Iterator[str]:
    labels = {item.label.rstrip("=") for item in server.complete(folder / "use.py", scene.text)}
    plain = sorted(label for label in labels if not label.startswith(("_", '"_')))
    yield from (label for label in plain if label.strip('"').startswith(scene.word))


def drawn(scene: Scene, labels: list[str]) -> str:
    """The picture of a scene: the text, and the list below the cursor."""
    before, _, after = scene.text.rpartition("|")
    row, column = before.count("\n"), len(before) - before.rfind("\n") - 1 - len(scene.word)
    lines = (before + after).rstrip("\n").split("\n")
    shown = labels[:SHOWN]
    left, top = 54 + column * LETTER, 16 + (row + 1) * LINE
    width, height = 760, top + len(shown) * LINE + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">',
        f"<title>{html.escape(', '.join(shown))}</title>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#1e1e2e"/>',
    ]
    for number, line in enumerate(lines):
        y = 16 + number * LINE + 15
        parts.append(f'<text x="34" y="{y}" fill="#6c7086" text-anchor="end">{number + 1}</text>')
        parts.append(_text(54, y, line, "#cdd6f4"))
    caret = 54 + (column + len(scene.word)) * LETTER
    parts.append(f'<rect x="{caret:.1f}" y="{16 + row * LINE + 2}" width="2" height="18" fill="#f5c2e7"/>')
    wide = max(len(label) for label in shown) * LETTER + 60
    left = min(left, width - wide - 10)
    parts.append(
        f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{len(shown) * LINE + 6}" rx="3"'
        ' fill="#313244" stroke="#585b70"/>'
    )
    for number, label in enumerate(shown):
        y = top + 3 + number * LINE
        if number == 0:
            parts.append(f'<rect x="{left + 2:.1f}" y="{y}" width="{wide - 4:.1f}" height="{LINE}" fill="#45475a"/>')
        parts.append(f'<circle cx="{left + 14:.1f}" cy="{y + 11}" r="4" fill="#89b4fa"/>')
        parts.append(_text(left + 28, y + 16, label, "#cdd6f4"))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, color: str) -> str:
    length = f' textLength="{len(text) * LETTER:.1f}"' if text else ""
    return f'<text x="{x:.1f}" y="{y}" fill="{color}" xml:space="preserve"{length}>{html.escape(text)}</text>'


def pictures() -> dict[Path, str]:
    """Every picture by its file."""
    with tempfile.TemporaryDirectory() as place:
        project = Project(Path(place).resolve())
        for block in blocks(DOCS / "tutorial.md"):
            if block.file == "shelf/models.py":
                project.write(block)
        project.ran("-m", "ormgen_codegen", "stubs", "--quiet", "shelf.models")
        found = offered(project.folder)
    return {ASSETS / f"{scene.name}.svg": drawn(scene, found[scene.name]) for scene in SCENES}


def main() -> int:
    """Writes or compares the pictures; 1 where they differ."""
    made = pictures()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" not in sys.argv:
        for path, text in made.items():
            path.write_text(text, "utf-8")
        return 0
    print(*(f"{path.name} is stale: run docs/tools/completion_pictures.py" for path in stale), sep="\n")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
