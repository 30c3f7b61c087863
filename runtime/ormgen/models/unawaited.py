"""What Python asks of values is refused to questions, in words that name the remedy."""

from __future__ import annotations

from typing import Any, NoReturn

_ASKED = {"__bool__": "is neither true nor false", "__len__": "has no length", "__iter__": "is not a list"}
_ASKED["__contains__"] = "contains nothing yet"


class Unawaited:
    """What is neither true nor false; pyright reports `if question:` for what this `__bool__` returns."""

    __slots__ = ()

    def __bool__(self) -> None:
        raise TypeError("a question is neither true nor false: await it first")


def refuse_unawaited(cls: type[Any], what: str, remedies: dict[str, str]) -> None:
    """Give `cls` the methods of bool(), len(), `for` and `in`, all of which say: await it first.

    Not in the bodies of classes, so that type checkers report such uses as what they are: not possible.
    """
    for name, fact in _ASKED.items():
        setattr(cls, name, _refuser(f"{what} {fact}: await it first{remedies.get(name, '')}"))


def _refuser(message: str) -> Any:
    def refuse(question: Any, *others: Any) -> NoReturn:
        raise TypeError(message)

    return refuse
