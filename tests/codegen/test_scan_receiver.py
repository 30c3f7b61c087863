"""Whom a query call is made on, read backwards from its name, and what that means for what is spelled out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormgen_codegen.scan import Found, search
from ormgen_codegen.scan_receiver import FURTHEST, UNKNOWN, Receiver, receiver_of
from ormgen_codegen.usage import PATH, PREFETCH, WHOLE_ROW, Usage

ROW = ("values", ("id",), ())


def receiver(text: str) -> Receiver:
    """Who the last `values` of a text is called on."""
    return receiver_of(text, text.rindex("values"))


def usage(text: str, *models: str) -> Usage:
    found = Found()
    search(text, found)
    return found.usage(models)


@pytest.mark.parametrize(
    ("text", "names", "one"),
    [
        ("Hero.values('id')", ("Hero",), False),
        ("Hero.all().values('id')", ("Hero",), False),
        ("Hero.objects.filter().values('id')", ("Hero", "objects"), False),
        ("models.Hero.filter(x=1).values()", ("models", "Hero"), False),
        ("a.b.Hero.get(x=1).values()", ("a", "b", "Hero"), True),
        ("await Hero.get_or_none(id=1).values()", ("Hero",), True),
        ("(await Hero.first().only('id').values('id'))", ("Hero",), False),
        ("[x for x in Hero.filter().order_by('-id').first().values()]", ("Hero",), True),
        ("self.heroes.all().values()", ("self", "heroes"), False),
        ("rows.values()", ("rows",), None),
        ("rows.mystery().values()", ("rows",), None),
        ("values('id')", (), None),
        ("return values('id')", (), None),
        ("make(1).values()", (), None),
        ("make(1).all().values()", (), False),
        ("rows[0].values()", (), None),
        ("{'a': 1}.values()", (), None),
        ("'text'.values()", (), None),
        ("3 .values()", (), None),
    ],
)
def test_who_is_asked(text: str, names: tuple[str, ...], one: bool | None) -> None:
    assert receiver(text) == Receiver(names, one)


@pytest.mark.parametrize(
    "text",
    [
        "rows = (\n    Hero.filter(power__gt=3)\n    .order_by('-power')\n    .values('id')\n)",
        "rows = Hero.filter(power__gt=3) \\\n    .order_by('-power').values('id')",
        "Hero\t.filter(\n  name=')',\n)\r\n.values('id')",
        "Hero . filter ( ) . values ('id')",
        "Hero.filter(name='(').values('id')",
        "Hero.filter(name=\"it's ((\").values('id')",
        "Hero.filter(Q(a=[1, {2: (3,)}]) | Q(b={4})).values('id')",
        "Hero.filter(name='#').values('id')",
        "Hero.filter(f(x)(y)[z]).values('id')",
        "print('Team.all(', Hero.all().values('id'))",
        "Team.all(), Hero.all().values('id')",
        "x = Hero.filter(id=1).values('id')",
        "x=-Hero.filter(id=1).values('id')",
    ],
)
def test_chains_over_lines_and_with_brackets_in_strings(text: str) -> None:
    assert receiver(text).names == ("Hero",)
    assert receiver(text).one is False


@pytest.mark.parametrize(
    "text",
    [
        "(\n    Hero.filter(\n        a=1,  # it's (\n    )\n    .values('id')\n)",
        "(\n    Hero.filter(\n        a=1,  # nothing\n        b=2,\n    ).values('id')\n)",
        "Hero.filter(" + "x" * FURTHEST + ").values('id')",
        "unclosed').values('id')",
        ").values('id')",
    ],
)
def test_what_cannot_be_read_is_unknown(text: str) -> None:
    assert receiver(text).names == ()


@pytest.mark.parametrize("comment", ["every one", "like Team", "as in models.Team.first()", "(", "'"])
def test_a_comment_between_the_calls_hides_who_is_asked(comment: str) -> None:
    text = f"(\n    Hero.all()  # {comment}\n    .values('id')\n)"
    assert receiver(text) == UNKNOWN
    assert usage(text, "Hero", "Team").rows == {ROW}
    text = f"(\n    Hero.all()  # {comment}\n    # {comment}\n    .first().values('id')\n)"
    assert receiver(text) == Receiver((), True)


@pytest.mark.parametrize("text", ["Hero.all().values('id')", "models.Hero.all().values('id')"])
def test_calls_on_a_model_are_about_that_model(text: str) -> None:
    found = usage(text, "Hero", "Team")
    assert not found.rows
    assert found.about("Hero").rows == {ROW}
    assert not found.about("Team").rows


@pytest.mark.parametrize(
    "text",
    [
        "rows.values('id')",
        "import models as m; H = m.Hero; H.all().values('id')",
        "team.heroes.all().values('id')",
        "cls.all().values('id')",
        "make().values('id')",
        "Villain.all().values('id')",
    ],
)
def test_other_calls_may_be_about_any_model(text: str) -> None:
    found = usage(text, "Hero", "Team")
    assert found.rows == found.about("Hero").rows == found.about("Team").rows == {ROW}
    assert not found.of


def test_what_is_asked_of_one_model_adds_to_what_is_asked_of_any() -> None:
    found = usage("Hero.all().values('id'); x.values_list('name', 'id'); Hero.annotate(n=Count('x'))", "Hero")
    assert found.about("Hero").rows == {ROW, ("values_list", ("name", "id"), ())}
    assert found.about("Team").rows == {("values_list", ("name", "id"), ())}
    assert found.about("Hero").chains == {(("annotate", (("n", "Count('x')"),)),)}
    assert [*found.of] == ["Hero"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Hero.get(id=1).values()", {WHOLE_ROW, "get.values"}),
        ("Hero.get(id=1).values('id')", {"get.values"}),
        ("Hero.first().select_related('team')", {"get.select_related"}),
        ("Hero.all().values()", {WHOLE_ROW}),
        ("Hero.all().values('id')", set()),
        ("Hero.annotate(n=Count('x'))", set()),
        ("question.values_list('id')", {"get.values_list"}),
        ("Hero.all().prefetch_related(*names)", {PREFETCH}),
        ("Hero.all().prefetch_related('team')", set()),
        ("Hero.all().select_related('team')", set()),
    ],
)
def test_marks(text: str, marks: set[str]) -> None:
    assert usage(text, "Hero").about("Hero").marks == marks


@pytest.mark.parametrize("text", ["Prefetch('team', Team.all())", "Prefetch('team')", "team, relation"])
def test_a_prefetch_object_is_noticed(text: str) -> None:
    assert PREFETCH in usage(f"Hero.all().prefetch_related({text})", "Hero").about("Hero").marks


@pytest.mark.parametrize(
    ("text", "flats"),
    [
        ("Hero.all().values_list('name', flat=True)", {"name"}),
        ("Hero.all().values_list('team__name', flat=flat)", {"team__name"}),
        ("Hero.all().values_list(name, flat=True)", set()),
        ("Hero.all().values_list(Hero.q.name, flat=True)", {PATH}),
        ("Hero.all().values_list(models.Hero.q.team.name, flat=True)", {PATH}),
        ("Hero.all().values_list(Hero.q, flat=True)", set()),
        ("Hero.all().values_list(hero.name, flat=True)", set()),
        ("Hero.all().values_list('name', 'id')", set()),
        ("Hero.all().values_list('name')", set()),
    ],
)
def test_columns_that_are_asked_for_flat(text: str, flats: set[str]) -> None:
    assert usage(text, "Hero").about("Hero").flats == flats


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hero.all().values_list(Hero.q.name, Hero.q.team.id)", (PATH, PATH)),
        ("Hero.all().values_list('id', Hero.q.name)", ("id", PATH)),
        ("Hero.all().values_list(Hero.q.name)", (PATH,)),
        ("Hero.all().values_list(Hero.q.name, name)", None),
        ("Hero.all().values('id', Hero.q.name)", None),
    ],
)
def test_paths_among_the_columns_of_a_tuple(text: str, names: tuple[str, ...] | None) -> None:
    assert usage(text, "Hero").about("Hero").rows == (set() if names is None else {("values_list", names, ())})


@given(st.text(alphabet="Hero.values('\"\\#\n)(][,f=_x "))
def test_never_raises(text: str) -> None:
    assert receiver_of(text, 0) == UNKNOWN
    for place in range(len(text) + 1):
        receiver_of(text, place)
