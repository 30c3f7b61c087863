"""`pydantic_model_creator` and `pydantic_queryset_creator`: pydantic models with the fields of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Generic, Literal, Protocol, TypedDict, overload

from pydantic import ConfigDict
from typing_extensions import TypeVar, Unpack

from ormgen.contrib.pydantic.base import OpenPydanticModel, PydanticListModel, PydanticModel
from ormgen.contrib.pydantic.writer import Wanted, described, made_model
from ormgen.models.model import Model

P_co = TypeVar("P_co", bound=PydanticModel, covariant=True)
P = TypeVar("P", bound=PydanticModel)

N = TypeVar("N", bound=str)

Names = Iterable[str] | None


class Chosen(TypedDict, total=False):
    """What a call may say beside the model and a name."""

    exclude: Names
    include: Names
    computed: Names
    optional: Names
    allow_cycles: bool | None
    sort_alphabetically: bool | None
    exclude_readonly: bool
    meta_override: type[Any] | None
    model_config: ConfigDict | None
    validators: Mapping[str, Any] | None
    module: str | None


class HasShape(Protocol[P_co]):
    """A model whose stub knows the pydantic model that is made from it."""

    def __pydantic_shape__(self) -> P_co: ...


class HasInputShape(Protocol[P_co]):
    """The same for the model that `exclude_readonly=True` makes."""

    def __pydantic_input__(self) -> P_co: ...


class HasPartShape(Protocol[P_co]):
    """The same for models of chosen fields: what the calls in the project's source choose, taken together."""

    def __pydantic_part__(self) -> P_co: ...


class Named1(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its first, makes `P_co`."""


class Named2(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its second, makes `P_co`."""


class Named3(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its third, makes `P_co`."""


class Named4(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its fourth, makes `P_co`."""


class Named5(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its fifth, makes `P_co`."""


class Named6(Generic[N, P_co]):
    """Stubs give this base to a model: the call with the literal name `N`, its sixth, makes `P_co`."""


@overload
def pydantic_model_creator(
    model: type[HasShape[P]],
    /,
    *,
    name: str | None = None,
    sort_alphabetically: bool | None = None,
    exclude_readonly: Literal[False] = False,
    model_config: ConfigDict | None = None,
    validators: Mapping[str, Any] | None = None,
    module: str | None = None,
) -> type[P]: ...
@overload
def pydantic_model_creator(
    model: type[HasInputShape[P]],
    /,
    *,
    name: str | None = None,
    sort_alphabetically: bool | None = None,
    exclude_readonly: Literal[True],
    model_config: ConfigDict | None = None,
    validators: Mapping[str, Any] | None = None,
    module: str | None = None,
) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named1[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named2[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named3[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named4[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named5[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(model: type[Named6[N, P]], /, *, name: N, **chosen: Unpack[Chosen]) -> type[P]: ...
@overload
def pydantic_model_creator(
    model: type[HasPartShape[P]],
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    optional: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
    exclude_readonly: bool = False,
    meta_override: type[Any] | None = None,
    model_config: ConfigDict | None = None,
    validators: Mapping[str, Any] | None = None,
    module: str | None = None,
) -> type[P]: ...
@overload
def pydantic_model_creator(
    model: type[Model],
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    optional: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
    exclude_readonly: bool = False,
    meta_override: type[Any] | None = None,
    model_config: ConfigDict | None = None,
    validators: Mapping[str, Any] | None = None,
    module: str | None = None,
) -> type[OpenPydanticModel]: ...
def pydantic_model_creator(
    model: Any,
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    optional: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
    exclude_readonly: bool = False,
    meta_override: type[Any] | None = None,
    model_config: ConfigDict | None = None,
    validators: Mapping[str, Any] | None = None,
    module: str | None = None,
) -> Any:
    """A pydantic model with the columns and relations of `model`, as `class PydanticMeta` and the arguments say.

    `name` is its name in JSON schemas: that of the model, with a mark of the arguments where there are some. `include`
    and `exclude` choose members, `computed` adds methods and properties, `optional` ones may be left out;
    names may cross relations: `"team.name"`. `exclude_readonly` leaves out relations, made keys and times of saving:
    what is left is what a caller may send. Relations nest up to `PydanticMeta.max_recursion` deep and never lead back,
    unless `allow_cycles`. Equal calls give the same class.

    Before the models are linked, by `ORM.init` or `ORM.init_models`, there are no relations; a warning names them, at
    once or, where others declare them, when the models are linked.

    Raises:
        ConfigurationError: `model` is no model with a table, or an argument names what it does not have.
    """
    lists = {"exclude": exclude, "include": include, "computed": computed, "optional": optional}
    flags = {
        "allow_cycles": allow_cycles,
        "sort_alphabetically": sort_alphabetically,
        "exclude_readonly": exclude_readonly or None,
    }
    wanted = Wanted(model, lists, flags, meta_override, model_config, validators, module or model.__module__)
    return made_model(wanted, name)


@overload
def pydantic_queryset_creator(
    model: type[HasShape[P]], /, *, name: str | None = None, sort_alphabetically: bool | None = None
) -> type[PydanticListModel[P]]: ...
@overload
def pydantic_queryset_creator(
    model: type[HasPartShape[P]],
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
) -> type[PydanticListModel[P]]: ...
@overload
def pydantic_queryset_creator(
    model: type[Model],
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
) -> type[PydanticListModel[OpenPydanticModel]]: ...
def pydantic_queryset_creator(
    model: Any,
    /,
    *,
    name: str | None = None,
    exclude: Names = None,
    include: Names = None,
    computed: Names = None,
    allow_cycles: bool | None = None,
    sort_alphabetically: bool | None = None,
) -> Any:
    """A pydantic model for a list of what `pydantic_model_creator` makes with the same arguments.

    Raises:
        ConfigurationError: `model` is no model with a table, or an argument names what it does not have.
    """
    lists = {"exclude": exclude, "include": include, "computed": computed}
    flags = {"allow_cycles": allow_cycles, "sort_alphabetically": sort_alphabetically}
    item: Any = made_model(Wanted(model, lists, flags, None, None, None, model.__module__), None)
    title = name or f"{item.__name__}_list"
    base: Any = PydanticListModel.__class_getitem__(item)
    body = {"__module__": model.__module__, "__doc__": described(model)}
    return type(base)(title, (base,), body, title=title)
