"""Tries on Tortoise ORM all that the stubs of this project offer, and prints what it does not take, a line for each."""

import ast
import datetime as dt
import inspect
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tortoise import Tortoise, run_async
from tortoise.expressions import F
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.fields.relational import ManyToManyRelation, ReverseRelation
from tortoise.models import Model
from tortoise.queryset import QuerySet, ValuesQuery

from heroes import models

VALUES: dict[str, Any] = {
    "Int": 1,
    "Str": "a",
    "Float": 1.5,
    "Dec": 1,
    "DateTime": dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
    "Date": dt.date(2024, 1, 1),
    "Uuid": uuid.UUID(int=1),
    "Status": models.Status.ACTIVE,
    "bool": True,
    "Bool": True,
    "Any": {"a": 1},
    "dict": {"a": 1},
    "int": 1,
    "str": "a",
}
ENDINGS = ("Op", "Opt", "Value", "s", "es", "Many", "Pair")
OF_DATES = frozenset("year quarter month week day hour minute second microsecond".split())
OF_TEXT = frozenset("contains icontains startswith istartswith endswith iendswith iexact search".split())
SENSELESS = OF_DATES | OF_TEXT | {"posix_regex", "iposix_regex", "gt", "gte", "lt", "lte", "range"}
"""Lookups that Tortoise ORM has for fields of every kind; stubs have them for the kinds that they are about."""
LEAN = "lean" in sys.argv
"""Stubs of many models offer what is used, and not all that there is."""
NAMES = ("order_by", "values", "values_list", "only", "group_by")
CLASSES: dict[str, type[Model]] = {
    each.__name__: each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)
}
CLASSES.pop("Model", None)


def definitions() -> Iterator[ast.stmt]:
    for path in Path("heroes").glob("_ormgen_*.pyi"):
        yield from ast.parse(path.read_text("utf-8")).body


DEFINED = {getattr(each, "name", None) or ast.unparse(getattr(each, "target", each)): each for each in definitions()}


def literals(name: str) -> list[str]:
    """The texts in an alias and in the aliases that it is made of."""
    found = []
    for node in ast.walk(DEFINED[name].value) if name in DEFINED else ():  # type: ignore[attr-defined]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(node.value)
        elif isinstance(node, ast.Name) and node.id in DEFINED and isinstance(DEFINED[node.id], ast.AnnAssign):
            found += literals(node.id)
    return list(dict.fromkeys(found))


def methods(name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    node = DEFINED.get(name)
    for each in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            yield each


def members(name: str) -> list[str]:
    node = DEFINED.get(name)
    if not isinstance(node, ast.ClassDef):
        return []
    attributes = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]  # type: ignore[union-attr]
    return [each for each in [*attributes, *(one.name for one in methods(name))] if not each.startswith("__")]


def keys(name: str) -> list[str]:
    """The keys of a dictionary, with those of its bases."""
    node = DEFINED[name]
    assert isinstance(node, ast.ClassDef)
    above = [key for base in node.bases if ast.unparse(base) in DEFINED for key in keys(ast.unparse(base))]
    return [*above, *members(name)]


def sample(annotation: str, lookup: str) -> Any:
    """A value that the stub takes."""
    first = annotation.partition(" | ")[0].partition("[")[0]
    if first == "Many" or first.endswith(("Ref", "Reference")):
        found: Any = 1
    else:
        stem = next((first.removesuffix(end) for end in ENDINGS if first.removesuffix(end) in VALUES), first)
        found = VALUES[stem]
    if lookup in ("in", "not_in"):
        return [found]
    return (found, found) if lookup == "range" else found


def tried(what: str, question: Any) -> None:
    try:
        question().sql()
    except NotImplementedError:
        pass  # not on this database
    except Exception as fault:
        print(f"{what}: {type(fault).__name__}: {str(fault)[:100]}")


