"""What `class Meta` says: table, app, bases, ordering, uniqueness, indexes, managers; names of columns and keys."""

import pickle
from typing import Any

import pytest

from models.meta_options import Entry, Keyed, LiveQuerySet, Ordered
from ormgen import ORM, Manager, Model, fields
from ormgen.exceptions import ArgumentError, ConfigurationError, IntegrityError, NotInitialised
from ormgen.functions import Count
from ormgen.utils import get_schema_sql

MODELS = {"models": ["models.meta_options"]}


async def names(question: Any) -> list[str]:
    return [item.name for item in await question]


@pytest.mark.feature(56, 57)
async def test_table_and_app(orm: str) -> None:
    assert (Entry._meta.db_table, Keyed._meta.db_table) == ("entries", "keyed")
    assert ORM.apps["library"]["Entry"] is Entry
    assert ORM.apps.get_model("models", "Keyed") is Keyed


@pytest.mark.feature(58)
async def test_abstract_models_and_mixins(orm: str) -> None:
    made = await Entry.create(name="a", number=1)
    assert made.created is not None
    assert "Ordered" not in ORM.apps["library"]
    with pytest.raises(NotInitialised, match="Ordered is abstract: it has no table of its own"):
        await Ordered.all()


@pytest.mark.feature(59)
async def test_ordering(orm: str) -> None:
    for number, name in enumerate(["a", "c", "b", "c"]):
        await Entry.create(name=name, number=number, group=number % 2)
    assert await names(Entry.all()) == ["c", "c", "b", "a"]
    assert await Entry.all().values_list("number", flat=True) == [1, 3, 2, 0]
    assert await names(Entry.all().order_by("number")) == ["a", "c", "b", "c"]
    first = await Entry.first()
    assert first is not None
    assert first.number == 1
    grouped = await Entry.annotate(n=Count("id")).group_by("group").order_by("group").values("group", "n")
    assert list(grouped) == [{"group": 0, "n": 2}, {"group": 1, "n": 2}]


@pytest.mark.feature(60, 75, 252)
async def test_uniqueness(orm: str) -> None:
    await Entry.create(name="a", number=1)
    await Entry.create(name="a", number=2)
    with pytest.raises(IntegrityError):
        await Entry.create(name="a", number=1)
    await Keyed.create(code="x", slug="s")
    with pytest.raises(IntegrityError):
        await Keyed.create(code="y", slug="s")
    assert await Keyed.all().count() == 1


@pytest.mark.feature(61, 76, 213)
async def test_indexes(orm: str) -> None:
    text = get_schema_sql(ORM.get_connection("default"), safe=False).replace("`", '"')
    assert '"by_number"' in text
    for start in ("idx_entries_name_group_", "idx_entries_group_", "uid_entries_name_no_", "uid_keyed_the_slug_"):
        assert f'"{start}' in text
    assert '"fk_keyed_entry_no_' in text


@pytest.mark.feature(65)
async def test_managers(orm: str) -> None:
    await Entry.create(name="a", number=1)
    await Entry.create(name="b", number=2, live=False)
    assert await names(Entry.all()) == ["a"]
    assert await names(Entry.filter(number__gt=0)) == ["a"]
    assert await names(Entry.everything.all()) == ["b", "a"]
    assert await names(Entry.objects.all()) == ["a"]
    question: Any = Entry.all()
    assert await names(question.named("a")) == ["a"]
    assert await names(question.named("b")) == []
    assert await names(Entry.asked.named("b")) == await names(Entry.asked.filter(number=2)) == ["b"]
    assert await names(Entry.living.named("b")) == []
    assert await names(Entry.living.named("a")) == ["a"]


def test_managers_of_query_sets() -> None:
    made = Manager.from_queryset(LiveQuerySet)
    assert issubclass(made, Manager)
    assert type(made(Entry).get_queryset()) is LiveQuerySet
    assert type(LiveQuerySet.as_manager()).__name__ == "Manager"
    wrong: Any = Manager
    with pytest.raises(ArgumentError, match=r"from_queryset\(\) takes a class of query sets, not"):
        Manager.from_queryset(wrong)


@pytest.mark.feature(68, 77)
async def test_columns_with_names_of_their_own(orm: str) -> None:
    entry = await Entry.create(name="a", number=7)
    keyed = await Keyed.create(code="x", entry=entry, slug="s")
    assert (keyed.pk, keyed.entry_id) == ("x", entry.id)
    assert await Keyed.filter(pk="x") == await Keyed.filter(pk__in=["x", "y"]) == [keyed]
    assert await Keyed.filter(entry__number=7).order_by("-pk") == [keyed]
    assert await Keyed.all().values("code", "entry_id", "entry__number") == [
        {"code": "x", "entry_id": entry.id, "entry__number": 7}
    ]
    await Keyed.filter(code="x").update(slug="t")
    found = await Keyed.get(pk="x")
    found.slug = "u"
    await found.save(update_fields=["slug"])
    rows = await ORM.get_connection("default").execute_query_dict("SELECT the_code, entry_no, the_slug FROM keyed")
    assert rows == [{"the_code": "x", "entry_no": entry.id, "the_slug": "u"}]


@pytest.mark.feature(70)
async def test_equality(orm: str) -> None:
    entry = await Entry.create(name="a", number=1)
    same, new = await Entry.get(id=entry.id), Entry(name="a", number=1)
    assert entry == same
    assert len({entry, same}) == 1
    assert entry != new
    assert new != Entry(name="a", number=1)
    assert entry != await Keyed.create(code=str(entry.id), slug="s")
    with pytest.raises(TypeError, match="Model instances without id are unhashable"):
        hash(new)
    assert (str(entry), repr(entry)) == ("<Entry>", f"<Entry: {entry.id}>")
    assert dict(entry)["number"] == 1
    assert pickle.loads(pickle.dumps(entry)) == entry


@pytest.mark.feature(67)
def test_keys_of_a_model() -> None:
    with pytest.raises(ConfigurationError, match=r"^Two has more than one primary key: a, b "):

        class Two(Model):
            a = fields.IntField(primary_key=True)
            b = fields.IntField(primary_key=True)

    told = r'^Other.id is called "id" but is not the primary key \(hint: add primary_key=True\)$'
    with pytest.raises(ConfigurationError, match=told):

        class Other(Model):
            id = fields.IntField()


@pytest.mark.feature(69)
@pytest.mark.parametrize("name", ["save", "filter", "pk", "delete", "all", "describe", "get_or_create"])
def test_names_that_a_model_needs_itself(name: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^Wrong.{name} hides Model.{name} \(hint: choose another name\)$"):
        type("Wrong", (Model,), {name: fields.IntField(), "__module__": __name__})


@pytest.mark.feature(60, 61)
@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"unique_together": 5}, "Meta.unique_together is 5, not a tuple"),
        ({"unique_together": ((1, 2),)}, r"Meta.unique_together: \(1, 2\) is no tuple of field names"),
        ({"indexes": [object]}, "is neither a tuple of field names nor an Index"),
        ({"tabel": "x"}, 'Meta has no option "tabel"; did you mean "table"'),
        ({"table": 5}, "Meta.table is 5, not text"),
    ],
)
def test_what_meta_cannot_say(meta: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        type("Wrong", (Model,), {"Meta": type("Meta", (), meta), "__module__": __name__})
