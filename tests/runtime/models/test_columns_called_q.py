"""Columns and relations may be called like parts of path expressions: `q`, `Q`, `asc`."""

import sys
from typing import Any

from ormgen import ORM, Model, fields


class Queue(Model):
    q = fields.CharField(max_length=9)
    asc = fields.IntField(default=0)


class Ticket(Model):
    Q = fields.IntField(default=1)
    queue = fields.ForeignKeyField("models.Queue", related_name="q_tickets")


async def test_they_are_stored_found_and_crossed(db_url: str) -> None:
    await ORM.init(db_url=db_url, modules={"models": [sys.modules[__name__]]})
    try:
        await ORM.generate_schemas()
        queue = await Queue.create(q="first", asc=3)
        ticket = await Ticket.create(queue=queue, Q=7)
        assert (queue.q, ticket.Q) == ("first", 7)
        assert (await Queue.get(q="first")).asc == 3
        t: Any = Ticket.q
        assert await Ticket.filter(t.queue.q == "first", t.Q > 6).pluck(t.queue.asc) == [3]
        assert await Ticket.filter(t.queue.asc.gte(3)).count() == 1
        assert await Ticket.all().order_by(t.queue.asc.desc()).pluck(t.queue.q) == ["first"]
        assert await Queue.filter(Queue.Q(q_tickets__Q=7)).exists()
    finally:
        await ORM.close_connections()
