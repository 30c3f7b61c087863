"""Loads as much of ormgen as a command needs, and says what to install where a library is missing."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec, module_from_spec
from typing import Any, Final

OWN: Final = ("ormgen", "ormgen_codegen", "ormgen_stubs")
RUNTIME: Final = "ormgen"


def open_rooms() -> None:
    """Let single rooms of `ormgen` be imported without all that its window shows, databases and queries included.

    The window itself is loaded when somebody looks through it: `from ormgen import Model` gives what it always does.
    """
    spec = find_spec(RUNTIME)
    if RUNTIME in sys.modules or spec is None or spec.loader is None:
        return
    module, loader = module_from_spec(spec), spec.loader

    def show(name: str) -> Any:
        vars(module).pop("__getattr__", None)
        loader.exec_module(module)
        return getattr(module, name)

    vars(module)["__getattr__"] = show
    sys.modules[RUNTIME] = module


@contextmanager
def loading() -> Iterator[None]:
    """Around the import of a command: what is loaded now stays, and a library that is missing ends the process."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] in OWN:
            raise
        print(f"error: `{error.name}` is not installed", file=sys.stderr)
        print('hint: pip install "ormgen-orm[codegen]"', file=sys.stderr)
        sys.exit(1)
    finally:
        if was_on:
            gc.enable()
