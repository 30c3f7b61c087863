"""Functions of MySQL and MariaDB."""

from ormgen.query.functions import Standalone


class Rand(Standalone):
    """A random number of at least 0 and less than 1, another one for each row; the same ones for the same `seed`."""

    __slots__ = ()
    name = "RAND"
    dialects = ("mysql",)

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*(() if seed is None else (seed,)))
