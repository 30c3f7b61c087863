from enum import StrEnum


class Payment(StrEnum):
    CASH = "cash"
    CARD = "card"