def filters(stem: str, model: type[Model]) -> None:
    call = next(methods(f"{stem}Filter"))
    offered = {each.arg: ast.unparse(each.annotation) for each in call.args.kwonlyargs if each.annotation is not None}
    offered.pop("using_db", None)
    assert len(offered) > 20
    for name, annotation in offered.items():
        value = sample(annotation, name.rpartition("__")[2])
        tried(f"{stem}.filter({name}={value!r})", lambda name=name, value=value: model.filter(**{name: value}))
        if "Op" in annotation.partition(" | ")[0]:
            tried(f"{stem}.filter({name}=F)", lambda name=name: model.filter(**{name: F("id")}))
    for name in () if LEAN else model._meta.filters.keys() - offered.keys():
        field = model._meta.fields_map.get(name.partition("__")[0], model._meta.pk)
        senseless = SENSELESS if field.field_type is not str or isinstance(field, CharEnumFieldInstance) else OF_DATES
        if name.partition("__")[2] not in senseless:
            print(f"{stem}.filter({name}=…) is not offered")


def names(stem: str, model: type[Model]) -> None:
    paths = literals(f"{stem}Path")
    assert paths
    for name in paths:
        for method in NAMES:
            tried(
                f"{stem}.{method}({name})",
                lambda name=name, method=method: getattr(model.annotate(one=F("id")), method)(name),
            )
    for name in literals(f"{stem}Order"):
        tried(f"{stem}.order_by({name})", lambda name=name: model.all().order_by(name))
    for name in literals(f"{stem}Join"):
        tried(f"{stem}.select_related({name})", lambda name=name: model.all().select_related(name))
    for name in literals(f"{stem}Nested"):
        tried(f"{stem}.prefetch_related({name})", lambda name=name: model.all().prefetch_related(name))
    for name in keys(f"{stem}New"):
        if name not in model._meta.fields_map or name == "pk":
            print(f"{stem}({name}=…): no such field")
    update = next(each for each in methods(f"{stem}Queries") if each.name == "update")
    for name in (each.arg for each in update.args.kwonlyargs):
        if name not in model._meta.fetch_fields:
            tried(f"{stem}.update({name})", lambda name=name: model.all().update(**{name: F("id")}))


def attributes(stem: str, model: type[Model]) -> None:
    """Every method is there, and takes the parameters by these names, in this order."""
    model.all()
    places: dict[str, Any] = {
        "Queries": QuerySet,
        "QuerySet": QuerySet,
        "Single": QuerySet,
        "Model": model,
        "Base": model,
        "ManyToMany": ManyToManyRelation,
        **{name.removeprefix(stem): ReverseRelation for name in DEFINED if name.startswith(f"{stem}Of_")},
    }
    for end, place in places.items():
        if end.endswith(("Fetched", "InPlace")):
            continue
        for name in members(f"{stem}{end}"):
            if not hasattr(place, name) and not (place is model and name in (*model._meta.fields_map, "pk")):
                print(f"{stem}{end}.{name}: no such attribute")
        for method in methods(f"{stem}{end}"):
            compare(f"{stem}{end}", method, getattr(place, method.name, None))


def compare(where: str, method: ast.FunctionDef | ast.AsyncFunctionDef, real: Any) -> None:
    if real is None or method.name == "__init__":
        return
    there = [name for name in inspect.signature(real).parameters if name not in ("self", "cls")]
    here = [each.arg for each in method.args.args if each.arg not in ("self", "cls")]
    if method.args.vararg is None and here != there[: len(here)]:
        print(f"{where}.{method.name}({', '.join(here)}): the parameters are {', '.join(there)}")


def support() -> None:
    for name, place in (("QuerySet", QuerySet), ("Single", QuerySet), ("Rows", ValuesQuery)):
        for method in methods(name):
            if not hasattr(place, method.name) and method.name != "__bool__":
                print(f"{name}.{method.name}: no such attribute")
            compare(name, method, getattr(place, method.name, None))


async def main() -> None:
    await Tortoise.init(db_url="sqlite://:memory:", modules={"models": ["heroes.models"]})
    await Tortoise.generate_schemas()
    support()
    for stem, model in CLASSES.items():
        filters(stem, model)
        names(stem, model)
        attributes(stem, model)
    print(f"tried {len(CLASSES)} models")


if __name__ == "__main__":
    run_async(main())
