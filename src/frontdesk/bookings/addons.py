"""Add-ons ordered with a booking: the price is kept, and stock is taken in one statement."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.models import Booking
from frontdesk.bookings.rules import stay_nights
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.rooms.catalogue import the
from frontdesk.rooms.catalogue_models import Addon, AddonStock
from frontdesk.tenancy.audit import record

A_DAY = timedelta(days=1)
GIVE_BACK = text("SELECT give_back_addon(o) FROM booking_addons o WHERE o.id = :order")
HAPPENED = {"order": "addon.ordered", "change": "addon.changed", "cancel": "addon.cancelled"}
EACH_PERSON = frozenset({"person", "person_night"})
EACH_NIGHT = frozenset({"night", "person_night"})


class AddonSoldOut(Conflict):
    """There is not enough of this add-on on one of these days"""

    code = "addon_sold_out"


class NotOrderable(Conflict):
    """This add-on cannot be ordered for this booking"""

    code = "not_orderable"


@dataclass(frozen=True, slots=True)
class AddonWish:
    """What is wanted for a stay; days that are not said are the whole stay's, or the first."""

    addon_id: UUID
    quantity: int = 1
    persons: int | None = None
    first: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a wish comes to: its days [first, until), pieces, and money in minor units."""

    first: date
    until: date
    persons: int
    pieces_a_day: int
    amount: int
    tax: int


def terms_of(addon: Addon, booking: Booking, wish: AddonWish) -> Terms:
    """Raises NotOrderable, and Invalid for days that are not of this stay."""
    first = wish.first or booking.arrival
    if not booking.arrival <= first <= booking.departure:
        raise Invalid("these days are not of this stay")
    until = first + A_DAY
    if addon.pricing in EACH_NIGHT:
        until = wish.until or max(booking.departure, until)
    if not first < until <= booking.departure + A_DAY:
        raise Invalid("these days are not of this stay")
    opens, closes = addon.available_from or first, addon.available_until or until
    if not addon.active or first < opens or until > closes:
        raise NotOrderable("it is not given on these days")
    persons = wish.persons or booking.adults + booking.children
    a_day = pieces(addon, wish.quantity, persons)
    amount = addon.price * a_day * (until - first).days
    return Terms(first, until, persons, a_day, amount, tax_on(amount, addon.tax_rate))


def pieces(addon: Addon, quantity: int, persons: int) -> int:
    """A day."""
    return quantity * (persons if addon.pricing in EACH_PERSON else 1)


def tax_on(amount: int, tax_rate: int) -> int:
    """Rounded half up."""
    return (amount * tax_rate * 2 + 10_000) // 20_000


async def order_addon(
    session: AsyncSession, booking_id: UUID, wish: AddonWish, *, by: str
) -> BookingAddon:
    """All of its days or none: raises AddonSoldOut where the stock of one is gone."""
    booking = await queries.booking(session, booking_id, lock=True)
    addon = await the(session, Addon, wish.addon_id)
    if booking.status not in ("confirmed", "checked_in"):
        raise NotOrderable(f"this booking is {booking.status}")
    terms = terms_of(addon, booking, wish)
    if addon.stock_per_day is not None:
        await take_stock(session, addon, addon.stock_per_day, terms)
    ordered = BookingAddon(
        hotel_id=booking.hotel_id,
        id=uuid7(),
        booking_id=booking.id,
        addon_id=addon.id,
        name=addon.name,
        pricing=addon.pricing,
        quantity=wish.quantity,
        persons=terms.persons,
        first=terms.first,
        until=terms.until,
        pieces_a_day=0 if addon.stock_per_day is None else terms.pieces_a_day,
        unit_price=addon.price,
        amount=terms.amount,
        tax=terms.tax,
        currency=booking.currency,
        ordered_by=by,
    )
    session.add(ordered)
    await tell_order(session, ordered, "order", by=by)
    await session.refresh(ordered)
    return ordered


async def take_stock(session: AsyncSession, addon: Addon, stock: int, terms: Terms) -> None:
    """In the order of days, so that two orders wait for one another and never in a circle."""
    rows = [
        {
            "hotel_id": addon.hotel_id,
            "addon_id": addon.id,
            "day": day,
            "stock": stock,
            "taken": terms.pieces_a_day,
        }
        for day in stay_nights(terms.first, terms.until)
    ]
    write = insert(AddonStock).values(rows)
    write = write.on_conflict_do_update(
        index_elements=["hotel_id", "addon_id", "day"],
        set_={"taken": AddonStock.taken + write.excluded.taken},
    )
    try:
        await session.execute(write)
    except IntegrityError:
        raise AddonSoldOut from None


async def cancel_addon(
    session: AsyncSession, booking_addon_id: UUID, *, by: str, now: datetime
) -> BookingAddon:
    """Its stock is free again; cancelling twice is cancelling once."""
    query = select(BookingAddon).where(BookingAddon.id == booking_addon_id)
    known = await session.scalar(query)
    if known is None:
        raise NotFound("there is no such order")
    await queries.booking(session, known.booking_id, lock=True)  # before its add-ons, as cancel()
    await session.refresh(known, with_for_update=True)
    if known.status == "cancelled":
        return known
    known.status, known.cancelled_at = "cancelled", now
    await session.flush()
    await session.execute(GIVE_BACK, {"order": booking_addon_id})
    await tell_order(session, known, "cancel", by=by)
    await session.refresh(known)
    return known


async def tell_order(
    session: AsyncSession, order: BookingAddon, verb: str, *, by: str, **more: str | int
) -> None:
    told = {
        "booking_addon_id": str(order.id),
        "booking_id": str(order.booking_id),
        "addon_id": str(order.addon_id),
        "amount": order.amount,
        "tax": order.tax,
        "currency": order.currency,
        **more,
    }
    subject = f"booking_addon:{order.id}"
    record(session, order.hotel_id, f"booking_addon.{verb}", subject, by=by, new=told)
    await emit(session, order.hotel_id, HAPPENED[verb], order.id, told)
    await session.flush()
