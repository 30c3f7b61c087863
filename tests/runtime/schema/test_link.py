"""The rules of relations: names, columns, tables, and everything that can be wrong, told at once."""

from collections.abc import Mapping
from typing import Any

import pytest

from graphs import graph, model
from ormgen.exceptions import Problem, SchemaError
from ormgen.schema.field import Field, describe_field
from ormgen.schema.field_types import BigIntField, CharField, IntField, UUIDField
from ormgen.schema.graph import RelationKind, Through
from ormgen.schema.link import link
from ormgen.schema.model_schema import ModelSchema, build_model_schema, read_meta
from ormgen.schema.relation_fields import (
    SET_NULL,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OneToOneFieldInstance,
    RelationalField,
)

FK, O2O, M2M = ForeignKeyFieldInstance, OneToOneFieldInstance, ManyToManyFieldInstance


def raw(name: str, meta: Mapping[str, Any] | None = None, /, **members: Field[Any] | RelationalField) -> Any:
    """A schema and its problems."""
    described = [
        member.describe(key) if isinstance(member, RelationalField) else describe_field(key, member)
        for key, member in members.items()
    ]
    return build_model_schema(name, "tests.models", described, read_meta(meta or {}), "models")


def problems(*models: ModelSchema) -> list[str]:
    """Everything that linking complains of, as text."""
    with pytest.raises(SchemaError) as caught:
        link(models)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.feature(99)
def test_a_foreign_key() -> None:
    linked = graph(
        model("Team", name=CharField(5)), model("Hero", {"table": "heroes"}, team=FK("models.Team", null=True))
    )
    hero, team = linked["models.Hero"], linked["models.Team"]
    assert list(hero.columns) == ["id", "team_id"]
    column = hero.columns["team_id"]
    assert (column.type, column.null, column.generated, column.primary_key, column.relation) == (
        *("IntField", True, False, False),
        "team",
    )
    forward, back = hero.relations["team"], team.relations["heroess"]
    assert (forward.kind, forward.near, forward.far, forward.reverse) == (
        RelationKind.FOREIGN_KEY,
        "team_id",
        "id",
        "heroess",
    )
    assert (back.kind, back.near, back.far, back.reverse) == (RelationKind.REVERSE_FOREIGN_KEY, "id", "team_id", "team")
    assert (forward.optional, back.optional, forward.many, back.many) == (True, False, False, True)
    assert linked["tests.models:Hero"] is hero
    assert linked.target(forward) is team


@pytest.mark.feature(110)
def test_reverse_names_of_each_kind() -> None:
    linked = graph(
        model("Team"),
        model("Fan", team=FK("models.Team")),
        model("Coach", team=O2O("models.Team")),
        model("Sponsor", teams=M2M("models.Team")),
    )
    assert {name: relation.kind.value for name, relation in linked["models.Team"].relations.items()} == {
        "fans": "reverse foreign key",
        "coach": "reverse one to one",
        "sponsors": "reverse many to many",
    }
    assert linked["models.Team"].relations["coach"].optional


@pytest.mark.feature(110)
def test_a_way_back_can_be_named_or_left_out() -> None:
    linked = graph(model("Team"), model("Hero", home=FK("models.Team", "guests"), none=FK("models.Team", False)))
    assert list(linked["models.Team"].relations) == ["guests"]
    assert linked["models.Hero"].relations["none"].reverse is None


@pytest.mark.feature(101)
def test_many_to_many_tables() -> None:
    linked = graph(
        model("Tag", {"table": "tags"}),
        model(
            "Post",
            tags=M2M("models.Tag"),
            more=M2M("models.Tag", through="post_more", forward_key="t", backward_key="p", related_name="x"),
            links=M2M("models.Post", related_name="linked_from"),
        ),
    )
    post, tag = linked["models.Post"], linked["models.Tag"]
    assert post.relations["tags"].through == Through("post_tags", ("post_id",), ("tag_id",))
    assert tag.relations["posts"].through == Through("post_tags", ("tag_id",), ("post_id",))
    assert post.relations["more"].through == Through("post_more", ("p",), ("t",))
    assert post.relations["links"].through == Through("post_post", ("post_rel_id",), ("post_id",))
    assert post.relations["linked_from"].through == Through("post_post", ("post_id",), ("post_rel_id",))


