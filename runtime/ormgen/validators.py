"""Checks for `validators=[…]` of a field: `from ormgen.validators import MinValueValidator`."""

from ormgen.schema.validators import (
    CommaSeparatedIntegerListValidator,
    DomainNameValidator,
    EmailValidator,
    MaxLengthValidator,
    MaxValueValidator,
    MinLengthValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
    Validator,
    validate_ipv4_address,
    validate_ipv6_address,
    validate_ipv46_address,
)

__all__ = [
    "CommaSeparatedIntegerListValidator",
    "DomainNameValidator",
    "EmailValidator",
    "MaxLengthValidator",
    "MaxValueValidator",
    "MinLengthValidator",
    "MinValueValidator",
    "RegexValidator",
    "URLValidator",
    "Validator",
    "validate_ipv46_address",
    "validate_ipv4_address",
    "validate_ipv6_address",
]
