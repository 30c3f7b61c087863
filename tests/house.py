"""The rules of the house as data, and checks that turn source text into one sentence per offence."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

PACKAGES = {"ormgen": "runtime", "ormgen_codegen": "codegen", "ormgen_stubs": "stubs"}  # package: its folder

# Room: the rooms it may use besides itself, as their last names. "ormgen" is every window: a module at the top of the
# package, or a package that is no room. Windows may show anything of the runtime.
ROOMS = {
    "ormgen.records": "",
    "ormgen.exceptions": "records",
    "ormgen.schema": "exceptions records",
    "ormgen.query": "schema exceptions records",
    "ormgen.sql": "query schema exceptions records",
    "ormgen.drivers": "exceptions records",
    "ormgen.database": "sql drivers query schema exceptions records",
    "ormgen.models": "database query schema exceptions records",
    "ormgen.migrations": "models database drivers sql query schema exceptions records",
    "ormgen.contrib": "ormgen models migrations database query schema exceptions records",
    "ormgen": "models migrations database drivers sql query schema exceptions records",
    "ormgen_codegen": "migrations schema exceptions records ormgen_stubs",
    "ormgen_stubs": "",
}
STANDARD_LIBRARY_ONLY = ("ormgen.schema", "ormgen.exceptions")
HOMES = {  # library: where it lives; a file that a home needs more carries its name, as in drivers.mysql_connection
    "pypika": ("ormgen.sql",),
    "aiosqlite": ("ormgen.drivers.sqlite",),
    "asyncpg": ("ormgen.drivers.postgres",),
    "asyncmy": ("ormgen.drivers.mysql",),
    "typing_extensions": ("ormgen", "ormgen_codegen"),
    "jinja2": ("ormgen_codegen.render",),
    "click": ("ormgen_codegen.cli",),
    "rich": ("ormgen_codegen.console",),
    "watchfiles": ("ormgen_codegen.watch",),
    "mypy": ("ormgen_codegen.check",),
    "tomlkit": ("ormgen_codegen",),
    "orjson": ("ormgen.sql.json_text",),
    "yaml": ("ormgen.database.config_file",),
    "pydantic": ("ormgen.contrib.pydantic",),
    "sqlglot": ("ormgen_codegen.sql_files",),
    "libcst": ("ormgen_codegen.adopt",),
}
ONE_PLACE = ("tomlkit", "tomllib")  # one module of each package reads settings
ANY_LIBRARY = ("ormgen.contrib",)
DATA_CLASSES = ("ormgen.records", "ormgen.contrib")  # rooms with those of the standard library
LOADED_WHEN_USED = (  # own modules that may be imported inside a function
    "ormgen.database.pypika_queries",
    "ormgen.database.replicas",
    "ormgen.query.windows",
    "ormgen.schema.geometry",
    "ormgen.sql.compiling",
    "ormgen.sql.ddl",
    "ormgen.sql.pypika_queries",
    "ormgen.drivers.sqlite",
    "ormgen.drivers.postgres",
    "ormgen.drivers.mysql",
    "ormgen_codegen.adopt.rewrite",
    "ormgen_codegen.cli",
    "ormgen_codegen.console_lines",
    "ormgen_codegen.sql_files.files",
    "ormgen_codegen.watch",
)
NOT_AT_IMPORT = {
    "aiosqlite",
    "asyncpg",
    "asyncmy",
    "jinja2",
    "click",
    "rich",
    "watchfiles",
    "tomlkit",
    "mypy",
    "yaml",
    "pydantic",
    "pypika",
    "libcst",
}
PUBLIC_BY_USE = {  # what tools of Tortoise users read, the methods of named tuples, what ends a process
    *("_meta", "_saved_in_db", "_inited", "_drop_databases"),
    *("_replace", "_asdict", "_fields", "_make"),
    "_exit",
}
FILE_LINES, FUNCTION_LINES = 400, 40


@dataclass(frozen=True)
class Import:
    """One name that a module imports: `from a import b` imports `a.b`."""

    target: str
    line: int
    inside_function: bool

    @property
    def library(self) -> str:
        return self.target.split(".")[0]


@dataclass(frozen=True)
class Source:
    """A module as text."""

    name: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def room(self) -> str:
        return room_of(self.name)

    @cached_property
    def imports(self) -> list[Import]:
        return list(self._imports(self.tree, inside_function=False))

    def _imports(self, parent: ast.AST, inside_function: bool) -> Iterator[Import]:
        for node in ast.iter_child_nodes(parent):
            for target in self._targets(node):
                yield Import(target, getattr(node, "lineno", 0), inside_function)
            deeper = inside_function or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from self._imports(node, deeper)

    def _targets(self, node: ast.AST) -> list[str]:
        match node:
            case ast.Import(names=names):
                return [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names, level=level):
                here = self.name.split(".")
                up = here[: len(here) - level + self.is_package] if level else []
                return [".".join(filter(None, (*up, module, alias.name))) for alias in names]
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                return [name]
        return []


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def at_home(name: str, home: str) -> bool:
    return within(name, home) or name.startswith(home + "_")


def room_of(name: str) -> str:
    """The room that a module, or a name in it, belongs to."""
    return next((room for room in ROOMS if room != "ormgen" and within(name, room)), name.split(".")[0])


def forbidden_rooms(source: Source) -> Iterator[str]:
    allowed = ROOMS[source.room].split()
    for each in source.imports:
        room = room_of(each.target)
        if room in ROOMS and room != source.room and room.removeprefix("ormgen.") not in allowed:
            where = "a window" if room == "ormgen" else f"in {room}"
            yield f"{source.name} imports {each.target}, which is {where}, not below {source.room}"


def homeless_libraries(source: Source) -> Iterator[str]:
    for each in source.imports:
        library = each.library
        if library == "dataclasses" and source.room in ROOMS and source.room not in DATA_CLASSES:
            yield f"{source.name} imports dataclasses; ormgen.records has the same names, and is loaded faster"
        if library in PACKAGES or library in sys.stdlib_module_names or source.room in ANY_LIBRARY:
            continue
        if library == "typing_extensions":
            continue  # a part of typing that the oldest Python does not have yet
        if source.room in STANDARD_LIBRARY_ONLY:
            yield f"{source.name} imports {library}, but {source.room} uses the standard library only"
        elif library not in HOMES:
            yield f"{source.name} imports {library}, which has no home in this house"
        elif not any(at_home(source.name, home) for home in HOMES[library]):
            yield f"{source.name} imports {library}, which lives in {' and '.join(HOMES[library])}"


def dodging_imports(source: Source) -> Iterator[str]:
    for each in source.imports:
        when_used = any(at_home(each.target, module) for module in LOADED_WHEN_USED)
        if each.inside_function and each.library in PACKAGES and not when_used:
            yield f"{source.name}:{each.line} imports {each.target} inside a function"
    for node in ast.walk(source.tree):
        match node:
            case ast.alias(name="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
                yield f"{source.name}:{node.lineno} mentions TYPE_CHECKING: what needs it belongs to another room"


def sizes(source: Source) -> Iterator[str]:
    """Files and functions that are too long; a function's docstring does not count."""
    lines = len(source.text.splitlines())
    if lines > FILE_LINES:
        yield f"{source.name} has {lines} lines, more than {FILE_LINES}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            docstring = 0 if ast.get_docstring(node) is None else (first.end_lineno or 0) - first.lineno + 1
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring
            if lines > FUNCTION_LINES:
                yield f"{source.name}:{node.lineno} {node.name} has {lines} lines, more than {FUNCTION_LINES}"


