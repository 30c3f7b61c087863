"""Keys of several columns in the graph: which columns they bring, what can be wrong with them, how tables are made."""

from typing import Any

import pytest

from graphs import graph, model
from ormgen.exceptions import SchemaError
from ormgen.schema.field import describe_field
from ormgen.schema.field_types import CharField, IntField, UUIDField
from ormgen.schema.link import link
from ormgen.schema.model_schema import ModelSchema, build_model_schema, read_meta
from ormgen.schema.relation_fields import (
    SET_NULL,
    ForeignKeyFieldInstance,
    ManyToManyFieldInstance,
    OneToOneFieldInstance,
)
from ormgen.sql.ddl import create_statements

FK, O2O, M2M = ForeignKeyFieldInstance, OneToOneFieldInstance, ManyToManyFieldInstance
KEY = {"primary_key": ("tenant_id", "id")}


def tenant() -> ModelSchema:
    return model("Tenant")


def order(**more: Any) -> ModelSchema:
    return model("Order", KEY, tenant=FK("Tenant"), id=IntField(), **more)


def test_a_key_of_several_columns() -> None:
    linked = graph(tenant(), order(name=CharField(5)))["models.Order"]
    assert (linked.pk, linked.pk_names, dict(linked.composites)) == (
        *("pk", ("tenant_id", "id")),
        {"pk": ("tenant_id", "id")},
    )
    assert list(linked.columns) == ["tenant_id", "id", "name"]
    assert [column.primary_key for column in linked.columns.values()] == [True, True, False]
    assert [column.required for column in linked.columns.values()] == [True, True, True]


@pytest.mark.parametrize("key", [("tenant", "id"), ("tenant_id", "id"), ["tenant", "id"]])
def test_a_foreign_key_stands_for_its_columns(key: Any) -> None:
    linked = graph(tenant(), model("Order", {"primary_key": key}, tenant=FK("Tenant"), id=IntField()))
    assert linked["models.Order"].pk_names == ("tenant_id", "id")


def test_a_foreign_key_brings_a_column_for_each() -> None:
    linked = graph(tenant(), order(), model("Line", order=FK("Order", "lines", null=True)))
    line, target = linked["models.Line"], linked["models.Order"]
    assert list(line.columns) == ["id", "order_tenant_id", "order_id"]
    assert [column.relation for column in line.columns.values()] == [None, "order", "order"]
    forward, back = line.relations["order"], target.relations["lines"]
    assert (forward.near, forward.far, forward.null) == ("order_pk", "pk", True)
    assert forward.pairs == (("order_tenant_id", "tenant_id"), ("order_id", "id"))
    assert (back.near, back.far) == ("pk", "order_pk")
    assert back.pairs == (("tenant_id", "order_tenant_id"), ("id", "order_id"))
    assert line.composites["order_pk"] == ("order_tenant_id", "order_id")
    assert line.names == ("id", "order_tenant_id", "order_id", "order", "order_pk", "pk")


def test_columns_can_be_shared() -> None:
    linked = graph(
        tenant(),
        order(),
        model(
            "Shipment",
            {"primary_key": ("order", "number")},
            order=FK("Order", from_fields=("tenant_id", "order_id")),
            tenant=FK("Tenant"),
            number=IntField(),
        ),
    )["models.Shipment"]
    assert list(linked.columns) == ["order_id", "tenant_id", "number"]
    assert linked.pk_names == ("tenant_id", "order_id", "number")
    assert linked.columns["tenant_id"].relation == "tenant"


def test_a_one_to_one_key_and_what_points_at_it() -> None:
    linked = graph(
        tenant(),
        order(),
        model("Invoice", order=O2O("Order", primary_key=True)),
        model("Payment", invoice=FK("Invoice")),
        model("Coupon", order=O2O("Order", null=True)),
    )
    assert linked["models.Invoice"].pk_names == ("order_tenant_id", "order_id")
    assert list(linked["models.Payment"].columns) == ["id", "invoice_order_tenant_id", "invoice_order_id"]
    assert linked["models.Invoice"].unique_together == ()
    assert linked["models.Coupon"].unique_together == (("order_tenant_id", "order_id"),)


def test_options_name_such_keys() -> None:
    linked = graph(
        tenant(),
        order(),
        model(
            "Line",
            {"unique_together": ("order", "n"), "indexes": [("pk", "n")], "ordering": ["order", "-order_pk"]},
            order=FK("Order", db_index=True),
            n=IntField(),
        ),
    )["models.Line"]
    assert linked.unique_together == (("order_tenant_id", "order_id", "n"),)
    assert [index.fields for index in linked.indexes] == [("id", "n"), ("order_tenant_id", "order_id")]


