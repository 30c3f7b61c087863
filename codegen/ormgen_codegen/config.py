"""Settings of the command: `[tool.ormgen]` in the nearest `pyproject.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, field
from ormgen.schema.names import OTHER_TOOLS, did_you_mean
from ormgen_codegen.depth import Depth
from ormgen_codegen.targets import ORMGEN, TARGETS, Target

LOCATION = "migrations"
KEYS = ("apps", "scan", "depth", "for", "orm", "location", "src_folder", "pydantic", "queries")
# Settings of a running application, which may stand in the same table.
ELSEWHERE = (
    "connections",
    "routers",
    "use_tz",
    "timezone",
    "naive_datetimes",
    "hide_parameters",
    "config",
    "migrations",
)


@dataclass(frozen=True, slots=True)
class Config:
    """What the project says.

    `root` is the folder of its pyproject.toml, None if there is none. `apps` maps labels to modules and packages,
    `scan` lists folders and files, from `root`, whose queries are looked at, `depth` says how far stubs reach. `orm` is
    the path of the settings of the running application, or a database URL; `location` the folder, from `root`, with a
    folder of migrations for each app; `migrations` names, by label, packages that hold them elsewhere.
    `source` is the folder, from `root`, in which modules are found besides. `pydantic` is what `ormgen pydantic` is
    told, `queries` what `ormgen queries` is; None without it. `target` is the name of the library whose classes stubs
    describe.
    """

    root: Path | None = None
    apps: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scan: tuple[str, ...] = ()
    depth: Depth = Depth.AUTO
    orm: str | None = None
    location: str = LOCATION
    migrations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pydantic: Mapping[str, Any] | None = None
    source: str = "."
    target: str = ORMGEN.name
    queries: Mapping[str, Any] | None = None

    @property
    def source_folder(self) -> Path:
        """The folder in which modules are found first."""
        return (self.root or Path.cwd()) / self.source

    @property
    def library(self) -> Target:
        """The library whose classes stubs describe."""
        return TARGETS[self.target]

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules and packages of all apps."""
        return tuple(dict.fromkeys(name for names in self.apps.values() for name in names))


def load_config(start: Path) -> Config:
    """The settings that hold in the folder `start`.

    Raises:
        ConfigurationError: the file is no TOML, or says something that ormgen does not know.
    """
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Config()


