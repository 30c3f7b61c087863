"""JSON that users hand over as text, and with readers of its own."""

import json
from typing import Any

from pydantic import BaseModel

from ormgen import Model, fields


class Point(BaseModel):
    x: int
    y: int = 0


def shout(value: Any) -> str:
    return json.dumps(value).upper()


def whisper(text: str | bytes) -> Any:
    return json.loads(text.lower())


class Paper(Model):
    data = fields.JSONField[Any](null=True)
    point = fields.JSONField(field_type=Point, null=True)
    loud = fields.JSONField[Any](encoder=shout, decoder=whisper, null=True)
