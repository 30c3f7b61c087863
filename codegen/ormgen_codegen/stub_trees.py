"""Which relations of an object are loaded, and of those behind them: by this the loaded forms of a model are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from ormgen.records import dataclass, field
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.naming import is_name
from ormgen_codegen.scan_chain import JOINING
from ormgen_codegen.spans import relation_path
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.targets import Lack
from ormgen_codegen.views import Variable

TreeKey = tuple[object, ...]
BARE: Final[TreeKey] = ()
"""The key of a tree without branches: no relation is loaded."""
SELECT: Final = JOINING[0]
IN_RELATION: Final = "()"
ROWS: Final = ("L0", "L1", "L2", "L3")
"""Type variables for the objects that a query in a `Prefetch` gives, in the order of the names that hold them."""
ROW_VARIABLES: Final = tuple(Variable(name, ("bound=Model", "default=Any", "covariant=True")) for name in ROWS)


class Wanted(NamedTuple):
    """One argument of a call that loads: a path, or a `Prefetch` of a relation, perhaps with `to_attr`."""

    path: str
    queried: bool
    attribute: str

    @classmethod
    def of(cls, text: str) -> Wanted:
        """The argument behind a text of `scan_chain.step_of`."""
        path, bracket, attribute = text.partition("(")
        return cls(path, bool(bracket), attribute.removesuffix(")"))

    @property
    def branch(self) -> str:
        """The attribute that holds what is loaded."""
        return self.attribute or self.path.partition("__")[0]


@dataclass(slots=True)
class Tree:
    """Relations to load, and those of the objects that they lead to.

    `given` says that the objects are those of a query in a `Prefetch`: `IN_RELATION`, or the name of the relation
    whose objects are listed under an attribute of its own.
    """

    branches: dict[str, Tree] = field(default_factory=dict)
    given: str = ""

    def add(self, names: Iterable[str]) -> None:
        """Grow by one path."""
        here = self
        for name in names:
            here = here.branches.setdefault(name, Tree())

    def grown(self, texts: Iterable[str]) -> Tree:
        """Another tree with these paths and queries as well."""
        made = Tree({name: tree.grown(()) for name, tree in self.branches.items()}, self.given)
        for wanted in map(Wanted.of, texts):
            if wanted.queried:
                made.branches[wanted.branch] = Tree(given=wanted.path if wanted.attribute else IN_RELATION)
            else:
                made.add(wanted.path.split("__"))
        return made

    def key(self) -> TreeKey:
        """Equal for trees with the same branches in whatever order."""
        if self.given:
            return (self.given,)
        return tuple(sorted((name, tree.key()) for name, tree in self.branches.items()))

    def word(self) -> str:
        """What the class is called after: `team`, `team_and_mentor`, `team__owner`, `own_heroes`, `heroes_as_few`."""
        parts = []
        for name, tree in sorted(self.branches.items()):
            if tree.given:
                parts.append(f"own_{name}" if tree.given == IN_RELATION else f"{tree.given}_as_{name}")
            else:
                parts.append(f"{name}__{tree.word()}" if tree.branches else name)
        return "_and_".join(parts)

    @property
    def rows(self) -> Mapping[str, str]:
        """The type variable of each branch whose objects a query gives."""
        given = (name for name, tree in sorted(self.branches.items()) if tree.given)
        return dict(zip(given, ROWS, strict=False))

    def arguments(self, rows: Mapping[str, str] | None = None) -> str:
        """What stands behind the name of the class, with the type variables that `rows` has for the branches."""
        own = self.rows
        return f"[{', '.join((rows or own)[branch] for branch in own)}]" if own else ""


def can_load(scope: Scope, model: LinkedModel, method: str, texts: tuple[str, ...], before: Tree) -> bool:
    """Whether a call can load this of `model`, and what is loaded then can be told."""
    asked = [Wanted.of(text) for text in texts]
    for each in asked:
        path = relation_path(scope.graph, model, each.path)
        if path is None or not all(is_name(relation.name) for relation in path):
            return False
        if method == SELECT and (each.queried or any(relation.many for relation in path)):
            return False
        if each.queried and not _is_told(scope, model, each):
            return False
    queried = [each.branch for each in asked if each.queried]
    named = {each.branch for each in asked if not each.queried}
    taken = named.isdisjoint([*queried, *before.rows]) and set(before.branches).isdisjoint(queried)
    return taken and len(set(queried)) == len(queried) and len(queried) + len(before.rows) <= len(ROWS)


def _is_told(scope: Scope, model: LinkedModel, wanted: Wanted) -> bool:
    """Whether a `Prefetch` is about a relation of `model` itself, and fills what is free."""
    relation = model.relations.get(wanted.path)
    if relation is None or scope.lacks(Lack.EXACT_ARGUMENTS):
        return False
    return not wanted.attribute or (relation.many and is_name(wanted.attribute) and wanted.attribute not in model.names)


def parameters_of(scope: Scope, model: LinkedModel, texts: Iterable[str], rows: Mapping[str, str]) -> Iterator[str]:
    """What a call takes that loads this; `rows` has the type variables of queries."""
    for number, wanted in enumerate(map(Wanted.of, texts)):
        text = literal([wanted.path])
        if wanted.queried:
            asked = scope.queryset(scope.target(model.relations[wanted.path]), rows[wanted.branch])
            text = f"Prefetch[{text}, {asked}, {literal([wanted.attribute]) if wanted.attribute else 'None'}]"
        yield f"r{number}: {text}"