def _read(file: Path) -> Config:
    try:
        tables = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"pyproject.toml: {error.strerror}") from None
    except ValueError as error:  # TOML and Unicode errors
        raise ConfigurationError(f"pyproject.toml: {error}") from None
    tool = tables.get("tool", {})
    table = tool.get("ormgen", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError("pyproject.toml: tool.ormgen is not a table")
    for key in table:
        if key not in KEYS and key not in ELSEWHERE:
            raise ConfigurationError(f'pyproject.toml: tool.ormgen has no key "{key}"; {did_you_mean(key, KEYS)}')
    apps, scan = _apps(table.get("apps", {})), _names("scan", table.get("scan", []))
    depth = _depth(table.get("depth", Depth.AUTO.value))
    target = _target(table.get("for", ORMGEN.name))
    packages = {
        label: str(value["migrations"])
        for label, value in table.get("apps", {}).items()
        if isinstance(value, dict) and "migrations" in value
    }
    kinds = {"output": str, "library": str, "variants": list, "depth": int, "modules": list}
    pydantic = _inner("pydantic", table, kinds)
    queries = _inner("queries", table, {"paths": list, "dialect": str})
    orm, location, source = (
        _orm(tool, table),
        _folder(tool, table, "location", LOCATION),
        _folder(tool, table, "src_folder", "."),
    )
    return Config(file.parent, apps, scan, depth, orm, location, packages, pydantic, source, target, queries)


def _inner(name: str, table: Mapping[str, Any], known: Mapping[str, type]) -> Mapping[str, Any] | None:
    """A table inside of [tool.ormgen], whose keys and types are `known`; None without it."""
    if name not in table:
        return None
    found = table[name]
    if not isinstance(found, dict):
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.{name} is not a table")
    for key, value in found.items():
        if key not in known:
            raise ConfigurationError(
                f'pyproject.toml: tool.ormgen.{name} has no key "{key}"; {did_you_mean(key, known)}'
            )
        if type(value) is not known[key]:
            kind = known[key].__name__
            raise ConfigurationError(f"pyproject.toml: tool.ormgen.{name}.{key} cannot be {value!r}; {kind} is needed")
    return MappingProxyType(found)


def _orm(tool: Any, table: Mapping[str, Any]) -> str | None:
    """The path of the settings, also as Tortoise ORM and aerich keep it."""
    others = [_table(tool, name).get("tortoise_orm") for name in ("tortoise", "aerich")]
    found = next((each for each in (table.get("orm"), *others) if each is not None), None)
    if not isinstance(found, str | None):
        raise ConfigurationError("pyproject.toml: tool.ormgen.orm is not text such as settings.ORMGEN")
    return found


def _folder(tool: Any, table: Mapping[str, Any], key: str, usual: str) -> str:
    """The name of a folder, also as Tortoise ORM and aerich keep it."""
    others = [_table(tool, name).get(key) for name in ("aerich", "tortoise")]
    found = next((each for each in (table.get(key), *others) if each is not None), usual)
    if not isinstance(found, str) or not found:
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.{key} is not the name of a folder")
    return found


def _table(tool: Any, name: str) -> Mapping[str, Any]:
    found = tool.get(name, {}) if isinstance(tool, dict) else {}
    return found if isinstance(found, dict) else {}


def write_config(file: Path, values: Mapping[str, Any]) -> None:
    """Write values into [tool.ormgen] of a pyproject.toml, which need not exist; everything else in it stays.

    Raises:
        ConfigurationError: the file is no TOML.
    """
    import tomlkit  # not needed to read

    try:
        found = tomlkit.parse(file.read_text("utf-8") if file.is_file() else "")
    except ValueError as error:
        raise ConfigurationError(f"{file.name}: {error}") from None
    table = found.setdefault("tool", tomlkit.table(is_super_table=True)).setdefault("ormgen", tomlkit.table())
    for name, value in values.items():
        if value or name not in table:
            table[name] = value
    text = tomlkit.dumps(found)
    file.write_text(text if text.endswith("\n") else f"{text}\n", "utf-8")


def _depth(value: Any) -> Depth:
    known = [each.value for each in Depth]
    if value not in known:
        hint = did_you_mean(value, known) if isinstance(value, str) else f"choose from {', '.join(known)}"
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.depth cannot be {value!r}; {hint}")
    return Depth(value)


def _target(value: Any) -> str:
    if value not in TARGETS:
        hint = did_you_mean(value, TARGETS) if isinstance(value, str) else f"choose from {', '.join(TARGETS)}"
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.for cannot be {value!r}; {hint}")
    return str(value)


def _apps(table: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(table, dict):
        raise ConfigurationError("pyproject.toml: tool.ormgen.apps maps app labels to lists of modules")
    apps: dict[str, tuple[str, ...]] = {}
    for label, value in table.items():
        key = f"apps.{label}"
        if not label.isidentifier():
            raise ConfigurationError(f'pyproject.toml: tool.ormgen.{key}: "{label}" cannot be an app label')
        if isinstance(value, dict):  # as in the settings of a running application
            key, value = f"{key}.models", value.get("models", [])
        apps[label] = tuple(name for name in _names(key, value) if name not in OTHER_TOOLS)
    return MappingProxyType(apps)


def _names(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ConfigurationError(f"pyproject.toml: tool.ormgen.{key} is not a list of names")
    return tuple(value)


_THEIRS = re.compile(
    r"\s*tortoise[-_.]orm(?![-_.\w])\s*(?:\[(?P<extras>[^\]]*)\])?(?P<rest>[^;#]*)(?P<tail>.*)",
    re.IGNORECASE | re.DOTALL,
)
_AERICH = re.compile(r"\s*aerich\b(?![-_.\w])", re.IGNORECASE)
_EXTRAS = {"asyncpg": "postgres", "psycopg": "postgres", "asyncmy": "mysql", "aiomysql": "mysql"}
_OURS = "ormgen-orm"


def ours(requirement: str) -> str | None:
    """A requirement of Tortoise ORM as one of ormgen; None for one of aerich, others as they are."""
    if _AERICH.match(requirement):
        return None
    found = _THEIRS.fullmatch(requirement)
    if found is None:
        return requirement
    extras = _extras((found["extras"] or "").split(","))
    ending = re.search(r"\s*\Z", found["rest"] + found["tail"])
    shown = f"{_OURS}[{','.join(extras)}]>=0.1" if extras else f"{_OURS}>=0.1"
    tail = found["tail"].strip()
    between = " " if tail.startswith(";") else "  " if tail else ""
    return shown + between + tail + (ending[0] if ending else "")


def _extras(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_EXTRAS[name.strip()] for name in names if name.strip() in _EXTRAS))


def adopted_settings(text: str, apps: Mapping[str, Any] | None = None) -> tuple[str, list[str]]:
    """A pyproject.toml of a project on Tortoise ORM as it is on ormgen, and what has to be looked at by people.

    `apps` are the modules of each app as the settings in the program list them.
    """
    import tomlkit  # not needed to read

    try:
        found = tomlkit.parse(text)
    except ValueError as error:
        return text, [f"this file cannot be read: {error}"]
    told: list[str] = []
    for table in _dependency_tables(found):
        _adopt_dependencies(table)
    tool = found.get("tool", {})
    old = {name: tool[name] for name in ("aerich", "tortoise") if name in tool and "tortoise_orm" in tool[name]}
    for name, table in old.items():
        new = tool.get("ormgen")
        if new is None:
            new = tomlkit.table()
            tool["ormgen"] = new
        path = str(table["tortoise_orm"])
        new.setdefault("orm", re.sub(r"TORTOISE_ORM\Z", "ORMGEN", path))
        if "location" in table:
            new.setdefault("location", str(table["location"]))
        if apps:
            new.setdefault("apps", apps)
        if str(table.get("src_folder", ".")) not in (".", "./", "./."):
            new.setdefault("src_folder", str(table["src_folder"]))
        tool.remove(name)
    made = tomlkit.dumps(found)
    return made, told


def _dependency_tables(found: Any) -> Iterator[Any]:
    """Every list or table of requirements."""
    project, tool = found.get("project", {}), found.get("tool", {})
    yield project.get("dependencies")
    yield from project.get("optional-dependencies", {}).values()
    yield from found.get("dependency-groups", {}).values()
    yield from tool.get("pdm", {}).get("dev-dependencies", {}).values()
    yield tool.get("uv", {}).get("dev-dependencies")
    poetry = tool.get("poetry", {})
    yield poetry.get("dependencies")
    yield poetry.get("dev-dependencies")
    yield from (group.get("dependencies") for group in poetry.get("group", {}).values())


def _adopt_dependencies(table: Any) -> None:
    if isinstance(table, list):
        for at in reversed(range(len(table))):
            if not isinstance(table[at], str):
                continue
            made = ours(str(table[at]))
            if made is None:
                del table[at]
            elif made != table[at]:
                table[at] = made
    elif isinstance(table, dict):
        for name in [name for name in table if name.lower().replace("_", "-") in ("tortoise-orm", "aerich")]:
            value = table[name]
            del table[name]
            if name.lower() != "aerich":
                extras = _extras(value.get("extras", ())) if isinstance(value, dict) else []
                table[_OURS] = _inline({"version": ">=0.1", "extras": extras}) if extras else ">=0.1"


def _inline(values: Mapping[str, Any]) -> Any:
    import tomlkit

    made = tomlkit.inline_table()
    made.update(values)
    return made
