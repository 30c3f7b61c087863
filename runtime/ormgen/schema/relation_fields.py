"""Relations as they are declared: foreign keys, one-to-one and many-to-many fields."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal, TypeAlias, TypeVar

from ormgen.exceptions import ConfigurationError
from ormgen.records import dataclass, names_of
from ormgen.records import field as dataclass_field
from ormgen.schema.deprecated import warn
from ormgen.schema.field import MISSING, Default, either
from ormgen.schema.names import nearest

NO_DEFAULT = Default()
RelatedName: TypeAlias = str | bool | None


class OnDelete(StrEnum):
    """What happens to a row when the row that it points at is deleted."""

    CASCADE = "CASCADE"
    RESTRICT = "RESTRICT"
    SET_NULL = "SET NULL"
    SET_DEFAULT = "SET DEFAULT"
    NO_ACTION = "NO ACTION"


class Deferrable(StrEnum):
    """When the database looks at a constraint that need not hold at every moment.

    `DEFERRED`: at the end of the transaction; `IMMEDIATE`: with each statement, unless the transaction says otherwise.
    """

    DEFERRED = "DEFERRED"
    IMMEDIATE = "IMMEDIATE"

    @property
    def sql(self) -> str:
        """As it stands behind a constraint."""
        return f"DEFERRABLE INITIALLY {self.value}"


CASCADE = OnDelete.CASCADE
RESTRICT = OnDelete.RESTRICT
SET_NULL = OnDelete.SET_NULL
SET_DEFAULT = OnDelete.SET_DEFAULT
NO_ACTION = OnDelete.NO_ACTION


@dataclass(frozen=True, slots=True)
class RelationSchema:
    """One declared relation, described; `to` names the target as `app.Model`."""

    name: str
    kind: Literal["ForeignKey", "OneToOne", "ManyToMany"]
    to: str
    related_name: RelatedName = None
    on_delete: OnDelete = OnDelete.CASCADE
    null: bool = False
    unique: bool = False
    index: bool = False
    primary_key: bool = False
    db_constraint: bool = True
    to_field: str | None = None
    source_field: str | None = None
    from_fields: tuple[str, ...] = ()
    through: str | None = None
    forward_key: str | None = None
    backward_key: str | None = None
    symmetrical: bool = False
    default: Default = NO_DEFAULT
    description: str | None = None
    renamed_from: str | None = None
    on_update: OnDelete | None = None
    deferrable: Deferrable | None = None
    constraint_name: str | None = None
    field: RelationalField | None = dataclass_field(default=None, kw_only=True, compare=False, repr=False)


class RelationalField:
    """What every declared relation has in common.

    `to` is the target as text (`"models.Team"`, `"Team"` within the app, `"self"`) or the model class itself.
    `renamed_from` is what the relation was called before; see `Field`.

    Raises:
        ConfigurationError: an option is unknown or contradicts another.
    """

    kind: Literal["ForeignKey", "OneToOne", "ManyToMany"] = "ForeignKey"
    docstring: str | None = None
    model_field_name: str = ""

    def __init__(
        self,
        to: str | type,
        related_name: RelatedName = None,
        on_delete: OnDelete = CASCADE,
        *,
        db_constraint: bool = True,
        description: str | None = None,
        renamed_from: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            self._refuse_unknown(next(iter(unknown)))
        if not isinstance(to, str | type) or not to:
            raise ConfigurationError(f'{self._label()} needs the target model as "app.Model", got {to!r}')
        if related_name is True:
            raise ConfigurationError(f"{self._label()}: related_name is a name, or False for no way back")
        self.to = to
        self.related_name = None if related_name == "" else related_name
        self.on_delete = chosen("on_delete", on_delete, OnDelete)
        self.db_constraint = bool(db_constraint)
        self.description = description
        self.renamed_from = renamed_from
        if related_name is not None and related_name is not False:
            self._refuse_others_than_text("related_name")
        self._refuse_others_than_text("description", "renamed_from")

    def _refuse_others_than_text(self, *names: str) -> None:
        for name in names:
            if not isinstance(getattr(self, name), str | None):
                raise ConfigurationError(f"{self._label()}: {name} is {getattr(self, name)!r}, not text")

    def _label(self) -> str:
        return f"{self.kind}Field"

    def _refuse_unknown(self, name: str) -> None:
        close = nearest(name, names_of(RelationSchema))
        hint = f"; did you mean {close!r}?" if close else ""
        raise ConfigurationError(f"{self._label()} has no option {name!r}{hint}")

    def describe(self, name: str) -> RelationSchema:
        """The frozen description of this relation, declared as `name`."""
        return RelationSchema(
            name=name,
            kind=self.kind,
            to=self._target(),
            related_name=self.related_name,
            on_delete=self.on_delete,
            db_constraint=self.db_constraint,
            description=self.description,
            renamed_from=self.renamed_from,
        )

    def _target(self) -> str:
        if isinstance(self.to, str):
            return self.to
        return f"{self.to.__module__}:{self.to.__qualname__}"


class ForeignKeyFieldInstance(RelationalField):
    """A column that points at one row of another model; the value of `team` lives in `team_id`.

    Where the key of the other model has several columns, there is one for each: `order_tenant_id`, `order_id`.
    `from_fields` gives them other names, in the order of that key; a name that is a field already is shared.

    Of the constraint in the database `on_update` says what happens when the key of the other row changes, `deferrable`
    when the constraint is looked at (SQLite and PostgreSQL), `constraint_name` what it is called.
    """

    def __init__(
        self,
        to: str | type,
        related_name: RelatedName = None,
        on_delete: OnDelete = CASCADE,
        *,
        null: bool = False,
        to_field: str | None = None,
        source_field: str | None = None,
        from_fields: Iterable[str] = (),
        unique: bool = False,
        primary_key: bool | None = None,
        pk: bool | None = None,
        db_index: bool | None = None,
        index: bool | None = None,
        default: Any = MISSING,
        on_update: OnDelete | None = None,
        deferrable: Deferrable | None = None,
        constraint_name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(to, related_name, on_delete, **options)
        self.on_update = None if on_update is None else chosen("on_update", on_update, OnDelete)
        self.deferrable = None if deferrable is None else chosen("deferrable", deferrable, Deferrable)
        self.constraint_name = constraint_name or None
        self._refuse_others_than_text("constraint_name")
        self.null = bool(null)
        self.to_field = to_field
        self.source_field = source_field
        self.from_fields = _names(from_fields)
        self._refuse_others_than_text("to_field", "source_field")
        self.primary_key = either("primary_key", primary_key, "pk", pk)
        self.unique = bool(unique or self.primary_key)
        self.index = either("db_index", db_index, "index", index)
        self.default = default
        self._check_rules()

    def _check_rules(self) -> None:
        for option, rule in (("on_delete", self.on_delete), ("on_update", self.on_update)):
            if rule is SET_NULL and not self.null:
                raise ConfigurationError(f"{option}=SET_NULL needs null=True")
            if rule is SET_DEFAULT and self.default is MISSING:
                raise ConfigurationError(f"{option}=SET_DEFAULT needs a default")
            if rule is SET_DEFAULT and Default.of(self.default).kind != "value":
                told = f"{option}=SET_DEFAULT needs a default that the database knows: text or a number"
                raise ConfigurationError(told)
        given = [name for name in ("on_update", "deferrable", "constraint_name") if getattr(self, name) is not None]
        if given and not self.db_constraint:
            raise ConfigurationError(f"{given[0]} is about a constraint of the database; db_constraint=False has none")

    def describe(self, name: str) -> RelationSchema:
        """The frozen description of this relation, declared as `name`."""
        return RelationSchema(
            name=name,
            kind=self.kind,
            to=self._target(),
            related_name=self.related_name,
            on_delete=self.on_delete,
            null=self.null,
            unique=self.unique,
            index=self.index,
            primary_key=self.primary_key,
            db_constraint=self.db_constraint,
            to_field=self.to_field,
            source_field=self.source_field,
            from_fields=self.from_fields,
            default=Default.of(self.default),
            description=self.description,
            renamed_from=self.renamed_from,
            on_update=self.on_update,
            deferrable=self.deferrable,
            constraint_name=self.constraint_name,
            field=self,
        )


class OneToOneFieldInstance(ForeignKeyFieldInstance):
    """A foreign key whose values are unique, so that the way back leads to one object."""

    kind = "OneToOne"

    def __init__(
        self, to: str | type, related_name: RelatedName = None, on_delete: OnDelete = CASCADE, **options: Any
    ) -> None:
        super().__init__(to, related_name, on_delete, **{**options, "unique": True})


class ManyToManyFieldInstance(RelationalField):
    """Rows on both sides joined through a table of their own."""

    kind = "ManyToMany"

    def __init__(
        self,
        to: str | type,
        through: str | type | None = None,
        forward_key: str | None = None,
        backward_key: str | None = None,
        related_name: RelatedName = None,
        on_delete: OnDelete = CASCADE,
        db_constraint: bool = True,
        unique: bool = True,
        *,
        create_unique_index: bool | None = None,
        symmetrical: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(to, related_name, on_delete, db_constraint=db_constraint, **options)
        self.through = through if isinstance(through, str | None) else f"{through.__module__}:{through.__qualname__}"
        self.forward_key = forward_key
        self.backward_key = backward_key
        self._refuse_others_than_text("forward_key", "backward_key")
        if create_unique_index is not None:
            warn("Parameter `create_unique_index` is deprecated! Use `unique` instead.")
        self.unique = bool(unique if create_unique_index is None else create_unique_index)
        self.symmetrical = bool(symmetrical)
        if self.on_delete is SET_NULL:
            self.on_delete = CASCADE  # a pair that lost one side is none
        if self.on_delete is SET_DEFAULT:
            raise ConfigurationError("ManyToManyField: on_delete=SET_DEFAULT cannot be: pairs have no default")
        if self.symmetrical and self.related_name:
            raise ConfigurationError(
                "ManyToManyField: a symmetrical relation is its own way back, without related_name"
            )

    def describe(self, name: str) -> RelationSchema:
        """The frozen description of this relation, declared as `name`."""
        return RelationSchema(
            name=name,
            kind=self.kind,
            to=self._target(),
            related_name=self.related_name,
            on_delete=self.on_delete,
            unique=self.unique,
            db_constraint=self.db_constraint,
            through=self.through,
            forward_key=self.forward_key,
            backward_key=self.backward_key,
            symmetrical=self.symmetrical,
            description=self.description,
            renamed_from=self.renamed_from,
        )


def _names(value: Iterable[str]) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise ConfigurationError(f"from_fields is {value!r}, no tuple of names of fields")
    return names


_Choice = TypeVar("_Choice", OnDelete, Deferrable)


def chosen(option: str, value: str, choices: type[_Choice]) -> _Choice:
    """The member of an enum that is meant; `option` says in the ConfigurationError where another was given."""
    try:
        return choices(value)
    except ValueError:
        listed = ", ".join(member.name for member in choices)
        raise ConfigurationError(f"{option} is {value!r}; choose from {listed}") from None


def ForeignKeyField(
    to: str | type,
    related_name: RelatedName = None,
    on_delete: OnDelete = CASCADE,
    db_constraint: bool = True,
    null: bool = False,
    *,
    on_update: OnDelete | None = None,
    deferrable: Deferrable | None = None,
    constraint_name: str | None = None,
    **options: Any,
) -> Any:
    """Declare that each row points at one row of `to`; see `ForeignKeyFieldInstance` for the options."""
    return ForeignKeyFieldInstance(
        to,
        related_name,
        on_delete,
        db_constraint=db_constraint,
        null=null,
        on_update=on_update,
        deferrable=deferrable,
        constraint_name=constraint_name,
        **options,
    )


def OneToOneField(
    to: str | type,
    related_name: RelatedName = None,
    on_delete: OnDelete = CASCADE,
    db_constraint: bool = True,
    null: bool = False,
    *,
    on_update: OnDelete | None = None,
    deferrable: Deferrable | None = None,
    constraint_name: str | None = None,
    **options: Any,
) -> Any:
    """Declare that each row points at one row of `to` which no other row points at."""
    return OneToOneFieldInstance(
        to,
        related_name,
        on_delete,
        db_constraint=db_constraint,
        null=null,
        on_update=on_update,
        deferrable=deferrable,
        constraint_name=constraint_name,
        **options,
    )


def ManyToManyField(
    to: str | type,
    through: str | type | None = None,
    forward_key: str | None = None,
    backward_key: str | None = None,
    related_name: RelatedName = None,
    on_delete: OnDelete = CASCADE,
    db_constraint: bool = True,
    unique: bool = True,
    **options: Any,
) -> Any:
    """Declare that rows of both models are joined in pairs; see `ManyToManyFieldInstance` for the options.

    A pair goes with either of its sides, also with `on_delete=SET_NULL`.
    """
    return ManyToManyFieldInstance(
        to, through, forward_key, backward_key, related_name, on_delete, db_constraint, unique, **options
    )
