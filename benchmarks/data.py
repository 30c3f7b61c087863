"""The rows that every adapter stores, the same in each run; and the plain classes that hand-written code fills."""

import datetime
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

TEAMS: Final = 500
HEROES: Final = 10_000
RECORDS: Final = 10_000
BADGES: Final = 50
DECORATED: Final = 1_000  # that many heroes have three badges each
START: Final = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


class Kind(StrEnum):
    """What a record is about."""

    SALE = "sale"
    REFUND = "refund"


class Team:
    """A row of `team`; `heroes` is filled where they are loaded."""

    __slots__ = ("heroes", "id", "name")

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name
        self.heroes: list[Hero] = []


class Hero:
    """A row of `hero`, the small table; `team` and `badges` are filled where they are loaded."""

    __slots__ = ("badges", "id", "name", "power", "team", "team_id")
    badges: "list[Badge]"

    def __init__(self, id: int | None, name: str, power: int, team_id: int, team: Team | None = None) -> None:
        self.id = id
        self.name = name
        self.power = power
        self.team_id = team_id
        self.team = team


class Badge:
    """A row of `badge`, which many heroes have."""

    __slots__ = ("id", "name")

    def __init__(self, id: int, name: str) -> None:
        self.id = id
        self.name = name


class Record:
    """A row of `record`, the wide table of mixed columns."""

    __slots__ = WIDE = (
        *("id", "title", "kind", "stock", "ratio", "active", "price", "born", "seen", "code", "note", "data"),
    )

    def __init__(
        self,
        id: int | None,
        title: str,
        kind: Kind,
        stock: int,
        ratio: float,
        active: bool,
        price: Decimal,
        born: datetime.date,
        seen: datetime.datetime,
        code: uuid.UUID,
        note: str | None,
        data: Any,
    ) -> None:
        self.id = id
        self.title = title
        self.kind = kind
        self.stock = stock
        self.ratio = ratio
        self.active = active
        self.price = price
        self.born = born
        self.seen = seen
        self.code = code
        self.note = note
        self.data = data


def hero_values(number: int) -> dict[str, Any]:
    """The columns of one hero, without its key."""
    return {"name": f"hero {number}", "power": number % 100, "team_id": number % TEAMS + 1}


def record_values(number: int) -> dict[str, Any]:
    """The columns of one record, without its key."""
    return {
        "title": f"record {number}",
        "kind": Kind.SALE if number % 3 else Kind.REFUND,
        "stock": number * 1_000_003,
        "ratio": number / 7,
        "active": number % 2 == 0,
        "price": Decimal(number).scaleb(-2),
        "born": START.date() + datetime.timedelta(days=number % 1_000),
        "seen": START + datetime.timedelta(seconds=number, microseconds=number),
        "code": uuid.UUID(int=number),
        "note": None if number % 4 else f"note {number}",
        "data": {"number": number, "tags": ["a", "b"]},
    }


def hero_badges() -> list[tuple[int, int]]:
    """Who has which badge, as keys."""
    return [(hero, (hero + step) % BADGES + 1) for hero in range(1, DECORATED + 1) for step in (0, 7, 19)]
