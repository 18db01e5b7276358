"""A guest behind a lid: whose phone it is, asked of the provider once, links the two.

The answer is kept with the lid. A phone that nobody has becomes the guest's own; one that another
guest has makes them one, which can be undone, unless both have bookings: then staff decide.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.guests.merge import NotMergeable, merge
from frontdesk.guests.models import Guest, GuestIdentity
from frontdesk.guests.queries import guest
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.logs import get_logger
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.provider import Line, SendFailed
from frontdesk.messaging.sending import Post
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import instance

AGAIN = timedelta(hours=6)
"""Until a lid that the provider gave no answer for is asked about again: much asking is banned."""
BY = "provider:lid"
PRIORITY = 45


async def look_up(post: Post, hotel_id: HotelId, identity_id: UUID) -> None:
    """Ask whose phone a lid hides, with no transaction open, and link what belongs together."""
    async with post.db.hotel(hotel_id) as session:
        asked = await _claim(session, post, identity_id)
    if asked is None:
        return
    line, chat = asked
    try:
        phone = await post.gateway.phone_of(line, chat)
    except SendFailed as failure:
        get_logger().warning("lid_not_looked_up", why=type(failure).__name__)
        return
    async with post.db.hotel(hotel_id) as session:
        await _answered(session, identity_id, phone, now=post.clock.now())


async def _claim(session: AsyncSession, post: Post, identity_id: UUID) -> tuple[Line, str] | None:
    """Moves the next try forward before the call: a crash costs a wait, never a second call."""
    lid = await _locked(session, identity_id)
    now = post.clock.now()
    if lid is None or lid.instance_id is None or lid.look_at is None or lid.look_at > now:
        return None
    lid.look_at = now + AGAIN
    number = await instance(session, lid.instance_id)
    return await line_of(session, post.vault, number), f"{lid.value}@lid"


async def _answered(
    session: AsyncSession, identity_id: UUID, phone: str | None, *, now: datetime
) -> None:
    lid = await _locked(session, identity_id)
    if lid is None or lid.found_phone is not None or phone is None:
        return
    lid.found_phone, lid.look_at = phone, None
    mine = await guest(session, lid.guest_id, lock=True)
    whose = await _claim_phone(session, mine, phone)
    if whose == mine.id:
        old, mine.phone = mine.phone, mine.phone or phone
        subject, new = f"guest:{mine.id}", {"phone": mine.phone}
        record(session, mine.hotel_id, "guest.link", subject, by=BY, old={"phone": old}, new=new)
        return
    await _join(session, mine, await guest(session, whose), now=now)


async def _claim_phone(session: AsyncSession, mine: Guest, phone: str) -> UUID:
    """The guest who has this phone; who has no rival for it has it from now on."""
    row = {"hotel_id": mine.hotel_id, "id": uuid7(), "guest_id": mine.id}
    claim = insert(GuestIdentity).values(**row, kind="phone", value=phone)
    await session.execute(claim.on_conflict_do_nothing())
    known = GuestIdentity.kind == "phone", GuestIdentity.value == phone
    return (await session.scalars(select(GuestIdentity.guest_id).where(*known))).one()


async def _join(session: AsyncSession, hidden: Guest, known: Guest, *, now: datetime) -> None:
    booked = [g for g in (hidden, known) if await _has_bookings(session, g)]
    if len(booked) == 2:
        await _ask_staff(session, hidden, known, now=now)
        return
    kept = booked[0] if booked else known
    gone = known if kept is hidden else hidden
    try:
        await merge(session, kept.id, gone.id, by=BY, now=now)
    except NotMergeable:  # one of them was merged or erased meanwhile, by staff
        get_logger().info("lid_not_merged")


async def _has_bookings(session: AsyncSession, who: Guest) -> bool:
    return bool(await session.scalar(select(exists().where(Booking.guest_id == who.id))))


async def _ask_staff(session: AsyncSession, hidden: Guest, known: Guest, *, now: datetime) -> None:
    names = {"one": known.name or "?", "other": hidden.name or "?"}
    alert = Alert(
        kind="request",
        priority=PRIORITY,
        title=Heading("same_guest"),
        body=[Sentence("same_guest", names)],
        dedupe_key=f"same_guest:{known.id}:{hidden.id}",
        details={"guest_id": str(known.id), "other_guest_id": str(hidden.id)},
    )
    await notify(session, known.hotel_id, alert, now=now)


async def _locked(session: AsyncSession, identity_id: UUID) -> GuestIdentity | None:
    query = select(GuestIdentity).where(GuestIdentity.id == identity_id)
    return await session.scalar(query.where(GuestIdentity.kind == "lid").with_for_update())
