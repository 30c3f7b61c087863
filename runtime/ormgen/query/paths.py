"""Reads names such as `team__name__icontains` into relations, a column and a lookup: the only reader of `__`."""

from __future__ import annotations

from collections.abc import Sequence

from ormgen.exceptions import FieldError
from ormgen.records import dataclass
from ormgen.schema.field import FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.schema.lookups import EVERY_LOOKUP, Family, Lookup, lookups_of
from ormgen.schema.names import did_you_mean, nearest


@dataclass(frozen=True, slots=True)
class Path:
    """Relations crossed from a model, then a column of the model they lead to; `others` are the further columns of a
    key that has several.

    `end` is the relation that the name ended on, where it named a relation and not a column: the value to compare
    with is then an instance or the value of its attribute `end_attribute`.
    """

    relations: tuple[Relation, ...]
    column: FieldSchema
    end: Relation | None = None
    others: tuple[FieldSchema, ...] = ()

    @property
    def columns(self) -> tuple[FieldSchema, ...]:
        """The column, or all those of a key."""
        return (self.column, *self.others)

    @property
    def telling(self) -> Path:
        """The path to the one column that tells whether the value is there."""
        column = next((column for column in self.columns if column.null), self.column)
        return Path(self.relations, column, self.end)

    @property
    def end_attribute(self) -> str:
        """The attribute of an instance that stands for it in a comparison with this path."""
        if self.others:
            return "pk"
        return self.column.name if self.end is None or self.end.many or not self.end.kind.forward else self.end.far

    @property
    def end_model(self) -> str | None:
        """The key of the model whose instances stand for the value, where the name ended on a relation."""
        return None if self.end is None else self.end.target

    @property
    def null(self) -> bool:
        """Whether the value can be null although the column is not."""
        return self.column.null or any(relation.optional or relation.many for relation in self.relations)

    @property
    def many(self) -> bool:
        """Whether it leads to any number of values."""
        return any(relation.many for relation in self.relations)


def walk(
    graph: ModelGraph, model: LinkedModel, name: str, filters: bool = False
) -> tuple[tuple[Relation, ...], tuple[FieldSchema, ...], list[str]]:
    """The relations and the column (or the columns of a key) that `name` begins with, and the parts that are left;
    `filters`: it is a keyword of a filter.

    Raises:
        FieldError: the first part names nothing, or a part behind a relation does.
    """
    parts = name.split("__")
    relations: list[Relation] = []
    here = model
    while parts:
        part = parts[0]
        if part in here.relations:
            relation = here.relations[part]
            relations.append(relation)
            here = graph[relation.target]
            parts.pop(0)
            continue
        columns = here.columns_of(part)
        if columns:
            return tuple(relations), columns, parts[1:]
        if relations and _is_relation_lookup(parts):
            break
        raise unknown_name(here, part, name, filters)
    return tuple(relations), (), parts


def _is_relation_lookup(parts: Sequence[str]) -> bool:
    return len(parts) == 1 and parts[0] in RELATION_LOOKUPS


RELATION_LOOKUPS = frozenset({"exact", "not", "in", "not_in", "isnull", "not_isnull"})


def unknown_name(model: LinkedModel, part: str, whole: str, filters: bool = False) -> FieldError:
    """The error for a name that `model` does not have, with what was probably meant."""
    inside, hint = "" if part == whole else f' (in "{whole}")', did_you_mean(part, model.names)
    if filters:
        return FieldError(f"Unknown filter param '{whole}': {model.name} has no field \"{part}\"{inside}; {hint}")
    return FieldError(f'Unknown field "{part}" for model "{model.name}"{inside}; {hint}')


def ended(graph: ModelGraph, relations: tuple[Relation, ...]) -> Path:
    """The path of a name that ended on a relation: the column that holds the key of its target."""
    last = relations[-1]
    if last.kind.forward:
        near = tuple(graph[last.model].columns[name] for name, _ in last.pairs)
        return Path(relations[:-1], near[0], last, near[1:])
    first, *others = graph[last.target].pk_columns
    return Path(relations, first, last, tuple(others))


def column_path(graph: ModelGraph, model: LinkedModel, name: str) -> Path:
    """The column that `name` stands for; a relation stands for the column of its key.

    Raises:
        FieldError: there is no such column, or it is a key of several columns.
    """
    path = key_path(graph, model, name)
    if path.others:
        names = ", ".join(column.name for column in path.columns)
        raise FieldError(f'"{name}" is a key of several columns and cannot be used here; name one of them: {names}')
    return path


