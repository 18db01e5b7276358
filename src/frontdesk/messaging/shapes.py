"""What each domain event says: its JSON schema and a sample, for rules, webhooks and live chat."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from frontdesk.messaging.alert_shapes import ALERT_SHAPES
from frontdesk.messaging.desk_shapes import DESK_SHAPES
from frontdesk.messaging.heard_shapes import HEARD_SHAPES
from frontdesk.messaging.journey_shapes import JOURNEY_SHAPES
from frontdesk.messaging.moment_shapes import (
    ConversationMoment,
    HoldMoment,
    HotelMoment,
    StayMoment,
)
from frontdesk.messaging.money_shapes import MONEY_SHAPES
from frontdesk.messaging.shape_parts import (
    ID,
    Arrival,
    Count,
    Currency,
    Departure,
    Facts,
    Id,
    MaybeId,
    Minor,
    StayFacts,
    StayTold,
)
from frontdesk.messaging.sla_shapes import SLA_SHAPES
from frontdesk.messaging.traffic_shapes import TRAFFIC_SHAPES


class BookingCreated(StayFacts):
    """A stay was booked."""


class BookingCancelled(StayTold):
    """A stay was cancelled, for the fee of the policy accepted at booking, less what is waived."""

    fee: Minor
    waived: Annotated[int, Field(examples=[0], description="minor units of the currency")]


class BookingChanged(StayTold):
    """Dates, type or guests of a stay changed; the difference is new minus old."""

    difference: Minor
    change_id: Id | None = None
    """Of what the guest was shown; none where an import brought it."""


REST = {
    **dict.fromkeys(("booking_id", "guest_id"), ID),
    "code": "K7QM2P",
    "conversation_id": None,
    "arrival": "2026-07-01",
    "departure": "2026-07-03",
    "nights": 2,
    "adults": 2,
    "children": 0,
    "rooms": 1,
    "total": 24000,
    "currency": "EUR",
    "source": "whatsapp",
}


class BookingSplit(StayTold):
    """Rooms became a booking of their own, which this event is about; `rest` is the other one."""

    split_from: Id
    split_from_code: Annotated[str, Field(examples=["K7QM2P"])]
    rest: Annotated[StayFacts, Field(examples=[REST])]


class BookingCheckedIn(StayTold):
    """The guests of a stay arrived."""

    numbers: Annotated[list[str], Field(examples=[["204"]])]


class BookingCheckedOut(StayTold):
    """The guests of a stay left."""

    numbers: Annotated[list[str], Field(examples=[["204"]])]


class BookingNoShow(StayTold):
    """Nobody came for a stay."""

    fee: Minor


class BookingExtended(StayTold):
    """A stay got more nights."""

    difference: Minor


class BookingShortened(StayTold):
    """The guests leave early: `unused` is what the nights given back had cost."""

    fee: Minor
    unused: Minor


class BookingMoved(StayTold):
    """A room of a stay was changed for another; `line` is the booking's room."""

    line: Id
    number: Annotated[str, Field(examples=["204"])]
    was: Annotated[str | None, Field(examples=["203"])]


class BookingWalked(StayTold):
    """The guests of an overbooked stay sleep at another hotel."""

    cost: Minor
    nights_away: Count


class WaitFacts(Facts):
    waitlist_id: Id
    guest_id: MaybeId
    conversation_id: MaybeId
    room_type_id: MaybeId
    booking_id: MaybeId
    arrival: Arrival
    departure: Departure
    rooms: Count
    adults: Count
    children: Count


class WaitlistOffered(WaitFacts):
    """A room came free for somebody who waits."""

    total: Minor
    currency: Currency


class WaitlistAccepted(WaitFacts):
    """Somebody who waited took the offer."""


class WaitlistDeclined(WaitFacts):
    """Somebody who waited did not want the offer."""


class WaitlistExpired(WaitFacts):
    """An offer was not taken in time."""


class ConversationEscalated(Facts):
    """A person answers this chat from now on."""

    conversation_id: Id
    reason: Annotated[str, Field(examples=["complaint"])]
    by: Annotated[str, Field(examples=["bot"])]
    at: Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]


class ConversationReturned(Facts):
    """The bot answers this chat again."""

    conversation_id: Id
    by: Annotated[str, Field(examples=[f"user:{ID}"])]
    at: Annotated[datetime, Field(examples=["2026-07-03T18:04:05+00:00"])]


class KnowledgeGap(Facts):
    """A guest asked what the hotel's knowledge does not say."""

    conversation_id: Id
    question: Annotated[str, Field(examples=["Can I bring my own kayak?"])]
    language: Annotated[str, Field(examples=["en"])]


class InstanceStateChanged(Facts):
    """A WhatsApp number of the hotel is reachable again, or no longer."""

    instance_id: Id
    state: Annotated[str, Field(examples=["notAuthorized"])]
    old: Annotated[str | None, Field(examples=["authorized"])]


class UserRegistered(Facts):
    """Somebody became a member of the hotel's people."""

    membership_id: Id
    role: Annotated[str, Field(examples=["staff"])]


class RoomStatusChanged(Facts):
    """A room became clean, dirty, inspected, occupied or out of order."""

    room_id: Id
    number: Annotated[str, Field(examples=["204"])]
    old: Annotated[str, Field(examples=["dirty"])]
    new: Annotated[str, Field(examples=["clean"])]


SHAPES: Mapping[str, type[Facts]] = MappingProxyType(
    {
        **HEARD_SHAPES,
        "conversation.escalated": ConversationEscalated,
        "conversation.returned": ConversationReturned,
        "knowledge.gap": KnowledgeGap,
        "instance.state.changed": InstanceStateChanged,
        "booking.created": BookingCreated,
        "booking.cancelled": BookingCancelled,
        "booking.changed": BookingChanged,
        "booking.split": BookingSplit,
        "booking.checked_in": BookingCheckedIn,
        "booking.checked_out": BookingCheckedOut,
        "booking.no_show": BookingNoShow,
        "booking.extended": BookingExtended,
        "booking.shortened": BookingShortened,
        "booking.moved": BookingMoved,
        "booking.walked": BookingWalked,
        "waitlist.offered": WaitlistOffered,
        "waitlist.accepted": WaitlistAccepted,
        "waitlist.declined": WaitlistDeclined,
        "waitlist.expired": WaitlistExpired,
        **MONEY_SHAPES,
        "room.status.changed": RoomStatusChanged,
        "user.registered": UserRegistered,
        "stay.moment": StayMoment,
        "hold.moment": HoldMoment,
        "conversation.moment": ConversationMoment,
        "hotel.moment": HotelMoment,
        **JOURNEY_SHAPES,
        **DESK_SHAPES,
        **SLA_SHAPES,
        **TRAFFIC_SHAPES,
        **ALERT_SHAPES,
    }
)


def sample(event_type: str) -> dict[str, Any]:
    """A payload as it could be; raises KeyError for an event that there is not."""
    shape = SHAPES[event_type]
    told = {name: (field.examples or [None])[0] for name, field in shape.model_fields.items()}
    return shape.model_validate(told).model_dump(mode="json")
