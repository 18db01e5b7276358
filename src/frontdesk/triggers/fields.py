"""What a condition may ask of, and a text may say of, whoever a rule is about: names and types."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from frontdesk.messaging.shapes import SHAPES
from frontdesk.messaging.shapes import Facts as Shape

Types = Mapping[str, str]
COMMON: Types = MappingProxyType(
    {
        "guest.name": "string",
        "guest.first_name": "string",
        "guest.language": "string",
        "guest.segment": "string",
        "guest.vip": "boolean",
        "guest.consented": "boolean",
        "guest.opted_out": "boolean",
        "guest.stays": "integer",
        "guest.stays_ahead": "integer",
        "stay.code": "string",
        "stay.split_from": "string",
        "stay.status": "string",
        "stay.source": "string",
        "stay.room_type": "string",
        "stay.arrival": "date",
        "stay.departure": "date",
        "stay.nights": "integer",
        "stay.adults": "integer",
        "stay.children": "integer",
        "stay.rooms": "integer",
        "stay.total": "integer",
        "stay.owed": "integer",
        "stay.currency": "string",
        "stay.days_to_arrival": "integer",
        "stay.days_to_departure": "integer",
        "stay.hours_since_booked": "number",
        "stay.hours_since_check_in": "number",
        "stay.hours_since_check_out": "number",
        "room.number": "string",
        "room.floor": "string",
        "room.status": "string",
        "conversation.status": "string",
        "conversation.owner": "string",
        "conversation.language": "string",
        "conversation.tags": "array",
        "conversation.hours_since_guest": "number",
        "conversation.hours_since_any": "number",
        "message.text": "string",
        "message.kind": "string",
        "message.intent": "string",
        "message.language": "string",
        "message.urgency": "string",
        "sentiment.label": "string",
        "sentiment.score": "number",
        "time.date": "date",
        "time.weekday": "string",
        "time.hour": "integer",
        "time.minute_of_day": "integer",
        "hotel.name": "string",
        "hotel.phone": "string",
        "hotel.review_link": "string",
    }
)
"""Looked up when the rule is judged; what there is nothing of is null."""
PRIVATE = frozenset({"text", "question", "message.text", "guest.name", "guest.first_name"})
"""A guest's words and name: judged, never written into the ledger."""
WAS: Mapping[str, Types] = MappingProxyType(
    {
        "room.status.changed": {"new": "old"},
        "instance.state.changed": {"state": "old"},
        "booking.moved": {"number": "was"},
    }
)
"""By event: the field whose value before the event stands in another one."""
BEFORE = ("status", "arrival", "departure", "rooms", "adults", "children", "total")
"""Of a stay: what its events tell of before."""


def _types(shape: type[Shape]) -> Types:
    """Each field's type; ids are for programs, not for conditions."""
    found = shape.model_json_schema()["properties"]
    return {name: kind for name, told in found.items() if (kind := _type(told)) is not None}


def _type(told: Mapping[str, Any]) -> str | None:
    """Of one property, or of what it is when it is not null."""
    if told.get("format") == "uuid":
        return None
    if "type" in told:
        return "date" if told.get("format") == "date" else str(told["type"])
    return next(
        (t for part in told.get("anyOf", []) if (t := _type(part)) not in (None, "null")), None
    )


ARRIVED, UNDERSTOOD = "message.received", "message.understood"
READ = ("message.intent", "message.language", "message.urgency", "sentiment.")
"""What the bot makes of a guest's last message: of one that just came there is none yet."""


def _looked_up(event: str) -> Types:
    if event != ARRIVED:
        return COMMON
    return {name: kind for name, kind in COMMON.items() if not name.startswith(READ)}


FIELDS: Mapping[str, Types] = MappingProxyType(
    {name: {**_looked_up(name), **_types(shape)} for name, shape in SHAPES.items()}
    | {"guest": COMMON}
)
"""By event, and of a guest to whom nothing happened: "string", "date", "integer", "number",
"boolean" or "array".
"""


def rooms_asked(names: Iterable[str]) -> frozenset[str]:
    """The parts of the world that some fields are of: guest, stay, room ..."""
    return frozenset(name.partition(".")[0] for name in names if name in COMMON)


def changes(event: str) -> frozenset[str]:
    """The fields of which an event tells what they were."""
    known = set(WAS.get(event, ()))
    shape = SHAPES.get(event)
    if shape is None:
        return frozenset()
    if "before" in shape.model_fields:
        known |= {name for b in BEFORE for name in (b, f"stay.{b}")}
    if {"old", "new"} <= set(shape.model_fields):
        known.add("new")
    return frozenset(known)


def meant(name: str, known: Iterable[str]) -> str:
    """For whoever misspelt a name: the one they will have meant, where one is like it."""
    near = get_close_matches(name, sorted(known), n=1)
    return f"; {near[0]}?" if near else ""


def elsewhere(event: str, name: str) -> str:
    """Where a field is that this event lacks: another event's, or another name."""
    if event == ARRIVED and name in FIELDS[UNDERSTOOD]:
        return f"; {UNDERSTOOD} has, once the bot has read it"
    return meant(name, FIELDS[event])


def previous(event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of an event were before it; a field that did not change is not told."""
    before: Mapping[str, Any] = payload.get("before") or {}
    was = {name: before[b] for b in before for name in (b, f"stay.{b}")}
    told = {"new": "old"} if {"old", "new"} <= payload.keys() else {}
    return was | {name: payload.get(old) for name, old in {**told, **WAS.get(event, {})}.items()}
