"""Field types of PostgreSQL: `from ormgen.contrib.postgres.fields import ArrayField`."""

from ormgen.schema.database_fields import ArrayField, TSVectorField

__all__ = ["ArrayField", "TSVectorField"]
