"""Type texts of the graph become annotations, aliases and imports."""

import pytest

import ormgen.typing
from ormgen_codegen.annotations import ANYTHING, SHAPES, VOCABULARY, Annotations, Unreadable, guarded, read_type
from ormgen_codegen.naming import Namespace


@pytest.fixture
def types() -> Annotations:
    return Annotations("heroes", Namespace())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("str", "str"),
        ("datetime:datetime", "DateTime"),
        ("decimal:Decimal", "Dec"),
        ("typing:Any", "Any"),
        ("dict[str, typing:Any]", "dict[str, Any]"),
        ("list[uuid:UUID] | None", "list[Uuid] | None"),
        ("tuple[int, ...]", "tuple[int, ...]"),
        ("heroes.models:Status", "StatusValue"),
        ("shop.models:Order.State", "Order_StateValue"),
        ("list[heroes.models:Status]", "list[_models.Status]"),
        ("typing:Literal['a, b', 3]", "_typing.Literal['a, b', 3]"),
        ("collections.abc:Callable[[int], str]", "_collections_abc.Callable[[int], str]"),
        ("memoryview", "memoryviewValue"),
    ],
)
def test_value(types: Annotations, text: str, value: str) -> None:
    assert types.value(text) == value


@pytest.mark.parametrize(
    "text", ["", "dict[", "a b", "x:y:z", "int]", "lambda: 0", "class:Name", "a:b\nimport os", "[1"]
)
def test_what_is_no_type_text_is_any(types: Annotations, text: str) -> None:
    assert types.operands(text) in (ANYTHING, Annotations("heroes", Namespace()).operands("typing:Any"))
    with pytest.raises(Unreadable):
        read_type(text)


def test_known_types_use_the_vocabulary(types: Annotations) -> None:
    numbers = types.operands("int")
    assert (numbers.one, numbers.maybe, numbers.several, numbers.pair) == ("IntOp", "IntOpt", "Ints", "IntPair")
    assert (numbers.exact(True), numbers.exact(False)) == ("IntOpt", "IntOp")
    assert types.aliases == {}


def test_vocabulary_is_that_of_the_runtime() -> None:
    unordered = {"Bool", "Bytes"}  # no lookup takes a pair of them
    wanted = {stem + end for stem in VOCABULARY.values() for end in ("", "Op", "Opt", "s", "Pair")}
    wanted -= {f"{stem}Pair" for stem in unordered} | {"Bytess"}
    assert (wanted | set(SHAPES)) - set(ormgen.typing.__all__) == set()


def test_types_of_the_user_get_aliases_once(types: Annotations) -> None:
    first = types.operands("heroes.models:Status")
    assert types.operands("heroes.models:Status") is first
    assert types.aliases == {
        "StatusValue": "_models.Status",
        "StatusOp": "_models.Status | Computable",
        "StatusOpt": "_models.Status | Computable | None",
        "StatusMany": "Many[_models.Status]",
        "StatusPair": "tuple[StatusOp, StatusOp] | list[_models.Status]",
    }
    assert types.modules == {"heroes.models": "_models"}


def test_types_of_one_name_are_kept_apart(types: Annotations) -> None:
    assert types.value("heroes.models:Status") == "StatusValue"
    assert types.value("shop.models:Status") == "models_StatusValue"
    assert types.value("other.models:Status") == "other_models_StatusValue"


def test_modules_of_one_alias_are_kept_apart(types: Annotations) -> None:
    assert types.user("a.b_c:X") == "_a_b_c.X"
    assert types.user("a_b.c:X") == "_a_b_c_2.X"


def test_names_that_a_class_binds_are_read_elsewhere() -> None:
    members = frozenset({"Date", "int", "name"})
    assert guarded("Field[Date | int]", members, "_itself", "_builtins") == "Field[_itself.Date | _builtins.int]"
    assert guarded("_models.Date | Literal['name']", members, "_itself", "_b") == "_models.Date | Literal['name']"
