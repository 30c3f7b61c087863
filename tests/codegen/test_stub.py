"""What the generated modules of a package hold, decided before any text is made."""

from collections.abc import Iterable
from types import MappingProxyType

import pytest

from graphs import graph, model
from ormgen.schema.field_types import CharField, DecimalField, IntField, JSONField
from ormgen.schema.graph import ModelGraph
from ormgen.schema.relation_fields import ForeignKeyFieldInstance, ManyToManyFieldInstance
from ormgen_codegen.declared import Declarations, DeclaredClass, Role, UsedManager
from ormgen_codegen.depth import Depth
from ormgen_codegen.naming import MODEL_SUFFIXES, Namespace, free_parameter, module_alias
from ormgen_codegen.stub import describe_types
from ormgen_codegen.usage import PATH, Usage
from ormgen_codegen.views import Class, TypesModule

HERO = "tests.models:Hero"
Views = tuple[TypesModule, ...]


def heroes() -> ModelGraph:
    return graph(
        model("Team", name=CharField(50), boss=ForeignKeyFieldInstance("models.Hero", "leads", null=True)),
        model(
            "Hero",
            name=CharField(50, unique=True),
            power=IntField(null=True),
            worth=DecimalField(9, 2),
            team=ForeignKeyFieldInstance("models.Team", "heroes"),
            friends=ManyToManyFieldInstance("models.Hero", related_name="friend_of"),
        ),
    )


def declared(*classes: DeclaredClass) -> Declarations:
    return Declarations(MappingProxyType({each.path: each for each in classes}))


def described(
    classes: Declarations = declared(), usage: Usage = Usage(), depth: Depth = Depth.AUTO, package: str = "tests"
) -> Views:
    return describe_types(heroes(), package, classes, usage, depth)


def classes_of(views: Iterable[TypesModule]) -> dict[str, Class]:
    """The classes of generated modules by name; none may stand in two of them."""
    listed = [each for view in views for section in view.sections for each in section.classes]
    found = {each.name: each for each in listed}
    assert len(found) == len(listed)
    return found


def members(view: Views, name: str) -> dict[str, str]:
    return {attribute.name: attribute.annotation for attribute in classes_of(view)[name].attributes}


def returns(view: Views, name: str, method: str) -> list[str]:
    found = {each.name: each for each in classes_of(view)[name].methods}
    return [signature.returns for signature in found[method].signatures] if method in found else []


def test_the_base_has_what_no_line_declares() -> None:
    source = DeclaredClass(HERO, Role.MODEL, fields=frozenset({"name", "power", "worth", "team", "friends"}))
    view = described(declared(source))
    columns, base = members(view, "HeroBase"), members(view, "HeroModel")
    assert columns["id"] == columns["pk"] == "Field[int]"
    assert columns["team_id"] == "Column[int]"
    assert columns["Q"] == "ClassVar[HeroFilter[HeroQ]]"
    assert base["leads"] == "TeamOf_boss"
    assert base["friend_of"] == "HeroManyToMany"
    assert base["filter"] == "ClassVar[HeroFilter[HeroQuerySet[Self], Connection | None]]"
    assert members(view, "HeroQueries")["filter"] == "HeroFilter[Self]"
    assert {"name", "power", "worth", "team", "friends"}.isdisjoint(columns.keys() | base.keys())


def test_what_the_user_wrote_is_left_to_the_user() -> None:
    source = DeclaredClass(HERO, Role.MODEL, written=frozenset({"save", "get", "leads", "exists"}))
    view = described(declared(source))
    assert {"get", "leads", "exists"}.isdisjoint(members(view, "HeroModel").keys() | members(view, "HeroBase").keys())
    assert returns(view, "HeroBase", "save") == returns(view, "HeroModel", "save") == []
    assert returns(view, "HeroBase", "clone") == ["Self"]


