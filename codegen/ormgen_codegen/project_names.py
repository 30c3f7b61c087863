"""The files of a project that may ask models something, and the names that somewhere in it are computed or declared."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from ormgen.records import dataclass, field
from ormgen_codegen.project_root import scanned_folders
from ormgen_codegen.question_methods import FUNCTIONS
from ormgen_codegen.run import Run
from ormgen_codegen.scan import LARGEST_FILE
from ormgen_codegen.scan_calls import call_at
from ormgen_codegen.source_files import source_files

# A dot goes first: it is quickly found, and most files are passed over on account of what follows it. In `get(` and
# the like a keyword or a condition has to come, or else half of all Python files would be read.
_COMMON: Final = "get update exists Q"
_OTHERS: Final = (
    "filter exclude get_or_none create get_or_create update_or_create order_by latest earliest group_by only defer "
    "select_related prefetch_related fetch_related fetch_for_list values values_list annotate in_bulk bulk_create "
    "bulk_update save refresh_from_db update_from_dict"
)
_ASKS: Final = re.compile(
    rf"\.(?:(?:{'|'.join(_COMMON.split())})\s*\(\s*(?:[~*(\#]|(?:[^()=\n]*,\s*)?\w+\s*=(?!=)|[\w.]*Q\s*\()"
    rf"|(?:{'|'.join(_OTHERS.split())})\s*\(\s*[^\s)]|(?:all|first|last)\s*\(\s*\))".encode()
)
_BARE: Final = re.compile(
    rf"(?<!\w)(?:pydantic_(?:model|queryset)_creator|Q|F|Prefetch|OuterRef|When|Window|Cast|SearchVector|{'|'.join(sorted(FUNCTIONS))})\s*\(".encode()
)
_WORDS: Final = re.compile(rb"[A-Za-z_]\w*")
_COMPUTES: Final = re.compile(r"\.(?:annotate|values)\s*\(")
_CLASSES: Final = re.compile(r"^[ \t]*class[ \t]+(\w+)", re.MULTILINE)
_MEMBERS: Final = re.compile(r"^[ \t]+(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
_WAYS_BACK: Final = re.compile(r"related_name\s*=\s*[\"'](\w+)[\"']")
_UNTOLD: Final = re.compile(r"related_name\s*=\s*[^\"'\s]|\*\*|setattr|exec\s*\(|locals\s*\(")


@dataclass(slots=True)
class ProjectNames:
    """Names that are right although the models of the run do not have them.

    `computed` are those of annotations anywhere in the project, `dynamic` says that some of them cannot be read.
    `foreign` are fields, and ways back, of models that seem to be declared outside of the run's modules.
    """

    computed: set[str] = field(default_factory=set)
    dynamic: bool = False
    foreign: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that is worth parsing."""

    path: Path
    data: bytes


def candidates(run: Run, known: ProjectNames) -> list[Candidate]:
    """The files of the project that may ask one of the run's models something; fills `known` on the way.

    Raises:
        ConfigurationError: the project names a folder to search that does not exist.
    """
    own = {module.source.path.resolve() for module in run.modules}
    names = {model.name.encode() for model in run.graph}
    ascii_names = {name for name in names if name.isascii()}
    found: list[Candidate] = []
    for path in _files(run, own):
        data = _read(path)
        if data is None:
            continue
        if b".annotate" in data or b".values" in data:
            _computed(data, known)
        if path not in own and b"Field(" in data and b"class " in data:
            _declared(data, known)
        library = b"ormgen" in data or b"tortoise" in data
        if (library and _BARE.search(data)) or (
            (_ASKS.search(data) or _constructs(data, names))
            and (library or ascii_names.intersection(_WORDS.findall(data)) or _mentions(data, names - ascii_names))
        ):
            found.append(Candidate(path, data))
    return found


def _files(run: Run, own: Iterable[Path]) -> Iterator[Path]:
    """The files that are searched, and the modules of the run wherever they are."""
    yield from source_files([*scanned_folders(run.config, run.modules), *sorted(own)])


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST_FILE else None
    except OSError:
        return None


def _mentions(data: bytes, names: Iterable[bytes]) -> bool:
    return any(name in data for name in names)


def _constructs(data: bytes, names: Iterable[bytes]) -> bool:
    """Whether a model may be called: `Hero(name="x")`."""
    return any(name + b"(" in data for name in names)


def _computed(data: bytes, known: ProjectNames) -> None:
    text = data.decode("utf-8", "replace")
    for match in _COMPUTES.finditer(text):
        call = call_at(text, match.start() + 1)
        for each in () if call is None else call.node.keywords:
            if each.arg is not None:
                known.computed.add(each.arg)
            elif isinstance(each.value, ast.Dict) and all(isinstance(key, ast.Constant) for key in each.value.keys):
                known.computed.update(str(key.value) for key in each.value.keys if isinstance(key, ast.Constant))
            elif call is not None and call.name == "annotate":
                known.dynamic = True


def _declared(data: bytes, known: ProjectNames) -> None:
    """The fields of a module with models, and how the ways back to them are called.

    Where those are not simply written down, they may be called by any word of the module.
    """
    text = data.decode("utf-8", "replace")
    if _UNTOLD.search(text):
        known.foreign.update(re.findall(r"\w+", text))
    for name in _MEMBERS.findall(text):
        known.foreign.update((name, f"{name}_id"))
    known.foreign.update(_WAYS_BACK.findall(text))
    for name in _CLASSES.findall(text):
        known.foreign.update((name.lower(), f"{name.lower()}s", f"{name.lower()}_set"))