def missing_docstring(source: Source) -> Iterator[str]:
    if not ast.get_docstring(source.tree):
        yield f"{source.name} does not open with a sentence saying what it is for"


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("_") and name not in PUBLIC_BY_USE


def defined_names(tree: ast.Module) -> set[str]:
    """Every name that a file gives: definitions, assignments, attributes set on self or cls, slots."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id="__slots__")], value=value):
                names.update(str(part.value) for part in ast.walk(value) if isinstance(part, ast.Constant))
    return names


def reach_ins(source: Source) -> Iterator[str]:
    """Private names used through another object, or taken from another module."""
    own = defined_names(source.tree)
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super"))):
                continue
            case ast.Call(args=[ast.Name(id="self" | "cls"), *_]):
                continue
            case (
                ast.Attribute(attr=name)
                | ast.Call(
                    func=ast.Name(id="getattr" | "setattr" | "hasattr" | "delattr"),
                    args=[_, ast.Constant(value=str(name)), *_],
                )
            ):
                if is_private(name) and name not in own:
                    yield f"{source.name}:{node.lineno} reaches into {ast.unparse(node)}"
    for each in source.imports:
        if is_private(each.target.rpartition(".")[2]):
            yield f"{source.name}:{each.line} imports the private name {each.target}"


def window_faults(source: Source) -> Iterator[str]:
    """A window is a list of names: it lists what it imports, in sorted() order, and defines nothing itself."""
    listed: list[str] | None = None
    bound: set[str] = set()
    for node in source.tree.body:
        match node:
            case ast.ImportFrom(module="__future__"):
                continue
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                bound.update(alias.asname or alias.name for alias in names)
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as value):
                listed = list(ast.literal_eval(value))
            case ast.Assign(targets=[ast.Name(id=name)]):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield f"{source.name} defines {name}; a window only lists what lives in a room"
    if listed is None:
        yield f"{source.name} has no __all__"
        return
    for name in sorted(bound.difference(listed)):
        if not name.startswith("_"):
            yield f"{source.name} imports {name} but does not list it in __all__"
    for name in sorted(set(listed) - bound):
        yield f"{source.name} lists {name} in __all__ but does not import it"
    if listed != sorted(set(listed)):
        yield f"{source.name} lists its names in another order than sorted() would, or twice"


def rings(sources: list[Source]) -> Iterator[str]:
    """Modules that wait for themselves, counting imports inside functions too; one sentence per ring."""
    known = {source.name for source in sources}

    def module(target: str) -> str:
        while target and target not in known:
            target = target.rpartition(".")[0]
        return target

    edges = {each.name: {module(i.target) for i in each.imports} - {"", each.name} for each in sources}
    told: set[str] = set()
    for start in sorted(edges):
        paths = {after: [start, after] for after in sorted(edges[start])}
        queue = list(paths)
        while queue and start not in paths:
            here = queue.pop(0)
            for after in sorted(edges[here] - paths.keys()):
                paths[after] = [*paths[here], after]
                queue.append(after)
        if start in paths and not told.intersection(paths[start]):
            told.update(paths[start])
            yield f"{start} waits for itself: {' -> '.join(paths[start])}"


def two_places(sources: list[Source]) -> Iterator[str]:
    for package in PACKAGES:
        inside = [source for source in sources if within(source.name, package)]
        users = sorted(s.name for s in inside if any(each.library in ONE_PLACE for each in s.imports))
        if len(users) > 1:
            yield f"{' and '.join(users)} import {' or '.join(ONE_PLACE)}, which live in one place"
