"""A group's master folio: the nights of its bookings go there, and who leads it owes them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.entries import standing
from frontdesk.bookings.fees import fees_to_come
from frontdesk.bookings.folio import CHARGES, folio, folios_of, main_folio, route_of
from frontdesk.bookings.folio_models import Folio, FolioLine, FolioRoute
from frontdesk.bookings.models import Booking
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.tenancy.audit import record


class NotAGroup(Conflict):
    """A booking whose folio is a group's pays for itself, and is led by nobody"""

    code = "not_a_group"


async def join_group(
    session: AsyncSession, booking_id: UUID, folio_id: UUID, what: str, *, by: str
) -> FolioRoute:
    """From now on this booking's charges go to that folio; what is posted already stays.

    Raises NotAGroup where one of the two would lead and be led.
    """
    to = await folio(session, folio_id)
    for one in sorted({booking_id, to.booking_id}):  # two that cross wait in no circle
        await queries.booking(session, one, lock=True)
    led = await members(session, booking_id)
    if to.booking_id == booking_id or led or await route_of(session, to.booking_id):
        raise NotAGroup
    known = await route_of(session, booking_id)
    old = {"folio": str(known.folio_id), "what": known.what} if known else None
    if known is None:
        known = FolioRoute(hotel_id=to.hotel_id, booking_id=booking_id)
        session.add(known)
    known.folio_id, known.what = folio_id, what
    await session.flush()
    new = {"folio": str(folio_id), "what": what}
    record(session, to.hotel_id, "folio.route", f"booking:{booking_id}", by=by, old=old, new=new)
    return known


async def leave_group(session: AsyncSession, booking_id: UUID, *, by: str) -> None:
    """From now on it pays for itself; what stands on the group's folio stays there."""
    await queries.booking(session, booking_id, lock=True)
    known = await route_of(session, booking_id)
    if known is None:
        raise NotFound("it is of no group")
    old = {"folio": str(known.folio_id), "what": known.what}
    await session.delete(known)
    await session.flush()
    record(session, known.hotel_id, "folio.unroute", f"booking:{booking_id}", by=by, old=old)


async def members(session: AsyncSession, booking_id: UUID) -> Sequence[Booking]:
    """Those whose charges go, or went, to a folio of this booking."""
    ours = select(Folio.id).where(Folio.booking_id == booking_id)
    routed = select(FolioRoute.booking_id).where(FolioRoute.folio_id.in_(ours))
    posted = select(FolioLine.booking_id).where(
        FolioLine.folio_id.in_(ours), FolioLine.booking_id.is_not(None)
    )
    query = select(Booking).where(Booking.id.in_(routed.union(posted)))
    return (await session.scalars(query.order_by(Booking.id))).all()


async def folio_for(session: AsyncSession, booking: Booking, kind: str) -> Folio:
    """Where a charge of the stay itself goes; a group's folio that is closed takes none."""
    routed = await route_of(session, booking.id)
    if routed is not None and (kind in ("room", "tax") or routed.what == "all"):
        to = await folio(session, routed.folio_id, lock=True)
        if to.closed_at is None:
            return to
    return await main_folio(session, booking)


async def charged_to(session: AsyncSession, to: Folio) -> Folio:
    """Where an extra goes: from a member's main folio to the group's, where that pays all."""
    routed = await route_of(session, to.booking_id)
    if routed is None or routed.what != "all" or to.number != 1:
        return to
    leads = await folio(session, routed.folio_id, lock=True)
    return to if leads.closed_at is not None else leads


async def due_on(session: AsyncSession, booking: Booking, payer: UUID, total: int) -> int:
    """Of a booking's charges, those that are or will be on folios of `payer`, itself or its leader.

    `total` is what all its nights cost. What is on no folio yet goes where it is routed to.
    """
    posted = [line for line in await standing(session, booking.id) if line.kind in CHARGES]
    owners = {one.id for one in await folios_of(session, payer)}
    here = sum(line.amount for line in posted if line.folio_id in owners)
    routed = await route_of(session, booking.id)
    leader = booking.id if routed is None else (await folio(session, routed.folio_id)).booking_id
    to_come = total - sum(line.amount for line in posted if line.night is not None)
    fees = sum((await fees_to_come(session, booking)).values())
    for amount, follows in ((to_come, True), (fees, routed is not None and routed.what == "all")):
        here += amount if payer == (leader if follows else booking.id) else 0
    return here
