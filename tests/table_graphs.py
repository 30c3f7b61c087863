"""Random models for what reads tables: keys of one and of several columns, relations, defaults, indexes, comments."""

from typing import Any

from hypothesis import strategies as st

from graphs import model
from ormgen import fields
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import (
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OnDelete,
    OneToOneFieldInstance,
)

NAMES = ("Team", "Hero", "City")
TEXTS = st.sampled_from([None, "words", "it's 50% \\ /* more */"])


@st.composite
def columns(draw: st.DrawFn) -> dict[str, Any]:
    """Fields of many types."""
    makers: dict[str, Any] = {
        "whole": lambda **more: fields.IntField(**more),
        "big": lambda **more: fields.BigIntField(db_default=7, **more),
        "text": lambda **more: fields.CharField(max_length=draw(st.integers(1, 80)), **more),
        "class": lambda **more: fields.CharField(max_length=5, db_default="it's", **more),
        "day": lambda **more: fields.DateField(**more),
        "moment": lambda **more: fields.DatetimeField(**more),
        "token": lambda **more: fields.UUIDField(**more),
        "price": lambda **more: fields.DecimalField(max_digits=8, decimal_places=2, **more),
    }
    found: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from(sorted(makers)))):
        options: dict[str, Any] = {"null": draw(st.booleans()), "description": draw(TEXTS)}
        options["unique"] = draw(st.booleans())
        options["db_index"] = draw(st.booleans())
        found[f"{name}_"[: len(name) + (name == "class")]] = makers[name](
            **options, **({"source_field": "class"} if name == "class" else {})
        )
    return found


@st.composite
def relations(draw: st.DrawFn, name: str, other: str, at: int) -> Any:
    """A relation of any kind."""
    to, back = f"models.{other}", f"from_{name.lower()}_{at}"
    kind = draw(st.sampled_from(["key", "one", "pairs"]))
    if kind == "pairs":
        return ManyToManyFieldInstance(to, related_name=back, through=f"{name}_{other}_{at}", description=draw(TEXTS))
    cls = ForeignKeyFieldInstance if kind == "key" else OneToOneFieldInstance
    action = draw(st.sampled_from([OnDelete.CASCADE, OnDelete.SET_NULL, OnDelete.RESTRICT]))
    options: dict[str, Any] = {} if kind == "one" else {"db_index": draw(st.booleans())}
    return cls(to, related_name=back, null=True, on_delete=action, description=draw(TEXTS), **options)


@st.composite
def table_graphs(draw: st.DrawFn) -> list[ModelSchema]:
    """Up to three models with relations between them; one of them may have a key of two columns."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    made = []
    for name in names:
        meta: dict[str, Any] = {"table": f"{name.lower()}_table", "table_description": draw(TEXTS)}
        members: dict[str, Any] = {}
        if draw(st.integers(0, 4)) == 0:
            members |= {"one": fields.IntField(), "two": fields.CharField(max_length=9)}
            meta["primary_key"] = draw(st.permutations(["one", "two"]))
        else:
            keys = [fields.IntField, fields.BigIntField, fields.UUIDField]
            members["id"] = draw(st.sampled_from(keys))(primary_key=True)
        members |= draw(columns())
        listed = [each for each in members if each not in ("id", "one", "two")]
        if len(listed) > 1:
            meta["unique_together"] = [tuple(listed[:2])] if draw(st.booleans()) else []
            meta["indexes"] = [tuple(listed[-2:])] if draw(st.booleans()) else []
        for at, other in enumerate(names):
            if draw(st.booleans()):
                relation = draw(relations(name, other, at))
                members[f"to_{other.lower()}"] = relation
        made.append(model(name, meta, **members))
    composite = {each.name for each in made if each.meta.primary_key}
    return [each for each in made if not _joins_composite(each, composite)]


def _joins_composite(schema: ModelSchema, composite: set[str]) -> bool:
    """Many-to-many relations join keys of one column only; what points at a model that is left out goes with it."""
    relations = [member for member in schema.members if hasattr(member, "to")]
    return any(
        str(getattr(member, "to", "")).partition(".")[2] in composite or schema.name in composite
        for member in relations
    ) or bool(composite and relations)
