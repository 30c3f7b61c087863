"""Views of a types module as text: the home of jinja2."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from ormgen_codegen.parse.source import fault_of
from ormgen_codegen.views import Alias, Class, Section, Signature, Text, TypesModule, Variable

WIDTH: Final = 120
OPENING: Final = "Literal["
QUOTED_ALIAS: Final = ": TypeAlias = '"


class RenderError(Exception):
    """The text that was made is not Python, which is a fault of ormgen."""


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # a run that renders nothing does without

    made = Environment(
        loader=PackageLoader("ormgen_stubs", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["alias_line"] = alias_line
    made.filters["class_line"] = class_line
    made.filters["signature_line"] = signature_line
    made.filters["variable_line"] = variable_line
    return made


def render(module: TypesModule) -> str:
    """The text of a types module.

    Raises:
        RenderError: what came out is not Python.
    """
    head = _environment().get_template("module.pyi.jinja").render(module=module)
    checked(head, "what generated types begin with")
    return "\n".join(
        [head, *(each.text if isinstance(each, Text) else render_section(each) for each in module.sections)]
    )


def support_text(name: str) -> str:
    """The text of the module that generated ones import their words from; there is a template of each such name."""
    text: str = _environment().get_template(f"{name}.pyi.jinja").render()
    return text


def render_section(section: Section) -> str:
    """The text of one section.

    Raises:
        RenderError: what came out is not Python.
    """
    template, context = _section()
    context.vars["section"] = section
    return checked("".join(template.root_render_func(context)), f"the types about {section.title}")


def prepare() -> None:
    """Load what rendering needs, so that processes which are forked next need not."""
    _section()


@cache
def _section() -> tuple[Any, Any]:
    """The template, and the one context of all sections: a new one takes as long as a section itself."""
    template = _environment().get_template("section.pyi.jinja")
    return template, template.new_context()


def checked(piece: str, what: str) -> str:
    """A text, which is looked at where it may hold more than names: those are checked when they are taken in.

    The text of a user's own literals is in single quotes, and there are whole aliases in such.
    """
    if piece.count("'") != 2 * piece.count(QUOTED_ALIAS) or not piece.isascii():
        refuse_broken(piece, what)
    return piece


def refuse_broken(text: str, what: str) -> None:
    """Check that a text is Python.

    Raises:
        RenderError: it is not.
    """
    fault = fault_of(text, "<stub>")
    if fault is not None:
        raise RenderError(f"{what}: {fault.position}: {fault.fact}")


def alias_line(view: Alias) -> str:
    """An alias; if it is too long and ends in a list of literals, with that list on lines of its own.

    Quoted text of the user (in single quotes, as `repr` writes it) may contain commas: such a line stays whole.
    """
    line = f"{view.name}: TypeAlias = {view.value}"
    head, bracket, listed = line.rpartition(OPENING)
    if len(line) <= WIDTH or not bracket or not listed.endswith("]") or "'" in line:
        return line
    return f"{head}{OPENING}\n{filled(listed.removesuffix(']').split(', '), 1)}\n]"


def filled(parts: Iterable[str], indent: int) -> str:
    """The parts with commas between them, as many on each line as fit."""
    listed, start = tuple(parts), "    " * indent
    whole = start + ", ".join(listed)
    if len(whole) < WIDTH or len(listed) < 2:
        return whole if listed else ""
    lines, here = [], start + listed[0]
    for part in listed[1:]:
        if len(here) + len(part) + 3 > WIDTH:
            lines.append(f"{here},")
            here = start + part
        else:
            here = f"{here}, {part}"
    return "\n".join([*lines, here])


def variable_line(view: Variable) -> str:
    """A type variable; its arguments on lines of their own where they are long."""
    arguments = (f'"{view.name}"', *view.arguments)
    line = f"{view.name} = TypeVar({', '.join(arguments)})"
    return line if len(line) <= WIDTH else f"{view.name} = TypeVar(\n{filled(arguments, 1)}\n)"


def class_line(view: Class) -> str:
    """What a class begins with; its bases on lines of their own where they are long."""
    line = f"class {view.name}{view.bases_text}:{view.ending}"
    if len(line) <= WIDTH or not view.bases or "'" in line:
        return line
    return f"class {view.name}(\n{filled(', '.join(view.bases).split(', '), 1)}\n):{view.ending}"


def signature_line(name: str, view: Signature) -> str:
    """A definition; its parameters on lines of their own where they are many."""
    start = f"    {view.keyword} {name}("
    if len(view.rows) == 1:
        line = f"{start}{', '.join(view.rows[0])}) -> {view.returns}: ..."
        if len(line) <= WIDTH:
            return line
    rows = ",\n".join(filled(row, 2) for row in view.rows)
    return f"{start}\n{rows}\n    ) -> {view.returns}: ..."
