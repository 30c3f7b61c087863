"""Ends connections whose event loop runs no more: closing a transport would only ask that loop to do it."""

from __future__ import annotations

import os
import socket
from asyncio import AbstractEventLoop
from contextlib import suppress
from typing import Any


def sever(loop: AbstractEventLoop, transport: Any) -> None:
    """Let the server know at once that nobody is there, so that it undoes what was begun and lets go of its locks."""
    if transport is None or loop.is_running():
        return
    told = transport.get_extra_info("socket")
    if told is None:
        return
    with suppress(OSError), socket.socket(fileno=os.dup(told.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)
