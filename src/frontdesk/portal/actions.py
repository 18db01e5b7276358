"""What a guest may do with their own booking."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.folio_models import Folio
from frontdesk.bookings.invoice_models import Invoice
from frontdesk.bookings.payments import came_in, owed
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.portal.links import GuestAsker
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import RoomType
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

LATE = 40
"""How pressing a wish to leave later is, of 100."""


class NotStaying(Conflict):
    """Leaving later is asked for before the stay is over"""

    code = "not_staying"


async def own_booking(session: AsyncSession, asker: GuestAsker) -> dict[str, Any]:
    """The stay as its guest sees it; money in minor units."""
    booking = await queries.booking(session, asker.booking_id)
    hotel = await the_hotel(session)
    kind = await session.scalar(select(RoomType.name).where(RoomType.id == booking.room_type_id))
    due = await owed(session, booking) - await came_in(session, booking.id)
    names = ("code", "arrival", "departure", "rooms", "adults", "children", "status", "total")
    return {
        **{name: getattr(booking, name) for name in (*names, "tax", "currency", "policy")},
        "hotel": hotel.name,
        "phone": hotel.phone,
        "room_type": kind,
        "due": due,
        "other_rooms": await queries.booked_together(session, booking),
    }


async def own_invoice(session: AsyncSession, asker: GuestAsker, invoice_id: UUID) -> Invoice:
    """Raises NotFound for the invoice of any other booking."""
    found = next((i for i in await own_invoices(session, asker) if i.id == invoice_id), None)
    if found is None:
        raise NotFound("there is no such invoice")
    return found


async def own_invoices(session: AsyncSession, asker: GuestAsker) -> list[Invoice]:
    query = (
        select(Invoice)
        .join(Folio, (Folio.hotel_id == Invoice.hotel_id) & (Folio.id == Invoice.folio_id))
        .where(Folio.booking_id == asker.booking_id)
        .order_by(Invoice.created_at, Invoice.id)
        .limit(100)
    )
    return list((await session.scalars(query)).all())


async def own_orders(session: AsyncSession, asker: GuestAsker) -> list[BookingAddon]:
    order = BookingAddon
    query = select(order).where(order.booking_id == asker.booking_id)
    return list((await session.scalars(query.order_by(order.created_at, order.id))).all())


async def offered_addons(session: AsyncSession) -> list[Addon]:
    query = select(Addon).where(Addon.active).order_by(Addon.category, Addon.name).limit(200)
    return list((await session.scalars(query)).all())


async def ask_late_check_out(
    session: AsyncSession, asker: GuestAsker, until: time, *, now: datetime
) -> None:
    """Staff are told, once a day and hour; they decide, and what it costs is posted by them."""
    booking = await queries.booking(session, asker.booking_id)
    if booking.status not in ("confirmed", "checked_in"):
        raise NotStaying
    wish = f"{booking.departure.isoformat()} {until.isoformat('minutes')}"
    alert = Alert(
        kind="request",
        priority=LATE,
        title=Heading("late_check_out", {"code": booking.code}),
        body=[Sentence("late_check_out", {"code": booking.code, "until": wish})],
        dedupe_key=f"late:{booking.id}:{wish}",
        details={"booking_id": str(booking.id), "until": wish},
    )
    await notify(session, asker.hotel_id, alert, now=now)
    subject, new = f"booking:{booking.id}", {"until": until.isoformat("minutes")}
    record(session, asker.hotel_id, "booking.ask_late", subject, by=asker.actor, new=new)
