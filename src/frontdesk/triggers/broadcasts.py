"""Starts, stops and previews a message to many guests; who agreed to be written to is asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests.models import Guest
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Message, OutboundMessage
from frontdesk.tenancy.audit import record
from frontdesk.triggers.broadcast_models import Broadcast, BroadcastSend
from frontdesk.triggers.broadcast_words import Judged, judged_for

MOST = 1000
"""Guests that a preview judges."""
SHOWN = 20


class NoSuchBroadcast(NotFound):
    """There is no such broadcast"""

    code = "no_such_broadcast"


class NotADraft(Conflict):
    """A broadcast starts once"""

    code = "broadcast_started"


@dataclass(frozen=True, slots=True)
class Preview:
    opted_in: int
    judged: int
    matching: int
    held_out: int
    minutes: float
    """How long it takes at its pace, without quiet hours."""
    sample: list[Judged]


async def broadcast(session: AsyncSession, broadcast_id: UUID, *, lock: bool = False) -> Broadcast:
    query = select(Broadcast).where(Broadcast.id == broadcast_id)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NoSuchBroadcast
    return found


def agreed() -> ColumnElement[bool]:
    """Said yes to being written to, and has not taken it back."""
    return (
        Guest.consent_at.is_not(None)
        & Guest.opted_out_at.is_(None)
        & Guest.merged_into.is_(None)
        & Guest.erased_at.is_(None)
    )


def is_held_out(broadcast_id: UUID, guest_id: UUID, hold_out: int) -> bool:
    """By the two ids alone, so that it is the same whoever asks and whenever."""
    return uuid5(broadcast_id, str(guest_id)).int % 100 < hold_out


async def preview(session: AsyncSession, found: Broadcast, *, now: datetime) -> Preview:
    everybody = await session.scalar(select(func.count()).where(agreed())) or 0
    query = select(Guest).where(agreed()).order_by(Guest.id).limit(MOST)
    guests = (await session.scalars(query)).all()
    fits = [j for g in guests if (j := await judged_for(session, found, g, now=now)).held]
    out = sum(is_held_out(found.id, j.guest_id, found.hold_out) for j in fits)
    minutes = round((len(fits) - out) / found.per_minute, 1)
    return Preview(everybody, len(guests), len(fits), out, minutes, fits[:SHOWN])


async def start(session: AsyncSession, broadcast_id: UUID, *, by: str, now: datetime) -> Broadcast:
    """Everybody who agreed, by now, is in it; the held out are drawn at once."""
    found = await broadcast(session, broadcast_id, lock=True)
    if found.state != "draft":
        raise NotADraft(f"it is {found.state}")
    ids = (await session.scalars(select(Guest.id).where(agreed()).order_by(Guest.id))).all()
    rows = [_row(found, guest_id) for guest_id in ids]
    for at in range(0, len(rows), 1000):
        await session.execute(insert(BroadcastSend).values(rows[at : at + 1000]))
    found.state, found.started_at, found.next_at = "sending", now, now
    await ring(session, Job.SEND_BROADCAST, found.hotel_id)
    held_out = sum(row["state"] == "held_out" for row in rows)
    await _told(session, found, "start", len(rows), held_out, by=by)
    return found


def _row(found: Broadcast, guest_id: UUID) -> dict[str, Any]:
    out = is_held_out(found.id, guest_id, found.hold_out)
    state = "held_out" if out else "planned"
    own = {"hotel_id": found.hotel_id, "id": uuid7(), "broadcast_id": found.id}
    return {**own, "guest_id": guest_id, "state": state}


async def stop(session: AsyncSession, broadcast_id: UUID, *, by: str, now: datetime) -> Broadcast:
    """Nothing of it leaves any more, not even what is queued; stopping twice is stopping once."""
    found = await broadcast(session, broadcast_id, lock=True)
    if found.state != "sending":
        return found
    found.state, found.ended_at, found.next_at = "stopped", now, None
    left = update(BroadcastSend).where(
        BroadcastSend.broadcast_id == found.id, BroadcastSend.state == "planned"
    )
    await session.execute(left.values(state="stopped", worked_at=now))
    queued = update(OutboundMessage).where(
        OutboundMessage.dedupe_key.startswith(f"broadcast:{found.id}:"),
        OutboundMessage.status == "queued",
    )
    of = OutboundMessage
    withdrawn = queued.values(status="cancelled").returning(of.message_id, of.dedupe_key)
    rows = (await session.execute(withdrawn)).all()
    messages = update(Message).where(Message.id.in_([row.message_id for row in rows]))
    await session.execute(messages.values(status="cancelled"))
    guests = [UUID(row.dedupe_key.rpartition(":")[2]) for row in rows]
    unheard = update(BroadcastSend).where(
        BroadcastSend.broadcast_id == found.id, BroadcastSend.guest_id.in_(guests)
    )
    await session.execute(unheard.values(state="stopped"))
    counts = await counted(session, found.id)
    await _told(session, found, "stop", sum(counts.values()), counts.get("held_out", 0), by=by)
    return found


async def counted(session: AsyncSession, broadcast_id: UUID) -> dict[str, int]:
    """Guests by what became of it for them."""
    query = select(BroadcastSend.state, func.count()).group_by(BroadcastSend.state)
    rows = await session.execute(query.where(BroadcastSend.broadcast_id == broadcast_id))
    return {state: guests for state, guests in rows.all()}  # noqa: C416 - rows are no tuples


async def _told(
    session: AsyncSession, found: Broadcast, verb: str, guests: int, held_out: int, *, by: str
) -> None:
    told = {"name": found.name, "guests": guests, "held_out": held_out}
    subject = f"broadcast:{found.id}"
    record(session, found.hotel_id, f"broadcast.{verb}", subject, by=by, new=told)
    happened = {"start": "broadcast.started", "stop": "broadcast.stopped"}[verb]
    facts = {"broadcast_id": str(found.id), **told, "by": by}
    await emit(session, found.hotel_id, happened, found.id, facts)
    await session.flush()
