"""Field types of MySQL and MariaDB: `from ormgen.contrib.mysql.fields import GeometryField, UUIDField`."""

from ormgen.schema.database_fields import CompressedUUIDField as UUIDField
from ormgen.schema.database_fields import GeometryField

__all__ = ["GeometryField", "UUIDField"]
