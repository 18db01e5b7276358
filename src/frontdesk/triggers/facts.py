"""What is so of whoever an event is about, looked up as far as a rule asks for it."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.models import Booking
from frontdesk.bookings.payments import came_in, owed
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.guests.models import Guest
from frontdesk.kit.clock import local_day
from frontdesk.messaging.models import Conversation, Message
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.fields import rooms_asked

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REVIEW_LINK = "review_link"
"""In a hotel's settings: where everybody may write publicly how it was."""

COUNTED = frozenset({"guest.segment", "guest.stays", "guest.stays_ahead"})
OWN = "own_hotel"
"""Where a session keeps its hotel: a worker that answers many asks once."""

Row = TypeVar("Row", Booking, Conversation, Guest)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what an event is about, as far as it says."""

    booking: Booking | None = None
    conversation: Conversation | None = None
    guest: Guest | None = None


async def own_hotel(session: AsyncSession) -> Hotel:
    """As the_hotel(), read once a transaction."""
    kept: Hotel | None = session.info.get(OWN)
    if kept is None:
        kept = session.info[OWN] = await the_hotel(session)
    return kept


async def subject_of(
    session: AsyncSession, payload: Mapping[str, Any], *, chat_id: UUID | None = None
) -> Subject:
    """By the ids in an event; where it names no stay, the guest's own that is or comes next.
    `chat_id` is their chat where the event has none.
    """
    chat = await _get(session, Conversation, payload.get("conversation_id") or chat_id)
    stay = await _get(session, Booking, payload.get("booking_id"))
    guest_id = stay.guest_id if stay else chat.guest_id if chat else payload.get("guest_id")
    guest = await _get(session, Guest, guest_id)
    return Subject(stay or await _current_stay(session, guest), chat, guest)


async def _get(session: AsyncSession, model: type[Row], row_id: UUID | str | None) -> Row | None:
    if row_id is None:
        return None
    hotel = await own_hotel(session)
    return await session.get(model, (hotel.id, UUID(str(row_id))))


async def _current_stay(session: AsyncSession, guest: Guest | None) -> Booking | None:
    """In the house, else the next to come."""
    if guest is None:
        return None
    open_ = ("checked_in", "confirmed")
    query = select(Booking).where(Booking.guest_id == guest.id, Booking.status.in_(open_))
    query = query.order_by((Booking.status == "checked_in").desc(), Booking.arrival, Booking.id)
    return await session.scalar(query.limit(1))


async def look_up(
    session: AsyncSession, subject: Subject, names: Collection[str], *, now: datetime
) -> dict[str, Any]:
    """The named fields that are not the event's own; what there is nothing of is null."""
    asked = rooms_asked(names)
    if not asked:
        return {}
    hotel = await own_hotel(session)
    found = _time(hotel, now) | _hotel(hotel)
    for room in asked & LOOKUPS.keys():
        found |= await LOOKUPS[room](session, subject, hotel, now)
    if COUNTED & set(names):
        found |= await _stays(session, subject, hotel, now)
    return {name: found.get(name) for name in names if name.partition(".")[0] in asked}


def _time(hotel: Hotel, now: datetime) -> dict[str, Any]:
    here = now.astimezone(ZoneInfo(hotel.timezone))
    return {
        "time.date": here.date().isoformat(),
        "time.weekday": WEEK[here.weekday()],
        "time.hour": here.hour,
        "time.minute_of_day": here.hour * 60 + here.minute,
    }


def _hotel(hotel: Hotel) -> dict[str, Any]:
    link = hotel.settings.get(REVIEW_LINK)
    return {"hotel.name": hotel.name, "hotel.phone": hotel.phone, "hotel.review_link": link}


async def _guest(
    session: AsyncSession, subject: Subject, hotel: Hotel, now: datetime
) -> dict[str, Any]:
    del session, now
    guest = subject.guest
    if guest is None:
        return {}
    return {
        "guest.name": guest.name,
        "guest.first_name": (guest.name or "").partition(" ")[0] or None,
        "guest.language": guest.language or hotel.language,
        "guest.vip": guest.vip,
        "guest.consented": guest.consent_at is not None and guest.opted_out_at is None,
        "guest.opted_out": guest.opted_out_at is not None,
    }


