"""Views of a types module as text: the home of jinja2."""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from ormgen_codegen.views import TypesModule

WIDTH: Final = 120
INDENT: Final = "    "
FOLDED: Final = re.compile(r", (?=[^\s])")


class RenderError(Exception):
    """The text that was made is not Python, which is a fault of ormgen."""


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("ormgen_stubs", "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    made.filters["folded"] = folded
    return made


def render(module: TypesModule) -> str:
    """The text of a types module.

    Raises:
        RenderError: what came out is not Python.
    """
    text = _environment().get_template("module.pyi.jinja").render(module=module)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        raise RenderError(f"the types of package {module.package!r}: {fault}") from None
    return text


def folded(line: str, indent: int = 0) -> str:
    """The line, broken behind commas where it is too long; what it holds stands in brackets.

    A line with quoted text of the user stays whole: that text may contain commas.
    """
    if len(line) + indent <= WIDTH or "'" in line:
        return line
    start = " " * (indent + len(INDENT))
    parts = FOLDED.split(line)
    lines, here = [], parts[0]
    for part in parts[1:]:
        if len(here) + len(part) + 3 > WIDTH:
            lines.append(f"{here},")
            here = start + part
        else:
            here = f"{here}, {part}"
    return "\n".join([*lines, here])
