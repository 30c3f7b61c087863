"""The validators let through what fits and refuse the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ormgen import validators as v
from ormgen.exceptions import ValidationError

CASES: list[tuple[Callable[[Any], None], list[Any], list[Any]]] = [
    (v.RegexValidator("^[a-c]+$"), ["abc", "a"], ["abd", ""]),
    (v.MaxLengthValidator(3), ["abc", ""], ["abcd", None]),
    (v.MinLengthValidator(3), ["abc", "abcd"], ["ab", None]),
    (v.MinValueValidator(3), [3, 4.5], [2, "9", True]),
    (v.MaxValueValidator(3), [3, -1], [4, None]),
    (v.CommaSeparatedIntegerListValidator(), ["1", "1,2,3"], ["", "1,", "-1", "a"]),
    (v.CommaSeparatedIntegerListValidator(allow_negative=True), ["-1,2"], ["--1"]),
    (v.DomainNameValidator(), ["example.com", "a.b-c.org", "bücher.de"], ["example", "-a.com", "a..com", "a_b.com"]),
    (v.URLValidator(), ["https://example.com/a?b=c", "http://127.0.0.1:8000"], ["example.com", "http://", "x://a.b"]),
    (v.EmailValidator(), ["a.b+c@example.com", "me@localhost"], ["a@", "@b.com", "a b@c.com", "a..b@c.com"]),
    (v.DomainNameValidator(accept_idna=False), ["example.com"], ["bücher.de"]),
    (v.URLValidator(allowed_schemes=["x"]), ["x://example.com"], ["https://example.com"]),
    (v.EmailValidator(allowed_domains=["b.org"]), ["a@b.org", "a@B.ORG"], ["a@c.org"]),
    (v.validate_domain_name, ["example.com"], ["-"]),
    (v.validate_url, ["https://example.com"], ["-"]),
    (v.validate_email, ["a@example.com"], ["-"]),
    (v.validate_ipv4_address, ["127.0.0.1"], ["127.0.0.256", "::1", "x"]),
    (v.validate_ipv6_address, ["::1", "2001:db8::1"], ["127.0.0.1", "::g"]),
    (v.validate_ipv46_address, ["127.0.0.1", "::1"], ["x", ""]),
]


@pytest.mark.feature(208, 209)
@pytest.mark.parametrize(("check", "good", "bad"), CASES)
def test_validator(check: Callable[[Any], None], good: list[Any], bad: list[Any]) -> None:
    for value in good:
        check(value)
    for value in bad:
        with pytest.raises(ValidationError):
            check(value)


@pytest.mark.feature(209)
def test_what_is_wrong_has_a_class_of_its_own() -> None:
    for check, value, error in (
        (v.validate_domain_name, "-", v.InvalidDomainName),
        (v.validate_url, "-", v.InvalidURL),
        (v.validate_url, "gopher://example.com", v.InvalidScheme),
        (v.validate_email, "-", v.InvalidEmailAddress),
    ):
        with pytest.raises(error):
            check(value)