def test_bases_mirror_those_of_the_user() -> None:
    base = DeclaredClass("tests.models:Named", Role.ABSTRACT)
    hero = DeclaredClass(HERO, Role.MODEL, bases=(base.path, "tests.models:Mixin"))
    view = classes_of(described(declared(base, hero)))
    assert view["NamedModel"].bases == ("Model",)
    assert view["HeroModel"].bases == ("HeroBase", "NamedModel")
    assert view["HeroBase"].bases == ("HeroRef",)


def test_a_model_stands_for_the_models_that_it_inherits_from() -> None:
    team = DeclaredClass("tests.models:Team", Role.MODEL)
    hero = DeclaredClass(HERO, Role.MODEL, bases=(team.path,))
    fields, types = described(declared(hero, team))
    view = classes_of((fields, types))
    assert view["HeroRef"].bases == ("TeamRef",)
    assert view["HeroBase"].bases == ("HeroRef", "TeamBase")
    assert view["HeroModel"].bases == ("HeroBase", "TeamModel")
    listed = [*classes_of((fields,))]
    assert listed.index("TeamRef") < listed.index("HeroRef")
    assert listed.index("TeamBase") < listed.index("HeroBase")


def test_a_query_set_of_one_model_descends_from_the_generated_one() -> None:
    rows = DeclaredClass("tests.models:Rows", Role.QUERYSET, written=frozenset({"only"}), about=HERO)
    hero = DeclaredClass(HERO, Role.MODEL, manager=UsedManager("tests.models:Heroes", rows.path))
    view = described(declared(rows, hero))
    assert classes_of(view)["HeroQuerySet"].bases == ("HeroQueries[HeroT]",)
    assert classes_of(view)["HeroQueries"].bases == ("Questions[M]",)
    assert returns(view, "HeroQueries", "only") == returns(view, "HeroQuerySet", "only") == []
    assert returns(view, "HeroQueries", "order_by") == ["Self"]
    assert returns(view, "HeroModel", "all") == ["_models.Rows[Self]"]
    assert classes_of(view)["HeroManager"].bases == ("_models.Heroes", "_models.Rows[_models.Hero]")


def test_a_shared_query_set_is_the_base_of_the_generated_ones() -> None:
    rows = DeclaredClass("tests.models:Rows", Role.QUERYSET, written=frozenset({"filter"}))
    models = [
        DeclaredClass(f"tests.models:{name}", Role.MODEL, manager=UsedManager("tests.models:Active", rows.path))
        for name in ("Hero", "Team")
    ]
    view = described(declared(rows, *models))
    assert classes_of(view)["HeroQuerySet"].bases == ("HeroQueries[HeroT]", "_models.Rows[HeroT]")
    assert classes_of(view)["TeamQuerySet"].bases == ("TeamQueries[TeamT]", "_models.Rows[TeamT]")
    assert "filter" not in members(view, "HeroQueries").keys() | members(view, "HeroQuerySet").keys()
    assert members(view, "HeroQueries")["exclude"] == "HeroFilter[Self]"
    assert returns(view, "HeroModel", "filter") == ["HeroQuerySet[Self]"]


@pytest.mark.parametrize("written", ["count", "exists", "delete", "select_related"])
def test_what_a_query_set_of_the_user_answers_itself_is_left_to_it(written: str) -> None:
    rows = DeclaredClass("tests.models:Rows", Role.QUERYSET, written=frozenset({written}))
    hero = DeclaredClass(HERO, Role.MODEL, manager=UsedManager("tests.models:Active", rows.path))
    view = classes_of(described(declared(rows, hero)))
    assert view["HeroQueries"].bases == ("QuerySet[M]",)
    assert view["TeamQueries"].bases == ("Questions[M]",)
    counted = [each for each in view["Questions"].methods if each.name in ("count", "exists", "delete")]
    assert all(call.awaited for method in counted for call in method.signatures)