def key_path(graph: ModelGraph, model: LinkedModel, name: str) -> Path:
    """The column that `name` stands for, or all columns of a key.

    Raises:
        FieldError: there is no such column.
    """
    relations, columns, rest = walk(graph, model, name)
    if rest:
        here = graph[relations[-1].target] if relations else model
        if columns:
            raise FieldError(f"{name} not resolvable: {here.name}.{columns[0].name} is a column, nothing can follow it")
        raise unknown_name(here, rest[0], name)
    return shortened(graph, relations, columns) if columns else ended(graph, relations)


def shortened(graph: ModelGraph, relations: tuple[Relation, ...], columns: tuple[FieldSchema, ...]) -> Path:
    """The path without a last step whose columns the near side holds as well: `team__id` is `team_id`."""
    if relations and relations[-1].kind.forward:
        last = relations[-1]
        near = {far: name for name, far in last.pairs}
        if all(column.name in near for column in columns):
            held = graph[last.model].columns
            return shortened(graph, relations[:-1], tuple(held[near[column.name]] for column in columns))
    return Path(relations, columns[0], None, columns[1:])


def relation_path(graph: ModelGraph, model: LinkedModel, name: str) -> tuple[Relation, ...]:
    """The relations that `name` names, all of them.

    Raises:
        FieldError: a part is not a relation.
    """
    relations: list[Relation] = []
    here = model
    for part in name.split("__"):
        if part not in here.relations:
            what = "is a field, not a relation" if part in here.columns else "does not exist"
            raise FieldError(f"{here.name}.{part} {what}; {did_you_mean(part, here.relations)}")
        relations.append(here.relations[part])
        here = graph[relations[-1].target]
    return tuple(relations)


def filter_path(graph: ModelGraph, model: LinkedModel, key: str) -> tuple[Path, tuple[str, ...], Lookup]:
    """The column, the keys into its JSON value, and the lookup that the keyword `key` of a filter stands for.

    Raises:
        FieldError: a name does not exist, or the column does not accept the lookup.
    """
    relations, columns, rest = walk(graph, model, key, filters=True)
    path = shortened(graph, relations, columns) if columns else ended(graph, relations)
    family = Family.KEY if path.others else path.column.family
    if family is Family.JSON and (len(rest) > 1 or (rest and rest[0] not in EVERY_LOOKUP)):
        keys, lookup = json_path(rest)
        return path, keys, lookup
    return path, (), find_lookup(family, rest, ", ".join(column.name for column in path.columns), key)


def json_path(parts: Sequence[str]) -> tuple[tuple[str, ...], Lookup]:
    """The keys into a JSON value, and the lookup behind them; what no lookup is called is a key.

    Raises:
        FieldError: no JSON value can have such a key.
    """
    storable(parts)
    lookup = EVERY_LOOKUP.get(parts[-1])
    return (tuple(parts), EVERY_LOOKUP["exact"]) if lookup is None else (tuple(parts[:-1]), lookup)


def into_json(graph: ModelGraph, model: LinkedModel, name: str) -> tuple[Path, tuple[str, ...]]:
    """The column, or the columns of a key, that a name leads to, and the keys into its JSON value behind it.

    Raises:
        FieldError: there is no such column.
    """
    relations, columns, rest = walk(graph, model, name)
    if len(columns) != 1 or not rest or columns[0].family is not Family.JSON:
        return key_path(graph, model, name), ()
    storable(rest)
    return shortened(graph, relations, columns), tuple(rest)


def storable(keys: Sequence[str]) -> None:
    """Raise FieldError for a key that no database can hold."""
    for key in keys:
        if "\x00" in key or (not key.isascii() and key != key.encode(errors="ignore").decode()):
            raise FieldError(f"{key!r} cannot be a key of a JSON value: it holds a NUL or half a surrogate pair")


def find_lookup(family: Family | None, rest: list[str], name: str, key: str) -> Lookup:
    """The lookup that the parts `rest` name for a column of `family`; values of an unknown one accept every lookup.

    Raises:
        FieldError: there is no such lookup for it.
    """
    lookups = EVERY_LOOKUP if family is None else lookups_of(family)
    lookup = lookups.get("__".join(rest) if rest else "exact")
    if lookup is None:
        wrong, kind = "__".join(rest), "" if family is None else f" ({family.value})"
        close = nearest(wrong, lookups)
        hint = f'did you mean "{close}"?' if close else f"it accepts {', '.join(lookups)}"
        raise FieldError(f"Unknown filter param '{key}': {name}{kind} has no lookup \"{wrong}\"; {hint}")
    return lookup
