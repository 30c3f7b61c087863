"""Results that are read piece by piece inside a transaction, whose connection other statements want as well."""

from __future__ import annotations

from typing import IO

from ormgen.drivers.connection import Chunks
from ormgen.drivers.driver import Rows

KEPT_IN_MEMORY = 4_000_000  # bytes; what is more goes to a file


class Stream:
    """One open result. When another statement needs the connection, the rest is put aside, into a temporary file."""

    __slots__ = ("_aside", "_chunks", "_size")

    def __init__(self, chunks: Chunks, size: int) -> None:
        self._chunks: Chunks | None = chunks
        self._size = size
        self._aside: IO[bytes] | None = None

    async def take(self) -> Rows:
        """The next rows; none when all were read."""
        if self._aside is not None:
            import pickle

            try:
                rows: Rows = pickle.load(self._aside)
            except EOFError:
                return ()
            return rows
        return () if self._chunks is None else await self._chunks.take(self._size)

    async def put_aside(self) -> None:
        """Reads what is left, so that the connection is free."""
        chunks = self._chunks
        if chunks is None:
            return
        import pickle
        from tempfile import SpooledTemporaryFile

        kept = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        try:
            while rows := await chunks.take(self._size):
                pickle.dump(rows, kept, pickle.HIGHEST_PROTOCOL)
                if len(rows) < self._size:
                    break
            await chunks.close()
        except BaseException:
            kept.close()
            raise
        kept.seek(0)
        self._chunks, self._aside = None, kept

    async def close(self) -> None:
        """Lets go of what was read to its end, or left early."""
        chunks, self._chunks = self._chunks, None
        self.drop()
        if chunks is not None:
            await chunks.close()

    def drop(self) -> None:
        """Lets go of what was put aside, where the connection is gone."""
        if self._aside is not None:
            self._aside.close()
            self._aside = None
