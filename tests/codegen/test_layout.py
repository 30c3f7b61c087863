"""Which generated module holds what: nothing is named before it is defined, and few models' worth is left out."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import goldens
from graphs import graph, model
from ormgen.schema.field import describe_field
from ormgen.schema.field_types import CharField, DateField, IntField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.model_schema import Member, ModelSchema, build_model_schema, read_meta
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.declared import Declarations, DeclaredClass, Role
from ormgen_codegen.depth import Depth
from ormgen_codegen.naming import FIELDS_MODULE
from ormgen_codegen.render import render
from ormgen_codegen.scan_calls import PATHS
from ormgen_codegen.stub import describe_types
from ormgen_codegen.usage import PREFETCH, WHOLE_ROW, Usage
from ormgen_codegen.views import Attribute, Class, Method, TypesModule

GENERATED = sorted(
    path for folder in (goldens.EXAMPLES, goldens.GOLDEN) for path in folder.rglob(f"{FIELDS_MODULE}.pyi")
)
USED = Usage(
    keys=frozenset(
        {"home__name", "home__name__iexact", "-home__boss__name", "power__quarter", "name__not_isnull", "born__week"}
    ),
    loads=frozenset({("select_related", ("home",)), ("prefetch_related", ("friends", "home"))}),
    rows=frozenset({("values", ("id", "home__name"), ()), ("values_list", ("id", "power"), ())}),
    chains=frozenset({(("annotate", (("n", "Count('friends')"),)),)}),
    flats=frozenset({"power", "home__name"}),
    marks=frozenset({WHOLE_ROW, "get.values", "get.select_related"}),
)


def heroes() -> ModelGraph:
    return graph(
        model("City", name=CharField(50), boss=ForeignKeyFieldInstance("models.Hero", "leads", null=True)),
        model(
            "Hero",
            name=CharField(50),
            power=IntField(null=True),
            born=DateField(),
            home=ForeignKeyFieldInstance("models.City", "heroes"),
            friends=ManyToManyFieldInstance("models.Hero", related_name="friend_of"),
        ),
    )


def modules(models: ModelGraph, usage: Usage = Usage(), depth: Depth = Depth.AUTO) -> tuple[TypesModule, ...]:
    return describe_types(models, "tests", Declarations(), usage, depth)


def classes(view: TypesModule) -> dict[str, Class]:
    return {each.name: each for section in view.sections for each in section.classes}


def lean(usage: Usage = Usage()) -> dict[str, Class]:
    """What a run over many models makes of two of them."""
    return {name: each for view in modules(heroes(), usage, Depth.USED) for name, each in classes(view).items()}


def methods(found: Class) -> dict[str, Method]:
    return {each.name: each for each in found.methods}


def keywords(found: Class) -> set[str]:
    """The keywords that a filter takes."""
    (call,) = found.methods
    return {row.partition(":")[0] for rows in call.signatures[0].rows[1:] for row in rows}


def returns(found: Class, name: str) -> list[str]:
    return [signature.returns for signature in methods(found)[name].signatures]


# -- nothing is named before it is defined


def defined(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name):
            yield name
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def used(node: ast.stmt) -> Iterator[str]:
    """The names that a statement looks up; a class may name itself inside."""
    own = set(defined(node))
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) and each.id not in own:
            yield each.id


def named_early(text: str) -> list[str]:
    """`user names used`, wherever something is named before it is defined."""
    body = ast.parse(text).body
    later = {name for node in body for name in defined(node)}
    found = []
    for node in body:
        found += [f"{next(defined(node), '?')} names {name}" for name in used(node) if name in later]
        later.difference_update(defined(node))
    return found


def test_what_is_named_early_is_found() -> None:
    text = "class A(B):\n    x: C\n    y: A\nclass B: ...\nC: TypeAlias = B | D\nD = TypeVar('D')\n"
    assert named_early(text) == ["A names B", "A names C", "C names D"]


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: path.parent.relative_to(path.parents[3]).as_posix())
def test_committed_modules_of_fields_name_nothing_early(path: Path) -> None:
    assert named_early(path.read_text("utf-8")) == []


@pytest.mark.parametrize("usage", [Usage(), USED], ids=["nothing used", "much used"])
@pytest.mark.parametrize("depth", Depth)
def test_modules_of_fields_name_nothing_early(depth: Depth, usage: Usage) -> None:
    fields, *_ = modules(heroes(), usage, depth)
    assert named_early(render(fields)) == []


@pytest.mark.parametrize("depth", Depth)
def test_modules_of_fields_name_no_class_of_the_user(depth: Depth) -> None:
    fields, *_, types = modules(heroes(), USED, depth)
    assert "_models" not in render(fields)
    assert "import tests.models as _models" in render(types)


# -- models whose columns name classes of a module that has a stub


def heavy() -> ModelGraph:
    """`Task` has a column of a class beside the models; `Room` a foreign key to it; `Note` knows neither."""
    unusual = describe_field("state", CharField(5), {"python_type": "tests.models:State"})
    key = describe_field("code", CharField(5, primary_key=True), {"python_type": "tests.models:Code"})
    kind = describe_field("kind", CharField(5), {"python_type": "elsewhere:Kind"})
    return graph(
        schema("Task", unusual),
        schema("Room", key),
        schema("Note", kind, ForeignKeyFieldInstance("models.Task", "notes").describe("task")),
        schema("Chair", ForeignKeyFieldInstance("models.Room", "chairs").describe("room")),
    )


def schema(name: str, *described: Member) -> ModelSchema:
    made, problems = build_model_schema(name, "tests.models", described, read_meta({}), "models")
    assert not problems
    return made


def test_models_with_classes_of_the_user_are_described_near_them() -> None:
    fields, *_, types = modules(heavy())
    apart, near = classes(fields), classes(types)
    assert {"TaskFilter", "TaskQueries", "TaskBase", "TaskNew"} <= near.keys() - apart.keys()
    assert {"RoomFilter", "ChairFilter", "ChairBase"} <= near.keys() - apart.keys()
    assert {"TaskRef", "RoomRef", "ChairRef", "NoteRef"} <= apart.keys() - near.keys()
    aliases = [alias.name for section in fields.sections for alias in section.aliases]
    assert "TaskReference" in aliases
    assert "RoomReference" not in aliases
    assert "RoomReference" in [alias.name for section in types.sections for alias in section.aliases]


def test_a_module_without_models_of_its_own_has_no_words_to_ty() -> None:
    fields, *_, types = modules(
        graph(schema("Task", describe_field("s", CharField(5), {"python_type": "tests.models:S"})))
    )
    assert "ty: ignore" not in fields.remarks  # nothing in it for ty to ignore, which it would warn of
    assert "ty: ignore" in types.remarks


def test_few_columns_across_a_relation_keep_a_model_apart() -> None:
    fields, *_, types = modules(heavy(), depth=Depth.USED)
    assert "NoteFilter" in classes(fields)
    assert "NoteFilter" in classes(modules(heavy(), depth=Depth.FULL)[1])  # which spells out `task__state`
    assert "ChairFilter" in classes(types)
    assert "KindValue" in [alias.name for alias in fields.aliases]
    assert "StateValue" in [alias.name for alias in types.aliases]
    assert "import elsewhere as _elsewhere" in fields.imports


@pytest.mark.parametrize("depth", Depth)
def test_nothing_is_named_early_or_twice_beside_heavy_models(depth: Depth) -> None:
    fields, *_, types = (render(view) for view in modules(heavy(), depth=depth))
    assert named_early(fields) == []
    assert "_models" not in fields
    names = [name for text in (fields, types) for node in ast.parse(text).body for name in defined(node)]
    ours = sorted(set(names) - {"MYPY"})  # which each module has that mypy passes over
    assert sorted(name for name in names if name != "MYPY") == ours


# -- what runs over many models leave out until it is used


def test_lookups_that_are_rare_are_left_out() -> None:
    found, every = keywords(lean()["HeroFilter"]), keywords(classes(modules(heroes())[0])["HeroFilter"])
    assert found < every
    assert {"name", "name__icontains", "name__in", "power__gte", "power__isnull", "born__year", "home__in"} <= found
    assert {"pk", "pk__in", "home_id", "home_id__in", "home", "friends__isnull", "friends__in"} <= found
    assert found.isdisjoint({"name__posix_regex", "name__not_isnull", "name__isnull", "born__week", "power__quarter"})
    assert found.isdisjoint({"pk__gt", "home_id__lte", "home__isnull", "home__not_isnull", "home__name"})


def test_lookups_appear_once_they_are_used() -> None:
    more = keywords(lean(USED)["HeroFilter"]) - keywords(lean()["HeroFilter"])
    assert more == {"home__name", "home__name__iexact", "home__boss__name", "name__not_isnull", "born__week"}


def test_loaded_states_appear_once_they_are_used() -> None:
    before, after = lean(), lean(USED)
    assert {"Hero_home", "Hero_friends", "Hero_friends_and_home", "City_heroes"}.isdisjoint(before)
    assert "HeroState" not in before
    assert {"HeroLoaded", "HeroOpen", "HeroOpenQueries"}.isdisjoint(before)
    assert returns(before["HeroQuerySet"], "select_related") == ["HeroQuerySet[Any]"]
    assert set(returns(before["Asked"], "annotate")) == {"OpenQuestions[Any]"}
    assert set(returns(before["Stored"], "fetch_related")) == {"Any"}
    assert "fetch_related" not in methods(before["HeroModel"])
    assert "fetch_related" in methods(after["HeroModel"])
    assert {"HeroLoaded", "HeroOpen", "HeroOpenQueries"} <= lean(Usage(marks=frozenset({PREFETCH}))).keys()
    assert "HeroLoaded" in lean(Usage(loads=frozenset({("select_related", (name,)) for name in ("home", "x")})))
    assert {"Hero_home", "Hero_friends_and_home"} <= after.keys()
    assert {"Hero_friends", "City_heroes"}.isdisjoint(after)


@pytest.mark.parametrize(
    ("depth", "hero", "city"),
    [
        (Depth.EXACT, 'Literal["home", "home__boss"]', 'Literal["boss", "boss__home"]'),
        (Depth.USED, 'Literal["home"]', 'Literal["boss"]'),
    ],
)
def test_two_relations_in_a_row_are_joined_before_they_are_used(depth: Depth, hero: str, city: str) -> None:
    sections = [section for view in modules(heroes(), depth=depth) for section in view.sections]
    aliases = {alias.name: alias.value for section in sections for alias in section.aliases}
    assert (aliases["HeroJoin"], aliases["CityJoin"]) == (hero, city)
    assert "home__boss" not in aliases["HeroNested"]


def test_rows_appear_once_they_are_used() -> None:
    before, after = lean(), lean(USED)
    assert {"HeroRow", "HeroRow_id_home__name", "CityRow"}.isdisjoint(before)
    assert "values" not in methods(before["HeroQueries"])
    assert returns(before["Asked"], "values") == ["Rows[dict[str, Any], list[dict[str, Any]]]"]
    assert {"HeroRow", "HeroRow_id_home__name"} <= after.keys()
    assert "Rows[HeroRowOrDict, list[HeroRowOrDict]]" in returns(after["HeroQueries"], "values")
    assert "Rows[tuple[int, int | None]]" in returns(after["HeroQueries"], "values_list")


def test_flat_columns_appear_once_they_are_used() -> None:
    assert "values_list" not in methods(lean()["HeroQueries"])
    assert "Rows[Any]" in returns(lean()["Asked"], "values_list")  # any column
    assert {"Rows[int | None]", "Rows[str]", "Rows[Any]"} <= set(returns(lean(USED)["HeroQueries"], "values_list"))


def test_methods_of_one_object_appear_once_they_are_used() -> None:
    before, after = lean(), lean(USED)
    assert "HeroSingle" not in before
    given = {each.name: each.annotation for each in before["HeroQueries"].attributes}
    assert (given["get"], given["get_or_none"]) == ("HeroFilter[One[M]]", "HeroFilter[One[M, None]]")
    assert returns(before["Asked"], "first") == ["One[M, None]"]
    assert returns(after["HeroQuerySet"], "first") == ["HeroSingle[HeroT, None]"]
    assert [*methods(lean(USED)["HeroSingle"])] == ["select_related", "values"]


def test_prefetch_objects_are_spelled_out_once_they_are_used() -> None:
    before, after = (methods(lean(usage)["HeroQuerySet"]) for usage in (Usage(), Usage(marks=frozenset({PREFETCH}))))
    assert parameters(before["prefetch_related"]) == ["self", "*relations: HeroNested | Prefetch[HeroNested, Any, Any]"]
    spelled = parameters(after["prefetch_related"])
    assert {"relation: Prefetch[HeroDeep, Any, None]", "relation: Prefetch[HeroNested, Any, str]"} <= set(spelled)


def parameters(method: Method) -> Iterable[str]:
    return [text for signature in method.signatures for row in signature.rows for text in row]


def test_creating_through_a_relation_names_no_class_of_the_user() -> None:
    fields, *_, types = modules(heroes(), depth=Depth.USED)
    (call,) = classes(fields)["HeroCreatorIn_home"].methods
    assert [signature.returns for signature in call.signatures] == ["R_co"]
    created = {each.name: each.annotation for each in classes(types)["HeroOf_home"].attributes}["create"]
    assert created == "HeroCreatorIn_home[Coroutine[object, Never, _models.Hero]]"
    assert "create" in methods(classes(modules(heroes())[1])["HeroOf_home"])


def test_what_is_asked_of_another_model_is_left_out() -> None:
    about = Usage(rows=USED.rows, marks=frozenset({WHOLE_ROW}), flats=USED.flats)
    found = lean(Usage(of={"City": about}))
    assert "CityRow" in found
    assert {"HeroRow", "HeroRow_id_home__name"}.isdisjoint(found)
    found = lean(Usage(of={"Hero": about}))
    assert {"HeroRow", "HeroRow_id_home__name"} <= found.keys()
    assert "CityRow" not in found


def test_what_the_user_wrote_is_not_shared() -> None:
    """The user's own `save` would not fit the one that all models share; the model has its own methods then."""
    hand = {
        path: DeclaredClass(path, Role.MODEL, written=frozenset({name}))
        for path, name in (("tests.models:Hero", "save"), ("tests.models:City", "strength"))
    }
    fields, *_, types = describe_types(heroes(), "tests", Declarations(classes=hand), depth=Depth.USED)
    found = classes(fields) | classes(types)
    assert found["HeroBase"].bases == ("HeroRef",)
    assert "save" not in methods(found["HeroBase"])
    assert {"delete", "bulk_create"} <= methods(found["HeroBase"]).keys()
    assert found["CityBase"].bases[0].startswith("Stored[CityOrder, CityPath, CityColumn,")
    assert "delete" not in methods(found["CityBase"])


