"""Random models that become random other models: rows stay, and the tables are as if made anew, forwards and back."""

import asyncio
import datetime
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databases import Servers, Unavailable
from graphs import model
from migrating import Project
from ormgen import fields
from ormgen.schema.field import FieldSchema
from ormgen.schema.indexes import CheckConstraint
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import (
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OnDelete,
    OneToOneFieldInstance,
)

NAMES = ("Team", "Hero", "City")
VALUES = {
    "whole": ("1", 1),
    "text": ("'a'", "a"),
    "flag": ("'1'", True),
    "day": ("'2026-01-02'", "2026-01-02"),
    "mixed": ("'1'", 1),
    "price": ("'1'", Decimal(1)),
    "when": ("'2026-01-02'", "2026-01-02"),
}


@st.composite
def columns(draw: st.DrawFn) -> dict[str, Any]:
    """Fields whose names tell their kind, so that only what can always be changed changes."""
    found: dict[str, Any] = {}
    for name in draw(st.sets(st.sampled_from(["whole", "whole2", "text", "text2", *list(VALUES)[2:]]))):
        kind = name.rstrip("2")
        options: dict[str, Any] = {"null": draw(st.booleans()), "default": VALUES[kind][1]}
        options["description"] = draw(st.sampled_from([None, "words", "it's 50% \\ /* more */"]))
        if kind not in ("flag", "price"):
            options["unique"], options["db_index"] = draw(st.booleans()), draw(st.booleans())
        if kind == "whole":
            cls = draw(st.sampled_from([fields.IntField, fields.BigIntField, fields.SmallIntField]))
            options |= draw(st.sampled_from([{}, {"db_default": 3}, {"db_default": 4}]))
            found[name] = cls(**options)
        elif kind == "mixed":
            found[name] = draw(st.sampled_from([retyped(options, 1), retyped(options, "1")]))
        elif kind == "price":
            digits, places = draw(st.integers(4, 9)), draw(st.integers(0, 3))
            found[name] = fields.DecimalField(max_digits=digits, decimal_places=places, **options)
        elif kind == "when":
            moment = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
            found[name] = draw(st.sampled_from([retyped(options, moment.date()), retyped(options, moment)]))
        elif kind == "text":
            found[name] = fields.CharField(max_length=draw(st.integers(1, 80)), **options)
        else:
            found[name] = fields.BooleanField(**options) if kind == "flag" else fields.DateField(**options)
    return found


def retyped(options: dict[str, Any], default: Any) -> Any:
    """A field for values such as a default."""
    given = {**options, "default": default}
    match default:
        case int():
            return fields.IntField(**given)
        case str():
            return fields.CharField(max_length=20, **given)
        case datetime.datetime():
            return fields.DatetimeField(**given)
    return fields.DateField(**given)


@st.composite
def graphs(draw: st.DrawFn) -> list[ModelSchema]:
    """Up to three models with relations between them."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    made = []
    for name in names:
        members: dict[str, Any] = {"id": draw(st.sampled_from([fields.IntField, fields.BigIntField]))(primary_key=True)}
        members |= draw(columns())
        meta: dict[str, Any] = {}
        listed = [each for each in members if each != "id"]
        grouped = draw(st.booleans())
        if listed and grouped:
            meta[draw(st.sampled_from(["unique_together", "indexes"]))] = [tuple(listed[:2])]
        if "whole" in members and draw(st.booleans()):
            check = "whole > 0 OR whole IS NULL"
            meta["constraints"] = [CheckConstraint(check=check, name=f"{name.lower()}_counted")]
        if draw(st.booleans()):
            meta["table"] = f"{name.lower()}_{draw(st.sampled_from('ab'))}"
        for other in names:
            if draw(st.booleans()):
                members[f"to_{other.lower()}"] = draw(relations(name, other))
        made.append(model(name, meta, **members))
    return made


@st.composite
def relations(draw: st.DrawFn, name: str, other: str) -> Any:
    to, back = f"models.{other}", f"from_{name.lower()}"
    kind = draw(st.sampled_from(["key", "one", "pairs"]))
    if kind == "pairs":
        return ManyToManyFieldInstance(
            to, related_name=back, through=draw(st.sampled_from([None, f"{name}_{other}_x"]))
        )
    cls = ForeignKeyFieldInstance if kind == "key" else OneToOneFieldInstance
    actions = [OnDelete.CASCADE, OnDelete.SET_NULL, OnDelete.RESTRICT]
    return cls(to, related_name=back, null=True, on_delete=draw(st.sampled_from(actions)))


def row_sql(schema: ModelSchema, project: Project) -> str:
    """One row with a value in every column that is no relation."""
    values = {"id": "1"}
    for member in schema.members:
        if member.name.rstrip("2") in VALUES:
            values[member.name] = VALUES[member.name.rstrip("2")][0]
            if isinstance(member, FieldSchema) and member.type == "DatetimeField":
                moment = "2026-01-02 00:00:00"
                values[member.name] = f"'{moment}'" if project.dialect == "mysql" else f"'{moment}+00:00'"
    names = ", ".join(f'"{name}"' for name in values)
    return f'INSERT INTO "{schema.table}" ({names}) VALUES ({", ".join(values.values())})'


async def migrate(project: Project, before: list[ModelSchema], after: list[ModelSchema]) -> None:
    def removed(question: str, choices: Any) -> int:
        return len(choices) - 1

    await project.evolve(before)
    await project.run(*(row_sql(each, project) for each in before))
    original = await project.tables()
    generation = project.generate(after, ask=removed)
    await project.upgrade()
    kept = {each.name for each in before} & {each.name for each in after}
    for each in after:
        count = await project.rows(f'SELECT COUNT(*) FROM "{each.table}" WHERE "id" = 1')
        assert count == [(1 if each.name in kept else 0,)]
    assert project.generate(after).migrations == ()
    migrated = await project.tables()
    if generation.migrations:
        await project.downgrade()
        assert await project.tables() == original
        await project.upgrade()
        assert await project.tables() == migrated
    assert await project.fresh_tables(after) == migrated


CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def attempt(servers: Servers, kind: str, before: list[ModelSchema], after: list[ModelSchema]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            url = servers.get(kind).empty_database(Path(folder))
        except Unavailable as reason:
            pytest.skip(f"{kind} ({reason})")
        asyncio.run(migrate(Project(Path(folder), url), before, after))


@settings(max_examples=40, derandomize=True, deadline=None, suppress_health_check=CHECKS)
@given(before=graphs(), after=graphs())
def test_any_models_become_any_others_on_sqlite(
    servers: Servers, before: list[ModelSchema], after: list[ModelSchema]
) -> None:
    attempt(servers, "sqlite", before, after)


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
@settings(max_examples=4, derandomize=True, deadline=None, suppress_health_check=CHECKS)
@given(before=graphs(), after=graphs())
def test_any_models_become_any_others_on_a_server(
    servers: Servers, kind: str, before: list[ModelSchema], after: list[ModelSchema]
) -> None:
    attempt(servers, kind, before, after)
