"""The blocks of code in pages: reStructuredText, Markdown, and articles as text, even with their indentation lost."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

PYTHON = "python"
_FILE = re.compile(r"#\s*[\w/]+\.py\s*$")
_NEXT_FILE = re.compile(r"(?<=[)\]}])(?=# *[\w/]+\.py\s*$)")
_FENCE = re.compile(r"^( *)(```+|~~~+) *(\w*)[^\n]*\n(.*?)^\1\2 *$", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(r"^( *)\.\. (?:code-block|code|sourcecode):: *(\w*) *\n(?:\1 +:[^\n]*\n)*", re.MULTILINE)
_SHELL = re.compile(r"(\$|>) |(pip|aerich|tortoise|python|createdb|git|cd|docker|uv|poetry) [\w.-]|source ")
_HEADERS = (
    "class ",
    "def ",
    "async ",
    "for ",
    "while ",
    "with ",
    "if ",
    "else:",
    "elif ",
    "try:",
    "except",
    "finally:",
)
_CONTINUED = {"else": ("if", "for", "while", "try", "except", "elif"), "elif": ("if", "elif")}
_ENDS = ("return", "raise", "break", "continue", "pass")
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


@dataclass(frozen=True)
class Block:
    """A block of a page; `kind` is python, or whatever else it is."""

    line: int
    kind: str
    text: str


def blocks_of(page: str) -> list[Block]:
    """Every block of a page, in its order."""
    if _DIRECTIVE.search(page):
        found = list(_directives(page))
    elif _FENCE.search(page):
        found = [(_line(page, it.start(4)), it[3], textwrap.dedent(it[4])) for it in _FENCE.finditer(page)]
    else:
        rows = enumerate(page.replace("\r\n", "\n").split("\n"), 1)
        parts = [(number, part) for number, row in rows for part in _NEXT_FILE.split(row)]
        return [replace(each, line=parts[each.line - 1][0]) for each in _article([part for _, part in parts])]
    return [each for line, language, text in found for each in _divided(line, language, text)]


def _line(page: str, offset: int) -> int:
    return page.count("\n", 0, offset) + 1


def _directives(page: str) -> Iterator[tuple[int, str, str]]:
    for it in _DIRECTIVE.finditer(page):
        body = re.compile(rf"(?:{it[1]} +[^\n]*\n?| *\n)*").match(page, it.end())
        assert body is not None
        yield _line(page, it.end()), it[2], textwrap.dedent(body[0]).strip("\n") + "\n"


def _divided(line: int, language: str, text: str) -> Iterator[Block]:
    """A block, or one for each file that its comments name."""
    if language and not language.startswith("py"):
        yield Block(line, language, text)
        return
    if text.lstrip().startswith(">>>"):
        text = "".join(f"{it[1]}\n" for it in re.finditer(r"^\s*(?:>>>|\.\.\.) ?(.*)$", text, re.MULTILINE))
    starts = [0, *(it.start() for it in re.finditer(r"^#\s*[\w/]+\.py\s*$", text, re.MULTILINE)), len(text)]
    for first, last in pairwise(starts):
        part = text[first:last]
        if part.strip():
            yield Block(line + text.count("\n", 0, first), kind_of(part, language), part)


def kind_of(text: str, language: str = "") -> str:
    """Whether a text is Python, or what else it may be."""
    if program(text) is not None:
        return PYTHON
    first = next((line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    return "shell" if _SHELL.match(first) else f"no {language}" if language else "text"


def program(text: str) -> str | None:
    """A text as a module that can be compiled; the body of a function stands in one. None if it is not Python."""
    text = textwrap.dedent(text)
    for made in (text, "async def fragment():\n" + textwrap.indent(text, "    ")):
        try:
            compile(made, "block", "exec", FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
            compile(made, "block", "exec", FLAGS, dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        return made
    return None


# -- articles


def _article(lines: list[str]) -> Iterator[Block]:
    """Runs of statements between prose that is sometimes glued to them."""
    at, begun, run = 0, 0, list[str]()
    while at <= len(lines):
        found = _statement(lines, at) if at < len(lines) else None
        comment = at < len(lines) and lines[at].lstrip().startswith("#")
        blank = at < len(lines) and not lines[at].strip() and bool(run) and _goes_on(lines, at, run)
        ends = found is None and not comment and not blank
        if run and (ends or (comment and _FILE.match(lines[at]))):
            yield from _block(begun, run)
            run = []
        if ends:
            if at < len(lines) and _SHELL.match(lines[at]):
                yield Block(at + 1, "shell", lines[at])
            at += 1
            continue
        begun = begun if run else at
        if found is None:
            run.append(lines[at])
            at += 1
            glued = comment and _has_prose(lines[at - 1])
        else:
            text, at, glued = found
            run += text
        if glued:
            yield from _block(begun, run)
            run = []


def _block(begun: int, run: list[str]) -> Iterator[Block]:
    while run and not run[-1].strip():
        run = run[:-1]
    text = "\n".join(run) + "\n"
    if not all(line.lstrip().startswith("#") for line in run):
        yield Block(begun + 1, PYTHON, text if program(text) is not None else indented(run))


def _goes_on(lines: list[str], at: int, run: list[str]) -> bool:
    """Whether code goes on behind a line that is blank."""
    after = next((line for line in lines[at:] if line.strip()), "")
    return after.startswith((" ", "\t", "@", "class ", "def ", "async def ", "await ", "import ", "from ")) and (
        _statement([after, *lines[lines.index(after, at) + 1 :]], 0) is not None
    )


def _statement(lines: list[str], at: int) -> tuple[list[str], int, bool] | None:
    """The statement that begins on a line: its lines, the line behind, and whether prose was glued to it."""
    text = ""
    for end in range(at, min(at + 60, len(lines))):
        text += lines[end] + "\n"
        cut = _glued(text)
        shown = text if cut is None else text[:cut] + "\n"
        if is_statement(shown):
            return shown.rstrip("\n").split("\n"), end + 1, cut is not None or _has_prose(lines[end])
        if end == at and not _is_open(text):
            return None
    return None


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text.lstrip()).readline)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return


def _is_open(text: str) -> bool:
    words = [each.string for each in _tokens(text) if each.type == tokenize.OP]
    return sum(word in "([{" for word in words) > sum(word in ")]}" for word in words)


def _glued(text: str) -> int | None:
    """Where prose begins right behind the last bracket of a statement."""
    last: tokenize.TokenInfo | None = None
    depth = 0
    for each in _tokens(text):
        depth += (each.string in "([{") - (each.string in ")]}") if each.type == tokenize.OP else 0
        ended = last is not None and depth == 0 and each.start == last.end and last.string in (")", "]", "}")
        if ended and each.type == tokenize.NAME:
            lines = text.lstrip().split("\n")
            before = sum(len(line) + 1 for line in lines[: each.start[0] - 1])
            return len(text) - len(text.lstrip()) + before + each.start[1]
        last = each
    return None


def _has_prose(line: str) -> bool:
    """Whether a comment goes over into prose, which its blank or sentence end should have divided from it."""
    comment = next((each.string for each in _tokens(line) if each.type == tokenize.COMMENT), "")
    return bool(re.search(r":$|(?<![A-Z])\b[a-z]+[a-z?!)][A-Z][a-z]+\b|[?!)][A-Z][a-z]+ ", comment))


def is_statement(text: str) -> bool:
    """Whether a text is one statement, or the head of one, and not words that Python would take for names."""
    text = text.strip()
    head = text.startswith(_HEADERS) and _code(text).endswith(":")
    first = text.split(":")[0].split(" ")[0]
    if head and first in ("else", "elif", "except", "finally", "try"):
        return True
    for made in (f"{text}\n    pass" if head else text, f"{text}\ndef f(): pass" if text[:1] == "@" else text):
        try:
            tree = ast.parse(f"async def f():\n{textwrap.indent(made, '    ')}")
        except (SyntaxError, ValueError):
            continue
        (function,) = tree.body
        assert isinstance(function, ast.AsyncFunctionDef)
        (node, *_) = function.body
        return not (isinstance(node, ast.Expr | ast.AnnAssign) and not _says_something(node))
    return False


def _says_something(node: ast.Expr | ast.AnnAssign) -> bool:
    value = node.value
    return isinstance(value, ast.Await | ast.Call | ast.Yield | ast.Dict | ast.Constant) and value is not None


def _code(text: str) -> str:
    """A statement without the comment behind it."""
    comment = next((each.string for each in _tokens(text) if each.type == tokenize.COMMENT), "")
    return text.removesuffix(comment).rstrip()


# -- indentation that was lost


def indented(run: list[str]) -> str:
    """A program whose lines have lost their indentation, as it must have been."""
    made: list[str] = []
    at, open_heads, last = 0, list[str](), ""  # the words that open blocks, from outside in
    while at < len(run):
        found = _statement(run, at)
        lines, after = (found[0], found[1]) if found is not None else ([run[at]], at + 1)
        text = "\n".join(lines).strip()
        if not text or text.startswith("#"):
            made.append("    " * len(open_heads) + text)
            at += 1
            continue
        open_heads = _around(text, open_heads, last, "\n".join(run[after:]))
        made += ["    " * len(open_heads) + line.strip() for line in lines]
        if text.startswith(_HEADERS) and _code(text).endswith(":"):
            open_heads = [*open_heads, text]
        last, at = text, after
    return "\n".join(made) + "\n"


def _around(text: str, heads: list[str], last: str, after: str) -> list[str]:
    """The blocks around a statement."""
    word = re.split(r"\W", text)[0]
    if word in ("else", "elif", "except", "finally"):
        wanted = _CONTINUED.get(word, ("try", "except"))
        while heads and not heads[-1].startswith(wanted):
            heads = heads[:-1]
        return heads[:-1]
    if heads and last == heads[-1] and not text.startswith("class "):
        return heads  # something has to follow a colon
    classes = [at for at, head in enumerate(heads) if head.startswith("class ") and not head.startswith("class Meta")]
    own = heads[: classes[-1] + 1] if classes else []
    if text.startswith("class "):
        return own if text.startswith("class Meta") else []
    if text.startswith(("def ", "async def ", "@")):
        return own if re.search(r"def \w+\((self|cls)\b", text if text[:1] != "@" else after.split("\n")[0]) else []
    if heads and (loop := re.match(r"(?:async )?for \w+ in (\w+):", heads[-1])) and re.match(rf"{loop[1]} *=", text):
        return heads[:-1]  # what is gone through is bound anew
    if heads and heads[-1].startswith("class ") and not re.match(r"\w+( *:.*)? *=", text):
        return []
    if text.startswith(("import ", "from ")):
        return []
    if heads and last.split(" ")[0].split("(")[0] in _ENDS:
        return heads[:-1]
    if (
        heads
        and last == "yield"
        and (name := re.match(r"(\w+) *=", text))
        and re.search(rf"^@{name[1]}\b", after, re.M)
    ):
        return []  # what decorates a function behind it
    return heads
