"""The names users declare with: `from ormgen import fields`."""

from ormgen.models.relations import (
    BackwardOneToOneRelation,
    ForeignKeyNullableRelation,
    ForeignKeyRelation,
    ManyToManyRelation,
    OneToOneNullableRelation,
    OneToOneRelation,
    Related,
    ReverseRelation,
)
from ormgen.models.relations import ReverseRelation as BackwardFKRelation
from ormgen.schema.db_defaults import Now, RandomHex, SqlDefault
from ormgen.schema.field import Field
from ormgen.schema.field_types import (
    BigIntField,
    BinaryField,
    BooleanField,
    CharEnumField,
    CharField,
    DateField,
    DatetimeField,
    DecimalField,
    FloatField,
    IntEnumField,
    IntField,
    JSONField,
    SmallIntField,
    TextField,
    TimeDeltaField,
    TimeField,
    UUIDField,
)
from ormgen.schema.field_types import BigIntField as BigIntegerField
from ormgen.schema.field_types import DatetimeField as DateTimeField
from ormgen.schema.field_types import IntField as IntegerField
from ormgen.schema.field_types import SmallIntField as SmallIntegerField
from ormgen.schema.field_types import TimeDeltaField as DurationField
from ormgen.schema.relation_fields import (
    CASCADE,
    NO_ACTION,
    RESTRICT,
    SET_DEFAULT,
    SET_NULL,
    Deferrable,
    ForeignKeyField,
    ManyToManyField,
    OnDelete,
    OneToOneField,
)
from ormgen.schema.relation_fields import ForeignKeyField as ForeignKey

__all__ = [
    "BackwardFKRelation",
    "BackwardOneToOneRelation",
    "BigIntField",
    "BigIntegerField",
    "BinaryField",
    "BooleanField",
    "CASCADE",
    "CharEnumField",
    "CharField",
    "DateField",
    "DateTimeField",
    "DatetimeField",
    "DecimalField",
    "Deferrable",
    "DurationField",
    "Field",
    "FloatField",
    "ForeignKey",
    "ForeignKeyField",
    "ForeignKeyNullableRelation",
    "ForeignKeyRelation",
    "IntEnumField",
    "IntField",
    "IntegerField",
    "JSONField",
    "ManyToManyField",
    "ManyToManyRelation",
    "NO_ACTION",
    "Now",
    "OnDelete",
    "OneToOneField",
    "OneToOneNullableRelation",
    "OneToOneRelation",
    "RESTRICT",
    "RandomHex",
    "Related",
    "ReverseRelation",
    "SET_DEFAULT",
    "SET_NULL",
    "SmallIntField",
    "SmallIntegerField",
    "SqlDefault",
    "TextField",
    "TimeDeltaField",
    "TimeField",
    "UUIDField",
]
