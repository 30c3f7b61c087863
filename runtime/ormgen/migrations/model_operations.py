"""What a migration does, as data: each operation changes the models, and thereby tells how tables change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from ormgen.exceptions import ConfigurationError
from ormgen.migrations.documents import Declared, build, describe, document
from ormgen.migrations.state import (
    State,
    member_of,
    meta_of,
    module_of,
    options_document,
    with_key,
    with_member,
    without_member,
)
from ormgen.records import dataclass, field, replace
from ormgen.schema.field import MISSING
from ormgen.schema.indexes import IndexSchema
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema
from ormgen.schema.relation_fields import RelationSchema
from ormgen.sql.ddl_enum_changes import EnumWishes


@dataclass(frozen=True)
class Hints:
    """What two states alone do not tell: names that have changed, and values for rows that exist.

    `models` maps keys, `fields` and `fills` new keys with an attribute; `enums` is about types of the database.
    """

    models: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fills: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    enums: EnumWishes = field(default_factory=EnumWishes)

    def backwards(self) -> Hints:
        """The same on the way back."""
        fields: dict[tuple[str, str], str] = {}
        old = {new: name for name, new in self.models.items()}
        for (key, name), new in self.fields.items():
            fields[old.get(key, key), new] = name
        words = {name: {new: value for value, new in renamed.items()} for name, renamed in self.enums.renamed.items()}
        return Hints(old, fields, enums=EnumWishes(words, self.enums.anew))


class Operation:
    """One step of a migration."""

    destructive: ClassVar[bool] = False

    @property
    def reversible(self) -> bool:
        """Whether it can be undone."""
        return True

    def changed(self, app: str, state: State) -> State:
        """The models after it.

        Raises:
            ConfigurationError: it does not fit the models before it.
        """
        raise NotImplementedError

    def hints(self, app: str) -> Hints:
        """What has to be known for tables to follow."""
        return Hints()

    def describe(self) -> str:
        """What it does, in a few words."""
        raise NotImplementedError


def _absent(state: State, app: str, name: str) -> None:
    if f"{app}.{name}" in state.models:
        raise ConfigurationError(f'migrations of app "{app}": there is a model {name} already')


def _free_table(state: State, model: ModelSchema) -> None:
    """Refuse a model that would share the table of another one."""
    for other in state.models.values():
        same = (other.table, other.meta.schema, other.app) == (model.table, model.meta.schema, model.app)
        if same and other.key != model.key:
            told = f'the table "{model.table}" is that of {other.name}; delete or rename that model first'
            raise ConfigurationError(f'migrations of app "{model.app}": {model.name}: {told}')


@dataclass(frozen=True)
class CreateModel(Operation):
    """A new model with its table: `CreateModel("Team", [("id", fields.IntField(primary_key=True))])`."""

    name: str
    fields: Sequence[tuple[str, Declared]]
    options: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, app: str, state: State) -> State:
        _absent(state, app, self.name)
        members = tuple(describe(name, declared) for name, declared in self.fields)
        model = ModelSchema(self.name, module_of(app), app, members, meta_of(self.options))
        _free_table(state, model)
        return state.having(with_key(model))

    def describe(self) -> str:
        return f"create model {self.name}"


@dataclass(frozen=True)
class DeleteModel(Operation):
    """A model and its table go, with all rows."""

    destructive: ClassVar[bool] = True
    name: str

    def changed(self, app: str, state: State) -> State:
        key = state.model(app, self.name).key
        for model in state.models.values():
            for member in model.members:
                if model.key != key and isinstance(member, RelationSchema) and member.to == key:
                    told = f"{model.key}.{member.name} points at {key}; remove that field first"
                    raise ConfigurationError(f'migrations of app "{app}": {told}')
        return state.lacking(key)

    def describe(self) -> str:
        return f"delete model {self.name}"


@dataclass(frozen=True)
class RenameModel(Operation):
    """A model gets another name; its rows, and what points at it, stay."""

    old_name: str
    new_name: str

    def changed(self, app: str, state: State) -> State:
        state.model(app, self.old_name)
        _absent(state, app, self.new_name)
        return state.renamed(app, self.old_name, self.new_name)

    def hints(self, app: str) -> Hints:
        return Hints(models={f"{app}.{self.old_name}": f"{app}.{self.new_name}"})

    def describe(self) -> str:
        return f"rename model {self.old_name} to {self.new_name}"


@dataclass(frozen=True)
class MoveModel(Operation):
    """A model of another app comes into this one; its rows, and what points at it, stay: `MoveModel("Team", "old")`."""

    name: str
    from_app: str

    def changed(self, app: str, state: State) -> State:
        state.model(self.from_app, self.name)
        _absent(state, app, self.name)
        return state.renamed(self.from_app, self.name, self.name, app)

    def hints(self, app: str) -> Hints:
        return Hints(models={f"{self.from_app}.{self.name}": f"{app}.{self.name}"})

    def describe(self) -> str:
        return f"take model {self.name} from app {self.from_app}"


@dataclass(frozen=True)
class AlterModelOptions(Operation):
    """Other options in the `Meta` of a model; one that is None is as if it had never been said."""

    name: str
    options: Mapping[str, Any]

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.name)
        said = {name: value for name, value in options_document(model.meta).items() if name not in self.options}
        said |= {name: value for name, value in self.options.items() if value is not None}
        made = replace(model, meta=meta_of(said))
        _free_table(state, made)
        return state.having(with_key(made))

    def describe(self) -> str:
        return f"change options of {self.name}"


@dataclass(frozen=True)
class _OfField(Operation):
    model_name: str
    name: str


@dataclass(frozen=True)
class AddField(_OfField):
    """A new field. Rows that exist get `fill`, else the default."""

    field: Declared
    fill: Any = None

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.model_name)
        if any(member.name == self.name for member in model.members):
            raise ConfigurationError(f'migrations of app "{app}": {model.key} has a field {self.name} already')
        return state.having(with_key(with_member(model, describe(self.name, self.field))))

    def hints(self, app: str) -> Hints:
        return _filling(app, self.model_name, self.name, self.fill)

    def describe(self) -> str:
        return f"add {self.model_name}.{self.name}"


@dataclass(frozen=True)
class RemoveField(_OfField):
    """A field goes, with its values."""

    destructive: ClassVar[bool] = True

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.model_name)
        member_of(model, self.name)
        return state.having(without_member(model, self.name))

    def describe(self) -> str:
        return f"remove {self.model_name}.{self.name}"


@dataclass(frozen=True)
class AlterField(_OfField):
    """Another definition of a field. Rows without a value get `fill`, else the default, if they need one."""

    field: Declared
    fill: Any = None

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.model_name)
        member_of(model, self.name)
        return state.having(with_key(with_member(model, describe(self.name, self.field))))

    def hints(self, app: str) -> Hints:
        return _filling(app, self.model_name, self.name, self.fill)

    def describe(self) -> str:
        return f"alter {self.model_name}.{self.name}"


@dataclass(frozen=True)
class RenameField(Operation):
    """A field gets another name; its values stay."""

    model_name: str
    old_name: str
    new_name: str

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.model_name)
        member_of(model, self.old_name)
        members = tuple(
            replace(member, name=self.new_name, renamed_from=None) if member.name == self.old_name else member
            for member in model.members
        )
        members = tuple(
            replace(each, column=self.new_name)
            if each.name == self.new_name and not isinstance(each, RelationSchema) and each.column == self.old_name
            else each
            for each in members
        )
        renamed = replace(model, members=members, meta=_renamed(model.meta, self.old_name, self.new_name))
        return _following(state, model.key, self.old_name, self.new_name).having(renamed)

    def hints(self, app: str) -> Hints:
        key = f"{app}.{self.model_name}"
        found = {(key, self.old_name): self.new_name, (key, f"{self.old_name}_id"): f"{self.new_name}_id"}
        return Hints(fields=found)

    def describe(self) -> str:
        return f"rename {self.model_name}.{self.old_name} to {self.new_name}"


def _renamed(meta: MetaOptions, old: str, new: str) -> MetaOptions:
    """The options of a model after a field got another name."""
    names = {old: new, f"{old}_id": f"{new}_id"}

    def follow(group: Sequence[str]) -> tuple[str, ...]:
        return tuple(names.get(name, name) for name in group)

    return replace(
        meta,
        primary_key=follow(meta.primary_key),
        unique_together=tuple(follow(group) for group in meta.unique_together),
        indexes=tuple(replace(index, fields=follow(index.fields)) for index in meta.indexes),
        constraints=tuple(
            replace(each, fields=follow(each.fields)) if isinstance(each, IndexSchema) else each
            for each in meta.constraints
        ),
    )


def _following(state: State, key: str, old: str, new: str) -> State:
    """The state with foreign keys that name the field with `to_field` following it."""
    for model in state.models.values():
        members = tuple(
            replace(member, to_field=new)
            if isinstance(member, RelationSchema) and member.to == key and member.to_field == old
            else member
            for member in model.members
        )
        if members != model.members:
            state = state.having(replace(model, members=members))
    return state


def _filling(app: str, model: str, name: str, fill: Any) -> Hints:
    return Hints() if fill is None or fill is MISSING else Hints(fills={(f"{app}.{model}", name): fill})


@dataclass(frozen=True)
class AlterUniqueTogether(Operation):
    """Other groups of fields in which rows differ."""

    name: str
    unique_together: Sequence[Sequence[str]]

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.name)
        groups = tuple(tuple(group) for group in self.unique_together)
        return state.having(replace(model, meta=replace(model.meta, unique_together=groups)))

    def describe(self) -> str:
        return f"change unique groups of {self.name}"


@dataclass(frozen=True)
class AlterPrimaryKey(Operation):
    """Other fields are the primary key, one or several, from rows that have them: `AlterPrimaryKey("Team", ["code"])`.

    With none, the table has no key until another operation gives it one.
    """

    name: str
    fields: Sequence[str]

    def changed(self, app: str, state: State) -> State:
        model = state.model(app, self.name)
        columns = {f"{member.name}_id" for member in model.members if isinstance(member, RelationSchema)}
        for name in self.fields:
            if name not in columns:
                member_of(model, name)
        single = self.fields[0] if len(self.fields) == 1 else None
        members = tuple(_as_key(member, member.name == single) for member in model.members)
        several = tuple(self.fields) if single is None else ()
        return state.having(with_key(replace(model, members=members, meta=replace(model.meta, primary_key=several))))

    def describe(self) -> str:
        return f"make {' and '.join(self.fields) or 'nothing'} the primary key of {self.name}"


def _as_key(member: Member, key: bool) -> Member:
    """A member that is the primary key, or is not."""
    found = document(member)
    if bool(found.get("primary_key")) is key or found["type"] == "ManyToManyField":
        return member
    left_out = ("null", "unique", "index", "generated") if key else ("primary_key", "generated")
    made = {name: value for name, value in found.items() if name not in left_out}
    return describe(member.name, build(made | ({"primary_key": True} if key else {})))
