"""Reads short module texts for the tests of the source reader."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from ormgen_codegen.config import Config
from ormgen_codegen.parse.parsed import ParsedModel, SourceErrors
from ormgen_codegen.run import Run, read_run

HEAD = "from ormgen import Model, fields\n"


def read(text: str | bytes, **others: str) -> Run:
    """The run over a module `models` that holds `text` behind the usual imports; `others` lie beside it.

    Raises SourceErrors as `read_run` does.
    """
    files = {f"{name}.py": other for name, other in others.items()}
    data = text if isinstance(text, bytes) else (HEAD + dedent(text)).encode("utf-8", "surrogatepass")
    return read_files({"models.py": data, **files})


def read_files(files: Mapping[str, str | bytes], *names: str, config: Config | None = None) -> Run:
    """The run over modules in a folder of their own, `models` unless others are named or configured."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        if config is not None:
            return read_run(names, config, [Path(folder)])
        return read_run(names or ["models"], Config(), [Path(folder)])


def model(text: str, name: str = "A", **others: str) -> ParsedModel:
    """One model of such a module."""
    (found,) = (each for module in read(text, **others).modules for each in module.models if each.name == name)
    return found


def warnings_of(text: str, **others: str) -> list[str]:
    """What cannot be read in such a module, as `line:column fact`."""
    return [f"{each.position.line}:{each.position.column} {each.fact}" for each in read(text, **others).warnings]


def errors_of(text: str | bytes, **others: str) -> list[str]:
    """What is wrong with such a module, as `line:column fact`."""
    try:
        read(text, **others)
    except SourceErrors as errors:
        return [f"{each.position.line}:{each.position.column} {each.fact}" for each in errors.findings]
    return []
