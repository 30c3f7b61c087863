"""What runs keep for the next one in `.ormgen_cache`: named values, each whole or not there at all.

A file that is damaged, of another version or not ours is passed over. What it may hold are plain values and ormgen's
own descriptions: nothing else is made from it, whoever wrote it.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import zlib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ormgen.records import shape_of
from ormgen.schema.field import Field, FieldSchema
from ormgen_codegen.last_run import FOLDER, cache_folder, project_folder, version

HEAD: Final = b"ormgen cache 1\n"
CHECK: Final = 4
MODULES_KEPT: Final = "modules"
SEARCHES_KEPT: Final = "searches"
HOMES: Final = (
    "ormgen.schema.",
    "ormgen_codegen.parse.parsed",
    "ormgen_codegen.parse.source",
    "ormgen_codegen.usage",
    "ormgen_codegen.scan",
    "ormgen_codegen.annotations",
    "ormgen_codegen.kept_run",
    "ormgen_codegen.kept_sections",
    "ormgen_codegen.views",
)


class Cache:
    """The named values of one project, as the running version of ormgen wrote them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, name: str) -> Any:
        """What was kept under `name`; None if there is nothing that this version can use."""
        try:
            data = (self.folder / name).read_bytes()
        except OSError:
            return None
        head = HEAD + version().encode() + b"\n"
        if not data.startswith(head):
            return None
        begin = len(head) + CHECK
        if data[len(head) : begin] != _check(memoryview(data)[begin:]):
            return None
        return loaded(data, begin)

    def save(self, name: str, value: Any) -> None:
        """Keep a value under `name`; nothing happens where the folder cannot be written to."""
        body = dumped(value)
        try:
            file = cache_folder(self.folder) / name
            temporary = file.with_name(f"{name}.{os.getpid()}.tmp")
            with temporary.open("wb") as out:
                out.write(HEAD + version().encode() + b"\n" + _check(body))
                out.write(body)
            os.replace(temporary, file)
        except OSError:
            return


def project_cache(start: Path) -> Cache | None:
    """The cache of the project around a folder; None without a pyproject.toml."""
    root = project_folder(start)
    return None if root is None else Cache(root / FOLDER)


def dumped(value: Any) -> bytes:
    """A value as bytes."""
    file = io.BytesIO()
    _Writer(file, pickle.HIGHEST_PROTOCOL).dump(value)
    return file.getvalue()


def loaded(data: bytes, begin: int = 0) -> Any:
    """The value of the bytes from `begin` on; None if they hold none, or anything but plain values and descriptions."""
    file = io.BytesIO(data)
    file.seek(begin)
    try:
        return _Reader(file).load()
    except Exception:  # damaged bytes may raise anything at all
        return None


def _check(body: bytes | memoryview) -> bytes:
    return zlib.crc32(body).to_bytes(CHECK, "big")


def _proxy(values: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(values)


STAND_IN: Final[Field[Any]] = Field()


def _column(*values: Any) -> FieldSchema:
    """A description with any live field: only running code needs the one that was declared."""
    return FieldSchema(*values, field=STAND_IN)


@cache
def _arguments(kind: type) -> attrgetter[tuple[Any, ...]] | None:
    """Reads what a description is made with; None for classes of another kind."""
    names: tuple[str, ...] = () if shape_of(kind) is None else vars(kind)["__match_args__"]
    return attrgetter(*names) if len(names) > 1 else None


class _Writer(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is MappingProxyType:
            return _proxy, (dict(value),)
        arguments = _arguments(kind)  # type: ignore[arg-type]
        if arguments is None:
            return NotImplemented
        return _column if kind is FieldSchema else kind, arguments(value)


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in ("_proxy", "_column"):
            return globals()[name]
        found = getattr(importlib.import_module(module), name) if module.startswith(HOMES) else None
        if isinstance(found, type) and (hasattr(found, "_fields") or shape_of(found) or issubclass(found, Enum)):
            return found
        raise pickle.UnpicklingError(f"{module}.{name}")
