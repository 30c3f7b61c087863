"""Names of what is generated: one stem for each model and each type of the user, aliases for imported modules."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from keyword import iskeyword
from typing import Final

TYPES_MODULE: Final = "_ormgen_types"
FIELDS_MODULE: Final = "_ormgen_fields"
BASES_MODULE: Final = "_ormgen_bases"
CARRIED_AS: Final = "_ormgen"
BASES_AS: Final = "_ormgen_bases"

MODEL_SUFFIXES: Final = tuple(
    """
    T Ref Base Creator Queries Column Path Order Relation Term Expression Deep Nested Fetch Join Filter New Values
    Row RowOrDict Single QuerySet OpenQueries State Loaded Open Model Manager Related RelatedOrNone
    Unloaded Reference ManyToMany ManyToManyFetched ManyToManyInPlace Of OfFetched OfInPlace Paths FarPaths Q
    RelatedInPlace RelatedOrNoneInPlace
    """.split()
)
TYPE_SUFFIXES: Final = ("Value", "In", "Op", "Opt", "Many", "Pair")


@cache
def is_name(text: str) -> bool:
    """Whether `text` may stand in a stub as a name."""
    return text.isidentifier() and not iskeyword(text)


class Namespace:
    """The names of one generated module; each is given once. `taken` are those that are given, in order."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = dict.fromkeys(taken)

    def fresh(self, wanted: str) -> str:
        """`wanted`, with a number behind it if that name is given already."""
        name, number = wanted, 1
        while name in self.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.taken[name] = None
        return name

    def stem(self, path: str, suffixes: Iterable[str]) -> str:
        """A beginning for the names about the class at `path`, free with each of `suffixes`."""
        listed = tuple(suffixes)
        module, _, qualified = path.partition(":")
        short = qualified.replace(".", "_")
        parts = module.split(".")
        wanted = [short, *["_".join([*parts[-count:], short]) for count in range(1, len(parts) + 1)]]
        number = 1
        while True:
            for stem in wanted:
                names = [stem + suffix for suffix in listed]
                if self.taken.keys().isdisjoint(names):
                    self.taken.update(dict.fromkeys(names))
                    return stem
            number += 1
            wanted = [f"{short}{number}"]


def module_alias(module: str, package: str) -> str:
    """The name under which a types module of `package` imports `module`."""
    parts = module.split(".")
    inside = len(parts) > 1 and parts[0] == package
    return "_" + "_".join(parts[1:] if inside else parts)


def fields_module(module: str, package: str) -> str:
    """The generated module with the fields of the models of `module`, where each has one of its own."""
    return f"{FIELDS_MODULE}{module_alias(module, package)}"


def import_line(package: str, module: str, alias: str) -> str:
    """The import of a generated module of `package`."""
    return f"from {package} import {module} as {alias}" if package else f"import {module} as {alias}"


def free_parameter(wanted: str, names: Iterable[str]) -> str:
    """`wanted` as the name of a parameter, with underscores behind it while `names` hold it."""
    listed = set(names)
    while wanted in listed:
        wanted += "_"
    return wanted
