"""Which app a module belongs to when nobody says so."""

import pytest

from graphs import model
from ormgen.schema.model_schema import ModelSchema
from ormgen.schema.relation_fields import ForeignKeyField
from ormgen_codegen.apps import Entry, app_labels, configured_label, in_apps


def entry(module: str, name: str, *targets: str, app: str | None = None) -> Entry:
    links = {f"x{number}": ForeignKeyField(target) for number, target in enumerate(targets)}
    return module, model(name, {} if app is None else {"app": app}, **links)


@pytest.mark.parametrize(
    ("entries", "labels"),
    [
        ([entry("a", "A")], {"a": "models"}),
        ([entry("a", "A", "app.A", "self", "A")], {"a": "app"}),
        ([entry("a", "A", "app.A"), entry("b", "B")], {"a": "app", "b": "app"}),
        (
            [entry("a", "A", "one.A"), entry("b", "B", "two.B"), entry("c", "C")],
            {"a": "one", "b": "two", "c": "models"},
        ),
        ([entry("a", "Team", "models.Teem", "modles.Team", "models.Zebra")], {"a": "models"}),
        ([entry("a", "A", "other.B"), entry("a", "B", app="other")], {"a": "models"}),
        ([entry("a.b", "A", "a.b.A"), entry("a.c", "C", "a.b.A")], {"a.b": "models", "a.c": "models"}),
        ([entry("models", "A", "models.A")], {"models": "models"}),
        ([entry("a", "A", "two.A", "one.A")], {"a": "one"}),
    ],
)
def test_inferred(entries: list[Entry], labels: dict[str, str]) -> None:
    assert app_labels(entries) == labels


def test_configured() -> None:
    apps = {"one": ["a"], "two": ["a.b", "c.models"]}
    labels = {name: configured_label(name, apps) for name in ("a", "a.x", "a.b", "a.b.c", "ab", "c", "c.models")}
    assert labels == {"a": "one", "a.x": "one", "a.b": "two", "a.b.c": "two", "ab": None, "c": None, "c.models": "two"}
    assert app_labels([entry("a.b", "A", "one.A"), entry("d", "D")], apps) == {"a.b": "two", "d": "one"}


def test_models_get_their_app_once() -> None:
    first, second = entry("a", "A"), entry("b", "B", app="own")

    def keys(schemas: list[ModelSchema]) -> list[str]:
        return [schema.key for schema in schemas]

    assert keys(in_apps([first, second, ("b", first[1])])) == ["models.A", "own.B"]