def test_only_described_models_need_words_to_ty() -> None:
    fields, types = described()
    assert "ty: ignore" in fields.remarks
    assert "ty: ignore" in types.remarks
    fields, types = described(package="elsewhere")
    assert "ty: ignore" not in (*fields.remarks, *types.remarks)


def test_loaded_states() -> None:
    view = described()
    assert members(view, "Hero_team") == {"team": "_models.Team"}
    assert members(view, "Team_boss") == {"boss": "_models.Hero | None"}
    assert members(view, "Team_heroes") == {"heroes": "HeroOf_teamFetched[_models.Hero]"}
    assert members(view, "HeroLoaded")["team"] == "TeamLoaded"


def test_used_states_are_shared_and_nested() -> None:
    loads = frozenset(
        {
            ("select_related", ("team__boss",)),
            ("select_related", ("team", "nope")),
            ("prefetch_related", ("friends", "team")),
            ("prefetch_related", ("team", "friends")),
            ("select_related", ("friends__team",)),
        }
    )
    view = described(usage=Usage(loads=loads))
    assert members(view, "Hero_team__boss") == {"team": "Team_boss"}
    assert members(view, "Hero_friends_and_team") == {
        "friends": "HeroManyToManyFetched[_models.Hero]",
        "team": "_models.Team",
    }
    assert not any("nope" in name or name == "Hero_friends__team" for name in classes_of(view))
    assert returns(view, "HeroQuerySet", "prefetch_related").count("HeroQuerySet[Hero_friends_and_team]") == 2


def test_with_many_models_only_used_states() -> None:
    view = classes_of(described(usage=Usage(loads=frozenset({("select_related", ("team",))})), depth=Depth.EXACT))
    assert "Hero_team" in view
    assert "Hero_friends" not in view


def test_prefetched_under_another_name() -> None:
    view = described(usage=Usage(to_attrs=frozenset({("heroes", "strong"), ("boss", "one"), ("nope", "x")})))
    assert members(view, "Team_heroes_as_strong") == {"strong": "list[L0]"}
    assert "Team_boss_as_one" not in classes_of(view)


def test_rows() -> None:
    rows = frozenset(
        {
            ("values", ("id", "name"), (("boss", "team__boss_id"),)),
            ("values", ("name", "nope"), ()),
            ("values_list", ("id", "power"), ()),
        }
    )
    view = described(usage=Usage(rows=rows))
    assert members(view, "HeroRow_id_name_boss") == {"id": "int", "name": "str", "boss": "int | None"}
    assert not any("nope" in name for name in classes_of(view))
    assert "Rows[tuple[int, int | None]]" in returns(view, "HeroQueries", "values_list")
    assert "Single[tuple[int, int | None] | N]" in returns(view, "HeroSingle", "values_list")
    assert members(view, "HeroRow")["worth"] == "Dec"


def test_rows_of_paths() -> None:
    rows = frozenset(
        {("values_list", ("id", PATH), ()), ("values_list", (PATH,) * 5, ()), ("values", (PATH, "nope"), ())}
    )
    view = described(usage=Usage(rows=rows))
    found = returns(view, "HeroQueries", "values_list")
    assert "Rows[tuple[int, P0]]" in found
    assert "Rows[tuple[P0, P1, P2, P3, Any]]" in found
    calls = {each.name: each for each in classes_of(view)["HeroQueries"].methods}["values_list"].signatures
    assert ("self", 'c0: Literal["id"]', "c1: Path[HeroRef, P0]", "/") in [call.rows[0] for call in calls]
    assert not any(PATH in name for name in classes_of(view))


def test_one_path_alone_is_spelled_out_where_it_is_used() -> None:
    for usage, depth, spelled in (
        (Usage(), Depth.FULL, True),
        (Usage(), Depth.USED, False),
        (Usage(flats=frozenset({PATH})), Depth.USED, True),
    ):
        view = described(usage=usage, depth=depth)
        assert ("Rows[R_co]" in returns(view, "HeroQueries", "values_list")) is spelled


