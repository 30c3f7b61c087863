"""What changes in the user's own classes when they are carried into a stub: bases, and annotations of fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import Relation
from ormgen_codegen.annotations import VOCABULARY
from ormgen_codegen.carry import CarryPlan, ClassPlan
from ormgen_codegen.declared import DeclaredClass, Role
from ormgen_codegen.naming import BASES_AS, BASES_MODULE, CARRIED_AS, TYPES_MODULE, import_line, is_name
from ormgen_codegen.parse.parsed import ParsedClass, ParsedField, ParsedModel, ParsedModule
from ormgen_codegen.stub_scope import Scope
from ormgen_codegen.stub_shared import told_twice
from ormgen_codegen.stub_writing import descriptor

QUERYSET = ":QuerySet"
MYPY = "MYPY"


def carry_plan(scope: Scope, module: ParsedModule) -> CarryPlan:
    """What changes in one module of the scope's package; the types module gains the aliases that it needs."""
    parsed = {model.path: model for model in (*module.models, *module.concrete)}
    plans: dict[str, ClassPlan] = {}
    for each in module.classes:
        declared = scope.project.declarations.classes.get(each.path)
        if declared is not None and declared.role is Role.QUERYSET:
            plans[each.path] = ClassPlan(bases=MappingProxyType(dict(_queryset_bases(scope, each, declared))))
        elif each.path in parsed:
            plans[each.path] = _class_plan(scope, parsed[each.path])
    line = import_line(scope.package, TYPES_MODULE, CARRIED_AS)
    early = import_line(scope.package, BASES_MODULE, BASES_AS) if scope.bases_apart else ""
    guard = f"{BASES_AS}.{MYPY}" if scope.bases_apart else ""
    return CarryPlan(MappingProxyType(plans), line, f"{CARRIED_AS}.Any", early, guard)


def _class_plan(scope: Scope, model: ParsedModel) -> ClassPlan:
    path = scope.project.declarations.known(model.path)
    known = scope.stems.get(path)
    linked = scope.project.by_path.get(path)
    # Of what the generated base declares, a line without a value may announce the name.
    members: dict[str, str | None] = dict.fromkeys(() if linked is None else (*linked.relations, *linked.columns, "pk"))
    owner = known or model.name.replace(".", "_")
    for each in model.own:
        if is_name(each.name):
            members[each.name] = _annotation(scope, path, owner, each)
    for declared in scope.project.declarations.line(path)[:1]:
        for name, _ in declared.managers:
            if is_name(name):
                kind = "Any" if linked is None else scope.attribute_manager(linked, name)
                members[name] = f"{CARRIED_AS}.ClassVar[{CARRIED_AS}.{kind}]"
    base = None if known is None else f"{BASES_AS if scope.bases_apart else CARRIED_AS}.{known}Model"
    twice = () if linked is None else tuple(sorted(told_twice(scope, linked)))
    return ClassPlan(base=base, members=MappingProxyType(members), twice=twice)


def _annotation(scope: Scope, path: str, owner: str, field: ParsedField) -> str:
    if isinstance(field.member, FieldSchema):
        return _column_annotation(scope, field.member, f"{owner}Type_{field.name}")
    relation = _relation(scope, path, field.name)
    if relation is None:
        return f"{CARRIED_AS}.Any"
    return f"{CARRIED_AS}.{_local(scope, scope.attribute(relation), f'{owner}To_{field.name}')}"


def _column_annotation(scope: Scope, column: FieldSchema, wanted: str) -> str:
    """The annotation of a column in the user's class; every name in it is one of the types module."""
    value = VOCABULARY.get(column.python_type) or _local(scope, scope.types.value(column.python_type), wanted)
    end = " | None" if column.null and value != "Any" else ""
    return f"{CARRIED_AS}.{descriptor(column)}[{CARRIED_AS}.{value}{end}]"


def _local(scope: Scope, text: str, wanted: str) -> str:
    """`text` as one name of the types module itself."""
    return text if text.isidentifier() else scope.types.alias(text, wanted)


def _relation(scope: Scope, path: str, name: str) -> Relation | None:
    """A relation that the class at `path` declares, as its model has it, or the first model that inherits it."""
    model = scope.project.by_path.get(path)
    if model is not None:
        return model.relations.get(name)
    for heir in scope.graph:
        if name in heir.relations and any(each.path == path for each in scope.project.declarations.line(heir.path)):
            return heir.relations[name]
    return None


def _queryset_bases(scope: Scope, parsed: ParsedClass, declared: DeclaredClass) -> Iterator[tuple[int, str]]:
    """The base of a user's query set: the generated one of its model, or an open one where several models share it."""
    place = _queryset_place(scope, parsed)
    if place is None:
        return
    bound = [path for path, custom in scope.project.querysets.items() if custom.declared == declared and custom.bound]
    if declared.path in scope.project.extra_querysets:
        bound = [scope.project.extra_querysets[declared.path].path]
    if bound:
        generated = _local(scope, f"{scope.of_path(bound[0], '')}QuerySet", "QuerySetBase")
        row = scope.row(scope.project.by_path[bound[0]])
        yield place, f"{CARRIED_AS}.{generated}[{CARRIED_AS}.{row}]"
        return
    name, bracket, rest = parsed.bases[place].partition("[")
    plain = parsed.base_paths[place].partition("[")[0].endswith(QUERYSET)
    if scope.project.target.support and plain:
        name = f"{CARRIED_AS}.QuerySet"
    if declared.path in scope.project.opened:
        yield place, f"{name}[{CARRIED_AS}.M]"
    elif scope.project.target.support and plain:
        yield place, f"{name}{bracket}{rest}"


def _queryset_place(scope: Scope, parsed: ParsedClass) -> int | None:
    classes = scope.project.declarations.classes
    for place, path in enumerate(parsed.base_paths[: len(parsed.bases)]):
        plain = path.partition("[")[0]
        if plain.endswith(QUERYSET) or (plain in classes and classes[plain].role is Role.QUERYSET):
            return place
    return None


def carry_plans(scope: Scope, modules: Iterable[ParsedModule]) -> Mapping[str, CarryPlan]:
    """The plans of those modules that belong to the scope's package, by name."""
    package_of = scope.project.declarations.package_of
    found = {module.name: carry_plan(scope, module) for module in modules if package_of(module.name) == scope.package}
    return MappingProxyType(found)
