"""Columns that are described alike are one object in what runs keep; those that only compare alike are not."""

from pathlib import Path

import pytest

from ormgen.schema.field import FieldSchema
from ormgen_codegen.cache import dumped, loaded
from ormgen_codegen.locate import Locator
from ormgen_codegen.parse.kept import KeptModules
from ormgen_codegen.parse.models import ModelReader

HEAD = "from ormgen import Model, fields\n"


def _columns(folder: Path, *declared: str, kept: bool = True) -> list[FieldSchema]:
    """The column of that declaration in each of several models."""
    models = (f"\n\nclass M{number}(Model):\n    size = {each}\n" for number, each in enumerate(declared))
    (folder / "shop.py").write_text(HEAD + "".join(models))
    module = ModelReader(Locator((folder,)), KeptModules(None, loaded, dumped) if kept else None).read("shop")
    assert module is not None
    found = [member.member for model in module.models for member in model.members if member.name == "size"]
    return [each for each in found if isinstance(each, FieldSchema)]


def test_alike(tmp_path: Path) -> None:
    one, other, third = _columns(tmp_path, *["fields.IntField(default=0)"] * 2, "fields.IntField(default=1)")
    assert one is other
    assert one is not third


@pytest.mark.parametrize(("one", "other"), [("0", "0.0"), ("0", "False"), ("1", "True"), ("1.0", "True")])
def test_values_that_compare_alike(tmp_path: Path, one: str, other: str) -> None:
    columns = _columns(tmp_path, *(f"fields.FloatField(default={each})" for each in (one, other)))
    assert [repr(each.default.value) for each in columns] == [one, other]


def test_each_for_itself_where_nothing_is_kept(tmp_path: Path) -> None:
    one, other = _columns(tmp_path, *["fields.IntField(default=0)"] * 2, kept=False)
    assert one == other
    assert one.field is not other.field
