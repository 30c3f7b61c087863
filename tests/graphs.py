"""Builds model graphs for tests the short way: `graph(model("Hero", name=CharField(50)))`."""

from collections.abc import Mapping
from typing import Any

from ormgen.schema.field import Field, describe_field
from ormgen.schema.graph import ModelGraph
from ormgen.schema.link import link
from ormgen.schema.model_schema import ModelSchema, build_model_schema, read_meta
from ormgen.schema.relation_fields import RelationalField


def model(name: str, meta: Mapping[str, Any] | None = None, /, **members: Field[Any] | RelationalField) -> ModelSchema:
    """One described model, in the app "models" unless `meta` says otherwise."""
    described = [
        member.describe(key) if isinstance(member, RelationalField) else describe_field(key, member)
        for key, member in members.items()
    ]
    schema, problems = build_model_schema(name, "tests.models", described, read_meta(meta or {}), "models")
    assert not problems
    return schema


def graph(*models: ModelSchema) -> ModelGraph:
    """Those models, linked."""
    return link(models)
