"""Recognising who writes: a phone or a lid leads to one guest of this hotel."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.guests import queries
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.guests.schemas import GuestPatch
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.tenancy.audit import changed, record

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


def identity_of(chat: str) -> tuple[str, str]:
    """`digits@c.us` is a phone, `digits@lid` a hidden identity (green-api.md 3.5)."""
    value, _, host = chat.partition("@")
    return ("lid" if host == "lid" else "phone"), value


async def recognise(
    session: AsyncSession, hotel_id: UUID, instance_id: UUID | None, chat: str, *, name: str | None
) -> Guest:
    """The guest behind a chat, made on first sight. A lid counts only within its instance."""
    kind, value = identity_of(chat)
    scope = instance_id if kind == "lid" else None
    known = await _known(session, kind, scope, value)
    if known is not None:
        if name and not known.name:
            known.name = name
        return known
    guest = Guest(
        hotel_id=hotel_id, id=uuid7(), name=name, phone=value if kind == "phone" else None
    )
    session.add(guest)
    await session.flush()
    claim = (
        insert(GuestIdentity)
        .values(
            hotel_id=hotel_id,
            id=uuid7(),
            guest_id=guest.id,
            instance_id=scope,
            kind=kind,
            value=value,
            look_at=AT_ONCE if kind == "lid" else None,
        )
        .on_conflict_do_nothing()
        .returning(GuestIdentity.id)
    )
    made = await session.scalar(claim)
    if made is not None and kind == "lid":
        await ring(session, Job.LINK_GUEST, hotel_id, str(made))
    if made is None:  # somebody else was first
        await session.delete(guest)
        first = await _known(session, kind, scope, value)
        if first is not None:
            return first
    return guest


async def _known(
    session: AsyncSession, kind: str, instance_id: UUID | None, value: str
) -> Guest | None:
    query = (
        select(Guest)
        .join(
            GuestIdentity,
            (GuestIdentity.hotel_id == Guest.hotel_id) & (GuestIdentity.guest_id == Guest.id),
        )
        .where(
            GuestIdentity.kind == kind,
            GuestIdentity.value == value,
            GuestIdentity.instance_id.is_not_distinct_from(instance_id),
        )
    )
    return await session.scalar(query)


def opt(session: AsyncSession, guest: Guest, *, out: bool, by: str, now: datetime) -> None:
    """STOP ends proactive messages at once; a later yes brings them back."""
    if out != (guest.opted_out_at is not None):
        old, new = {"opted_out": not out}, {"opted_out": out}
        record(session, guest.hotel_id, "guest.opt", f"guest:{guest.id}", by=by, old=old, new=new)
    guest.opted_out_at = now if out else None


async def change_guest(
    session: AsyncSession, guest_id: UUID, wanted: GuestPatch, *, by: str, now: datetime
) -> Guest:
    """Raises NoSuchGuest, and Conflict for one who was erased: nobody knows who that is."""
    found = await queries.guest(session, guest_id, lock=True)
    if found.erased_at is not None:
        raise Conflict("this guest was erased")
    said = wanted.model_dump(exclude_none=True, exclude={"consent", "opted_out"})
    if wanted.consent is not None and wanted.consent != (found.consent_at is not None):
        said["consent_at"] = now if wanted.consent else None
    old, new = changed(found, said)
    for name, value in new.items():
        setattr(found, name, value)
    record(session, found.hotel_id, "guest.change", f"guest:{found.id}", by=by, old=old, new=new)
    if wanted.opted_out is not None:
        opt(session, found, out=wanted.opted_out, by=by, now=now)
    return found
