"""`ormgen stubs` as a whole: which files it makes, and when it makes none."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ormgen_codegen import carry
from ormgen_codegen.cli import cli
from ormgen_codegen.config import Config
from ormgen_codegen.locate import Locator
from ormgen_codegen.package_work import MODULES
from ormgen_codegen.parse.models import ModelReader
from ormgen_codegen.project_root import folder_around

HEAD = "from ormgen import Model, fields\n"
MODEL = HEAD + "class {0}(Model):\n    name = fields.TextField()\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder, which is the current one."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(**files: str) -> None:
    """Writes files below the current folder: `shop__models` is shop/models.py in a package."""
    for name, text in files.items():
        path = Path(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.parents[:-1]:
            if not (folder / "__init__.py").exists():
                (folder / "__init__.py").write_text("")
        path.write_text(text, "utf-8")


def ormgen(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["stubs", *arguments])


def written() -> dict[str, str]:
    return {path.as_posix(): path.read_text("utf-8") for path in sorted(Path().rglob("*.pyi"))}


def test_a_package_has_two_generated_modules(project: Path) -> None:
    put(shop__orders=MODEL.format("Order"), shop__deep__stock=MODEL.format("Item"), blog__models=MODEL.format("Post"))
    result = ormgen("shop", "blog.models")
    assert result.exit_code == 0, result.output
    files = written()
    assert list(files) == [
        "blog/_ormgen_fields.pyi",
        "blog/_ormgen_types.pyi",
        "blog/models.pyi",
        "shop/_ormgen_fields.pyi",
        "shop/_ormgen_types.pyi",
        "shop/deep/stock.pyi",
        "shop/orders.pyi",
    ]
    assert "from shop import _ormgen_types as _ormgen" in files["shop/deep/stock.pyi"]
    assert "from shop._ormgen_fields import *" in files["shop/_ormgen_types.pyi"]
    assert "class ItemBase" in files["shop/_ormgen_fields.pyi"]
    for name in ("shop/_ormgen_fields.pyi", "shop/_ormgen_types.pyi"):
        assert files[name].endswith(f"{MODULES}shop.deep.stock shop.orders\n")
    assert "class ItemModel" in files["shop/_ormgen_types.pyi"]
    assert "class PostModel" not in files["shop/_ormgen_types.pyi"]


def test_with_many_models_each_module_has_fields_of_its_own(project: Path) -> None:
    """What is known of a model without naming its class changes with its module alone; heirs find their parents."""
    heir = "from shop.items import Item, _Hidden\nclass Rare(Item):\n    worth = fields.IntField()\n"
    heir += "class Seen(_Hidden):\n    at = fields.DateField()\n"
    put(
        shop__items=MODEL.format("Item") + MODEL.partition("\n")[2].format("_Hidden"),
        shop__rare="from ormgen import fields\n" + heir,
    )
    assert ormgen("shop", "--depth", "used").exit_code == 0
    files = written()
    leaves = {name: files[f"shop/_ormgen_fields_{name}.pyi"] for name in ("items", "rare")}
    assert ("class ItemBase(" in leaves["items"], "class ItemRef(" in files["shop/_ormgen_fields.pyi"]) == (True, True)
    assert "class RareBase(RareRef, ItemBase)" in leaves["rare"]
    for line in ("from shop._ormgen_fields_items import ItemBase as ItemBase", "import _HiddenBase as _HiddenBase"):
        assert line in leaves["rare"]
    assert "from shop._ormgen_fields_rare import (\n    Rare" in files["shop/_ormgen_types.pyi"]
    assert "class RareModel(RareBase, ItemModel):" in files["shop/_ormgen_bases.pyi"]
    assert "class Rare(_ormgen_bases.RareModel, Item):" in files["shop/rare.pyi"]
    assert all("\n# ty: ignore\n" in text for name, text in files.items() if "_ormgen_" in name)
    put(shop__rare="from ormgen import fields\n" + heir.replace("worth", "price"))
    assert ormgen("shop", "--depth", "used").exit_code == 0
    later = written()
    assert {name for name in files if files[name] != later[name]} == {"shop/_ormgen_fields_rare.pyi", "shop/rare.pyi"}
    assert ormgen("shop").exit_code == 0
    assert set(written()) == {name for name in files if "_fields_" not in name and "_bases" not in name}


def test_twice_changes_nothing(project: Path) -> None:
    put(shop__orders=MODEL.format("Order"))
    assert "wrote shop/orders.pyi" in ormgen("shop").output
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in Path().rglob("*.pyi")}
    assert "up to date" in ormgen("shop").output
    assert ormgen("shop", "--check").exit_code == 0
    assert before == {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in Path().rglob("*.pyi")}
    put(shop__orders=MODEL.format("Bill"))
    stale = ormgen("shop", "--check")
    assert (stale.exit_code, stale.stdout.split()) == (
        1,
        ["shop/_ormgen_fields.pyi", "shop/_ormgen_types.pyi", "shop/orders.pyi"],
    )


def test_modules_without_a_package(project: Path) -> None:
    put(models=MODEL.format("Order"), more=MODEL.format("Item"))
    assert ormgen("models", "more.py").exit_code == 0
    files = written()
    assert list(files) == ["_ormgen_fields.pyi", "_ormgen_types.pyi", "models.pyi", "more.pyi"]
    assert "\nimport _ormgen_types as _ormgen\n" in files["models.pyi"]
    assert "\nfrom _ormgen_fields import *\n" in files["_ormgen_types.pyi"]


def test_models_in_a_package_itself(project: Path) -> None:
    put(shop__x="")
    Path("shop/__init__.py").write_text(MODEL.format("Order"))
    result = ormgen("shop")
    assert result.exit_code == 0, result.output
    files = written()
    assert list(files) == ["shop/__init__.pyi", "shop/_ormgen_fields.pyi", "shop/_ormgen_types.pyi"]
    assert "from shop import _ormgen_types as _ormgen" in files["shop/__init__.pyi"]


def test_modules_with_stubs_stay_in(project: Path) -> None:
    put(shop__orders=MODEL.format("Order"), shop__stock=MODEL.format("Item"), shop__gone=MODEL.format("Gone"))
    ormgen("shop")
    Path("shop/gone.py").unlink()
    put(shop__new=MODEL.format("New"))
    result = ormgen("shop.new")
    assert result.exit_code == 0, result.output
    types = written()["shop/_ormgen_types.pyi"]
    assert types.endswith(f"{MODULES}shop.new shop.orders shop.stock\n")
    assert "class ItemModel" in types
    assert "class GoneModel" not in types
    assert ormgen("shop.orders", "--check").exit_code == 0


@pytest.mark.parametrize("names", ["os.path ../x . .. shop. .shop 1 shop/orders $(id)", "blog.models", ""])
def test_a_strange_list_of_modules(project: Path, names: str) -> None:
    put(shop__orders=MODEL.format("Order"), blog__models=MODEL.format("Post"))
    Path("shop/_ormgen_types.pyi").write_text(f"# generated by ormgen\n{MODULES}{names}\n")
    result = ormgen("shop.orders")
    assert result.exit_code == 0, result.output
    assert written()["shop/_ormgen_types.pyi"].endswith(f"{MODULES}shop.orders\n")


def test_bases_in_other_modules_come_along(project: Path) -> None:
    put(
        shop__base=HEAD + "class Stamped(Model):\n"
        "    at = fields.DatetimeField()\n"
        "    class Meta:\n"
        "        abstract = True\n"
        "class Unused(Model):\n"
        "    to = fields.ForeignKeyField('models.Nowhere')\n",
        shop__orders=HEAD + "from shop.base import Stamped\nclass Order(Stamped):\n    name = fields.TextField()\n",
    )
    result = ormgen("shop.orders")
    assert result.exit_code == 0, result.output
    files = written()
    assert "class Stamped(_ormgen.StampedModel, Model):" in files["shop/base.pyi"]
    assert "class Unused(Model):" in files["shop/base.pyi"]
    assert "class OrderModel(OrderBase, StampedModel):" in files["shop/_ormgen_types.pyi"]


def test_nothing_is_written_when_anything_is_wrong(project: Path) -> None:
    put(shop__orders=MODEL.format("Order"), shop__bad=HEAD + "class Bad(Model):\n    x = fields.CharField()\n")
    result = ormgen("shop")
    assert result.exit_code == 1
    assert "shop/bad.py:3:" in result.stderr
    assert not written()
    put(shop__bad=HEAD + "class Bad(\n")
    assert ormgen("shop").exit_code == 1
    assert not written()


def test_a_fault_of_the_generator_writes_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(shop__orders=MODEL.format("Order"))
    monkeypatch.setattr(carry, "trailer", lambda *parts, **more: ["# generated by ormgen", "x = ("])
    result = ormgen("shop")
    assert result.exit_code == 2
    assert "shop/orders.py:5:5: '(' was never closed" in result.stderr
    assert "this is a fault of ormgen, please report it" in result.stderr
    assert not written()


def test_a_stub_that_somebody_wrote_stays(project: Path) -> None:
    put(shop__orders=MODEL.format("Order"))
    Path("shop/orders.pyi").write_text("x: int\n")
    result = ormgen("shop")
    assert result.exit_code == 2
    assert "shop/orders.pyi was not generated by ormgen" in result.stderr
    assert list(written()) == ["shop/orders.pyi"]


def test_the_project_is_searched_for_queries(project: Path) -> None:
    put(
        shop__models=HEAD + "class Owner(Model):\n    name = fields.TextField()\n"
        "class Order(Model):\n    name = fields.TextField()\n"
        "    owner = fields.ForeignKeyField('models.Owner')\n",
        app__views="rows = Order.all().values('id', who='owner__name')\n",
    )
    assert ormgen("shop").exit_code == 0
    assert 'who: Literal["owner__name"]' in written()["shop/_ormgen_types.pyi"]
    Path("pyproject.toml").write_text("[tool.ormgen]\nscan = ['shop']\n")
    assert ormgen("shop").exit_code == 0
    assert "owner__name" in written()["shop/_ormgen_types.pyi"]
    assert "who:" not in written()["shop/_ormgen_types.pyi"]
    Path("pyproject.toml").write_text("[tool.ormgen]\nscan = ['shops']\n")
    assert ormgen("shop").exit_code == 2


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("work/shop/models.py", "work"),
        ("work/shop/__init__.py", "work"),
        ("work/models.py", "work"),
        ("work/src/shop/models.py", "work"),
        ("other/src/shop/models.py", "other/src"),
        ("env/lib/site-packages/shop/models.py", "env/lib/site-packages/shop"),
        ("shop/models.py", "shop"),
        ("models.py", "models.py"),
    ],
)
def test_which_folder_is_searched(home: Path, path: str, expected: str) -> None:
    file = home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / "__init__.py").write_text("") if "shop" in path else None
    file.write_text(MODEL.format("Order"))
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    name = ".".join(parts[parts.index("shop") :] if "shop" in parts else parts[-1:])
    top = file.parents[name.count(".") + (file.name == "__init__.py")]
    module = ModelReader(Locator([top])).read(name)
    assert module is not None
    assert folder_around(module, home / "work") == home / expected


def test_no_settings_no_modules(project: Path) -> None:
    assert Config().modules == ()
    assert ormgen().exit_code == 2
    assert os.listdir() == []
