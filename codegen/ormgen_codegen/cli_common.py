"""What all commands share: help texts, reading a run, and turning errors into messages and exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from ormgen.exceptions import ConfigurationError, OperationalError, ParamsError, SchemaError, UnSupportedError
from ormgen.records import replace
from ormgen_codegen import console
from ormgen_codegen.config import Config, load_config
from ormgen_codegen.depth import Depth
from ormgen_codegen.findings import as_data
from ormgen_codegen.parse.kept import KeptModules
from ormgen_codegen.parse.parsed import Finding, SourceErrors
from ormgen_codegen.run import Run, read_run

MODULES = "MODULE is a dotted name or a path; of a package all modules that declare models."
TARGET_HELP = "Whose classes the models are: ormgen's, or those of Tortoise ORM; also `for` in pyproject.toml."
WITHOUT_MODULES = "Without any, those of [tool.ormgen] apps in pyproject.toml."


def read(
    modules: Sequence[str],
    depth: Depth | None = None,
    show: Callable[[str], None] = lambda stage: None,
    kept: KeptModules | None = None,
    jobs: int = 1,
    target: str | None = None,
) -> Run:
    """The run over the named modules with the settings of the current folder, but for `depth` and `target` if given.

    What `kept` has of earlier runs is not parsed again; `jobs` processes parse the rest.

    Raises:
        ConfigurationError: there is nothing to read, or no such module.
        SourceErrors: the models are wrong.
    """
    config = load_config(Path.cwd())
    config = replace(config, depth=depth or config.depth, target=target or config.target)
    return read_run(modules, config, show=show, kept=kept, jobs=jobs)


def roots(config: Config) -> tuple[Path, ...]:
    """The folders below which files may be written."""
    return (Path.cwd(), *([config.root] if config.root is not None else []))


def say_json(data: Any) -> None:
    """Print data as JSON on standard output."""
    console.say(json.dumps(data, indent=2, ensure_ascii=False))


def leave(work: Callable[[], int], tell: Callable[[Iterable[Finding]], None] = console.tell) -> None:
    """End the process with the code that `work` gives, or that of the error that it raises.

    `tell` is given the findings of models that are wrong.
    """
    try:
        code = work()
    except SourceErrors as errors:
        tell(errors.findings)
        code = console.FOUND
    except SchemaError as error:
        for problem in error.problems:
            console.complain(problem.fact, problem.hint)
        code = console.FOUND
    except ConfigurationError as error:
        console.complain(str(error))
        code = console.MISUSED
    except (OperationalError, ParamsError, UnSupportedError) as error:
        console.complain(str(error))
        code = console.FOUND
    sys.exit(code)


def telling(as_json: bool, **others: Any) -> Callable[[Iterable[Finding]], None]:
    """How a command tells of models that are wrong: as JSON with `others` beside the findings, or to people."""
    if not as_json:
        return console.tell
    return lambda findings: say_json({**others, "findings": as_data(findings)})
