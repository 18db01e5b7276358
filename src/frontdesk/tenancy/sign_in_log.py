"""What happens to a person's sign-in, told to each hotel they belong to in its audit log.

A person is of no hotel, so it is first noted among the platform's rows, in the transaction of the
act itself, and known address or not takes the same time. A job hands it on to the hotels.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.asked import asked, speaking_for
from frontdesk.kit.db import NOBODY, Database, ring
from frontdesk.kit.jobs import Job
from frontdesk.kit.secrets import digest
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.person_models import Membership, SignInEvent

BATCH = 50
QUARTER = 15 * 60
"""Seconds in which the same refusal of a key is told once."""


async def note(session: AsyncSession, user_id: UUID | None, what: str, /, **details: str) -> None:
    """`session` is the platform's; None for who is nobody here."""
    now = asked()
    session.add(
        SignInEvent(
            user_id=user_id,
            what=what,
            details=details,
            ip=now.ip if now else None,
            user_agent=now.user_agent if now else None,
        )
    )
    await ring(session, Job.TELL_SIGN_INS, NOBODY)


async def tell_sign_ins(db: Database) -> int:
    """Hand on what was noted, oldest first; gives how many. A second time writes nothing twice."""
    told = 0
    while waiting := await _waiting(db):
        for event, places in waiting:
            for hotel_id, membership_id in places:
                await _tell(db, event, hotel_id, membership_id)
        done = [event.id for event, _ in waiting]
        async with db.platform() as session:
            await session.execute(delete(SignInEvent).where(SignInEvent.id.in_(done)))
        told += len(done)
    return told


async def _waiting(db: Database) -> list[tuple[SignInEvent, list[tuple[UUID, UUID]]]]:
    async with db.platform() as session:
        query = select(SignInEvent).order_by(SignInEvent.created_at, SignInEvent.id).limit(BATCH)
        events = (await session.scalars(query)).all()
        people = {event.user_id for event in events if event.user_id is not None}
        columns = (Membership.user_id, Membership.hotel_id, Membership.id)
        mine = select(*columns).where(Membership.user_id.in_(people), Membership.status == "active")
        places: dict[UUID, list[tuple[UUID, UUID]]] = {}
        for user_id, hotel_id, membership_id in await session.execute(mine):
            places.setdefault(user_id, []).append((hotel_id, membership_id))
    return [(e, places.get(e.user_id, []) if e.user_id else []) for e in events]


async def _tell(db: Database, event: SignInEvent, hotel_id: UUID, membership_id: UUID) -> None:
    said = _Said(
        uuid5(event.id, str(hotel_id)),
        f"user:{event.user_id}",
        f"sign_in.{event.what}",
        f"member:{membership_id}",
        {**event.details, "at": event.created_at.isoformat()},
    )
    with speaking_for(event.ip or "", event.user_agent or ""):
        await _write_once(db, hotel_id, said)


@dataclass(frozen=True, slots=True)
class _Said:
    entry_id: UUID
    actor: str
    action: str
    subject: str
    new: Mapping[str, Any]


async def _write_once(db: Database, hotel_id: UUID, said: _Said) -> None:
    with suppress(IntegrityError):  # somebody else wrote it just now
        await _write(db, hotel_id, said)


async def _write(db: Database, hotel_id: UUID, said: _Said) -> None:
    async with db.hotel(hotel_id) as session:
        known = select(AuditEntry.id).where(AuditEntry.id == said.entry_id)
        if await session.scalar(known) is None:
            entry_id, by, new = said.entry_id, said.actor, said.new
            record(session, hotel_id, said.action, said.subject, by=by, new=new, entry_id=entry_id)


async def note_refused_key(
    db: Database, hotel_id: UUID, key_id: UUID, why: str, *, now: datetime
) -> None:
    """In its own hotel's log: a key that was revoked, lacks the scope, or asks another hotel."""
    span = int(now.timestamp()) // QUARTER
    same = UUID(bytes=digest(f"{key_id} {why} {span}")[:16], version=5)
    actor = f"key:{key_id}"
    await _write_once(db, hotel_id, _Said(same, actor, "key.refuse", actor, {"why": why}))
