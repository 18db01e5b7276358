"""What the moments of stays, holds and chats say: time alone makes them, for one rule each."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from frontdesk.messaging.shape_parts import (
    Arrival,
    Count,
    Currency,
    Departure,
    Facts,
    Id,
    MaybeId,
    Minor,
    StayFacts,
)

Language = Annotated[str, Field(examples=["en"], description="the guest's, else the hotel's")]
Flag = Annotated[bool, Field(examples=[False])]
DueAt = Annotated[datetime, Field(examples=["2026-06-30T08:00:00+00:00"])]


class StayMoment(StayFacts):
    """A moment of a stay that a rule waited for: so long before, in or after it."""

    anchor: Annotated[str, Field(examples=["arrival"])]
    due_at: DueAt
    status: Annotated[str, Field(examples=["confirmed"])]
    language: Language
    vip: Flag
    consented: Annotated[bool, Field(examples=[True], description="agreed to be written to")]


class HoldMoment(Facts):
    """Rooms that are kept for a quote are soon let go, or have just been."""

    hold_id: Id
    quote_id: Id
    guest_id: Id
    conversation_id: MaybeId
    anchor: Annotated[str, Field(examples=["hold_expiry"])]
    due_at: DueAt
    arrival: Arrival
    departure: Departure
    rooms: Count
    total: Minor
    currency: Currency
    language: Language
    vip: Flag
    consented: Flag


class ConversationMoment(Facts):
    """Nobody has written in a chat for so long."""

    conversation_id: Id
    guest_id: Id
    anchor: Annotated[str, Field(examples=["no_reply"])]
    due_at: DueAt
    status: Annotated[str, Field(examples=["active"])]
    owner: Annotated[str, Field(examples=["staff"])]
    tags: Annotated[list[str], Field(examples=[["vip"]])]
    language: Language
    vip: Flag
    consented: Flag


class HotelMoment(Facts):
    """A time of the hotel's own calendar that a rule waited for."""

    anchor: Annotated[str, Field(examples=["calendar"])]
    due_at: DueAt
    day: Annotated[date, Field(examples=["2026-06-30"], description="the hotel's civil date")]
