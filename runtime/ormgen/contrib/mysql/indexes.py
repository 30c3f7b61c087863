"""Kinds of index that MySQL and MariaDB have: `from ormgen.contrib.mysql.indexes import FullTextIndex`."""

from ormgen.schema.index_kinds import FullTextIndex, PrefixIndex, SpatialIndex

__all__ = ["FullTextIndex", "PrefixIndex", "SpatialIndex"]