PROBLEMS: list[tuple[list[ModelSchema], list[str]]] = [
    (
        [model("A", {"primary_key": ("x", "yy")}, x=IntField(), y=IntField())],
        ['A.Meta.primary_key names "yy", which is no field (hint: did you mean "y"?)'],
    ),
    (
        [model("A", {"primary_key": ("x", "y")}, x=IntField(), y=IntField(null=True))],
        ["A.y is part of the primary key and cannot be null"],
    ),
    (
        [model("A", {"primary_key": ("x", "y")}, x=IntField(), y=IntField(generated=True))],
        ["A.y is part of the primary key, so that the database cannot make it"],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order", source_field="x"))],
        [
            "Line.order: source_field is for one column, the key of Order has 2 (tenant_id, id) "
            "(hint: declare the columns and name them in from_fields)"
        ],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order", default=(1, 2)))],
        [
            "Line.order: default is for one column, the key of Order has 2 (tenant_id, id) "
            "(hint: declare the columns and name them in from_fields)"
        ],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order", from_fields=("a",)))],
        ["Line.order: the key of Order has 2 columns (tenant_id, id), from_fields 1"],
    ),
    (
        [tenant(), model("Line", tenant=FK("Tenant", from_fields=("a",)))],
        ["Line.tenant: from_fields is for keys of several columns (hint: Tenant has one; use source_field)"],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order"), order_id=IntField())],
        [
            'Line.order_id is also the column of "order" '
            "(hint: name the columns of the foreign key in from_fields to share one)"
        ],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order", from_fields=("a", "b")), a=CharField(3))],
        ["Line.order: a is str, but tenant_id is int"],
    ),
    (
        [
            tenant(),
            order(),
            model("Line", order=FK("Order", from_fields=("a", "b"), null=True, on_delete=SET_NULL), a=IntField()),
        ],
        ["Line.order: on_delete=SET_NULL would empty a, which cannot be null"],
    ),
    (
        [tenant(), order(), model("Line", order=FK("Order"), order_pk=IntField())],
        ["Line.order_pk hides the value of the foreign key order (hint: rename one of them)"],
    ),
    (
        [tenant(), order(), model("Tag", orders=M2M("Order", forward_key="number"))],
        [
            "Tag.orders: the key of Order has several columns (tenant_id, id) "
            '(hint: leave "number" out, or make the table between them a model)'
        ],
    ),
    (
        [
            model("A", {"primary_key": ("b", "x")}, b=FK("B"), x=IntField()),
            model("B", a=O2O("A", False, primary_key=True)),
        ],
        ["the primary key of A leads back to itself"],
    ),
]


@pytest.mark.parametrize(("models", "told"), PROBLEMS, ids=lambda item: str(item[0])[:40])
def test_problems(models: list[ModelSchema], told: list[str]) -> None:
    with pytest.raises(SchemaError) as caught:
        link(models)
    assert [str(problem) for problem in caught.value.problems] == told


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("x", 'M.Meta.primary_key names one field, "x" (hint: give that field primary_key=True)'),
        (("x", "x"), 'M.Meta.primary_key names "x" twice'),
        (
            ("x", "y"),
            "M.z is a primary key beside Meta.primary_key "
            "(hint: take primary_key=True away there, or Meta.primary_key)",
        ),
    ],
)
def test_problems_of_one_model(key: Any, told: str) -> None:
    more = {"z": IntField(primary_key=True)} if "z is" in told else {"z": IntField()}
    members = [describe_field(name, field) for name, field in {"x": IntField(), "y": IntField(), **more}.items()]
    _, problems = build_model_schema("M", "tests.models", members, read_meta({"primary_key": key}), "models")
    assert [str(problem) for problem in problems] == [told]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql"])
def test_tables(dialect: str) -> None:
    made = graph(
        tenant(),
        order(code=UUIDField(unique=True)),
        model("Line", order=FK("Order", null=True, on_delete=SET_NULL), n=IntField()),
    )
    text = "\n".join(create_statements(made, dialect)).replace("`", '"')
    assert 'PRIMARY KEY ("tenant_id", "id")' in text
    assert text.count("PRIMARY KEY") == 3
    assert '("order_tenant_id", "order_id") REFERENCES "order" ("tenant_id", "id") ON DELETE SET NULL' in text
