"""What a model class knows of itself: its declaration, and its place in the graph once it is linked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from ormgen.database.connection import Connection
from ormgen.database.context import current, require_context
from ormgen.database.current import Handed, open_transactions
from ormgen.database.offline import spelled
from ormgen.exceptions import NotInitialised, ParamsError
from ormgen.models.known_names import KnownNames
from ormgen.models.listeners import Heard, Listener
from ormgen.query.statements import Statement
from ormgen.schema.field import Field, FieldSchema
from ormgen.schema.graph import LinkedModel, ModelGraph, Relation
from ormgen.schema.model_schema import MetaOptions, ModelSchema
from ormgen.schema.relation_fields import RelationalField

Declared = Field[Any] | RelationalField

MEMOS_KEPT: Final = 2_000  # of one model; lists of names come in any order where they are somebody's data


class ModelInfo(KnownNames):
    """The `__model__` (also `_meta`) of a model class.

    `own` holds the fields and relations of the class itself by name (None: removed), `declared` those of its bases
    as well; `schema` is None for an abstract
    model; `linked`, `graph` and `classes` are there after `ORM.init`. `path` is how statements name the model.
    `listeners` were registered on the class itself, `heard` are all that are told of its writes. `awaiting` is called
    once, when the model is linked.
    """

    def __init__(
        self,
        model: type[Any],
        own: Mapping[str, Declared | None],
        declared: Mapping[str, Declared],
        meta: MetaOptions,
        schema: ModelSchema | None,
        manager: Any = None,
    ) -> None:
        self.model = model
        self.own = MappingProxyType(dict(own))
        self.declared = MappingProxyType(dict(declared))
        self.meta = meta
        self.schema = schema
        self.path = f"{model.__module__}:{model.__name__}"
        self.linked: LinkedModel | None = None
        self.graph: ModelGraph | None = None
        self.classes: Mapping[str, type[Any]] = MappingProxyType({})
        self.manager = manager
        self.memo: dict[Any, Any] = {}
        self.listeners: tuple[Listener, ...] = ()
        self.heard: Heard | None = None
        self.awaiting: list[Callable[[], None]] = []

    def __reduce__(self) -> tuple[Any, ...]:
        return _info_of, (self.model,)

    def __copy__(self) -> ModelInfo:
        return self

    def __deepcopy__(self, memo: Any) -> ModelInfo:
        return self

    def attach(self, graph: ModelGraph, linked: LinkedModel, classes: Mapping[str, type]) -> None:
        """Take the model's place in a graph."""
        self.graph = graph
        self.linked = linked
        self.classes = classes
        self.memo = {}
        self.model.attached()
        awaiting, self.awaiting = self.awaiting, []
        for function in awaiting:
            function()

    def need(self) -> LinkedModel:
        """The linked model.

        Raises:
            NotInitialised: `ORM.init` has not seen this model.
        """
        if self.linked is None:
            name = self.model.__name__
            if self.schema is None:
                raise NotInitialised(f"{name} is abstract: it has no table of its own")
            raise NotInitialised(
                f'{name} is not initialised: call `await ORM.init(...)` with "{self.model.__module__}" in its modules'
            )
        return self.linked

    def target(self, relation: Relation) -> type[Any]:
        """The class at the far end of a relation."""
        return self.classes[relation.target]

    def relation(self, name: str) -> Relation:
        """The relation called `name`."""
        return self.need().relations[name]

    def connection(
        self, explicit: Connection | str | None = None, handed: Handed | None = None, write: bool = True
    ) -> Connection:
        """Where statements about this model run now; `handed` are the transactions of the task that asks.

        `explicit` is a connection or the alias of one; without `write`, routers may choose a connection to read from.
        """
        if explicit is None:
            context, found = current.override.get() or current.default, open_transactions.get()
            if context is not None and found is handed:  # as `connection_for`, four functions less for a statement
                database = context.connections.direct.get(self.model)
                if database is not None:
                    opened = None if found is None else found.get(database)
                    # this task's, or that of whoever handed it on
                    return database if opened is None or opened.finished else opened
            return require_context().connection_for(self.model, handed, write)
        return require_context().connections.get(explicit) if isinstance(explicit, str) else explicit

    def spelled(
        self, statement: Statement, explicit: Connection | str | None, dialect: str | None, params_inline: bool
    ) -> str:
        """The SQL of a statement about this model; no database is asked.

        Raises:
            ParamsError: there is no such dialect.
        """
        self.need()
        assert self.graph is not None
        connection = None if explicit is None else self.connection(explicit)
        return spelled(statement, self.model, self.graph, connection, dialect, params_inline)

    @staticmethod
    def given(connection: Connection | None) -> Connection | None:
        """What `using_db` was given beside fields and conditions: a connection, never its name.

        Raises:
            ParamsError: it is text, which `filter(**data)` may have taken from somebody's data.
        """
        if connection is None or isinstance(connection, Connection):
            return connection
        raise ParamsError(f"using_db is a connection, as connections.get(alias) gives it, not {connection!r}")

    @property
    def columns(self) -> Mapping[str, FieldSchema]:
        """The columns by attribute, those behind foreign keys included."""
        return self.need().columns


def _info_of(model: Any) -> ModelInfo:
    info: ModelInfo = model.__model__
    return info
