"""Erasing a guest: one transaction, every table, a search afterwards, and a receipt of it all."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, delete, func, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.payments import close_links
from frontdesk.bookings.waitlist import leave_the_line
from frontdesk.guests.queries import guest
from frontdesk.kit.db import metadata
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.knowledge.gaps import fingerprint
from frontdesk.messaging.events import emit
from frontdesk.privacy.imported import let_go
from frontdesk.privacy.models import Erasure
from frontdesk.privacy.rules import GONE, emptied
from frontdesk.privacy.search import blot, found, unchangeable
from frontdesk.privacy.trail import Key, Trail, of_keys, trail_of
from frontdesk.tenancy.audit import record

STRINGS = '$.** ? (@.type() == "string")'
ELSEWHERE = (
    "backups and replicas made before it, until they are rotated",
    "the guest's and the hotel's WhatsApp, and the gateway's own journal",
)
"""Where this database has no hand; a receipt says so."""


class StillStaying(Conflict):
    """This guest has a stay that is not over: say even_with_stays"""

    code = "still_staying"


class AlreadyErased(Conflict):
    """This guest was erased before"""

    code = "already_erased"


async def erase(
    session: AsyncSession, guest_id: UUID, *, by: str, now: datetime, even_with_stays: bool = False
) -> Erasure:
    """Nothing that says who the guest was is left; what was sold and paid stays, with nobody on it.

    Raises NoSuchGuest, AlreadyErased, and StillStaying.
    """
    person = await guest(session, guest_id, lock=True)
    if person.erased_at is not None:
        raise AlreadyErased
    trail = await trail_of(session, person.merged_into or guest_id)
    if not even_with_stays and await _has_stay(session, trail):
        raise StillStaying
    payments = metadata.tables["payments"].c
    theirs = payments.id.in_(trail.ids("payments"))
    await close_links(session, person.hotel_id, theirs, now=now)
    await leave_the_line(session, trail.ids("guests"), by=by)
    await session.flush()
    kept = await unchangeable(session)
    counts = {
        "deleted": await _delete(session, trail),
        "emptied": await _empty(session, trail, kept),
        "kept_as_it_was": {n: len(k) for n, k in sorted(trail.rows.items()) if n in kept and k},
    }
    guests = metadata.tables["guests"]
    people = of_keys(guests, trail.rows["guests"])
    await session.execute(update(guests).where(people).values(erased_at=now))
    theirs = [str(one) for one in trail.ids("guests")]
    counts["let_go_of"] = await let_go(session, theirs, trail.needles)
    instead = f"erased-{guest_id.hex[-12:]}"
    counts["blotted"] = await blot(session, trail.needles, instead)
    receipt = {
        "guest": str(guest_id),
        "at": now.isoformat(),
        **counts,
        "found_afterwards": await found(session, trail.needles),
        "not_in_our_hands": list(ELSEWHERE),
    }
    about = {"guest_id": str(guest_id)}
    await emit(session, person.hotel_id, "guest.erased", guest_id, about)
    return await _sign(session, person.hotel_id, guest_id, receipt, by=by)


async def receipt_of(session: AsyncSession, erasure_id: UUID) -> Erasure:
    kept = await session.scalar(select(Erasure).where(Erasure.id == erasure_id))
    if kept is None:
        raise NotFound("there is no such receipt")
    return kept


async def _sign(
    session: AsyncSession, hotel_id: UUID, guest_id: UUID, receipt: dict[str, Any], *, by: str
) -> Erasure:
    said = json.dumps(receipt, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(said.encode()).digest()
    done = Erasure(
        hotel_id=hotel_id, guest_id=guest_id, asked_by=by, receipt=receipt, digest=digest
    )
    session.add(done)
    await session.flush()
    await session.refresh(done)
    about = {"erasure": done.id, "sha256": digest.hex()}
    record(session, hotel_id, "guest.erase", f"guest:{guest_id}", by=by, new=about)
    return done


async def _has_stay(session: AsyncSession, trail: Trail) -> bool:
    b = metadata.tables["bookings"]
    query = select(b.c.id).where(
        of_keys(b, trail.rows.get("bookings", ())), b.c.status.in_(("confirmed", "checked_in"))
    )
    return await session.scalar(query.limit(1)) is not None


async def _delete(session: AsyncSession, trail: Trail) -> dict[str, int]:
    gone = {table: set(trail.rows.get(table, ())) for table in GONE}
    gone["idempotency_keys"] |= await _answers(session, trail)
    gone["knowledge_gaps"] |= await _gaps(session, trail.texts)
    gone["knowledge_cases"] |= await _cases(session, trail.texts)
    for name, keys in gone.items():
        table = metadata.tables[name]
        if keys:
            await session.execute(delete(table).where(of_keys(table, keys)))
    return {name: len(keys) for name, keys in sorted(gone.items()) if keys}


async def _empty(session: AsyncSession, trail: Trail, kept: frozenset[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name, keys in sorted(trail.rows.items()):
        table = metadata.tables[name]
        values = emptied(table) if name not in GONE | kept else {}
        if keys and values:
            await session.execute(update(table).where(of_keys(table, keys)).values(values))
            counts[name] = len(keys)
    return counts


async def _answers(session: AsyncSession, trail: Trail) -> set[Key]:
    """Remembered answers that show one of the guest's things, by its id."""
    kept = metadata.tables["idempotency_keys"]
    shown = func.jsonb_path_query_array(kept.c.answer, sql_cast(STRINGS, JSONPATH))
    ids = sql_cast(trail.every_id(), ARRAY(Text))
    query = select(kept.c.id).where(shown.op("?|")(ids))
    return {tuple(row) for row in (await session.execute(query)).all()}


async def _cases(session: AsyncSession, texts: Sequence[str]) -> set[Key]:
    """Cases that were made of the guest's own questions."""
    cases = metadata.tables["knowledge_cases"]
    query = select(cases.c.id).where(cases.c.question.in_({text[:1000] for text in texts}))
    return {tuple(row) for row in (await session.execute(query)).all()}


async def _gaps(session: AsyncSession, texts: Sequence[str]) -> set[Key]:
    """Questions in the guest's own words, whole or several messages in one."""
    gaps = metadata.tables["knowledge_gaps"]
    if not texts:
        return set()
    prints = {fingerprint(text) for text in texts}
    inside = [
        way > 0
        for text in texts
        for way in (func.strpos(gaps.c.question, text), func.strpos(text, gaps.c.question))
        if len(text) > 12
    ]
    query = select(gaps.c.id).where(or_(gaps.c.fingerprint.in_(prints), *inside))
    return {tuple(row) for row in (await session.execute(query)).all()}