@pytest.mark.feature(102)
def test_many_to_many_through_a_model() -> None:
    linked = graph(
        model("Tag"),
        model("Post", tags=M2M("models.Tag", through="tagging")),
        model("Tagging", post=FK("models.Post"), tag=FK("models.Tag")),
    )
    assert linked["models.Post"].relations["tags"].through == Through(
        "tagging", ("post_id",), ("tag_id",), "models.Tagging", unique=False
    )


@pytest.mark.feature(100)
def test_keys_that_are_relations() -> None:
    linked = graph(
        model("Person", id=UUIDField(primary_key=True)),
        model("Profile", person=O2O("models.Person", primary_key=True)),
        model("Page", profile=FK("models.Profile", "pages", source_field="PROFILE")),
    )
    profile, page = linked["models.Profile"], linked["models.Page"]
    assert (profile.pk, profile.pk_column.type, profile.pk_column.required) == ("person_id", "UUIDField", True)
    assert (page.columns["profile_id"].type, page.columns["profile_id"].column) == ("UUIDField", "PROFILE")
    assert page.relations["profile"].far == "person_id"


@pytest.mark.feature(108)
def test_other_columns_as_targets() -> None:
    linked = graph(
        model("Country", code=CharField(2, unique=True)),
        model("City", country=FK("models.Country", "cities", to_field="code")),
    )
    assert linked["models.City"].relations["country"].far == "code"
    assert dict(linked["models.City"].columns["country_id"].options) == {"max_length": 2}
    assert linked["models.Country"].relations["cities"].near == "code"


@pytest.mark.parametrize("to", ["models.Team", "Team", "tests.models.Team", "tests.models:Team"])
def test_ways_to_name_a_target(to: str) -> None:
    linked = graph(model("Team"), model("Hero", team=FK(to)))
    assert linked["models.Hero"].relations["team"].target == "models.Team"


@pytest.mark.feature(111)
def test_self() -> None:
    linked = graph(model("Node", parent=FK("self", "children", null=True, on_delete=SET_NULL)))
    assert linked["models.Node"].relations["children"].target == "models.Node"


def test_several_apps() -> None:
    user = raw("User")[0]
    linked = link(
        [user.in_app("a"), user.in_app("b"), raw("Post", user=FK("a.User"), other=FK("User", "others"))[0].in_app("b")]
    )
    assert linked["b.Post"].relations["user"].target == "a.User"
    assert linked["b.Post"].relations["other"].target == "b.User"
    assert linked["a.User"].relations["posts"].target == "b.Post"
    assert raw("User", {"app": "fixed"})[0].in_app("b").key == "fixed.User"


def test_meta_names_columns() -> None:
    linked = graph(
        model("Team"),
        model(
            "Hero",
            {
                "unique_together": ("name", "team"),
                "indexes": [("team_id", "name"), ("pk",)],
                "ordering": ["-team__id", "pk"],
            },
            name=CharField(5),
            team=FK("models.Team"),
        ),
    )
    hero = linked["models.Hero"]
    assert hero.unique_together == (("name", "team_id"),)
    assert [index.fields for index in hero.indexes] == [("team_id", "name"), ("id",)]


