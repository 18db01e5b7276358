"""How a condition compares what was seen with what it names, and what may be compared at all."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

MOST_WORDS, LONGEST = 100, 500
"""Of a list, and of a text, that a condition names."""


def _contains(seen: object, value: object) -> bool:
    if isinstance(seen, list):
        return value in cast("list[object]", seen)
    return str(value).casefold() in str(seen or "").casefold()


def _words(seen: object, value: object) -> bool:
    """Any of the words, whole, whatever their case."""
    wanted = cast("list[object]", value) if isinstance(value, list) else [value]
    text = str(seen or "")
    return any(re.search(rf"(?<!\w){re.escape(str(w))}(?!\w)", text, re.IGNORECASE) for w in wanted)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[object, Any], bool]:
    """Numbers with numbers and days with days; what is not there is neither more nor less."""

    def held(seen: object, value: object) -> bool:
        if isinstance(value, str):
            return isinstance(seen, str) and compare(seen, value)
        return isinstance(seen, int | float) and compare(float(seen), value)

    return held


OPERATORS: Mapping[str, Callable[[object, Any], bool]] = {
    "eq": lambda seen, value: seen == value,
    "ne": lambda seen, value: seen != value,
    "in": lambda seen, value: seen in value,
    "gt": _ordered(lambda seen, value: seen > value),
    "gte": _ordered(lambda seen, value: seen >= value),
    "lt": _ordered(lambda seen, value: seen < value),
    "lte": _ordered(lambda seen, value: seen <= value),
    "contains": _contains,
    "has_word": _words,
    "present": lambda seen, value: bool(seen) is bool(value),
}
PREVIOUS = ("changed", "changed_from", "changed_to")
"""These ask what the field was before the event."""
ORDERED = frozenset({"gt", "gte", "lt", "lte"})


def wrong_value(kind: str, op: str, value: object) -> str | None:
    """Why a field of this type can never be compared so; None where it can."""
    if op in ("present", "changed"):
        return None if isinstance(value, bool) else f"{op} needs true or false"
    if op == "in":
        return _wrong_list(kind, value)
    if op in ORDERED and kind not in ("integer", "number", "date"):
        return f"{op} compares numbers and days, and this is a {kind}"
    if op == "has_word":
        many = isinstance(value, list)
        return _wrong_list("string", cast("object", value)) if many else _wrong("string", value)
    if op == "contains":
        return _wrong("string", value)
    return _wrong(kind, value)


def _wrong_list(kind: str, value: object) -> str | None:
    if not isinstance(value, list):
        return "a list is needed"
    parts = cast("list[object]", value)
    if not 0 < len(parts) <= MOST_WORDS:
        return f"a list of 1 to {MOST_WORDS} is needed"
    return next((why for part in parts if (why := _wrong(kind, part)) is not None), None)


def _wrong(kind: str, value: object) -> str | None:
    match kind:
        case "integer" | "number":
            return None if _is_number(value) else "a number is needed"
        case "boolean":
            return None if isinstance(value, bool) else "true or false is needed"
        case "date":
            return None if _is_day(value) else "a day is needed, as 2026-07-03"
        case "array":
            return None if isinstance(value, list) else "a list is needed, or contains"
        case _:
            fits = isinstance(value, str) and 0 < len(value) <= LONGEST and "\0" not in value
            return None if fits else f"a text of 1 to {LONGEST} characters is needed"


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) < 2**63 and math.isfinite(value)


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
