"""Functions of SQLite."""

from ormgen.query.functions import Standalone


class Random(Standalone):
    """A random whole number of 64 bits, another one for each row; `ormgen.functions.Random` is one from 0 to 1."""

    __slots__ = ()
    name = "SQLITE_RANDOM"
    returns = int
    dialects = ("sqlite",)

    def __init__(self) -> None:
        super().__init__()
