"""Values of JSON columns as text and back; orjson reads them where it is installed and reads them right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from ormgen.exceptions import JSONValueError, ValidationError
from ormgen.query.layout import Decoder
from ormgen.schema.field_types import JSONField
from ormgen.schema.reading import refuse_unstorable

Encoder = Callable[[Any], Any]
_ESCAPED_NUL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_LONG_NUMBER: Final = re.compile(r"[0-9]{19}")  # orjson makes a float of a whole number beyond 64 bits


_EXPONENT: Final = re.compile(r"[0-9][eE]\+?[0-9]")
_LARGE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{1,3}')


def _spelled_out(match: re.Match[str]) -> str:
    """A number with an exponent without it, and with a decimal point; strings as they are."""
    if match[0][0] == '"':
        return match[0]
    digits = f"{Decimal(match[0]):f}"
    return digits if "." in digits else f"{digits}.0"


@cache
def _fast() -> Callable[[str | bytes], Any] | None:
    """orjson's reader, looked for with the first JSON: loading it takes a millisecond."""
    if find_spec("orjson") is None:
        return None
    reader: Callable[[str | bytes], Any] = import_module("orjson").loads
    return reader


def loads(text: str | bytes) -> Any:
    """The value that JSON text stands for, the same with orjson and without.

    Raises:
        ValueError: it is no JSON.
    """
    fast = _fast()
    if fast is None or isinstance(text, bytes) or _LONG_NUMBER.search(text):
        return json.loads(text)
    try:
        return fast(text)
    except ValueError:  # a half of a surrogate pair, or what is no JSON: told in the standard library's words
        return json.loads(text)


def json_encoder(field: JSONField[Any], nul: bool) -> Encoder:
    """JSON values as text; `nul` says whether text inside of them may hold a NUL character, as it may where JSON is
    text: PostgreSQL takes it apart, and gives 1e308 back with all its digits, as a whole number.
    """
    encoder = field.encoder

    def encode(value: Any) -> str:
        plain = type(value) is dict or type(value) is list
        dump = None if plain else getattr(value, "model_dump", None)
        try:
            text = encoder(dump(mode="json") if dump is not None else value)
        except (TypeError, ValueError, RecursionError) as error:
            raise JSONValueError(f"{type(value).__name__} is not a JSON value: {error}") from error
        written = text if isinstance(text, str) else text.decode()
        if not written.isascii():
            refuse_unstorable(written)
        if not nul and "\\u0000" in written and _ESCAPED_NUL.search(written):
            raise ValidationError("text inside JSON cannot hold a NUL character on PostgreSQL")
        return written if nul or _EXPONENT.search(written) is None else _LARGE.sub(_spelled_out, written)

    return encode


def json_decoder(field: JSONField[Any]) -> Decoder:
    """JSON text as values, read into the field's `field_type` where it has one."""
    decoder = loads if field.decoder is json.loads else field.decoder
    if field.field_type is None:
        return decoder
    convert = field.to_python_value
    return lambda value: convert(decoder(value))
