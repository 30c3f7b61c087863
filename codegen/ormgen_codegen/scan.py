"""Finds what the project's own source asks of its models: the literal arguments of query calls, and spanning names.

Files are searched as text, and only the calls found in them are parsed: that is fast, and a file that is not Python
(or not yet) is searched like any other. A call in a comment counts too; it asks for a little more in the stubs.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ormgen.records import dataclass, field, names_of, replace
from ormgen_codegen.hushed import hushed
from ormgen_codegen.scan_calls import PATHS, Call, call_at, path_name
from ormgen_codegen.scan_chain import AGGREGATE, ANNOTATE, JOINING, ROWS, chains, computes, loads_together
from ormgen_codegen.scan_pydantic import DocumentCall, document_calls
from ormgen_codegen.scan_receiver import UNKNOWN, Receiver, receiver_of
from ormgen_codegen.scan_words import CONSTRUCTOR, constructed, words
from ormgen_codegen.source_files import source_files
from ormgen_codegen.usage import (
    FETCHED,
    FETCHING,
    FETCHING_MANY,
    PATH,
    PREFETCH,
    TO_DICT,
    WHOLE_ROW,
    Step,
    Usage,
    WordCall,
)

LOADING: Final = ("select_related", "prefetch_related", "fetch_related")
STEPS: Final = (ANNOTATE, AGGREGATE, *JOINING, FETCHING)
# Fast to look for; what they stand in is looked at closely. `values` finds `values_list` too.
NEEDLES: Final = (
    *("select_related", "fetch_related", FETCHING_MANY, "values", "annotate", "aggregate", "to_dict", "Prefetch"),
)
LARGEST_FILE: Final = 2_000_000  # bytes; nobody writes queries in a file of that size by hand
MOST_FILES: Final = 50_000

Warn = Callable[[str], None]
Row = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]

_DUNDER = re.compile(r"__(?=[^\W_])")
_WORD = re.compile(r"\w+")
_ATTRIBUTE = re.compile(r"\.([^\W\d]\w*)")
_PATHS = re.compile(r"\.\s*q\b")
_BEHIND_KEYWORD = re.compile(r"\s*=(?!=)")


@dataclass(slots=True)
class Found:
    """What a search has found so far; `of` by the names that calls begin with, `constructed` names that are called.

    `attributes` are all names behind a dot.
    """

    keys: set[str] = field(default_factory=set)
    loads: set[tuple[str, tuple[str, ...]]] = field(default_factory=set)
    rows: set[Row] = field(default_factory=set)
    chains: set[tuple[Step, ...]] = field(default_factory=set)
    loadings: set[tuple[Step, ...]] = field(default_factory=set)
    to_attrs: set[tuple[str, str]] = field(default_factory=set)
    flats: set[str] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    documents: set[DocumentCall] = field(default_factory=set)
    words: set[WordCall] = field(default_factory=set)
    constructed: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    of: dict[tuple[str, ...], Found] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        """Take in what another search has found."""
        for name in SETS:
            getattr(self, name).update(getattr(other, name))
        for names, found in other.of.items():
            self.of.setdefault(names, Found()).add(found)

    def usage(self, models: Collection[str] = (), attributes: Collection[str] = ()) -> Usage:
        """All of it, frozen; calls on something that is not the name of one of `models` may be about any.

        Of names behind dots those are left that are among `attributes`.
        """
        whole, known = Found(), dict[str, Found]()
        whole.add(replace(self, of={}))
        for names, found in self.of.items():
            model = next((name for name in names if name in models), None)
            (whole if model is None else known.setdefault(model, Found())).add(found)
        for model in self.constructed.intersection(models):
            known.setdefault(model, Found()).words.add((CONSTRUCTOR, "", ()))
        written = self.attributes.intersection(attributes)
        return replace(
            whole._frozen(), attributes=frozenset(written), of={name: known[name]._frozen() for name in sorted(known)}
        )

    def _frozen(self) -> Usage:
        return Usage(
            frozenset(self.keys),
            frozenset(self.loads),
            frozenset(self.rows),
            frozenset(self.chains),
            frozenset(self.loadings),
            frozenset(self.to_attrs),
            frozenset(self.flats),
            frozenset(self.marks),
            frozenset(self.documents),
            frozenset(self.words),
        )


SETS: Final = tuple(name for name in names_of(Found) if name != "of")


def scan(
    roots: Iterable[Path],
    exclude: Iterable[Path] = (),
    warn: Warn = lambda fact: None,
    models: Collection[str] = (),
    kept: KeptSearches | None = None,
    attributes: Collection[str] = (),
) -> Usage:
    """What the Python files below `roots` ask of the `models` of these names; `warn` is told what was left out.

    `attributes` are the names of which it is told whether they stand behind a dot.

    Virtual environments, hidden folders, caches and everything below `exclude` are passed over. Nothing is raised:
    what cannot be read asks for nothing. Files that `kept` knows by their content are not searched again.
    """
    found, kept = Found(), KeptSearches() if kept is None else kept
    for number, path in enumerate(source_files(roots, exclude)):
        if number >= MOST_FILES:
            warn(
                f"only the first {MOST_FILES:,} files were searched for queries; name fewer folders in tool.ormgen.scan"
            )
            break
        data = _read(path, warn)
        if data is not None:
            found.add(kept.searched(data))
    return found.usage(models, attributes)


class KeptSearches:
    """What single files ask for, by the SHA-256 of their content: as the last run left it, and as it is `now`."""

    def __init__(self, before: Any = None) -> None:
        self.before: Mapping[bytes, Found] = before if isinstance(before, dict) else {}
        self.now: dict[bytes, Found] = {}

    def searched(self, data: bytes) -> Found:
        """What a file of this content asks for."""
        digest = hashlib.sha256(data).digest()
        found = self.now.get(digest) or self.before.get(digest)
        if not isinstance(found, Found):
            found = Found()
            with hushed():
                search(_decoded(data), found)
        self.now[digest] = found
        return found


def _read(path: Path, warn: Warn) -> bytes | None:
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError:
        return None
    if data is None:
        warn(f"{path.name} has more than {LARGEST_FILE:,} bytes and was not searched for queries")
    return data


def _decoded(data: bytes) -> str:
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
    found.documents.update(document_calls(text))
    found.constructed.update(constructed(text))
    found.attributes.update(_ATTRIBUTE.findall(text))
    for names, word in words(text):
        (found.of.setdefault(names, Found()) if names else found).words.add(word)
    if PATHS not in found.marks and _PATHS.search(text):
        found.marks.add(PATHS)
    for needle in NEEDLES:
        place = text.find(needle)
        while place != -1:
            call = call_at(text, place)
            if call is not None:
                asked = UNKNOWN if call.name == PREFETCH else receiver_of(text, call.start)
                about = found.of.setdefault(asked.names, Found()) if asked.names else found
                _add(call, asked, about)
                for chain in chains(text, call, asked) if call.name in STEPS else ():
                    if computes(chain):
                        about.chains.add(chain)
                    elif loads_together(chain):
                        about.loadings.add(chain)
            place = text.find(needle, place + len(needle))


def _keys(text: str) -> Iterator[str]:
    """Keywords and whole strings with a double underscore inside."""
    end = 0
    for match in _DUNDER.finditer(text):
        if match.start() < end:
            continue  # in the same word
        start = match.start()
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        word = _WORD.match(text, start)
        end = match.end() if word is None else word.end()
        if text[start] == "_" or text[start].isdigit():
            continue
        before, behind = text[start - 1 : start], text[end : end + 1]
        minus = before == "-"
        if minus:
            before = text[start - 2 : start - 1]
        if behind and behind in "'\"" and before == behind:
            yield "-" * minus + text[start:end]
        elif not minus and before not in (".", "'", '"') and _BEHIND_KEYWORD.match(text, end):
            yield text[start:end]


def _add(call: Call, asked: Receiver, found: Found) -> None:
    if call.name == FETCHING_MANY:
        found.marks.update(f"{FETCHED}{name}" for name in map(_text, call.node.args[1:]) if name)
        return
    if asked.one is not False:
        found.marks.add(f"get.{call.name}")
    if call.name in LOADING:
        names = _relations(call)
        if names:
            found.loads.add((call.name, names))
        if names is None or any(not isinstance(argument, ast.Constant) for argument in call.node.args):
            found.marks.add(PREFETCH)
    elif call.name in ROWS:
        _add_row(call, found)
    elif call.name == TO_DICT:
        found.marks.add(TO_DICT)
    elif call.name == PREFETCH:
        relation = _text(call.argument(0, "relation"))
        attribute = _text(call.argument(2, "to_attr"))
        if relation and attribute:
            found.to_attrs.add((relation, attribute))


def _add_row(call: Call, found: Found) -> None:
    row, columns = _row(call), call.node.args
    if row is not None:
        found.rows.add(row)
    elif not columns and not call.node.keywords:
        found.marks.add(WHOLE_ROW)
    elif len(columns) == 1 and [keyword.arg for keyword in call.node.keywords] == ["flat"]:
        found.flats.update(filter(None, [_column(columns[0])]))


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
    columns = [(_column if call.name == "values_list" else _text)(argument) for argument in call.node.args]
    aliases: list[tuple[str, str | None]] = []
    for keyword in call.node.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg == "flat":
            if not isinstance(keyword.value, ast.Constant) or keyword.value.value is not False:
                return None
        else:
            path = path_name(keyword.value)
            aliases.append((keyword.arg, _text(keyword.value) if path is None else f"{PATH}{path}"))
    known = tuple(column for column in columns if column is not None)
    named = tuple((alias, path) for alias, path in aliases if path is not None)
    if len(known) < len(columns) or len(named) < len(aliases) or not (known or named):
        return None
    return call.name, known, named


def _column(node: ast.expr) -> str | None:
    """The name of a column as written, or the mark of a path."""
    return _text(node) if path_name(node) is None else PATH


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
