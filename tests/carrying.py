"""Makes carried stubs of short sources for the tests of the generator."""

from collections.abc import Callable
from pathlib import Path

from ormgen_codegen.carried_imports import Exports
from ormgen_codegen.carry import CarryPlan, ClassPlan, carry
from ormgen_codegen.declare import statements
from ormgen_codegen.locate import Locator, search_folders
from ormgen_codegen.parse.models import ModelReader
from ormgen_codegen.parse.parsed import ClassKind, ParsedModel, ParsedModule, StatementKind

IMPORT_LINE = "from app import _ormgen_types as _ormgen"
Carried = Callable[[str | bytes], list[str]]


def read(folder: Path, source: str | bytes, name: str = "models") -> tuple[ParsedModule, Exports]:
    data = source if isinstance(source, bytes) else source.encode()
    (folder / f"{name}.py").write_bytes(data)
    reader = ModelReader(Locator([folder, *search_folders()]))
    module = reader.read(name)
    assert module is not None, [fault.fact for fault in reader.faults]
    return module, Exports(reader.modules)


def class_plan(model: ParsedModel) -> ClassPlan:
    members: dict[str, str | None] = {field.name: f"_ormgen.{field.name.upper()}" for field in model.own}
    for each in statements(model.declared.body):
        if each.kind is StatementKind.ANNOTATION and "Reverse" in (each.annotation or ""):
            members.update(dict.fromkeys(each.names))
    is_model = model.declared.kind is not ClassKind.MIXIN
    return ClassPlan(f"_ormgen.{model.name}Model" if is_model else None, {}, members)


def plan_of(module: ParsedModule) -> CarryPlan:
    return CarryPlan({model.path: class_plan(model) for model in module.models}, IMPORT_LINE, "_ormgen.Any")


def stub_of(folder: Path, source: str | bytes) -> str:
    module, exports = read(folder, source)
    return carry(module, plan_of(module), exports)


def carrier(folder: Path) -> Carried:
    """What makes the lines of the stub of a source, without its trailer."""

    def make(source: str | bytes) -> list[str]:
        lines = stub_of(folder, source).split("\n")
        return lines[: lines.index(IMPORT_LINE)]

    return make
