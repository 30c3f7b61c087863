"""What every help text ends with."""

from __future__ import annotations

EPILOG = (
    "Exit codes: 0 all is well, 1 something was found (the models have errors, a stub is stale, a name does not "
    "exist), 2 the command is wrong, 3 something has to be decided by people. NO_COLOR switches colours off."
)
