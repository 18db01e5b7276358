"""From quote to booking: the one way a room is ever sold."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.errors import PriceChanged, QuoteExpired
from frontdesk.bookings.inventory import move, release_lapsed
from frontdesk.bookings.models import Booking, BookingNight, Quote
from frontdesk.bookings.quote import active_hold, stay_of
from frontdesk.bookings.rules import new_code, policy_hash
from frontdesk.messaging.events import emit
from frontdesk.tenancy.audit import record


async def reserve(
    session: AsyncSession,
    quote_id: UUID,
    *,
    by: str,
    source: str,
    now: datetime,
    special_requests: str | None = None,
) -> Booking:
    """Turn an open quote into a confirmed booking; confirming twice gives the same booking.

    Raises QuoteExpired, PriceChanged or RoomTaken; the whole transaction is then the caller's
    to roll back, and nothing is sold.
    """
    quote = await queries.quote(session, quote_id, lock=True)
    if quote.status == "booked":
        booked = await queries.booking_of_quote(session, quote_id)
        if booked is not None:
            return booked
    if quote.status != "open" or quote.expires_at <= now:
        raise QuoteExpired
    await _take_rooms(session, quote, now=now)
    quote.status = "booked"
    booking = _booking(quote, source, special_requests)
    session.add(booking)
    await session.flush()
    session.add_all(_nights(quote, booking.id))
    record(
        session,
        quote.hotel_id,
        "booking.create",
        f"booking:{booking.id}",
        by=by,
        new={"code": booking.code, "total": booking.total, "quote": str(quote.id)},
    )
    await emit(session, quote.hotel_id, "booking.created", booking.id, facts(booking))
    return booking


async def _take_rooms(session: AsyncSession, quote: Quote, *, now: datetime) -> None:
    stay = stay_of(quote)
    kept = await active_hold(session, quote.id)
    if kept is not None and kept.expires_at > now:
        kept.status = "taken"
        prices = await move(session, stay, sold=stay.rooms, held=-stay.rooms)
    else:
        await release_lapsed(session, stay, now=now)
        prices = await move(session, stay, sold=stay.rooms)
    promised = {date.fromisoformat(n["night"]): n["price"] for n in quote.nights}
    if promised != {night: price * stay.rooms for night, price in prices.items()}:
        raise PriceChanged
    if policy_hash(quote.policy) != quote.policy_hash:
        raise PriceChanged("the cancellation policy is not the one that was shown")


def _booking(quote: Quote, source: str, special_requests: str | None) -> Booking:
    return Booking(
        hotel_id=quote.hotel_id,
        code=new_code(),
        guest_id=quote.guest_id,
        quote_id=quote.id,
        conversation_id=quote.conversation_id,
        room_type_id=quote.room_type_id,
        arrival=quote.arrival,
        departure=quote.departure,
        rooms=quote.rooms,
        adults=quote.adults,
        children=quote.children,
        total=quote.total,
        tax=quote.tax,
        currency=quote.currency,
        policy=quote.policy,
        source=source,
        special_requests=special_requests,
        status="confirmed",
        cancel_fee=0,
    )


def _nights(quote: Quote, booking_id: UUID) -> list[BookingNight]:
    return [
        BookingNight(
            hotel_id=quote.hotel_id,
            booking_id=booking_id,
            night=date.fromisoformat(n["night"]),
            room_type_id=quote.room_type_id,
            rooms=quote.rooms,
            price=n["price"],
            tax=n["tax"],
        )
        for n in quote.nights
    ]


def facts(booking: Booking) -> dict[str, object]:
    """What an event says of a booking."""
    return {
        "booking_id": str(booking.id),
        "code": booking.code,
        "guest_id": str(booking.guest_id),
        "conversation_id": str(booking.conversation_id) if booking.conversation_id else None,
        "arrival": booking.arrival.isoformat(),
        "departure": booking.departure.isoformat(),
        "nights": (booking.departure - booking.arrival).days,
        "adults": booking.adults,
        "children": booking.children,
        "rooms": booking.rooms,
        "total": booking.total,
        "currency": booking.currency,
        "source": booking.source,
    }
