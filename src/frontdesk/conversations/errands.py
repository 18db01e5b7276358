"""What a guest's words ask to be done: an item, where, by when; a plain question asks nothing."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from frontdesk.assistant.local.folding import fold
from frontdesk.conversations.errand_words import items, words
from frontdesk.conversations.task_rules import MINUTES

ROOM = re.compile(
    r"(?:\broom|\bhabitacion|\bzimmer|\bchambre|\bcamera|\bquarto|номер\w*|غرفة|الغرفة)"
    r"\s*(?:no\.?|nr\.?|numero|number|#)?\s*(\d{1,4}[a-z]?)\b"
)
CLOCK = re.compile(r"(?<![\d.:])([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?\s?(am|pm|uhr|h)?(?![\d%€$])")
DOT_CLOCK = re.compile(r"[:.h]\d\d|am|pm|uhr|h")
SAYS_SO = frozenset({"repair", "noise", "lost", "cleaning", "wake_up"})
"""To say that it is so is to ask for somebody to see to it."""
FEW = 4
"""Words: "two towels" is no question."""
TOMORROW = re.compile(
    r"\btomorrow|\bmanana\b|\bmorgen\b|\bdemain|\bdomani|\bamanha|завтра|غدا|\byarin|明天|明日"
    r"|내일|कल(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Errand:
    item: str
    room: str | None = None
    at: tuple[int, int] | None = None
    """Hour and minute that were said."""
    tomorrow: bool = False


def errand_in(text: str) -> Errand | None:
    """None where nothing is to be done, or nobody could tell what."""
    said = fold(text)
    item = next((name for name, named in items() if named.search(said)), None)
    if item is None or not _is_asked(item, said):
        return None
    where = ROOM.search(said)
    return Errand(
        item=item,
        room=where[1] if where else None,
        at=_time(said),
        tomorrow=bool(TOMORROW.search(said)),
    )


def _is_asked(item: str, said: str) -> bool:
    """An order is one even as a question; who wants to know something wants nothing done."""
    lists = words()
    question = "?" in said or "؟" in said
    if lists["orders"].search(said):
        return True
    if lists["inquires"].search(said) and (question or item not in SAYS_SO):
        return False
    if item in SAYS_SO and not question:
        return True
    return bool(lists["asks"].search(said)) or (len(said.split()) <= FEW and not question)


def _time(said: str) -> tuple[int, int] | None:
    """A time of day that is written as one; a bare number is a count or a room."""
    for found in CLOCK.finditer(said):
        if not DOT_CLOCK.search(found[0]):
            continue
        hour, minute = int(found[1]), int(found[2] or 0)
        if found[3] == "pm" and hour < 12:
            hour += 12
        return (0 if found[3] == "am" and hour == 12 else hour), minute
    return None


def due_at(errand: Errand, *, zone: str, now: datetime) -> datetime | None:
    """The next such time by the hotel's clock, else in as long as the thing usually takes."""
    if errand.at is None:
        minutes = MINUTES.get(errand.item)
        return None if minutes is None else now + timedelta(minutes=minutes)
    local = now.astimezone(ZoneInfo(zone))
    hour, minute = errand.at
    wanted = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if errand.tomorrow or wanted <= local:
        day = (local + timedelta(days=1)).date()
        wanted = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))
    return wanted.astimezone(now.tzinfo)