async def _stays(
    session: AsyncSession, subject: Subject, hotel: Hotel, now: datetime
) -> dict[str, Any]:
    """What has to be counted for a guest."""
    guest = subject.guest
    if guest is None:
        return {}
    today = local_day(now, hotel.timezone)
    over = func.count().filter(Booking.status == "checked_out")
    ahead = func.count().filter(Booking.status == "confirmed", Booking.departure >= today)
    query = select(over, ahead).where(Booking.guest_id == guest.id)
    stays, coming = (await session.execute(query)).one()
    return {
        "guest.segment": _segment(guest, subject.booking, stays, today),
        "guest.stays": stays,
        "guest.stays_ahead": coming,
    }


def _segment(guest: Guest, stay: Booking | None, stays: int, today: date) -> str:
    if guest.vip:
        return "vip"
    if stay is not None and stay.status == "checked_in":
        return "in_house"
    if stay is not None and stay.status == "confirmed" and stay.departure >= today:
        return "booked"
    return "returning" if stays else "new"


async def _stay(
    session: AsyncSession, subject: Subject, hotel: Hotel, now: datetime
) -> dict[str, Any]:
    stay = subject.booking
    if stay is None:
        return {}
    today = local_day(now, hotel.timezone)
    kind = await session.scalar(select(RoomType.name).where(RoomType.id == stay.room_type_id))
    due = await owed(session, stay) - await came_in(session, stay.id)
    first = select(Booking.code).where(Booking.id == stay.split_from)
    same = ("code", "status", "source", "adults", "children", "rooms", "total", "currency")
    return {f"stay.{name}": getattr(stay, name) for name in same} | {
        "stay.split_from": await session.scalar(first) if stay.split_from else None,
        "stay.room_type": kind,
        "stay.arrival": stay.arrival.isoformat(),
        "stay.departure": stay.departure.isoformat(),
        "stay.nights": (stay.departure - stay.arrival).days,
        "stay.owed": due,
        "stay.days_to_arrival": (stay.arrival - today).days,
        "stay.days_to_departure": (stay.departure - today).days,
        "stay.hours_since_booked": _hours(stay.created_at, now),
        "stay.hours_since_check_in": _hours(stay.checked_in_at, now),
        "stay.hours_since_check_out": _hours(stay.checked_out_at, now),
    }


async def _room(session: AsyncSession, subject: Subject, _: Hotel, __: datetime) -> dict[str, Any]:
    """The first room that the stay has a door of."""
    if subject.booking is None:
        return {}
    on = (BookingRoom.hotel_id == Room.hotel_id) & (BookingRoom.room_id == Room.id)
    query = select(Room).join(BookingRoom, on).where(BookingRoom.booking_id == subject.booking.id)
    room = await session.scalar(query.order_by(Room.number).limit(1))
    if room is None:
        return {}
    return {"room.number": room.number, "room.floor": room.floor, "room.status": room.status}


async def _conversation(
    _: AsyncSession, subject: Subject, __: Hotel, now: datetime
) -> dict[str, Any]:
    chat = subject.conversation
    if chat is None:
        return {}
    return {
        "conversation.status": chat.status,
        "conversation.owner": chat.owner,
        "conversation.language": chat.language,
        "conversation.tags": chat.tags,
        "conversation.hours_since_guest": _hours(chat.last_inbound_at, now),
        "conversation.hours_since_any": _hours(chat.last_message_at, now),
    }


async def _message(
    session: AsyncSession, subject: Subject, _: Hotel, __: datetime
) -> dict[str, Any]:
    last = await _last_of_guest(session, subject, Message.id.is_not(None))
    if last is None:
        return {}
    same = ("text", "kind", "intent", "language", "urgency")
    return {f"message.{name}": getattr(last, name) for name in same}


async def _sentiment(
    session: AsyncSession, subject: Subject, _: Hotel, __: datetime
) -> dict[str, Any]:
    last = await _last_of_guest(session, subject, Message.sentiment.is_not(None))
    if last is None:
        return {}
    return {"sentiment.label": last.sentiment, "sentiment.score": last.sentiment_score}


async def _last_of_guest(session: AsyncSession, subject: Subject, which: Any) -> Message | None:
    if subject.conversation is None:
        return None
    query = select(Message).where(
        Message.conversation_id == subject.conversation.id, Message.direction == "in", which
    )
    return await session.scalar(query.order_by(Message.occurred_at.desc(), Message.id.desc()))


def _hours(since: datetime | None, now: datetime) -> float | None:
    return None if since is None else round((now - since).total_seconds() / 3600, 2)


LookUp = Callable[[AsyncSession, Subject, Hotel, datetime], Awaitable[dict[str, Any]]]
LOOKUPS: Mapping[str, LookUp] = {
    "guest": _guest,
    "stay": _stay,
    "room": _room,
    "conversation": _conversation,
    "message": _message,
    "sentiment": _sentiment,
}
