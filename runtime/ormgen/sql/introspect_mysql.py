"""SQL in the catalog of MySQL, which writes it otherwise than MariaDB: as MariaDB would."""

from __future__ import annotations

import re
from typing import Final

_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_INTRODUCER: Final = re.compile(r"\b_(?:utf8mb[34]|latin1|ascii)(?=\\')")
_BARE: Final = re.compile(r"(?:tinyint|smallint|mediumint|int|bigint|decimal|float|double|bit|year)\b", re.IGNORECASE)
_MOMENT: Final = re.compile(r"(?:datetime|timestamp)\b", re.IGNORECASE)
_BYTES: Final = re.compile(r"(?:var)?binary\b", re.IGNORECASE)


def expression_text(text: str) -> str:
    r"""An expression without the marks of MySQL: `_utf8mb4\'new\'` is `'new'`."""
    return _ESCAPED.sub(r"\1", _INTRODUCER.sub("", text))


def default_text(default: str | None, kind: str, extra: str) -> str | None:
    """The default of a column as SQL, of its type `kind`; `extra` is what the catalog says beside it.

    MySQL tells a literal without its quotes, and marks what is an expression.
    """
    if default is None:
        return None
    if _MOMENT.match(kind) and default.upper().startswith("CURRENT_TIMESTAMP"):
        return default
    if "DEFAULT_GENERATED" in extra:
        text = expression_text(default)
        return text if text.startswith("(") and text.endswith(")") else f"({text})"
    if _BARE.match(kind) or (_BYTES.match(kind) and default.startswith("0x")):
        return default
    quoted = default.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"
