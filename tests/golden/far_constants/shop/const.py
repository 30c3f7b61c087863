"""Constants that others take."""

from typing import Final

LENGTH: Final = 20
LONG = LENGTH * 2 + 1
PREFIX = "shop"
TABLE = PREFIX + "_" + "order"
APP = "models"
TARGET = f"{APP}.Order"
CHOICES = {"max_length": LONG, "null": True}
SIZES = [10, 20, 30]
NAMES = ("alpha", "beta")


class Limits:
    SHORT = 5
    LONG = SHORT * 3

    class Inner:
        DEEP = 7
