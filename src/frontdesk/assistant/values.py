"""The typed values that pass between understand, decide, act and reply."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from frontdesk.assistant.need import Needing
from frontdesk.kit.ids import HotelId


class Intent(StrEnum):
    """What a guest wants of a front desk."""

    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    YES = "yes"
    NO = "no"
    QUESTION = "question"
    """Something to be looked up in the hotel's own knowledge."""
    FIND_ROOM = "find_room"
    """Availability, price or a wish to book: the way to a quote."""
    CANCEL_BOOKING = "cancel_booking"
    CHANGE_BOOKING = "change_booking"
    MY_BOOKING = "my_booking"
    """Asks whether, or how, an existing booking stands."""
    COMPLAINT = "complaint"
    REQUEST = "request"
    """An errand for staff: towels, a taxi, a late check-out."""
    PERSON = "person"
    """Asks for a human."""
    STOP = "stop"
    """Wants no more proactive messages."""
    START = "start"
    """Takes a STOP back."""
    START_OVER = "start_over"
    """Calls off what is being done right now."""
    OTHER = "other"
    OUTSIDE = "outside"
    """Not something a front desk deals with."""


class Sentiment(StrEnum):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class EmergencyKind(StrEnum):
    FIRE = "fire"
    MEDICAL = "medical"
    VIOLENCE = "violence"
    SELF_HARM = "self_harm"
    CHILD_ALONE = "child_alone"


@dataclass(frozen=True, slots=True)
class Utterance:
    """One message of a guest as the mind sees it; `text` is data, never an instruction."""

    id: UUID
    """messages.id"""
    text: str
    kind: str = "text"
    """`messages.kind`: text, image, audio, location, reaction, ..."""
    choice_id: str | None = None
    """The id of the button or list row the guest tapped, as we sent it."""
    at: datetime | None = None
    quoted_text: str | None = None


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A day or a range said in a text; `end` is exclusive (a check-out day)."""

    text: str
    start: date
    end: date
    ambiguous: date | None = None
    """The other reading of `start`, where 03/04 could be either: ask the guest once."""


@dataclass(frozen=True, slots=True)
class StayAsk:
    """The parts of a stay that were said; None is not said."""

    arrival: date | None = None
    departure: date | None = None
    nights: int | None = None
    adults: int | None = None
    children: int | None = None
    rooms: int | None = None


@dataclass(frozen=True, slots=True)
class Reading(Needing):
    """What one message, or one burst read as one, means."""

    language: str
    """BCP-47, e.g. `en`, `pt`."""
    intent: Intent
    confidence: float
    """0 to 1, of the intent."""
    intents: tuple[Intent, ...] = ()
    """All that are asked for, the main one first: several things in one message."""
    stay: StayAsk = field(default_factory=StayAsk)
    dates: tuple[DateSpan, ...] = ()
    sentiment: Sentiment = Sentiment.NEUTRAL
    sentiment_score: float = 0.0
    """-1 (angry) to 1 (delighted)."""
    sentiment_words: tuple[str, ...] = ()
    """The words of the message that caused the sentiment."""
    urgency: Urgency = Urgency.NORMAL
    emergency: EmergencyKind | None = None
    needs_knowledge: bool = False
    """True: an answer has to be looked up in the hotel's own knowledge."""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class HotelFacts:
    """What the mind may know of the hotel without looking anything up."""

    id: HotelId
    name: str
    zone: str
    currency: str
    language: str
    """Default reply language, BCP-47."""
    phone: str | None = None
    emergency_number: str = "112"


@dataclass(frozen=True, slots=True)
class GuestFacts:
    id: UUID
    name: str | None
    language: str | None
    """The language the guest last wrote in with certainty."""


@dataclass(frozen=True, slots=True)
class Line:
    """One past message of the conversation, oldest first in a history."""

    author: Literal["guest", "bot", "staff"]
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a turn hands to the mind; nothing else may influence it but the database."""

    hotel: HotelFacts
    guest: GuestFacts
    conversation_id: UUID
    turn_id: UUID
    now: datetime
    """Aware, UTC."""
    unread: tuple[Utterance, ...]
    """In event order, at least one."""
    history: tuple[Line, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The dialogue's JSON memory, as the last outcome left it."""
    autonomy: tuple[Mapping[str, Any], ...] = ()
    """The hotel's rules of how far the bot goes by itself: see assistant/autonomy.py."""
    segment: str = "new"
    """new, booked, in_house or vip; asked for only where there are rules."""


@dataclass(frozen=True, slots=True)
class Button:
    id: str
    text: str
    """At most 25 characters (GREEN-API sendInteractiveButtonsReply)."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """One outgoing message. Text must stand alone: buttons are an enhancement."""

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[str, ...] = ()
    """Ids of the facts behind it: `chunk:<uuid>`, `quote:<uuid>`, `booking:<uuid>`."""
    engine: str = "local"
    """Whose words these are."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for triggers: name as in heritage (`booking.created`)."""

    type: str
    payload: Mapping[str, Any]
    aggregate_id: UUID


@dataclass(frozen=True, slots=True)
class Handover:
    """A person is needed: why, and how much it presses."""

    reason: str
    """complaint, emergency, asked_for_person, unknown_answer, request, lock, failed, ..."""
    priority: int
    """0 (whenever) to 100 (now)."""
    says: str
    """Which sentence of notifications/turn_lines.py staff read, each in their language."""
    words: str = ""
    """The guest's own, beside it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the mind wants to happen; the turn writes it, if its fence still holds."""

    bubbles: tuple[Bubble, ...]
    state: Mapping[str, Any]
    readings: Mapping[UUID, Reading]
    """By message id, one for every unread message."""
    language: str
    handover: Handover | None = None
    hold_bot: bool = False
    """True: the conversation now belongs to staff; the bot stays silent until `resume`."""
    notes: tuple[Handover, ...] = ()
    """Things staff should know while the bot goes on."""
    events: tuple[Event, ...] = ()
    withheld: tuple[str, ...] = ()
    """Drafts the number and date lock kept back; staff see them."""
    gaps: tuple[str, ...] = ()
    """Questions the hotel's knowledge could not answer."""
    drafts: tuple[str, ...] = ()
    """What would have been said, where the hotel wants a person to look first."""
    after: Mapping[str, Any] | None = None
    """Where the talk stands once that was sent as it is."""
    undone: tuple[str, ...] = ()
    """What a draft says is done and nobody did: a person has to, before it is sent."""
    mode: str = "auto"
    plan: tuple[str, ...] = ()
    """The steps that were taken, in their order."""
    opt_out: bool | None = None
    thought: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Where a model helps: who read and who phrased, and why it was not the model."""
