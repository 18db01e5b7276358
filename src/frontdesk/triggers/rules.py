"""Conditions as values: nested all/any/not over an event's facts, pure and explained."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast, get_args

MAX_DEPTH = 8
Facts = Mapping[str, Any]

EventName = Literal[
    "message.received",
    "booking.created",
    "booking.cancelled",
    "booking.changed",
    "booking.checked_in",
    "booking.checked_out",
    "booking.no_show",
    "booking.extended",
    "booking.shortened",
    "booking.moved",
    "booking.walked",
    "waitlist.offered",
    "waitlist.accepted",
    "waitlist.declined",
    "waitlist.expired",
    "sentiment.detected",
    "conversation.escalated",
    "user.registered",
    "payment.completed",
    "payment.failed",
    "payment.refunded",
    "addon.ordered",
    "addon.cancelled",
    "room.status.changed",
]
EVENTS: tuple[str, ...] = get_args(EventName)
STAY = frozenset(
    {"nights", "adults", "children", "rooms", "total", "currency", "source", "arrival"}
)
FIELDS: Mapping[str, frozenset[str]] = {
    "message.received": frozenset(
        {"text", "kind", "language", "intent", "sentiment", "urgency", "status", "tags"}
    ),
    "booking.created": STAY,
    "booking.cancelled": STAY | {"fee"},
    "booking.changed": STAY | {"difference"},
    "booking.checked_in": STAY,
    "booking.checked_out": STAY,
    "booking.no_show": STAY | {"fee"},
    "booking.extended": STAY | {"difference"},
    "booking.shortened": STAY | {"fee", "unused"},
    "booking.moved": STAY | {"number"},
    "booking.walked": STAY | {"cost"},
    **dict.fromkeys(
        ("waitlist.offered", "waitlist.accepted", "waitlist.declined", "waitlist.expired"),
        frozenset({"adults", "children", "rooms", "arrival"}),
    ),
    "sentiment.detected": frozenset({"sentiment", "score", "urgency", "words"}),
    "conversation.escalated": frozenset({"reason", "by"}),
    "user.registered": frozenset({"role"}),
    **dict.fromkeys(
        ("payment.completed", "payment.failed", "payment.refunded"),
        frozenset({"amount", "paid", "refunded", "method", "purpose", "status", "currency"}),
    ),
    **dict.fromkeys(("addon.ordered", "addon.cancelled"), frozenset({"amount", "currency"})),
    "room.status.changed": frozenset({"number", "old", "new"}),
}
NUMBERS = frozenset(
    {"nights", "adults", "children", "rooms", "total", "fee", "score"}
    | {"difference", "unused", "cost", "amount", "paid", "refunded"}
)


class BadCondition(ValueError):
    """These conditions do not hold together"""


def _number(seen: object) -> float:
    return float(seen) if isinstance(seen, int | float) else float("nan")


def _contains(seen: object, value: object) -> bool:
    if isinstance(seen, list):
        return value in cast("list[object]", seen)
    return str(value).casefold() in str(seen or "").casefold()


def _words(seen: object, value: object) -> bool:
    """Any of the words, whole, whatever their case."""
    wanted = cast("list[object]", value) if isinstance(value, list) else [value]
    text = str(seen or "")
    return any(re.search(rf"(?<!\w){re.escape(str(w))}(?!\w)", text, re.IGNORECASE) for w in wanted)


OPERATORS: Mapping[str, Callable[[object, Any], bool]] = {
    "eq": lambda seen, value: seen == value,
    "ne": lambda seen, value: seen != value,
    "in": lambda seen, value: seen in value,
    "gt": lambda seen, value: _number(seen) > value,
    "gte": lambda seen, value: _number(seen) >= value,
    "lt": lambda seen, value: _number(seen) < value,
    "lte": lambda seen, value: _number(seen) <= value,
    "contains": _contains,
    "has_word": _words,
    "present": lambda seen, value: bool(seen) is bool(value),
}
ORDERED = frozenset({"gt", "gte", "lt", "lte"})


def check_conditions(event: str, conditions: Mapping[str, Any], *, depth: int = 0) -> None:
    """Raise BadCondition where a rule could never be judged: fields, operators and types."""
    if not conditions and depth == 0:
        return
    if depth > MAX_DEPTH:
        raise BadCondition(f"conditions nest at most {MAX_DEPTH} deep")
    match conditions:
        case {"all": [*parts]} | {"any": [*parts]} if len(conditions) == 1 and parts:
            for part in parts:
                check_conditions(event, _mapping(part), depth=depth + 1)
        case {"not": part} if len(conditions) == 1:
            check_conditions(event, _mapping(part), depth=depth + 1)
        case {"field": str(name), "op": str(op), "value": value} if len(conditions) == 3:
            _check_leaf(event, name, op, value)
        case _:
            raise BadCondition("expected all, any, not, or field, op and value")


def _mapping(part: object) -> Mapping[str, Any]:
    if not isinstance(part, dict):
        raise BadCondition("a condition is an object")
    return cast("Mapping[str, Any]", part)


def _check_leaf(event: str, name: str, op: str, value: object) -> None:
    if name not in FIELDS[event]:
        raise BadCondition(f"{event} has no field {name}")
    if op not in OPERATORS:
        raise BadCondition(f"there is no operator {op}")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if op in ORDERED and not (name in NUMBERS and number):
        raise BadCondition(f"{op} compares numbers; {name} needs another operator")
    if op == "in" and not isinstance(value, list):
        raise BadCondition("in needs a list")
    if op == "present" and not isinstance(value, bool):
        raise BadCondition("present needs true or false")
    if op in ("eq", "ne") and name in NUMBERS and not number:
        raise BadCondition(f"{name} is a number")


def judge(conditions: Mapping[str, Any], facts: Facts) -> tuple[bool, list[dict[str, Any]]]:
    """Whether the conditions hold, and each leaf with the value it saw."""
    reasons: list[dict[str, Any]] = []
    return (not conditions) or _holds(conditions, facts, reasons), reasons


def _holds(part: Mapping[str, Any], facts: Facts, reasons: list[dict[str, Any]]) -> bool:
    if "all" in part:
        return all([_holds(p, facts, reasons) for p in part["all"]])  # noqa: C419 - every leaf is told
    if "any" in part:
        return any([_holds(p, facts, reasons) for p in part["any"]])  # noqa: C419 - as above
    if "not" in part:
        return not _holds(part["not"], facts, reasons)
    seen = facts.get(part["field"])
    held = OPERATORS[part["op"]](seen, part["value"])
    shown = seen if part["field"] != "text" else "[text]"
    reasons.append({**part, "seen": shown, "held": held})
    return held
