"""Kinds of index that PostgreSQL has: `from ormgen.contrib.postgres.indexes import GinIndex`."""

from ormgen.schema.index_kinds import (
    BloomIndex,
    BrinIndex,
    GinIndex,
    GistIndex,
    HashIndex,
    HnswIndex,
    PostgreSQLIndex,
    SpGistIndex,
)
from ormgen.schema.indexes import PartialIndex

__all__ = [
    "BloomIndex",
    "BrinIndex",
    "GinIndex",
    "GistIndex",
    "HashIndex",
    "HnswIndex",
    "PartialIndex",
    "PostgreSQLIndex",
    "SpGistIndex",
]
