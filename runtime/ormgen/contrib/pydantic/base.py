"""The bases of pydantic models that read instances: one object, and a list of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final, Self

from pydantic import BaseModel, ConfigDict, RootModel, model_validator
from pydantic.fields import FieldInfo
from typing_extensions import TypeVar

from ormgen.contrib.pydantic.loading import loaded_for, nested_model
from ormgen.exceptions import ConfigurationError, DoesNotExist, IncompleteInstanceError
from ormgen.models.info import ModelInfo
from ormgen.models.queryset import QuerySet
from ormgen.models.relations import ReverseRelation
from ormgen.models.single import Single
from ormgen.models.unloaded import Unloaded
from ormgen.schema.instance import Instance

ABSENT: Final = object()


class PydanticModel(BaseModel):
    """Base of pydantic models that can be made from instances of a model.

    A subclass may be written by hand: fields whose type is another `PydanticModel`, a list of one or one or None,
    are relations.
    """

    model_config = ConfigDict(
        from_attributes=True, protected_namespaces=(), ser_json_bytes="base64", val_json_bytes="base64"
    )
    __orm_model__: ClassVar[Any] = None

    @model_validator(mode="before")
    @classmethod
    def _read_instance(cls, value: Any) -> Any:
        return values_of(cls, value) if isinstance(value, Instance) else value

    @classmethod
    def from_orm(cls, obj: Any) -> Self:
        """The document of an instance whose relations are loaded already.

        Raises:
            NoValuesFetched: a relation is not loaded.
            IncompleteInstanceError: a column is not loaded.
        """
        return cls.model_validate(obj)

    @classmethod
    async def from_tortoise_orm(cls, obj: Any) -> Self:
        """The document of an instance; the relations that it needs are loaded (again)."""
        paths = relation_paths(cls)
        if paths:
            await obj.fetch_related(*paths)
        return cls.model_validate(obj)

    @classmethod
    async def from_queryset(cls, queryset: QuerySet[Any]) -> list[Self]:
        """The documents of all objects of a query set; each relation that they need is loaded with one statement.

        Only columns that the documents hold are loaded, unless a property or method is one of the fields.
        """
        objects = await loaded_for(cls, queryset)
        return [cls.model_validate(item) for item in objects]

    @classmethod
    async def from_queryset_single(cls, queryset: Single[Any]) -> Self:
        """The document of the object that `get()` or `first()` finds.

        Raises:
            DoesNotExist: there is none.
        """
        found = await loaded_for(cls, queryset)
        if found is None:
            raise DoesNotExist(cls.__orm_model__)
        return cls.model_validate(found)


class OpenPydanticModel(PydanticModel):
    """A pydantic model of which a type checker does not know the fields."""

    def __getattr__(self, name: str) -> Any:
        """Part of reading attributes: private and extra ones, as pydantic keeps them."""
        inherited: Any = super()
        return inherited.__getattr__(name)


P = TypeVar("P", bound=PydanticModel)


class PydanticListModel(RootModel[list[P]]):
    """A list of pydantic models, which is one itself: `root` holds them."""

    @classmethod
    async def from_queryset(cls, queryset: QuerySet[Any]) -> Self:
        """The documents of all objects of a query set; each relation that they need is loaded with one statement.

        Raises:
            ConfigurationError: this class does not say of what it is a list.
        """
        item = nested_model(cls.model_fields["root"].annotation)
        if item is None:
            raise ConfigurationError(f"{cls.__name__} lists nothing: use pydantic_queryset_creator")
        return cls.model_validate(await item.from_queryset(queryset))


def relation_paths(cls: type[PydanticModel]) -> list[str]:
    """The relations that documents of this class hold, nested ones too, as `prefetch_related` takes them."""
    return list(_paths(cls, (cls,)))


def _paths(cls: type[PydanticModel], way: tuple[type[PydanticModel], ...]) -> Iterator[str]:
    info: ModelInfo | None = getattr(cls.__orm_model__, "__model__", None)
    for name, field in cls.model_fields.items():
        nested = nested_model(field.annotation)
        if nested is None or (info is not None and name not in info.need().relations):
            continue
        yield name
        if nested not in way:
            yield from (f"{name}__{path}" for path in _paths(nested, (*way, nested)))


def values_of(cls: type[PydanticModel], instance: Any) -> dict[str, Any]:
    """What an instance has for the fields of a pydantic model, by the keys that its validation reads."""
    found = {}
    for name, field in cls.model_fields.items():
        value = _value(instance, name)
        if value is not ABSENT:
            found[_key(field, name)] = value
    return found


def _value(instance: Any, name: str) -> Any:
    info: ModelInfo = type(instance).__model__
    try:
        value = getattr(instance, name)
    except AttributeError as error:
        if name in info.columns:
            raise IncompleteInstanceError(str(error)) from None
        if hasattr(type(instance), name):
            raise
        return ABSENT
    if name in info.columns:
        return value
    if isinstance(value, ReverseRelation):
        return value.related_objects
    if isinstance(value, Unloaded):
        return value.pk if value else None  # an empty foreign key is None; else this raises, and says how to load it
    return value() if callable(value) else value


def _key(field: FieldInfo, name: str) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else field.alias or name
