"""A Python prompt with the models loaded and the databases open: `await Hero.all()` at the top level.

`ormgen shell` starts it, and so does `python -m ormgen.contrib.shell -c settings.ORMGEN` where only the runtime is
installed. The prompt is that of IPython, or ptpython, whichever is installed first; else Python's own.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import code
import contextlib
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from types import CodeType, FunctionType
from typing import Any, Final

import ormgen
from ormgen.database.config import AppConfig, ORMConfig
from ormgen.database.connection_config import ConnectionConfig
from ormgen.exceptions import BaseORMException, ConfigurationError
from ormgen.expressions import F, Q
from ormgen.migrations.places import read_settings
from ormgen.models.orm import ORM
from ormgen.transactions import in_transaction

PROMPTS: Final = ("ipython", "ptpython", "plain")


def shell_config(settings: str | None, apps: Mapping[str, Sequence[str]]) -> ORMConfig:
    """The configuration that settings name; a database URL goes with the modules of `apps`.

    Raises:
        ConfigurationError: the settings are wrong, or nothing says which modules hold the models.
    """
    found = read_settings(settings)
    if isinstance(found, ORMConfig):
        return found
    if not apps:
        raise ConfigurationError("a database URL names no models: give --app models=shop.models, or settings.ORMGEN")
    return ORMConfig({"default": found}, {label: AppConfig(tuple(modules)) for label, modules in apps.items()})


def namespace() -> dict[str, Any]:
    """What stands ready at the prompt: the models by name, and what is needed to ask for them.

    Of models that share a name the first stands there; each is also found as `shop_Order`, by its app.
    """
    found: dict[str, Any] = {"ORM": ORM, "Q": Q, "F": F, "in_transaction": in_transaction, "ormgen": ormgen}
    for label, models in ORM.apps.items():
        for name, model in models.items():
            found.setdefault(name, model)
            found[f"{label}_{name}"] = model
    return found


def banner(names: Mapping[str, Any], connections: Mapping[str, ConnectionConfig]) -> str:
    """What is said at the beginning."""
    models = sorted({model.__name__ for name, model in names.items() if name not in ("ORM", "Q", "F") and _is(model)})
    opened = ", ".join(f"{alias} ({config.dialect})" for alias, config in connections.items())
    return f"ormgen shell on {opened}; await works here.\nModels: {', '.join(models) or 'none'}"


def _is(value: Any) -> bool:
    return isinstance(value, type) and issubclass(value, ormgen.Model)


class Console(code.InteractiveConsole):
    """Python's own prompt, with `await` at its top level."""

    def __init__(self, names: dict[str, Any], run: Callable[[Any], Any]) -> None:
        super().__init__(names)
        self.names = names
        self.run = run
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def runcode(self, code: CodeType) -> None:
        """Run what was typed; an error is shown, and the prompt goes on."""
        try:
            made = FunctionType(code, self.names)()
            if inspect.iscoroutine(made):
                self.run(made)
        except SystemExit:
            raise
        except KeyboardInterrupt:
            self.write("\nKeyboardInterrupt\n")
        except BaseException:
            self.showtraceback()


def plain(names: dict[str, Any], run: Callable[[Any], Any], told: str) -> None:
    """Python's own prompt, with completion where the system has readline."""
    with contextlib.suppress(ImportError):
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    Console(names, run).interact(told, exitmsg="")


def ipython(names: dict[str, Any], run: Callable[[Any], Any], told: str) -> None:
    """The prompt of IPython; what it awaits runs in the loop in which the databases are open."""
    import IPython
    from traitlets.config import Config

    config = Config()
    config.InteractiveShell.autoawait = True
    config.InteractiveShell.loop_runner = lambda work: run(work)  # settings are copied, loops cannot be
    config.InteractiveShell.banner2 = told + "\n"
    IPython.start_ipython(argv=[], user_ns=names, config=config)


def ptpython(names: dict[str, Any], run: Callable[[Any], Any], told: str) -> None:
    """The prompt of ptpython."""
    from ptpython.repl import embed

    print(told)
    with contextlib.suppress(EOFError, SystemExit):
        run(embed(names, names, return_asyncio_coroutine=True))


STARTS: Final[Mapping[str, Callable[[dict[str, Any], Callable[[Any], Any], str], None]]] = {
    "ipython": ipython,
    "ptpython": ptpython,
    "plain": plain,
}


def start(settings: str | None, apps: Mapping[str, Sequence[str]], prompt: str | None = None) -> None:
    """Open the databases, let somebody type, and close them.

    Raises:
        ConfigurationError: the settings or models are wrong, or there is no such prompt.
        OperationalError: a database cannot be reached.
    """
    library = {"ipython": "IPython", "ptpython": "ptpython"}
    if prompt in library and find_spec(library[prompt]) is None:
        raise ConfigurationError(f"{library[prompt]} is not installed: pip install {prompt}")
    chosen = prompt or next(each for each in PROMPTS if each == "plain" or find_spec(library[each]) is not None)
    config = shell_config(settings, apps)
    with asyncio.Runner() as runner:
        runner.run(_opened(config))
        try:
            names = namespace()
            STARTS[chosen](names, runner.run, banner(names, config.connections))
        finally:
            runner.run(_closed())


async def _opened(config: ORMConfig) -> None:
    await ORM.init(config=config)


async def _closed() -> None:
    await ORM.close_connections()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    made = argparse.ArgumentParser("ormgen shell", description=__doc__)
    made.add_argument("--config", "-c", "--config-file", help="a database URL, settings.ORMGEN or a file of settings")
    made.add_argument("--app", action="append", default=[], metavar="models=shop.models,…", help="modules of an app")
    made.add_argument("--prompt", choices=PROMPTS, help="which prompt; by default the first that is installed")
    given = made.parse_args(arguments)
    apps = {label: names.split(",") for label, _, names in (each.partition("=") for each in given.app)}
    try:
        start(given.config, apps, given.prompt)
    except BaseORMException as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
