"""What the source reader hands on: modules, classes and their members with their places in the text, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Literal, NamedTuple

from ormgen.records import dataclass, field
from ormgen.schema.model_schema import Member, MetaOptions, ModelSchema
from ormgen.schema.relation_fields import RelationSchema
from ormgen_codegen.parse.source import Position, Source, Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell the user about a place in the source."""

    position: Position
    severity: Literal["error", "warning"]
    fact: str
    hint: str | None = None


class SourceErrors(Exception):
    """The source cannot become a graph; `findings` lists everything that is wrong in the run, warnings included."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("\n".join(finding.fact for finding in findings))
        self.findings = findings


class StatementKind(Enum):
    """What a statement does, as far as a stub writer cares."""

    DOCSTRING = "docstring"
    IMPORT = "import"
    FIELD = "field"
    RELATION = "relation"
    MANAGER = "manager"
    META = "meta"
    CLASS = "class"
    FUNCTION = "function"
    ASSIGNMENT = "assignment"
    ANNOTATION = "annotation"
    TYPE_ALIAS = "type alias"
    BLOCK = "block"
    OTHER = "other"


class ClassKind(Enum):
    """What a class is to ormgen."""

    MODEL = "model"
    ABSTRACT = "abstract model"
    MIXIN = "mixin with fields"
    ENUM = "enum"
    FIELD = "field type"
    MANAGER = "manager"
    QUERYSET = "queryset"
    OTHER = "other"


class ParsedStatement(NamedTuple):
    """One statement of a module or class body.

    `span` covers its decorators too, `position` is where its first name stands. `names` are those that it binds.
    `annotation` and `value` are texts as written. `inside` holds the statements of an `if`, `try` or `with`;
    `type_only` says that only type checkers see it, `hidden` that they do not see it.
    """

    kind: StatementKind
    span: Span
    position: Position
    names: tuple[str, ...] = ()
    annotation: str | None = None
    value: str | None = None
    inside: tuple[ParsedStatement, ...] = ()
    type_only: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ParsedClass:
    """One class statement.

    `path` is `module:Qualified.Name`, `position` where its name stands, `header` reaches from the word `class` to
    the colon, `bases` and `keywords` are texts as written, `base_paths` the type texts of the bases as far as they
    could be found (`typing:Any` for the rest).
    """

    name: str
    path: str
    kind: ClassKind
    position: Position
    span: Span
    header: Span
    bases: tuple[str, ...]
    keywords: tuple[str, ...]
    base_paths: tuple[str, ...]
    body: tuple[ParsedStatement, ...]
    docstring: str | None = None

    @property
    def nested(self) -> bool:
        """Whether it stands inside of another class."""
        return "." in self.path.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ParsedManager:
    """One manager on a model.

    `path` is the type text of its class, `queryset` that of the query set that its `get_queryset` is declared to
    return or seen to build, None where it could not be told.
    """

    path: str
    queryset: str | None = None


class ParsedField(NamedTuple):
    """One field or relation of a model, its own or inherited.

    `owner` is the path of the class that declares it, `annotation` the text behind its colon there. `values` are those
    of the enum that the column holds, where all of them could be read.
    """

    name: str
    member: Member
    owner: str
    position: Position
    annotation: str | None = None
    values: tuple[str | int, ...] = ()

    @property
    def is_relation(self) -> bool:
        """Whether it leads to other models."""
        return isinstance(self.member, RelationSchema)


@dataclass(frozen=True, slots=True)
class ParsedModel:
    """A model, an abstract model, or a plain class with fields.

    `members` are merged over the bases, in column order; `bases` are the paths of the user's own classes that it
    inherits from, nearest first. `schema` is None unless it is concrete; its app is not known yet.
    `managers` are those set as class attributes, `manager` the one of `Meta`. `places` tells where each member and
    each `Meta.option` was written.
    """

    declared: ParsedClass
    module: str
    bases: tuple[str, ...]
    members: tuple[ParsedField, ...]
    meta: MetaOptions
    schema: ModelSchema | None
    managers: Mapping[str, ParsedManager]
    manager: ParsedManager | None
    places: Mapping[str, Position]

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.declared.name

    @property
    def path(self) -> str:
        """`module:Qualified.Name`."""
        return self.declared.path

    @property
    def abstract(self) -> bool:
        """Whether it has no table of its own."""
        return self.schema is None

    @property
    def own(self) -> tuple[ParsedField, ...]:
        """The members that the class itself declares."""
        path = self.path
        return tuple([member for member in self.members if member.owner == path])

    def place(self, member: str | None) -> Position:
        """Where a member or `Meta.option` was written; the class itself where that is not known."""
        return self.places.get(member or "", self.declared.position)


@dataclass(frozen=True, slots=True)
class ParsedModule:
    """One module as its source tells it.

    `names` are what it binds, in order. `classes` are its classes, each followed by those inside of it; none in
    functions, and no `Meta`. `models` are those among them that hold fields or are models, `concrete` the models that
    belong to the module's app: those of its `__models__`, else those that it defines. `findings` are the warnings and
    errors met while reading it.
    """

    source: Source = field(repr=False)
    statements: tuple[ParsedStatement, ...]
    names: tuple[str, ...]
    classes: tuple[ParsedClass, ...]
    models: tuple[ParsedModel, ...]
    concrete: tuple[ParsedModel, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """The module's dotted name."""
        return self.source.name
