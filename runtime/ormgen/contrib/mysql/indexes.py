"""Kinds of index that MySQL and MariaDB have: `from ormgen.contrib.mysql.indexes import FullTextIndex`."""

from ormgen.schema.indexes import FullTextIndex, SpatialIndex

__all__ = ["FullTextIndex", "SpatialIndex"]
