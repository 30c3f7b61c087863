"""A pooler of PostgreSQL connections in transaction mode, as small as can be: what PgBouncer does to its clients.

Each transaction of a client, or each statement outside of one, goes to whichever server connection is next in turn.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

SSL_REQUEST, CANCEL_REQUEST = 80877103, 80877102
TRACKED = {b"user", b"database", b"client_encoding", b"datestyle", b"timezone", b"application_name"}


class TransactionPooler:
    """Listens on a port of this machine in front of a server at `host:port`."""

    def __init__(self, port: int, servers: int = 3) -> None:
        self.server_port = port
        self.servers = servers
        self.free: asyncio.Queue[Any] = asyncio.Queue()
        self.greeting = b""
        self.startup = b""
        self.refused = 0
        self.clients: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            listening.close()
            for client in self.clients:
                client.cancel()
            await asyncio.gather(*self.clients, return_exceptions=True)
            while not self.free.empty():
                self.free.get_nowait()[1].close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.clients.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                if await self._greet(reader, writer):
                    await self._talk(reader, writer)
        finally:
            self.clients.discard(task)
            writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        while True:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            body = await reader.readexactly(length - 4)
            (code,) = struct.unpack("!i", body[:4])
            if code == CANCEL_REQUEST:
                return False
            if code != SSL_REQUEST:
                break
            writer.write(b"N")
        words = body[4:].rstrip(b"\0").split(b"\0")
        if unknown := set(words[::2]) - TRACKED:
            self.refused += 1
            text = b"SERROR\0C08P01\0Munsupported startup parameter: " + sorted(unknown)[0] + b"\0\0"
            writer.write(b"E" + struct.pack("!i", len(text) + 4) + text)
            return False
        self.startup = body
        if not self.greeting:
            for _ in range(self.servers):
                await self._connect(body)
        writer.write(self.greeting)
        return True

    async def _connect(self, startup: bytes) -> None:
        server = await asyncio.open_connection("127.0.0.1", self.server_port)
        server[1].write(struct.pack("!i", len(startup) + 4) + startup)
        greeting = b""
        while True:
            kind, message = await read(server[0])
            # a pooler answers cancellations itself, so it gives keys of its own
            greeting += b"K" + struct.pack("!iii", 12, 1, 1) if kind == b"K" else message
            if kind == b"Z":
                break
        self.greeting = greeting
        self.free.put_nowait(server)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server: Any = None
        answering: asyncio.Task[None] | None = None
        try:
            while True:
                kind, message = await read(reader)
                if kind == b"X":
                    return
                if answering is None or answering.done():
                    server = await self.free.get()
                    answering = asyncio.create_task(self._answer(server, writer))
                server[1].write(message)
        finally:
            if answering is not None and not answering.done():  # a transaction of a client that has gone
                answering.cancel()
                server[1].close()
                await self._connect(self.startup)

    async def _answer(self, server: Any, writer: asyncio.StreamWriter) -> None:
        """Passes on what the server says, until its transaction has ended."""
        while True:
            kind, answer = await read(server[0])
            ended = kind == b"Z" and answer[-1:] == b"I"
            if ended:
                self.free.put_nowait(server)
            writer.write(answer)
            if ended:
                return


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """One message: its kind, and all of it."""
    head = await reader.readexactly(5)
    (length,) = struct.unpack("!i", head[1:])
    return head[:1], head + await reader.readexactly(length - 4)
