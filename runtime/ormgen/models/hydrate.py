"""Rows → instances, by a function that is generated for each layout of rows.

Generated code stores columns straight into slots: for a model of 4 columns a row costs about a third of what a loop
over `setattr` does, for 32 columns about a sixth. The names in the text are attributes of models, which are
identifiers; values never become text.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeAlias

from ormgen.exceptions import HydrationError
from ormgen.models.construct import explain_missing
from ormgen.models.info import ModelInfo
from ormgen.query.layout import Decoder, Extra, Layout, Section
from ormgen.schema.generate import generated

MANY: Final = 500

Rows = Sequence[Sequence[Any]]
Groups: TypeAlias = defaultdict[Any, list[Any]]
Hydrator = Callable[..., list[Any]]


def hydrator(compiled: Layout, info: ModelInfo) -> Hydrator:
    """The function that makes instances of the rows of a compiled question; made once and kept with it."""
    made: Hydrator | None = compiled.memo.get(info.model)
    if made is None:
        made = compiled.memo[info.model] = _instances(compiled, info)
    return made


def grouping_hydrator(
    compiled: Layout, info: ModelInfo, name: str, listed: bool = True
) -> Callable[[Rows, Groups], list[Any]]:
    """As `hydrator`, with a function that also puts the instances into groups by their attribute `name`: in a loop of
    its own that takes 450 instructions more for each, of about 5,500. Unless they are to be `listed` it gives nothing
    else: a list of 10,000 instances takes 0.03 us for each, as all are fetched into the processor's cache once more.
    """
    key = info.model, name, listed
    made: Hydrator | None = compiled.memo.get(key)
    if made is None:
        section = compiled.sections[0]
        lines = _row_lines(compiled, info, scope := _scope(compiled, info))
        lines += ["add(o0)"] if listed else []
        lines.append(f"groups[{_local(section, name)}].append(o0)")
        made = compiled.memo[key] = _looped(compiled, info, lines, scope)
    return made


def sharing_hydrator(compiled: Layout, info: ModelInfo, name: str) -> Callable[[Rows, Groups], list[Any]]:
    """As `grouping_hydrator`, for rows with one section, which many of them have in common, and one label: each
    instance is made once, told apart by its attribute `name`, and put into the group of every label that it comes with,
    as the database tells that."""
    made: Hydrator | None = compiled.memo.get((info.model, name, "shared"))
    if made is None:
        section, label = compiled.sections[0], compiled.extras[0]
        own = f"v{section.start + section.attributes.index(name)}"
        scope = _scope(compiled, info)
        inner = [*_section_lines(0, section, (section,), info, scope), f"known[{own}] = o0", "add(o0)"]
        lines = [f"o0 = get({own})", "if o0 is None:", *[f"    {line}" for line in inner]]
        lines.append(f"groups[v{label.position}].append(o0)")
        made = _looped(compiled, info, lines, scope, ["known = {}", "get = known.get"])
        compiled.memo[info.model, name, "shared"] = made
    return made


def _instances(compiled: Layout, info: ModelInfo) -> Hydrator:
    lines = _row_lines(compiled, info, scope := _scope(compiled, info))
    return _looped(compiled, info, [*lines, "add(o0)"], scope)


def streamer(compiled: Layout, info: ModelInfo) -> Callable[[AsyncIterator[Rows]], AsyncIterator[Any]]:
    """The asynchronous generator that makes an instance of each row when it is asked for; made once and kept.

    A list of them in between takes 0.06 us for each, of 0.9: its objects leave the processor's cache meanwhile.
    """
    key = info.model, "streamed"
    made: Callable[[AsyncIterator[Rows]], AsyncIterator[Any]] | None = compiled.memo.get(key)
    if made is None:
        lines = _row_lines(compiled, info, scope := _scope(compiled, info))
        looped = [
            "async for rows in chunks:",
            *[f"    {line}" for line in _tried([*_loop(compiled, [*lines, "yield o0"])])],
        ]
        text = ["async def stream(chunks):", *[f"    {line}" for line in [*_classes(compiled), *looped]]]
        made = compiled.memo[key] = generated("stream", text, scope)
    return made


def _scope(compiled: Layout, info: ModelInfo) -> dict[str, Any]:
    classes = [section_class(info, section) for section in compiled.sections]
    for made, section in zip(classes, compiled.sections, strict=True):
        if len(section.attributes) < len(made.__model__.columns):
            explain_missing(made)
    return {"new": object.__new__, "classes": classes, "located": partial(_located, compiled, info)}


def _row_lines(compiled: Layout, info: ModelInfo, scope: dict[str, Any]) -> list[str]:
    """What is done with one row."""
    lines: list[str] = []
    for number, section in enumerate(compiled.sections):
        lines += _section_lines(number, section, compiled.sections, info, scope)
    return [*lines, *[f"o0.{extra.name} = {_value(scope, extra)}" for extra in compiled.extras]]


def _looped(
    compiled: Layout, info: ModelInfo, row: Sequence[str], scope: dict[str, Any], start: Sequence[str] = ()
) -> Hydrator:
    """The function that does with every row what the lines `row` say."""
    lines = ["out = []", "add = out.append", *start, *_classes(compiled), *_loop(compiled, row)]
    return uncollected([f"    {line}" for line in _tried([*lines, "return out"])], scope)


def _classes(compiled: Layout) -> list[str]:
    return [f"class{at} = classes[{at}]" for at in range(len(compiled.sections))]


def _loop(compiled: Layout, row: Sequence[str]) -> list[str]:
    width = sum(len(section.attributes) for section in compiled.sections)
    width += sum(len(extra.parts) or 1 for extra in compiled.extras)
    names = [f"v{at}" for at in range(width)]
    return [f"for {', '.join(names)}{',' if width == 1 else ''} in rows:", *[f"    {line}" for line in row]]


def _tried(lines: Sequence[str]) -> list[str]:
    """`lines`, which tell of a value that cannot be read where it stands."""
    told = ["except Exception as error:", "    raise located(rows) or error from error"]
    return ["try:", *[f"    {line}" for line in lines], *told]


def _local(section: Section, name: str) -> str:
    """An attribute of the first object of a row, where the generated function has it: the value of the row itself,
    which is read in a tenth of the time."""
    at = section.attributes.index(name) if name in section.attributes else -1
    return f"o0.{name}" if at < 0 or section.decoders[at] is not None else f"v{section.start + at}"


def uncollected(body: Sequence[str], scope: dict[str, Any]) -> Hydrator:
    """The function `hydrate(rows, groups)` with this body, without the garbage collector while there are many rows.

    It would look at all that is new again and again, and find nothing to collect: 10,000 small instances take 0.15 us
    each instead of 0.28.
    """

    def run(rows: Rows, groups: Any) -> list[Any]:
        enabled = gc.isenabled()
        gc.disable()
        try:
            made: list[Any] = scope["hydrate"](rows, groups, False)
        finally:
            if enabled:
                gc.enable()
        return made

    scope |= {"many": MANY, "run": run}
    lines = ["def hydrate(rows, groups=None, looked=True):", "    if looked and len(rows) >= many:"]
    lines.append("        return run(rows, groups)")
    return generated("hydrate", [*lines, *body], scope)


def section_class(info: ModelInfo, section: Section) -> type[Any]:
    """The class whose instances a section makes."""
    return info.model if not section.path else info.classes[graph_key(info, section.model)]


def graph_key(info: ModelInfo, key: str) -> str:
    """The key of a model in the graph of `info`."""
    assert info.graph is not None
    return info.graph[key].key


def _section_lines(
    number: int, section: Section, sections: tuple[Section, ...], info: ModelInfo, scope: dict[str, Any]
) -> list[str]:
    assert info.graph is not None
    columns = info.graph[section.model].columns
    body = [f"o{number} = new(class{number})", f"o{number}.__loaded__ = None", f"o{number}._saved_in_db = True"]
    for at, (name, decoder) in enumerate(zip(section.attributes, section.decoders, strict=True), section.start):
        body.append(f"o{number}.{name} = {_read(scope, decoder, at, columns[name].null)}")
    if section.key is None:
        return body
    parent = next(at for at, other in enumerate(sections) if other.path == section.path[:-1])
    lines = [f"if v{section.key} is None:", f"    o{number} = None", "else:", *[f"    {line}" for line in body]]
    held = f"o{parent}.__loaded__"
    lines += [
        f"if o{parent} is not None:",
        f"    if {held} is None:",
        f"        {held} = {{{section.path[-1]!r}: o{number}}}",
        "    else:",
        f"        {held}[{section.path[-1]!r}] = o{number}",
    ]
    return lines


def _read(scope: dict[str, Any], decoder: Decoder | None, position: int, null: bool) -> str:
    if decoder is None:
        return f"v{position}"
    scope[f"d{position}"] = decoder
    read = f"d{position}(v{position})"
    return f"None if v{position} is None else {read}" if null else read


def _value(scope: dict[str, Any], extra: Extra) -> str:
    if not extra.parts:
        return _read(scope, extra.decoder, extra.position, True)
    values = ", ".join(f"v{part.position}" for part in extra.parts)
    made = ", ".join(_read(scope, part.decoder, part.position, True) for part in extra.parts)
    return f"(None if None in ({values}) else ({made}))"


def _located(compiled: Layout, info: ModelInfo, rows: Rows) -> HydrationError | None:
    """The error for the first value that cannot be read: it names the model, the column and the value."""
    readers: list[tuple[str, Decoder | None, int]] = [
        (f"{section_class(info, section).__name__}.{name}", decoder, at)
        for section in compiled.sections
        for at, (name, decoder) in enumerate(zip(section.attributes, section.decoders, strict=True), section.start)
    ]
    readers += [(f"{info.model.__name__}.{extra.name}", extra.decoder, extra.position) for extra in compiled.extras]
    return _unreadable(readers, rows)


def _unreadable(readers: Sequence[tuple[str, Decoder | None, int]], rows: Rows) -> HydrationError | None:
    for row in rows:
        for place, decoder, at in readers:
            if decoder is None or row[at] is None:
                continue
            try:
                decoder(row[at])
            except Exception as error:
                return HydrationError(f"{place}: the stored value {row[at]!r} cannot be read: {error}")
    return None


def values_reader(compiled: Layout, form: str, of: type[Any]) -> Callable[[Rows], list[Any]]:
    """The function that makes plain values of rows: "dict", "tuple" or "flat"; made once and kept.

    `of` is the model that errors name.
    """
    made: Callable[[Rows], list[Any]] | None = compiled.memo.get(form)
    if made is None:
        made = compiled.memo[form] = _values(compiled.extras, form, of.__name__)
    return made


def _values(extras: tuple[Extra, ...], form: str, of: str) -> Callable[[Rows], list[Any]]:
    parts = [(extra.name, part) for extra in extras for part in extra.parts or (extra,)]
    readers = [(f"{of}.{name}", part.decoder, part.position) for name, part in parts]
    scope: dict[str, Any] = {"located": partial(_unreadable, readers)}
    names = [f"v{part.position}" for extra in extras for part in extra.parts or (extra,)]
    reads = [_value(scope, extra) for extra in extras]
    if form == "flat":
        made = reads[0]
    elif form == "tuple":
        made = f"({', '.join(reads)},)"
    else:
        made = "{" + ", ".join(f"{extra.name!r}: {read}" for extra, read in zip(extras, reads, strict=True)) + "}"
    lines = ["    try:", f"        return [{made} for {', '.join(names)}, in rows]"]
    lines += ["    except Exception as error:", "        raise located(rows) or error from error"]
    return uncollected(lines, scope)
