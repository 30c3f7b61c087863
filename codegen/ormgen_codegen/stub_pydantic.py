"""Pydantic models that the project makes of a model, as classes: what `pydantic_model_creator(Hero)` gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from ormgen.records import replace
from ormgen.schema.documents import Document, DocumentOptions, Member, describe_document
from ormgen.schema.graph import LinkedModel
from ormgen_codegen.annotations import PLAIN
from ormgen_codegen.declared import DocumentMeta, Role
from ormgen_codegen.naming import is_name
from ormgen_codegen.scan_pydantic import DocumentCall
from ormgen_codegen.signatures import optional
from ormgen_codegen.stub_scope import Scope, literal
from ormgen_codegen.views import Attribute, Class, Method, on_class, plain

LIBRARY: Final = "ormgen.contrib.pydantic"
CREATOR: Final = f"{LIBRARY}.creator"
WHOLE, INPUT, PART = "__pydantic_shape__", "__pydantic_input__", "__pydantic_part__"
NAMED: Final = tuple(f"Named{place}" for place in range(1, 7))
_WORDS: Final = re.compile(r"[\w.]+")


class _Unread(Exception):
    """The options of a model cannot be read."""


def with_documents(scope: Scope, model: LinkedModel, base: Class) -> tuple[Class, ...]:
    """The pydantic models of `model`, and its generated base, which knows them; the base alone if none are made."""
    calls = sorted((call for call in scope.project.usage.documents if call.model == model.name), key=repr)
    if not calls:
        return (base,)
    writer = _Writer(scope)
    found, bases = list[Method](), list(base.bases)
    for known_as, ending, documents in _documents(scope, model, calls):
        name = scope.fresh(f"{scope.stem(model)}Pydantic{ending}")
        writer.write(name, model, together(documents), root=True, everywhere=everywhere(documents))
        found.append(plain(known_as, returns=name))
    for known_as, called, documents in _named(scope, model, [call for call in calls if call.chooses]):
        name = scope.fresh(f"{scope.stem(model)}Pydantic_{called}")
        writer.write(name, model, together(documents), root=True, everywhere=everywhere(documents))
        bases.append(f"{scope.types.module(CREATOR)}.{known_as}[{literal([called])}, {name}]")
    return (*writer.classes, replace(base, bases=tuple(bases), methods=(*base.methods, *found)))


def _documents(
    scope: Scope, model: LinkedModel, calls: list[DocumentCall]
) -> Iterator[tuple[str, str, tuple[Document, ...]]]:
    """The usual document, the one for input, and those that the calls choose otherwise."""
    usual = DocumentCall(model.name)
    for known_as, ending, call in (
        (WHOLE, "", usual),
        (INPUT, "In", replace(usual, flags=(("exclude_readonly", True),))),
    ):
        document = described(scope, model, call)
        if document is not None:
            yield known_as, ending, (document,)
    chosen = [described(scope, model, call) for call in calls if call.chooses]
    known = tuple(document for document in chosen if document is not None)
    if known and len(known) == len(chosen):
        yield PART, "Part", known


def _named(
    scope: Scope, model: LinkedModel, calls: list[DocumentCall]
) -> Iterator[tuple[str, str, tuple[Document, ...]]]:
    """The documents of calls with a name of their own, where there are several to tell apart.

    A model that inherits from another has that one's bases already.
    """
    line = scope.project.declarations.line(model.path)
    if len(calls) < 2 or any(each.role is Role.MODEL for each in line[1:]):
        return
    found: dict[str, list[Document | None]] = {}
    for call in calls:
        if is_name(call.name):
            found.setdefault(call.name, []).append(described(scope, model, call))
    free = iter(NAMED)
    for name, documents in sorted(found.items()):
        known = tuple(document for document in documents if document is not None)
        known_as = next(free, None) if len(known) == len(documents) else None
        if known_as is not None:
            yield known_as, name, known


def described(scope: Scope, model: LinkedModel, call: DocumentCall) -> Document | None:
    """The document that a call makes; None if something in it cannot be read."""
    if not call.readable:
        return None

    def options_of(key: str) -> DocumentOptions:
        options = _meta(scope, scope.graph.models[key]).options
        if options is None:
            raise _Unread(key)
        return options

    try:
        options = options_of(model.key).extended(dict(call.lists), dict(call.flags))
        return describe_document(scope.graph, model, options, options_of)
    except _Unread:
        return None


def _meta(scope: Scope, model: LinkedModel) -> DocumentMeta:
    return scope.project.declarations.documents.get(model.path, DocumentMeta(DocumentOptions()))


def everywhere(documents: Iterable[Document]) -> frozenset[str]:
    """The names of the members that all documents have: who makes one of them need not give the others."""
    return frozenset[str].intersection(*(frozenset(each.name for each in document.members) for document in documents))


def together(documents: Iterable[Document]) -> Document:
    """One document with the members of all of them, optional where one of them says so."""
    listed = tuple(documents)
    members: dict[str, list[Member]] = {}
    for document in listed:
        for member in document.members:
            members.setdefault(member.name, []).append(member)
    merged = []
    for alike in members.values():
        inner = [member.nested for member in alike if member.nested is not None]
        merged.append(
            replace(
                alike[0],
                nested=together(inner) if inner else None,
                optional=any(member.optional for member in alike),
            )
        )
    return Document(listed[0].model, tuple(merged))


class _Writer:
    """Turns documents into classes; those that are nested come before those that hold them."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.classes: list[Class] = []

    def write(
        self,
        name: str,
        model: LinkedModel,
        document: Document,
        root: bool = False,
        everywhere: frozenset[str] | None = None,
    ) -> str:
        """The name of the class of a document; what is not in `everywhere` may be left out."""
        named = [member for member in document.members if is_name(member.name)]
        members = frozenset(member.name for member in named)
        attributes = []
        for member in named:
            text = self.scope.guard(self._type(name, model, member), members)
            needed = member.required and (everywhere is None or member.name in everywhere)
            attributes.append(Attribute(member.name, text if needed else f"{text} = ..."))
        base = f"{self.scope.types.module(LIBRARY)}.PydanticModel"
        methods = _reading(self.scope, model) if root else ()
        self.classes.append(Class(name, (base,), tuple(attributes), methods))
        return name

    def _type(self, name: str, model: LinkedModel, member: Member) -> str:
        scope = self.scope
        if member.column is not None:
            return optional(scope.types.value(member.column.python_type), member.null)
        if member.relation is None or member.nested is None:
            return optional(returned(_meta(scope, model), member.name), member.null)
        inner = scope.fresh(f"{name}_{member.name}")
        row = self.write(inner, scope.target(member.relation), member.nested)
        return optional(f"list[{row}]" if member.relation.many else row, member.null)


def returned(meta: DocumentMeta, name: str) -> str:
    """What a computed member is annotated with, as far as that is made of builtin types."""
    text = meta.returns.get(name, "Any")
    known = {*PLAIN, "None", "list", "dict", "tuple", "set"}
    return text if known.issuperset(_WORDS.findall(text)) and "'" not in text else "Any"


def _reading(scope: Scope, model: LinkedModel) -> tuple[Method, ...]:
    """The methods that read instances, which take those of this model only."""
    user = scope.user(model)
    return (
        on_class("from_orm", f"obj: {user}", returns="Self"),
        on_class("from_tortoise_orm", f"obj: {user}", returns="Self", awaited=True),
        on_class("from_queryset", f"queryset: QuerySet[{user}]", returns="list[Self]", awaited=True),
        on_class("from_queryset_single", f"queryset: Single[{user}]", returns="Self", awaited=True),
    )
