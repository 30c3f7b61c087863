"""All that `ormgen stubs` does but writing: which files a run makes, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from ormgen.exceptions import ConfigurationError
from ormgen.records import replace
from ormgen.schema.collector import collector_paused
from ormgen_codegen.carry import CarryError
from ormgen_codegen.declare import ROLES, declare
from ormgen_codegen.jobs import usual_jobs
from ormgen_codegen.kept_run import RunMemory
from ormgen_codegen.naming import TYPES_MODULE
from ormgen_codegen.outside import own_modules, packages_of, tell_outside
from ormgen_codegen.package_work import MODULES, PackageWork
from ormgen_codegen.parse.parsed import ParsedModule
from ormgen_codegen.parse.source import Source
from ormgen_codegen.project_root import scanned_folders
from ormgen_codegen.pydantic_meta import read_metas
from ormgen_codegen.render import RenderError
from ormgen_codegen.run import Run, read_run
from ormgen_codegen.scan import scan
from ormgen_codegen.stub import project
from ormgen_codegen.stub_project import Project
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.targets import Lack


def generated_files(
    run: Run,
    warn: Callable[[str], None] = lambda fact: None,
    jobs: int | None = None,
    memory: RunMemory | None = None,
) -> Mapping[Path, str]:
    """The text of every stub: two modules of types for each package, and one carried module for each module.

    Modules that have stubs already, and those that hold the bases of models, are taken in where they belong to the
    same package. `warn` is told in a sentence what was left out of the search for queries, and which modules lie
    outside of the project, so that nothing is written for them. `jobs` is how many processes may work at once. What
    `memory` has of the last run is not made again.

    Raises:
        ConfigurationError: modules without a package lie in different folders, or the text that was made is no
            Python, which is a fault of ormgen.
        SourceErrors: a module with stubs that was not asked for has errors now.
    """
    with collector_paused():
        return _files(_with_siblings(run), warn, jobs, memory)


def _files(run: Run, warn: Callable[[str], None], jobs: int | None, memory: RunMemory | None) -> Mapping[Path, str]:
    modules = (*run.modules, *_modules_of_bases(run))
    own = own_modules(modules, run.config.root)
    tell_outside(modules, own, warn)
    packages = packages_of(modules, own, package_of, _has_types)
    kept = None if memory is None else memory.searches
    folders, models = scanned_folders(run.config, own), {model.name for model in run.graph}
    leading = {each.name for model in run.graph for each in model.relations.values() if each.many}
    usage = scan(folders, warn=warn, models=models, kept=kept, attributes=leading)
    declarations = declare(modules, run.graph, run.reader.reader, packages)
    target = run.config.library
    if usage.documents and not target.lacks(Lack.SHAPED_MODELS):
        declarations = replace(declarations, documents=read_metas(modules, declarations))
    known = project(run.graph, declarations, usage, run.config.depth, target)
    if memory is not None:
        memory.begin(run, modules, known)
    try:
        return _made(run, own, known, usual_jobs() if jobs is None else jobs, memory)
    except ChildProcessError as fault:
        raise ConfigurationError(str(fault)) from fault
    except (CarryError, RenderError) as fault:
        raise ConfigurationError(f"{fault}; this is a fault of ormgen, please report it") from fault


def _made(
    run: Run, own: Iterable[ParsedModule], known: Project, jobs: int, memory: RunMemory | None
) -> Mapping[Path, str]:
    found: dict[Path, str] = {}
    listed = tuple(own)
    for package, folder in _types_folders(listed).items():
        mine = [module for module in listed if known.declarations.package_of(module.name) == package]
        found |= PackageWork(run, Scope(known, package), folder, mine, jobs, memory).files()
    return found


def searched_folders(run: Run) -> list[Path]:
    """Folders and files whose Python files a run depends on, beside the modules that it read."""
    own = own_modules(run.modules, run.config.root)
    return sorted({*scanned_folders(run.config, own), *(package_folder(module.source) for module in own)})


def package_of(source: Source) -> str:
    """The package whose types module describes a module's models; "" for a module without a package."""
    return source.name.partition(".")[0] if source.is_package or "." in source.name else ""


def package_folder(source: Source) -> Path:
    """The folder of a module's top-level package; that of the module if it has none."""
    folder = source.path.parent
    for _ in range(source.name.count(".") - (not source.is_package)):
        folder = folder.parent
    return folder


def _has_types(source: Source) -> bool:
    return (package_folder(source) / f"{TYPES_MODULE}.pyi").is_file()


def _types_folders(modules: Iterable[ParsedModule]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for module in modules:
        package, folder = package_of(module.source), package_folder(module.source)
        if folders.setdefault(package, folder) != folder:
            where = f"the package `{package}`" if package else "modules without a package"
            raise ConfigurationError(f"{module.source.shown}: {where} in two folders cannot share one types module")
    return folders


def _with_siblings(run: Run) -> Run:
    """The run with the modules whose stubs the present types modules were made for."""
    known = {module.name for module in run.modules}
    more: list[str] = []
    for package, folder in _types_folders(own_modules(run.modules, run.config.root)).items():
        for name in _listed(folder / f"{TYPES_MODULE}.pyi"):
            found = run.reader.modules.located(name)
            if name not in known and _in_package(name, package) and found is not None and found.is_source:
                more.append(name)
    if not more:
        return run
    asked = [*run.asked, *(name for name in dict.fromkeys(more))]
    return read_run(asked, run.config, run.reader.modules.locator.folders, kept=run.reader.kept)


def _in_package(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.") if package else "." not in name


def _listed(path: Path) -> list[str]:
    """The modules that a types module says it was made for, in its last line."""
    try:
        _, mark, names = path.read_bytes().rpartition(f"\n{MODULES}".encode())
    except OSError:
        return []
    return names.decode("utf-8", "replace").split() if mark else []


def _modules_of_bases(run: Run) -> Iterator[ParsedModule]:
    """Modules of the same packages that the run did not ask for and that hold bases, managers or query sets.

    Their own models do not join the graph.
    """
    seen = {module.name for module in run.modules}
    packages = {package_of(module.source) for module in run.modules} - {""}
    waiting = list(run.modules)
    while waiting:
        module = waiting.pop(0)
        for name in sorted({path.partition(":")[0] for path in _paths(module)} - seen):
            seen.add(name)
            found = run.reader.read(name) if name.partition(".")[0] in packages else None
            if found is not None:
                yield replace(found, concrete=())
                waiting.append(found)


def _paths(module: ParsedModule) -> Iterator[str]:
    for each in module.classes:
        if each.kind in ROLES:
            yield from (path for path in each.base_paths if ":" in path)
    for model in (*module.models, *module.concrete):
        for manager in (model.manager, *model.managers.values()):
            if manager is not None:
                yield from (path for path in (manager.path, manager.queryset or "") if ":" in path)
