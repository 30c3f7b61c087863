"""Checks for `validators=[…]` of a field: callables that raise ValidationError for a value that does not fit.

Addresses are parsed by the standard library's `ipaddress` and `urllib.parse`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from ormgen.exceptions import ValidationError

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I)
_LONGEST_URL: Final = 2048  # what browsers and proxies take
_LOCAL_PART: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class Validator:
    """Base of the validators here; a subclass raises in `__call__`."""

    def __call__(self, value: Any) -> None:
        """Refuse a value that does not fit.

        Raises:
            ValidationError: it does not fit.
        """
        raise ValidationError(f"{value!r} does not fit")


class RegexValidator(Validator):
    """Text in which the regular expression `pattern` matches from the beginning."""

    def __init__(self, pattern: str, flags: int | re.RegexFlag = 0) -> None:
        self.regex = re.compile(pattern, flags)

    def __call__(self, value: Any) -> None:
        if not self.regex.match(value):
            raise ValidationError(f"Value '{value}' does not match regex '{self.regex.pattern}'")


class MaxLengthValidator(Validator):
    """At most `max_length` items or characters."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    def __call__(self, value: Any) -> None:
        if value is None:
            raise ValidationError("Value must not be None")
        if len(value) > self.max_length:
            raise ValidationError(f"Length of '{value}' {len(value)} > {self.max_length}")


class MinLengthValidator(Validator):
    """At least `min_length` items or characters."""

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def __call__(self, value: Any) -> None:
        if value is None:
            raise ValidationError("Value must not be None")
        if len(value) < self.min_length:
            raise ValidationError(f"Length of '{value}' {len(value)} < {self.min_length}")


class _NumberValidator(Validator):
    def __init__(self, bound: Any) -> None:
        if isinstance(bound, bool) or not isinstance(bound, int | float | Decimal):
            raise ValidationError("Value must be a numeric value and is required")
        self.bound = bound

    def _checked(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise ValidationError("Value must be a numeric value and is required")
        return value


class MinValueValidator(_NumberValidator):
    """A number of at least `min_value`."""

    def __init__(self, min_value: Any) -> None:
        super().__init__(min_value)
        self.min_value = min_value

    def __call__(self, value: Any) -> None:
        if self._checked(value) < self.min_value:
            raise ValidationError(f"Value should be greater or equal to {self.min_value}")


class MaxValueValidator(_NumberValidator):
    """A number of at most `max_value`."""

    def __init__(self, max_value: Any) -> None:
        super().__init__(max_value)
        self.max_value = max_value

    def __call__(self, value: Any) -> None:
        if self._checked(value) > self.max_value:
            raise ValidationError(f"Value should be less or equal to {self.max_value}")


class CommaSeparatedIntegerListValidator(Validator):
    """Whole numbers separated by commas; negative ones where `allow_negative`."""

    def __init__(self, allow_negative: bool = False) -> None:
        sign = "-?" if allow_negative else ""
        self.regex = re.compile(rf"{sign}[0-9]+(?:,{sign}[0-9]+)*")

    def __call__(self, value: Any) -> None:
        if not self.regex.fullmatch(value):
            raise ValidationError(f"'{value}' is not a list of whole numbers separated by commas")


class InvalidDomainName(ValidationError):
    """Text is no domain name."""


class InvalidURL(ValidationError):
    """Text is no URL with a host."""


class InvalidScheme(InvalidURL):
    """The scheme of a URL is none of those that are allowed."""


class InvalidEmailAddress(ValidationError):
    """Text is no e-mail address, or its domain is none of those that are allowed."""


class DomainNameValidator(Validator):
    """A domain name of at least two labels; with letters beyond ASCII where `accept_idna`."""

    def __init__(self, accept_idna: bool = True) -> None:
        self.accept_idna = accept_idna

    def __call__(self, value: Any) -> None:
        if not self.accept_idna and not str(value).isascii():
            raise InvalidDomainName(f"'{value}' is not a valid domain name in ASCII")
        labels = str(value).removesuffix(".").split(".")
        if not all(map(_is_letter, "".join(labels))):
            raise InvalidDomainName(f"'{value}' is not a valid domain name")
        plain = [label.encode("idna").decode() if not label.isascii() and label else label for label in labels]
        fits = len(plain) > 1 and len(".".join(plain)) <= 253 and not plain[-1].isdigit()
        if not fits or not all(_LABEL.fullmatch(label) for label in plain):
            raise InvalidDomainName(f"'{value}' is not a valid domain name")


class URLValidator(Validator):
    """An address with a host, of one of `allowed_schemes`, by default "http", "https", "ftp" and "ftps"."""

    def __init__(self, allowed_schemes: Iterable[str] | None = None) -> None:
        self.allowed_schemes = ("http", "https", "ftp", "ftps") if allowed_schemes is None else tuple(allowed_schemes)

    def __call__(self, value: Any) -> None:
        try:
            parts = urlsplit(value)
            host, _ = parts.hostname, parts.port
        except (TypeError, ValueError) as error:
            raise InvalidURL(f"'{value}' is not a valid URL") from error
        if len(value) > _LONGEST_URL or not parts.scheme or not host or re.search(r"\s", value) or not _is_host(host):
            raise InvalidURL(f"'{value}' is not a valid URL")
        if parts.scheme.lower() not in self.allowed_schemes:
            known = ", ".join(self.allowed_schemes)
            raise InvalidScheme(f"'{value}' is not a valid URL: its scheme is none of {known}")


class EmailValidator(Validator):
    """An e-mail address: a local part, an @ and a domain name, which is one of `allowed_domains` if they are given."""

    def __init__(self, allowed_domains: Iterable[str] | None = None) -> None:
        self.allowed_domains = frozenset(domain.lower() for domain in allowed_domains or ())

    def __call__(self, value: Any) -> None:
        local, at, domain = str(value).rpartition("@")
        if not at or not _LOCAL_PART.fullmatch(local) or len(local) > 64 or not _is_host(domain):
            raise InvalidEmailAddress(f"'{value}' is not a valid email address")
        if self.allowed_domains and domain.lower() not in self.allowed_domains:
            raise InvalidEmailAddress(f"'{value}' is not a valid email address: its domain is not allowed")


def _is_letter(character: str) -> bool:
    """Whether a label of a domain name may hold it; beyond ASCII what stands in Unicode's first plane may."""
    return character == "-" or character.isalnum() or "\u00a1" <= character <= "\uffff"


def _is_host(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        pass
    else:
        return True
    try:
        DomainNameValidator()(name)
    except (ValidationError, UnicodeError):
        return False
    return True


validate_domain_name: Final = DomainNameValidator()
validate_url: Final = URLValidator()
validate_email: Final = EmailValidator()


def validate_ipv4_address(value: Any) -> None:
    """Refuse what is no IPv4 address."""
    _address(ipaddress.IPv4Address, value, "IPv4")


def validate_ipv6_address(value: Any) -> None:
    """Refuse what is no IPv6 address."""
    _address(ipaddress.IPv6Address, value, "IPv6")


def validate_ipv46_address(value: Any) -> None:
    """Refuse what is neither an IPv4 nor an IPv6 address."""
    _address(ipaddress.ip_address, value, "IPv4 or IPv6")


def _address(read: Any, value: Any, kind: str) -> None:
    try:
        read(value)
    except ValueError as error:
        raise ValidationError(f"'{value}' is not a valid {kind} address.") from error