PROBLEMS: list[tuple[list[ModelSchema], list[str]]] = [
    (
        [model("Hero", team=FK("models.Taem")), model("Team")],
        [
            'Hero.team points at "models.Taem", which is not a model: No model with name "Taem" in app "models" '
            '(hint: did you mean "models.Team"?)'
        ],
    ),
    (
        [model("Hero", teams=M2M("Taem")), model("Team")],
        [
            'Hero.teams points at "Taem", which is not a model: "Taem" is not a valid model reference such as '
            '"models.Name" (hint: did you mean "Team"?)'
        ],
    ),
    (
        [model("Hero", team=FK("model.Team")), model("Team")],
        [
            'Hero.team points at "model.Team", which is not a model: No app with name "model" '
            '(hint: the app is called "models"; did you mean "models.Team"?)'
        ],
    ),
    (
        [model("Hero", x=FK("Zzz"))],
        [
            'Hero.x points at "Zzz", which is not a model: "Zzz" is not a valid model reference such as '
            '"models.Name" (hint: the apps are: models)'
        ],
    ),
    (
        [model("Team"), model("Hero", a=FK("Team"), b=FK("Team"))],
        [
            'Hero.b: the reverse name "heros" is already taken on Team: backward relation "heros" duplicates in model '
            "Team (hint: give it a related_name of its own)"
        ],
    ),
    (
        [model("Team", fans=IntField()), model("Hero", a=FK("Team", "fans"))],
        [
            'Hero.a: the reverse name "fans" is already taken on Team: backward relation "fans" duplicates in model '
            "Team (hint: give it a related_name of its own)"
        ],
    ),
    (
        [model("Team"), model("Hero", a=FK("Team", "filter"))],
        ['Hero.a: the reverse name "filter" hides Team.filter (hint: give it another related_name)'],
    ),
    (
        [model("Team"), model("Hero", a=FK("Team", "my heroes"), b=FK("Team", "a__b"))],
        [
            'Hero.a: the reverse name "my heroes" cannot be the name of an attribute '
            "(hint: give it another related_name)",
            'Hero.b: the reverse name "a__b" contains "__", which separates lookups '
            "(hint: give it another related_name)",
        ],
    ),
    (
        [model("Team"), model("Hero", team=FK("Team"), team_id=IntField())],
        ['Hero.team_id is also the column of "team"'],
    ),
    (
        [model("Hero", a=IntField(source_field="x"), b=IntField(source_field="x"))],
        ['Hero.b is kept in column "x", and so is a (hint: give one of them another source_field)'],
    ),
    (
        [model("Tag"), model("Post", a=M2M("Tag", related_name="x"), b=M2M("Tag", related_name="y"))],
        ['Post.b: the table "post_tag" joins Post.a already (hint: give it a through= of its own)'],
    ),
    (
        [
            model("Tag"),
            model("Post", a=M2M("Tag", through="pairs", related_name="x")),
            model("Page", b=M2M("Tag", through="pairs", related_name="y")),
        ],
        [
            'Page.b: the table "pairs" joins Post.a already (hint: name another table, '
            'or declare a model with table = "pairs" that both go through)'
        ],
    ),
    (
        [model("Team", name=CharField(5)), model("Hero", team=FK("Team", to_field="nam"))],
        ['Hero.team: there is no field named "nam" in Team for to_field (hint: did you mean "name"?)'],
    ),
    (
        [model("Team", name=CharField(5)), model("Hero", team=FK("Team", to_field="name"))],
        ["Hero.team: Team.name is not unique (hint: to_field needs unique=True there)"],
    ),
    (
        [model("A", b=O2O("B", primary_key=True)), model("B", a=O2O("A", False, primary_key=True))],
        ["the primary key of"],
    ),
    (
        [model("Hero", {"unique_together": ("nam", "id")}, name=CharField(5))],
        ['Hero.Meta.unique_together names "nam", which is no field (hint: did you mean "name"?)'],
    ),
    (
        [model("Tag"), model("Hero", {"indexes": [("tags",)]}, tags=M2M("Tag"))],
        ['Hero.Meta.indexes names "tags", which is no field'],
    ),
    (
        [model("Hero", {"ordering": ["-nam"]}, name=CharField(5))],
        ['Hero.Meta.ordering names "nam", which is no field (hint: did you mean "name"?)'],
    ),
    (
        [model("A", pairs=M2M("B", symmetrical=True)), model("B")],
        ["A.pairs: only a relation of a model with itself can be symmetrical"],
    ),
    (
        [model("A", bs=M2M("B", through="AB")), model("B"), model("AB", a=FK("A"))],
        ["A.bs: AB has no foreign key to B (hint: add one, or name another table with through=)"],
    ),
    (
        [
            model("A", bs=M2M("B", through="ab")),
            model("B"),
            model("AB", a=FK("A"), x=FK("B", "x"), y=FK("B", "y")),
        ],
        ["A.bs: AB has several foreign keys to B (hint: say which with forward_key=)"],
    ),
    (
        [model("A", bs=M2M("B", through="ab", backward_key="a_ix")), model("B"), model("AB", a=FK("A"), b=FK("B"))],
        ['A.bs: AB has no column "a_ix" for backward_key (hint: did you mean "a_id"?)'],
    ),
    ([model("Hero"), model("Hero")], ["models.Hero is declared twice (hint: give one of them another name or app)"]),
]


