"""What ormgen calls what Tortoise ORM has, and where."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from ormgen_codegen.parse.windows import home, located, window

TORTOISE: Final = "tortoise"
SETTINGS: Final = "TORTOISE_ORM"
NEW_SETTINGS: Final = "ORMGEN"
RENAMED: Final[Mapping[str, str]] = {
    "Tortoise": "ORM",
    "TortoiseContext": "ORMContext",
    "TortoiseConfig": "ORMConfig",
    "RegisterTortoise": "RegisterORM",
    "register_tortoise": "register_orm",
    "tortoise_exception_handlers": "orm_exception_handlers",
    "tortoise_test_context": "orm_test_context",
    "BaseDBAsyncClient": "Connection",
    "CharEnumFieldInstance": "CharEnumField",
    "IntEnumFieldInstance": "IntEnumField",
}
ENGINES: Final = ("sqlite", "asyncpg", "psycopg", "mysql", "asyncmy")
LOGGERS: Final = ("tortoise", "tortoise.db_client")
HINTS: Final[Mapping[str, str]] = {
    "aerich": "migrations are `ormgen migrate` and `ormgen upgrade`, or `ormgen.migrations.upgrade(...)` in a program",
    "pypika_tortoise": "SQL of your own is `RawSQL`, `Function` subclasses, or text in `execute_query`",
}
_ROOMS: Final = ("ormgen.schema", "ormgen.query.", "ormgen.sql", "ormgen.drivers", "ormgen.database")


def own(module: str) -> str:
    """The module of ormgen that a module of Tortoise ORM would be."""
    return "ormgen" + module.removeprefix(TORTOISE)


def is_theirs(module: str) -> bool:
    """Whether a module is one of Tortoise ORM."""
    return module.partition(".")[0] == TORTOISE


@cache
def has_module(module: str) -> bool:
    """Whether there is a module of ormgen by that name which programs may import."""
    found = located(module)
    return found is not None and not module.startswith(_ROOMS)


def lists(module: str, name: str) -> bool:
    """Whether a module of ormgen has a name."""
    return name in (window(module) or ())


@cache
def equal(module: str, name: str) -> tuple[str, str] | None:
    """Where ormgen has what Tortoise ORM calls `module.name`: the module and the name in it; None if it has not."""
    wanted = RENAMED.get(name, name)
    parts = ["ormgen", *module.split(".")[1:]]
    while parts:
        place = ".".join(parts)
        if wanted in (window(place) or ()) and has_module(place):
            return place, wanted
        if has_module(f"{place}.{wanted}"):
            return place, wanted
        parts.pop()
    return _homes().get(wanted)


@cache
def _homes() -> Mapping[str, tuple[str, str]]:
    """The windows that list a name, the shortest of them for each."""
    found: dict[str, tuple[str, str]] = {}
    root = located("ormgen")
    assert root is not None
    public = [each.name for each in home().submodules(root) if has_module(each.name)]
    windows = [
        name for name in public if name.count(".") == 1 or name.startswith(("ormgen.fields.", "ormgen.contrib."))
    ]
    for module in sorted(windows, key=lambda name: (name.count("."), len(name))):
        for name in window(module) or ():
            if not name.startswith("_") and name[:1].isupper():
                found.setdefault(name, (module, name))
    return found


def is_module(path: str) -> bool:
    """Whether what Tortoise ORM has at a path is a module, also where ormgen has it elsewhere."""
    module, _, last = path.rpartition(".")
    place = equal(module, last) if module and path.islower() else None
    return has_module(own(path)) or (place is not None and place[1] == last and has_module(".".join(place)))


def equal_path(path: str) -> str | None:
    """The path of what is at a path in Tortoise ORM, attributes of classes included; None if ormgen has not got it."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:cut])
        if cut == 1 or has_module(own(module)):
            found = equal(module, parts[cut])
            return None if found is None else ".".join([*found, *parts[cut + 1 :]])
    return None