def test_foreign_keys_that_are_created_alike_share_a_class() -> None:
    def keys(*names: str) -> tuple[Member, ...]:
        return tuple(ForeignKeyFieldInstance("models.User", f"as_{name}").describe(name) for name in names)

    models = graph(schema("User"), schema("Post", *keys("author", "editor")), schema("Note", *keys("writer")))
    fields, bases, types = (classes(view) for view in modules(models, depth=Depth.USED))
    assert {"PostCreator"} == {name for name in fields if name.startswith("PostCreator")}
    assert {"PostOf"} == {name for name in types if name.startswith("PostOf")}
    assert {"NoteCreatorIn_writer", "NoteOf_writer"} <= {*fields, *types}
    user = {each.name: each.annotation for each in bases["UserModel"].attributes}
    assert (user["as_author"], user["as_editor"], user["as_writer"]) == ("PostOf", "PostOf", "NoteOf_writer")


def test_paths_appear_once_they_are_used() -> None:
    before, after = lean(), lean(Usage(marks=frozenset({PATHS})))
    assert not [name for name in before if name.endswith("Paths")]
    assert Attribute("q", "ClassVar[Any]") in before["Stored"].attributes
    assert "q" not in {each.name for each in before["HeroModel"].attributes}
    assert {"HeroPaths", "HeroFarPaths"} <= after.keys()
    assert Attribute("q", "ClassVar[HeroPaths[HeroRef, Never]]") in after["HeroModel"].attributes


@pytest.mark.parametrize("used", ["select_related", "prefetch_related", "fetch_related"])
def test_relations_are_loaded_in_the_ways_that_are_used(used: str) -> None:
    found = lean(Usage(loads=frozenset({(used, ("home",))})))
    told = methods(found["HeroQuerySet"]) | methods(found["HeroModel"])
    ways = {name for name, each in told.items() if any("Hero_home" in one.returns for one in each.signatures)}
    assert ways == {used}
