"""Enums of every make."""

from enum import Enum, IntEnum, StrEnum, auto

from ormgen import Model, fields

LONGEST = "a value of some length"


class Status(str, Enum):
    OPEN = "open"
    CLOSED = "closed"
    SHUT = CLOSED
    LATER = LONGEST


class Colour(StrEnum):
    RED = auto()
    DARK_BLUE = auto()

    @property
    def nice(self) -> str:
        return self.value.title()


class Level(IntEnum):
    LOW = 1
    HIGH = LOW << 3
    _ignore_ = ["skipped"]
    skipped = 5


class Size(Enum):
    SMALL = "s"
    BIG = "b"


class Upper(StrEnum):
    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name.lower() + "!"


class Loud(Upper):
    HEY = auto()
    YOU_THERE = auto()


class Labelled(str, Enum):
    label: str

    def __new__(cls, value: str, label: str) -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    ONE = ("one", "The first of all")
    TWO = ("two", "The other one")



Number = IntEnum("Number", {"FIRST": 1, "SECOND": 2})
Letter = Enum("Letter", "A B", type=str)


class Ticket(Model):
    class State(str, Enum):
        NEW = "new"
        DONE = "done"

    status = fields.CharEnumField(Status, default=Status.OPEN)
    colour = fields.CharEnumField(Colour, max_length=30, null=True)
    level: Level = fields.IntEnumField(Level, default=Level.LOW)
    size = fields.CharEnumField(enum_type=Size, description="How big", default=Size["BIG"])
    state = fields.CharEnumField(State, default=State.NEW)
    loud = fields.CharEnumField(Loud)
    labelled = fields.CharEnumField(Labelled)
    number = fields.IntEnumField(Number, default=Number.FIRST)
    letter = fields.CharEnumField(Letter, max_length=4)
    text = fields.CharField(max_length=10, default=Colour.RED.value)
    native = fields.CharEnumField(Colour, native_enum="colour", default=Colour.RED)


class Audit(Model):
    state = fields.CharEnumField(Ticket.State)
