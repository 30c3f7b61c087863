"""A small client of a language server over stdio: opens texts and asks what an editor would ask.

In a text, the last `|` stands where the cursor is.
"""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

PATIENCE = 60  # seconds for one answer, on a busy machine
PYRIGHT = [sys.executable, "-m", "pyright.langserver", "--stdio"]
SETTINGS = {"python": {"pythonPath": sys.executable, "analysis": {"diagnosticMode": "openFilesOnly"}}}


class Unreachable(Exception):
    """The server could not be started, or went away; the text says how."""


@dataclass(frozen=True)
class Item:
    """One line of a completion list."""

    label: str
    inserts: str


class LanguageServer:
    """A running server, with one folder open in it.

    Raises Unreachable when it does not start or stops answering.
    """

    def __init__(self, folder: Path, command: list[str] = PYRIGHT, settings: Mapping[str, Any] = SETTINGS) -> None:
        self._folder, self._settings = folder, settings
        self._asked = 0
        self._versions: dict[str, int] = {}
        self._heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        try:
            self._process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise Unreachable(f"{command[0]} does not start: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._writer: Any = self._process.stdin
        self._reader = threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        self._greet()

    def _greet(self) -> None:
        uri = self._folder.as_uri()
        abilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"hover": {"contentFormat": ["plaintext"]}},
        }
        folders = [{"uri": uri, "name": self._folder.name}]
        try:
            self._request(
                "initialize",
                {"processId": None, "rootUri": uri, "workspaceFolders": folders, "capabilities": abilities},
            )
        except Unreachable:
            self._end()
            raise
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": self._settings})

    def _listen(self, stream: BinaryIO) -> None:
        while True:
            length = 0
            while (line := stream.readline()).strip():
                name, _, value = line.decode("ascii").partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if not length:
                break
            self._heard.put(json.loads(stream.read(length)))
        self._heard.put(None)

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        try:
            self._writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            self._writer.flush()
        except OSError as error:
            raise Unreachable(f"the language server went away: {error}") from error

    def _notify(self, method: str, params: Any) -> None:
        self._send(method=method, params=params)

    def _request(self, method: str, params: Any) -> Any:
        self._asked += 1
        self._send(id=self._asked, method=method, params=params)
        while True:
            try:
                message = self._heard.get(timeout=PATIENCE)
            except queue.Empty:
                raise Unreachable(f"the language server did not answer {method} in {PATIENCE} s") from None
            if message is None:
                raise Unreachable(f"the language server ended during {method}")
            if "method" in message:
                self._oblige(message)
            elif message.get("id") == self._asked:
                if "error" in message:
                    raise Unreachable(f"{method}: {message['error']['message']}")
                return message["result"]

    def _oblige(self, message: dict[str, Any]) -> None:
        """Answers what the server itself asks: its settings, and leave to register or to show progress."""
        if "id" not in message:
            return
        result: Any = None
        if message["method"] == "workspace/configuration":
            result = [self._setting(item.get("section", "")) for item in message["params"]["items"]]
        self._send(id=message["id"], result=result)

    def _setting(self, section: str) -> Any:
        found: Any = self._settings
        for part in section.split("."):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        return found

    def _show(self, path: Path, text: str) -> dict[str, Any]:
        """Shows the server a text as the content of `path`; the place of the cursor in it."""
        before, bar, after = text.rpartition("|")
        assert bar, f"no cursor in {text!r}"
        uri = path.as_uri()
        version = self._versions[uri] = self._versions.get(uri, 0) + 1
        if version == 1:
            opened = {"uri": uri, "languageId": "python", "version": 1, "text": before + after}
            self._notify("textDocument/didOpen", {"textDocument": opened})
        else:
            changed = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": before + after}]}
            self._notify("textDocument/didChange", changed)
        lines = before.split("\n")
        return {"textDocument": {"uri": uri}, "position": {"line": len(lines) - 1, "character": len(lines[-1])}}

    def complete(self, path: Path, text: str) -> list[Item]:
        """What is offered at the cursor of `text`, shown as the content of `path`, as far as it fits the word there."""
        answer = self._request("textDocument/completion", self._show(path, text)) or []
        items = answer["items"] if isinstance(answer, dict) else answer
        return [
            Item(i["label"], i.get("textEdit", {}).get("newText") or i.get("insertText") or i["label"]) for i in items
        ]

    def hover(self, path: Path, text: str) -> str:
        """What is told about the word under the cursor; empty when nothing is."""
        answer = self._request("textDocument/hover", self._show(path, text))
        return "" if answer is None else str(answer["contents"]["value"])

    def definitions(self, path: Path, text: str) -> list[tuple[str, int]]:
        """Where the word under the cursor is defined: URI and line, the first being 1."""
        answer = self._request("textDocument/definition", self._show(path, text)) or []
        return [(each["uri"], each["range"]["start"]["line"] + 1) for each in answer]

    def close(self) -> None:
        """Ends the server; it may be gone already."""
        try:
            self._request("shutdown", None)
            self._notify("exit", None)
        except Unreachable:
            pass
        finally:
            self._end()

    def _end(self) -> None:
        """Closes both ends: pyright's own process, a child of this one's, ends when nobody writes to it any more."""
        with suppress(OSError):
            self._writer.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
        if self._process.stdout is not None:
            self._process.stdout.close()