def annotated(*calls: dict[str, str]) -> Usage:
    """What is found where each of these is a call of `annotate`."""
    return Usage(chains=frozenset((("annotate", tuple(call.items())),) for call in calls))


def test_annotations() -> None:
    view = described(
        usage=annotated(
            {"n": "Count('heroes')"},
            {"best": "Max('heroes__name')", "total": "fn.Sum('heroes__worth')"},
            {"mean": "Avg('heroes__power')"},
            {"bad": "Sum('name')"},
            {"low": "Lower('boss__name')"},
        )
    )
    assert members(view, "TeamWith_n") == {"n": "int"}
    assert members(view, "TeamWith_best_and_total") == {"best": "str | None", "total": "Dec | None"}
    assert members(view, "TeamWith_low") == {"low": "str | None"}
    assert members(view, "TeamWith_mean") == {"mean": "float | None"}
    keywords = classes_of(view)["TeamWith_nFilter"].methods[0].signatures[0].rows[-1]
    assert "n__gte: IntOp = ..." in keywords
    assert not any(keyword.startswith("n__icontains") for keyword in keywords)
    assert "HeroWith_n" not in classes_of(view)


def test_totals() -> None:
    given = (("n", "Count('heroes')"), ("name", "Max('heroes__name')"), ("odd", "Mystery()"))
    view = described(usage=Usage(chains=frozenset({(("aggregate", given),), (("aggregate", (("n", "Sum('no')"),)),)})))
    assert members(view, "TeamTotals_n_name_odd") == {"n": "int", "name": "str | None", "odd": "Any"}
    assert returns(view, "TeamQueries", "aggregate") == ["TeamTotals_n_name_oddOrDict", *2 * ["dict[str, Any]"]]
    assert returns(view, "HeroQueries", "aggregate") == 2 * ["dict[str, Any]"]


def test_the_dictionary_of_an_object() -> None:
    assert "TeamDict" in classes_of(described())
    assert "TeamDict" not in classes_of(described(depth=Depth.USED))
    assert "TeamDict" in classes_of(described(usage=Usage(marks=frozenset({"to_dict"})), depth=Depth.USED))


def test_a_used_annotation_that_is_not_understood_is_any() -> None:
    view = described(usage=annotated({"low": "Mystery()", "n": "Count('heroes')"}))
    assert members(view, "TeamWith_low_and_n") == {"low": "Any", "n": "int"}


def test_models_of_another_package_are_imported_from_its_types() -> None:
    packages = MappingProxyType({"tests.models": "elsewhere"})
    view = describe_types(heroes(), "tests", Declarations(packages=packages))
    assert [section.title for each in view for section in each.sections] == ["every model", "keys", "every model"]
    assert not any("Hero" in name or "Team" in name for name in classes_of(view))
    assert "HeroModel" in classes_of(describe_types(heroes(), "elsewhere", Declarations(packages=packages)))


def test_stems_are_free_with_every_suffix() -> None:
    names = Namespace()
    assert names.stem("a.models:Order", MODEL_SUFFIXES) == "Order"
    assert names.stem("a.other:Order", MODEL_SUFFIXES) == "other_Order"
    assert names.stem("b.other:Order", MODEL_SUFFIXES) == "b_other_Order"
    assert names.fresh("OrderFilter") == "OrderFilter_2"


def test_names_of_modules_and_parameters() -> None:
    assert module_alias("heroes.models", "heroes") == "_models"
    assert module_alias("heroes.models", "shop") == "_heroes_models"
    assert module_alias("models", "") == "_models"
    assert free_parameter("self", {"self", "self_"}) == "self__"


def test_json_is_written_as_anything() -> None:
    view = describe_types(graph(model("Note", data=JSONField())), "tests", Declarations())
    assert members(view, "NoteValues")["data"] == "Any"
