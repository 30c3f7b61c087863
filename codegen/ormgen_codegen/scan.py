"""Finds what the project's own source asks of its models: the literal arguments of query calls, and spanning names.

Files are searched as text, and only the calls found in them are parsed: that is fast, and a file that is not Python
(or not yet) is searched like any other. A call in a comment counts too; it asks for a little more in the stubs.
"""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ormgen_codegen.scan_calls import Call, call_at
from ormgen_codegen.usage import Usage

LOADING: Final = ("select_related", "prefetch_related", "fetch_related")
ROWS: Final = ("values", "values_list")
# Fast to look for; what they stand in is looked at closely. `values` finds `values_list` too.
NEEDLES: Final = ("select_related", "fetch_related", "values", "annotate", "Prefetch")
SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages", "__pypackages__"})
LARGEST_FILE: Final = 2_000_000  # bytes; nobody writes queries in a file of that size by hand
MOST_FILES: Final = 50_000

Warn = Callable[[str], None]
Row = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]

_DUNDER = re.compile(r"__(?=[^\W_])")
_WORD = re.compile(r"\w+")
_BEHIND_KEYWORD = re.compile(r"\s*=(?!=)")


@dataclass(slots=True)
class Found:
    """What a search has found so far."""

    keys: set[str] = field(default_factory=set)
    loads: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    rows: set[Row] = field(default_factory=set)
    annotations: set[tuple[tuple[str, str, str], ...]] = field(default_factory=set)
    to_attrs: set[tuple[str, str]] = field(default_factory=set)

    def usage(self) -> Usage:
        """All of it, frozen."""
        return Usage(
            frozenset(self.keys),
            frozenset(self.loads),
            frozenset(self.rows),
            frozenset(self.annotations),
            frozenset(self.to_attrs),
        )


def scan(roots: Iterable[Path], exclude: Iterable[Path] = (), warn: Warn = lambda fact: None) -> Usage:
    """What the Python files below `roots` ask of models; `warn` is told in a sentence what was left out.

    Virtual environments, hidden folders, caches and everything below `exclude` are passed over. Nothing is raised:
    what cannot be read asks for nothing.
    """
    found = Found()
    for number, path in enumerate(source_files(roots, exclude)):
        if number >= MOST_FILES:
            warn(
                f"only the first {MOST_FILES:,} files were searched for queries; name fewer folders in tool.ormgen.scan"
            )
            break
        data = _read(path, warn)
        if data is not None:
            search(data, found)
    return found.usage()


def source_files(roots: Iterable[Path], exclude: Iterable[Path] = ()) -> Iterator[Path]:
    """The Python files below the roots, each once, in a fixed order; links to folders are not followed."""
    left_out = {os.path.realpath(path) for path in exclude}
    seen: set[str] = set()
    for root in dict.fromkeys(os.path.realpath(root) for root in roots):
        for file in [root] if os.path.isfile(root) else _files_below(root, left_out):
            if file not in seen and file not in left_out:
                seen.add(file)
                yield Path(file)


def _files_below(root: str, left_out: set[str]) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        if "pyvenv.cfg" in files and folder != root:
            folders.clear()
            continue
        folders[:] = sorted(
            name
            for name in folders
            if name[0] != "." and name not in SKIPPED_FOLDERS and f"{folder}{os.sep}{name}" not in left_out
        )
        yield from (f"{folder}{os.sep}{name}" for name in sorted(files) if name.endswith(".py") and name[0] != ".")


def _read(path: Path, warn: Warn) -> str | None:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError:
        return None
    if data is None:
        warn(f"{path.name} has more than {LARGEST_FILE:,} bytes and was not searched for queries")
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _declared(data)


def _declared(data: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding, "replace")
    except (SyntaxError, LookupError, ValueError):
        return data.decode("utf-8", "replace")


def search(text: str, found: Found) -> None:
    """Add what one file asks for."""
    found.keys.update(_keys(text))
    for needle in NEEDLES:
        place = text.find(needle)
        while place != -1:
            call = call_at(text, place)
            if call is not None:
                _add(call, found)
            place = text.find(needle, place + len(needle))


def _keys(text: str) -> Iterator[str]:
    """Keywords and whole strings with a double underscore inside."""
    for match in _DUNDER.finditer(text):
        start = end = match.start()
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        word = _WORD.match(text, start)
        if start == end or word is None or text[start] == "_" or text[start].isdigit():
            continue
        end = word.end()
        before, behind = text[start - 1 : start], text[end : end + 1]
        minus = before == "-"
        if minus:
            before = text[start - 2 : start - 1]
        if behind and behind in "'\"" and before == behind:
            yield "-" * minus + text[start:end]
        elif not minus and before not in (".", "'", '"') and _BEHIND_KEYWORD.match(text, end):
            yield text[start:end]


def _add(call: Call, found: Found) -> None:
    if call.name in LOADING:
        names = _relations(call)
        if names:
            found.loads.add((call.name, names))
    elif call.name in ROWS:
        row = _row(call)
        if row is not None:
            found.rows.add(row)
    elif call.name == "annotate":
        annotations = _annotations(call)
        if annotations:
            found.annotations.add(annotations)
    elif call.name == "Prefetch":
        relation = _text(call.argument(0, "relation"))
        attribute = _text(call.argument(2, "to_attr"))
        if relation and attribute:
            found.to_attrs.add((relation, attribute))


def _relations(call: Call) -> tuple[str, ...] | None:
    """The relations that a call loads; None unless all are literal and lead to attributes of their own names."""
    names: list[str] = []
    for argument in call.node.args:
        name = _text(argument)
        if name is None and isinstance(argument, ast.Call) and _called(argument) == "Prefetch":
            prefetch = Call("Prefetch", argument)
            if prefetch.argument(2, "to_attr") is None:
                name = _text(prefetch.argument(0, "relation"))
        if name is None:
            return None
        names.append(name)
    return tuple(names)


def _row(call: Call) -> Row | None:
    """The columns that a call takes; None if they are not all literal, none at all, or one value without a row."""
    columns = [_text(argument) for argument in call.node.args]
    aliases: list[tuple[str, str | None]] = []
    for keyword in call.node.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg == "flat":
            if not isinstance(keyword.value, ast.Constant) or keyword.value.value is not False:
                return None
        else:
            aliases.append((keyword.arg, _text(keyword.value)))
    known = tuple(column for column in columns if column is not None)
    named = tuple((alias, path) for alias, path in aliases if path is not None)
    if len(known) < len(columns) or len(named) < len(aliases) or not (known or named):
        return None
    return call.name, known, named


def _annotations(call: Call) -> tuple[tuple[str, str, str], ...] | None:
    """Name, function and its first argument of each annotation, by name; None if the names are not all written."""
    found: list[tuple[str, str, str]] = []
    for keyword in call.node.keywords:
        if keyword.arg is None:
            return None
        value = keyword.value
        function = _called(value) if isinstance(value, ast.Call) else None
        argument = value.args[0] if isinstance(value, ast.Call) and value.args else None
        found.append((keyword.arg, function or "", _text(argument) or ""))
    return tuple(sorted(found))


def _called(node: ast.Call) -> str | None:
    """The last name of what is called."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None
