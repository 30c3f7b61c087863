"""`ormgen stubs --watch`: the same work again whenever a Python file of the project changes. The home of watchfiles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from watchfiles import Change, DefaultFilter
from watchfiles import watch as changes_in

from ormgen.exceptions import ConfigurationError, SchemaError
from ormgen_codegen import console
from ormgen_codegen.parse.parsed import SourceErrors

QUIET_FOR: Final = 150
"""Milliseconds without a change before work begins: an editor writes several files at once."""
WAKING: Final = 250
"""Milliseconds after which waiting for changes begins anew."""
SETTINGS: Final = "pyproject.toml"


class SourceFilter(DefaultFilter):
    """Lets Python files and the project's settings through, not what is generated beside them."""

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change matters."""
        return (path.endswith(".py") or path.endswith(SETTINGS)) and super().__call__(change, path)


def watch(work: Callable[[], int], folders: Iterable[Path], note: Callable[[str], None]) -> int:
    """Do the work now and after every change below `folders`, until it is interrupted.

    Errors of the models are told, and the next change is waited for.

    Returns:
        The exit code: always that of success, for being interrupted is how this ends.
    """
    listed = sorted({str(folder) for folder in folders})
    changes = changes_in(
        *listed,
        watch_filter=SourceFilter(),
        debounce=QUIET_FOR,
        step=QUIET_FOR // 3,
        rust_timeout=WAKING,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    next(changes, None)  # from here on changes are seen, also those during the first run
    _attempt(work)
    note(f"watching {len(listed)} folder{'s' if len(listed) != 1 else ''}; Ctrl+C ends this")
    try:
        for found in changes:
            if found:
                _attempt(work)
    except KeyboardInterrupt:  # in the midst of the work: what is written is written whole
        pass
    return console.DONE


def _attempt(work: Callable[[], int]) -> None:
    try:
        work()
    except SourceErrors as errors:
        console.tell(errors.findings)
    except SchemaError as error:
        for problem in error.problems:
            console.complain(problem.fact, problem.hint)
    except ConfigurationError as error:
        console.complain(str(error))
