"""Conditions as values: nested all/any/not over an event's facts, pure and explained."""

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from frontdesk.messaging.shapes import SHAPES
from frontdesk.messaging.shapes import Facts as Shape

MAX_DEPTH = 8
Facts = Mapping[str, Any]


def _types(shape: type[Shape]) -> Mapping[str, str]:
    """Each field's JSON type; ids are for programs, not for conditions."""
    found = shape.model_json_schema()["properties"]
    return {name: kind for name, told in found.items() if (kind := _type(told)) is not None}


def _type(told: Mapping[str, Any]) -> str | None:
    """Of one property, or of what it is when it is not null."""
    if told.get("format") == "uuid":
        return None
    if "type" in told:
        return str(told["type"])
    return next(
        (t for part in told.get("anyOf", []) if (t := _type(part)) not in (None, "null")), None
    )


FIELDS: Mapping[str, Mapping[str, str]] = {name: _types(shape) for name, shape in SHAPES.items()}
"""What a condition may ask of each event: "string", "integer", "number" or "array"."""
PRIVATE = frozenset({"text", "question"})
"""A guest's words: judged, never written into the ledger."""


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
    is_number = FIELDS[event][name] in ("integer", "number")
    if op in ORDERED and not (is_number and number):
        raise BadCondition(f"{op} compares numbers; {name} needs another operator")
    if op == "in" and not isinstance(value, list):
        raise BadCondition("in needs a list")
    if op == "present" and not isinstance(value, bool):
        raise BadCondition("present needs true or false")
    if op in ("eq", "ne") and is_number and not number:
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
    shown = "[text]" if part["field"] in PRIVATE else seen
    reasons.append({**part, "seen": shown, "held": held})
    return held
