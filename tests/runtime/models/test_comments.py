"""Comments of fields and tables: `#:` above a declaration, `description=`, docstrings, `Meta.table_description`."""

from typing import Any

import pytest

from models.commented import Building, Place, Silent
from ormgen import ORM, Model, fields
from ormgen.contrib.pydantic import pydantic_model_creator

MODELS = {"models": ["models.commented"]}
SEATS = "No. of seats, it's */ many"


@pytest.mark.feature(64, 79)
async def test_fields(orm: str) -> None:
    declared = Building._meta.fields_map
    assert declared["seats"].description == SEATS
    assert declared["seats"].docstring == f"{SEATS}\nAll this is no part of the description."
    assert (declared["rent"].description, declared["rent"].docstring) == ("Said already", "Not this")
    assert declared["floors"].description is None
    assert declared["owner"].description == "Who owns it"
    assert Place.where.description == "Where Place is"
    assert Building._meta.need().columns["seats"].description == SEATS
    properties: Any = pydantic_model_creator(Building).model_json_schema()["properties"]
    assert properties["seats"]["description"].startswith("No. of seats")
    assert [column["docstring"] for column in Building.describe()["data_fields"] if column["name"] == "rent"] == [
        "Not this"
    ]


@pytest.mark.feature(63)
async def test_tables(orm: str) -> None:
    told = """It's a house with "walls" */ and more."""
    assert Building._meta.need().meta.table_description == told
    assert Building.describe()["docstring"] == f"{told}\n\nNobody sees this."
    assert Silent._meta.need().meta.table_description == "Told by Meta"


@pytest.mark.feature(63, 64, 217)
async def test_the_database_keeps_them(orm: str) -> None:
    query = {
        "sqlite": "SELECT sql AS c FROM sqlite_master WHERE name = 'building'",
        "postgres": "SELECT col_description('building'::regclass, attnum) AS c FROM pg_attribute "
        "WHERE attrelid = 'building'::regclass UNION SELECT obj_description('building'::regclass)",
        "mysql": "SELECT column_comment AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND "
        "table_name = 'building' UNION SELECT table_comment FROM information_schema.tables WHERE "
        "table_schema = DATABASE() AND table_name = 'building'",
    }
    rows = await ORM.get_connection("default").execute_query_dict(query[orm])
    text = "\n".join(str(row["c"]) for row in rows).replace("* /", "*/")
    for comment in (SEATS, "Said already", "Where Place is", "Who owns it", "a house with"):
        assert comment in text
    assert "All this" not in text


@pytest.mark.feature(64)
def test_classes_inside_of_functions() -> None:
    class Local(Model):
        #: Told here
        name = fields.CharField(max_length=5)

    class Other(Model):
        name = fields.CharField(max_length=5)

    assert Local.__model__.declared["name"].description == "Told here"
    assert Other.__model__.declared["name"].description is None