@pytest.mark.feature(110, 115)
@pytest.mark.parametrize(
    ("models", "told"), PROBLEMS, ids=lambda item: item[0][:50] if isinstance(item[0], str) else ""
)
def test_problems(models: list[ModelSchema], told: list[str]) -> None:
    found = problems(*models)
    if told == ["the primary key of"]:
        assert any("leads back to itself" in text for text in found)
    else:
        assert found == told


@pytest.mark.feature(115)
def test_all_problems_are_told_at_once() -> None:
    earlier = Problem("models.Hero", None, "something else")
    with pytest.raises(SchemaError) as caught:
        link([model("Hero", a=FK("X"), b=FK("Y"), c=M2M("Z"))], [earlier])
    assert [problem.member for problem in caught.value.problems] == [None, "a", "b", "c"]


@pytest.mark.feature(67)
@pytest.mark.parametrize(
    ("members", "told"),
    [
        (
            {"a": IntField(primary_key=True), "b": IntField(primary_key=True)},
            "M has more than one primary key: a, b (hint: a key of several columns is class Meta: primary_key = (...))",
        ),
        ({"id": IntField()}, 'M.id is called "id" but is not the primary key (hint: add primary_key=True)'),
        ({"save": IntField()}, "M.save hides Model.save (hint: choose another name)"),
        ({"pk": IntField()}, "M.pk hides Model.pk (hint: choose another name)"),
        ({"a__b": IntField()}, 'M.a__b contains "__", which separates lookups (hint: rename it)'),
    ],
)
def test_problems_of_one_model(members: dict[str, Any], told: str) -> None:
    assert [str(problem) for problem in raw("M", **members)[1]] == [told]


@pytest.mark.feature(67)
def test_the_implicit_key() -> None:
    assert next(iter(graph(model("Hero", name=CharField(5)))["models.Hero"].columns)) == "id"
    assert graph(model("Hero", key=BigIntField(primary_key=True)))["models.Hero"].pk == "key"


@pytest.mark.feature(102)
@pytest.mark.parametrize("name", ["ab", "AB", "models.AB", "tests.models:AB"])
def test_ways_to_name_a_through_model(name: str) -> None:
    linked = graph(
        model(
            "A",
            bs=M2M("B", through=name, related_name="as_"),
            others=M2M("B", through=name, related_name="o", forward_key="other"),
        ),
        model("B"),
        model("AB", {"unique_together": ("one", "b_id")}, one=FK("A"), b=FK("B", "x"), other=FK("B", "y")),
    )
    relations = linked["models.A"].relations
    assert relations["bs"].through == Through("ab", ("one_id",), ("b_id",), "models.AB")
    assert relations["others"].through == Through("ab", ("one_id",), ("other_id",), "models.AB", unique=False)
    assert linked["models.B"].relations["as_"].through == Through("ab", ("b_id",), ("one_id",), "models.AB")
