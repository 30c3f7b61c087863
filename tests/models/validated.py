"""Columns with validators."""

from enum import IntEnum
from typing import Any

from ormgen import Model, fields
from ormgen.exceptions import ValidationError
from ormgen.validators import (
    CommaSeparatedIntegerListValidator,
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
    validate_ipv4_address,
)


class Size(IntEnum):
    SMALL = 1
    LARGE = 9


def even(value: int) -> None:
    if value % 2:
        raise ValidationError(f"{value} is odd")


class Small:
    """A validator that is no subclass of ormgen's."""

    def __call__(self, value: Any) -> None:
        if value > 5:
            raise ValidationError(f"{value!r} is more than 5")


class Validated(Model):
    regex = fields.CharField(max_length=100, null=True, validators=[RegexValidator("abc.+", 0)])
    longest = fields.CharField(max_length=100, null=True, validators=[MaxLengthValidator(5)])
    shortest = fields.CharField(max_length=100, null=True, validators=[MinLengthValidator(3)])
    least = fields.IntField(null=True, validators=[MinValueValidator(10)])
    most = fields.DecimalField(max_digits=12, decimal_places=3, null=True, validators=[MaxValueValidator(20.0)])
    listed = fields.CharField(max_length=100, null=True, validators=[CommaSeparatedIntegerListValidator()])
    address = fields.CharField(max_length=100, null=True, validators=[validate_ipv4_address])
    mail = fields.CharField(max_length=100, null=True, validators=[EmailValidator()])
    link = fields.TextField(null=True, validators=[URLValidator()])
    even = fields.IntField(null=True, validators=[even, Small()])
    size = fields.IntEnumField(Size, null=True, validators=[Small()])
