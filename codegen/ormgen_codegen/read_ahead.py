"""Modules that have to be parsed, read in several processes before they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Final

from ormgen_codegen.jobs import beside, may_fork
from ormgen_codegen.locate import Located
from ormgen_codegen.parse.kept import Entry, KeptModules
from ormgen_codegen.parse.models import ModelReader

WORTH_BYTES: Final = 300_000
"""From so much source on, a process more costs less than it saves."""


@contextmanager
def read_ahead(reader: ModelReader, names: Iterable[str], jobs: int) -> Iterator[None]:
    """Around the reading of modules and packages of these names: the last of them are begun in other processes.

    What these read comes as if an earlier run had kept it, so that it holds only while nothing has changed.
    """
    kept = reader.kept
    if jobs < 2 or kept is None or not may_fork():
        yield
        return
    missing = [(name, len(data)) for name, data in _sources(reader, names) if not kept.holds(name, _digest(data))]
    if sum(size for _, size in missing) < WORTH_BYTES:
        yield
        return
    _, *others = _parts(missing, jobs)
    with beside([partial(_read, reader, kept, part) for part in others]) as begun:
        for part, result in zip(others, map(cache, begun), strict=True):
            kept.awaited.update(dict.fromkeys(part, result))
        yield


def _sources(reader: ModelReader, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The modules that may declare models, in the order in which they will be read."""
    locator = reader.modules.locator
    seen: set[str] = set()
    for name in names:
        found = locator.find(name)
        for each in () if found is None else (found, *locator.submodules(found)) if found.is_package else (found,):
            data = _data(each)
            if each.name not in seen and b"class " in data:
                seen.add(each.name)
                yield each.name, data


def _data(found: Located) -> bytes:
    try:
        return found.path.read_bytes() if found.path is not None and found.is_source else b""
    except OSError:
        return b""  # reading it will tell


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _parts(sizes: Sequence[tuple[str, int]], count: int) -> list[list[str]]:
    """The names in order, in so many parts of about the same size."""
    parts: list[list[str]] = [[] for _ in range(count)]
    total, before = sum(size for _, size in sizes), 0
    for name, size in sizes:
        parts[min(before * count // total, count - 1)].append(name)
        before += size
    return parts


def _read(reader: ModelReader, kept: KeptModules, names: Sequence[str]) -> dict[str, Entry]:
    """What there is to keep of these modules; nothing where one of them has errors, which are told by who asks."""
    for name in names:
        reader.read(name)
    return {name: entry for name, entry in (kept.renewed(reader.modules) or {}).items() if name in names}
