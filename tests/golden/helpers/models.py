"""Fields made by functions, and options from elsewhere."""

from typing import Any

from ormgen import Model, fields

APP = "models"
COMMON: dict[str, Any] = {"null": True, "description": "common"}
KEYED = dict(COMMON, unique=True)
LENGTH = 32 * 2


def text(length: int = LENGTH, **options: Any) -> Any:
    """A short text."""
    options.setdefault("default", "")
    return fields.CharField(max_length=length, **options)


def link(to: str, name: str | None = None) -> Any:
    target = f"{APP}.{to}"
    if name is None:
        return fields.ForeignKeyField(target, related_name=False)
    return fields.ForeignKeyField(target, related_name=name, **COMMON)


class Thing(Model):
    size = 12

    name = text()
    title = text(20, description="t", unique=True)
    code = fields.CharField(max_length=size, **COMMON)
    key = fields.CharField(**KEYED | {"max_length": 9})
    parent = link("Thing", "children")
    other = link(to="Thing")
    spread = fields.DecimalField(*(10, 2))
    helper = None
    flag = bool(size)
