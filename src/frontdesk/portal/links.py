"""Guest links: made, exchanged for a short session, revoked.

A token names its hotel and link and is signed with our key, so a made-up one never reaches the
database; the stored digest of the whole is compared in constant time. Every request asks whether
the link still lives: revoking it shuts its sessions too.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.models import Booking
from frontdesk.kit.errors import Conflict, NotFound, Unauthorized
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import digest, new_token, same
from frontdesk.kit.tokens import Signer
from frontdesk.portal.models import GuestLink
from frontdesk.tenancy.audit import record

PURPOSE = "guest link"
USE = "guest"
SESSION_SECONDS = 30 * 60
AFTER = timedelta(days=14)
"""How long after the day of departure a link opens, unless it says less: for the review."""
OPENED = frozenset({"confirmed", "checked_in", "checked_out"})


class VoidLink(Unauthorized):
    """This link does not open anything any more; ask the hotel for another"""

    code = "link_void"


class NotOpened(Conflict):
    """A link is for a booking that stands"""

    code = "booking_not_standing"


@dataclass(frozen=True, slots=True)
class GuestAsker:
    """Who a living guest session is for: one booking, and nothing else."""

    hotel_id: HotelId
    link_id: UUID
    booking_id: UUID
    guest_id: UUID

    @property
    def actor(self) -> str:
        return f"guest:{self.guest_id}"


async def make_link(
    session: AsyncSession,
    signer: Signer,
    booking_id: UUID,
    *,
    days: int | None,
    by: str,
    now: datetime,
) -> tuple[GuestLink, str]:
    """The link and, this once, its token. Raises NotOpened."""
    booking = await queries.booking(session, booking_id)
    if booking.status not in OPENED:
        raise NotOpened
    last = datetime.combine(booking.departure, time(), UTC) + AFTER
    link_id = uuid7()
    secret = f"{booking.hotel_id.hex}{link_id.hex}{new_token()}"
    token = f"fdg_{secret}.{signer.mac(PURPOSE, secret)}"
    link = GuestLink(
        hotel_id=booking.hotel_id,
        id=link_id,
        booking_id=booking.id,
        digest=digest(token),
        expires_at=last if days is None else min(last, now + timedelta(days=days)),
        made_by=by,
    )
    session.add(link)
    await session.flush()
    await session.refresh(link)
    new = {"booking": str(booking.id), "expires_at": link.expires_at}
    record(session, link.hotel_id, "guest_link.make", f"guest_link:{link.id}", by=by, new=new)
    return link, token


def named_in(signer: Signer, token: str) -> tuple[HotelId, UUID]:
    """Whose link it says it is. Raises VoidLink unless we signed it."""
    secret, _, signature = token.removeprefix("fdg_").partition(".")
    if not signer.is_mac(signature, PURPOSE, secret):
        raise VoidLink
    return HotelId(UUID(secret[:32])), UUID(secret[32:64])


async def enter(
    session: AsyncSession, signer: Signer, token: str, *, now: datetime
) -> tuple[GuestAsker, str]:
    """A session for the bearer of a link; `session` is its hotel's. Raises VoidLink."""
    hotel_id, link_id = named_in(signer, token)
    asker, link = await _living(session, hotel_id, link_id, now=now)
    if not same(link.digest, digest(token)):
        raise VoidLink
    link.last_used_at = now
    subject = f"guest_link:{link.id}"
    record(session, hotel_id, "guest_link.enter", subject, by=asker.actor)
    claims = {"use": USE, "hotel": str(hotel_id), "link": str(link_id)}
    return asker, signer.sign(claims, now=now, seconds=SESSION_SECONDS)


async def asker_of(
    session: AsyncSession, hotel_id: HotelId, link_id: UUID, *, now: datetime
) -> GuestAsker:
    """Raises VoidLink once the link is revoked or over, or its booking does not stand."""
    asker, _ = await _living(session, hotel_id, link_id, now=now)
    return asker


async def _living(
    session: AsyncSession, hotel_id: HotelId, link_id: UUID, *, now: datetime
) -> tuple[GuestAsker, GuestLink]:
    query = (
        select(GuestLink, Booking.guest_id)
        .join(
            Booking,
            (Booking.hotel_id == GuestLink.hotel_id) & (Booking.id == GuestLink.booking_id),
        )
        .where(
            GuestLink.id == link_id,
            GuestLink.revoked_at.is_(None),
            GuestLink.expires_at > now,
            Booking.status.in_(OPENED),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise VoidLink
    link: GuestLink = row[0]
    return GuestAsker(hotel_id, link.id, link.booking_id, row[1]), link


async def revoke_link(session: AsyncSession, link_id: UUID, *, by: str, now: datetime) -> GuestLink:
    """Its sessions end with it, at once."""
    link = await session.scalar(select(GuestLink).where(GuestLink.id == link_id))
    if link is None:
        raise NotFound("there is no such link")
    link.revoked_at = link.revoked_at or now
    subject, new = f"guest_link:{link.id}", {"revoked_at": link.revoked_at}
    record(session, link.hotel_id, "guest_link.revoke", subject, by=by, new=new)
    await session.flush()
    await session.refresh(link)
    return link
