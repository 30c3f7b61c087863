"""Names that a user probably meant, and those that are nobody's models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

OTHER_TOOLS: Final = ("aerich.models",)
"""Modules that settings list for the sake of other tools; they hold no models of ormgen."""


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """The choice that `name` is probably a misspelling of, or None."""
    candidates = sorted(set(choices))
    folded = {choice.lower(): choice for choice in reversed(candidates)}
    if name.lower() in folded:
        return folded[name.lower()]
    from difflib import get_close_matches

    matches = get_close_matches(name, candidates, n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, choices: Iterable[str]) -> str:
    """The tail of an error about an unknown `name`: the likely choice, or all of them."""
    candidates = sorted(set(choices))
    close = nearest(name, candidates)
    if close is not None:
        return f'did you mean "{close}"?'
    return f"choose from {', '.join(candidates)}" if candidates else "there is nothing to choose from"
