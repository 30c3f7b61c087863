"""What MySQL 9.7 says of defaults and expressions in its catalog, as SQL."""

import pytest

from ormgen.sql.introspect_mysql import default_text, expression_text

EXPRESSION = "DEFAULT_GENERATED"


@pytest.mark.parametrize(
    ("told", "kind", "extra", "text"),
    [
        (None, "varchar(9)", "", None),
        ("it's", "varchar(9)", "", "'it''s'"),
        ("a\\b", "varchar(9)", "", r"'a\\b'"),
        ("", "varchar(9)", "", "''"),
        ("7", "int unsigned", "", "7"),
        ("-1.50", "decimal(6,2)", "", "-1.50"),
        ("b'101'", "bit(3)", "", "b'101'"),
        ("2026-01-02", "date", "", "'2026-01-02'"),
        ("0x1F", "varchar(9)", "", "'0x1F'"),
        ("b'1'", "varchar(9)", "", "'b''1'''"),
        ("CURRENT_TIMESTAMP", "varchar(30)", "", "'CURRENT_TIMESTAMP'"),
        ("0x6162", "varbinary(4)", "", "0x6162"),
        ("CURRENT_TIMESTAMP(6)", "datetime(6)", EXPRESSION, "CURRENT_TIMESTAMP(6)"),
        ("CURRENT_TIMESTAMP", "timestamp", "DEFAULT_GENERATED on update CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"),
        (r"_utf8mb4\'it\\\'s\'", "text", EXPRESSION, r"('it\'s')"),
        (r"concat(_utf8mb4\'a\',_utf8mb4\'b\')", "varchar(20)", EXPRESSION, "(concat('a','b'))"),
        ("(1 + 2)", "int", EXPRESSION, "(1 + 2)"),
        ("uuid()", "char(36)", EXPRESSION, "(uuid())"),
    ],
)
def test_defaults(told: str | None, kind: str, extra: str, text: str | None) -> None:
    assert default_text(told, kind, extra) == text


def test_expressions() -> None:
    told = r"((`age` > 0) and (`name` <> _utf8mb4\'it\\\'s\') and (`my_utf8mb4` = 1))"
    assert expression_text(told) == r"((`age` > 0) and (`name` <> 'it\'s') and (`my_utf8mb4` = 1))"
