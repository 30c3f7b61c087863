"""Names that get in each other's way, shared query sets, unusual types."""

import datetime as dt
import uuid
from typing import Any, assert_type

from odd.models import (
    Builtins,
    Date,
    Flavour,
    Note,
    NoteQuerySet,
    Parameters,
    Status,
    Status_note,
    StatusRow,
    Ticket,
    TicketQuerySet,
)
from odd.more import Note as MoreNote

from ormgen.functions import Count


async def builtins(row: Builtins) -> None:
    assert_type(row.int, int)
    assert_type(row.str, str | None)
    assert_type(row.Date, dt.date)
    assert_type(row.Field, bool)
    assert_type(row.Self, uuid.UUID | None)
    assert_type(row.Required, str)
    values = (await Builtins.all().values())[0]
    assert_type(values["str"], str | None)
    assert_type(values["Date"], dt.date)
    assert_type(values["Self"], uuid.UUID | None)
    await Builtins.create(int=1, Date=dt.date.today(), Required="x", Self=None)
    await Builtins.create(int="x", Date=dt.date.today(), Required="x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Builtins.create(int=1, Date=dt.date.today())  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await Builtins.filter(int__gte=3, Date__year=2024, str__icontains="x", list__in=[1]).update(str=None, int=3)
    assert_type(await Builtins.all().active().filter(int=1).active(), list[Builtins])
    assert_type(await Builtins.filter(int=1).active().first(), Builtins | None)
    Builtins.all().active().filter(itn=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def parameters(row: Parameters) -> None:
    await Parameters.create(using_db="x", defaults=1, args=2, values=3)
    await Parameters.create(using_db=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Parameters.filter(using_db="x", args__gte=1, values__in=[1], defaults=1, columns=None)
    assert_type(await Parameters.get(using_db__icontains="x"), Parameters)
    assert_type(Parameters.newest.newest(), int)
    assert_type(await Parameters.newest.filter(args=1).first(), Parameters | None)
    Parameters.newest.oldest()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    assert_type(await Parameters.all().active(), list[Parameters])


async def tickets() -> None:
    assert_type(await Ticket.sold.all().first_class().filter(Q__gt=1), list[Ticket])
    assert_type(await Ticket.sold.first_class().order_by("-Q").first(), Ticket | None)
    asked: TicketQuerySet = Ticket.sold.filter(queue__q="x")
    asked.second_class()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    asked.first_class().filter(P=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Ticket.all().first_class()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def notes(note: Note, other: MoreNote) -> None:
    assert_type(note.day, Date)
    assert_type(note.data, list[dict[str, int]])
    assert_type(note.span, dt.timedelta)
    assert_type(note.blob, bytes | None)
    assert_type(await other.origin, Note)
    assert_type(await other.of_origin(), str)
    assert_type(await note.more_notes, list[MoreNote])
    assert_type(await note.more_notes.filter(text="x").first(), MoreNote | None)
    assert_type(await Note.all().long().active().filter(code="x").long(), list[Note])
    assert_type(Note.all().long(), NoteQuerySet[Note])
    assert_type(await MoreNote.all(), list[MoreNote])
    Note.filter(text="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    MoreNote.filter(text="x", origin__code="y")
    MoreNote.filter(code="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Note.all().lnog()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def collisions(status: Status, note: Status_note, row: StatusRow) -> None:
    assert_type(status.note_id, str)
    assert_type(await status.note, Note)
    Status.filter(note="code", note_id__in=["a"], note__code="x")
    Status.filter(note=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await Status.create(note_id="x")
    await Status.create(note_id=3)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    loaded = (await Status.all().select_related("note"))[0]
    assert_type(loaded.note.code, str)
    assert_type(loaded.note.day, Date)
    assert_type(await status.back, Status_note | None)
    assert_type((await Status_note.all().select_related("one"))[0].one.note_id, str)
    assert_type(row.flavour, Flavour | None)
    StatusRow.filter(flavour=Flavour.SWEET, flavour__in=[Flavour.SWEET], tags__day=Date.TODAY)
    StatusRow.filter(flavour="sour or so")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    counted = (await Note.annotate(n=Count("rows")).filter(n__gt=1))[0]
    assert_type(counted.n, int)
    assert_type(await note.third, Parameters)
    everything: list[dict[str, Any]] = await StatusRow.all().values()
    print(everything)
