"""`ormgen completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ormgen_codegen import console

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that makes a shell complete commands and options with the tab key.

    \b
    bash  eval "$(ormgen completion bash)" in ~/.bashrc
    zsh   eval "$(ormgen completion zsh)" in ~/.zshrc
    fish  ormgen completion fish > ~/.config/fish/completions/ormgen.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    console.say(found(ctx.find_root().command, {}, "ormgen", "_ORMGEN_COMPLETE").source())
