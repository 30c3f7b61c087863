"""Kinds of index that PostgreSQL has: `from ormgen.contrib.postgres.indexes import GinIndex`."""

from ormgen.schema.indexes import (
    BloomIndex,
    BrinIndex,
    GinIndex,
    GistIndex,
    HashIndex,
    HnswIndex,
    PartialIndex,
    PostgreSQLIndex,
    SpGistIndex,
)

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
