"""When a guest says that they arrive: a time of the day, by words alone."""

import re
from collections.abc import Iterator

from frontdesk.assistant.heard_words import (
    ARRIVING,
    AT_NIGHT,
    BEFORE_NOON,
    CLOCK_WORDS,
    IN_THE_EVENING,
    LANDING,
    MIDNIGHT,
    NOON,
    NOT_BY_ARRIVAL,
    PM,
)

TIMED = re.compile(r"(?<![\d/.])([01]?\d|2[0-3])[:.h]([0-5]\d)(?!\d|[./]\d)")
HOUR = re.compile(
    r"(?<![\d/.:])(1?\d|2[0-3])\s*(am|pm|a\.m\.|p\.m\.|uhr|h|hrs|uur|ч|час(?:ов|а)?|点|時|시|बज"
    r"|'?[dt][ea](?!\w)|gibi|civari|sularinda)(?!間|间|[a-z])"
)
DAWN = 5
"""Up to this hour a night is the one that ends."""
TOWARDS = re.compile(
    r"(?<!\w)(?:at|around|about|by|a las|sobre las|hacia las|gegen|um|vers|a|alle|verso le|as"
    r"|por volta das|pelas|om|rond|tegen|saat|около|к|в|الساعة|حوالي)\s+(1?\d|2[0-3])(?![\d.:/])"
)
TOLD = re.compile(
    rf"(?<!\w)(?:at|around|about|by|a la|a las|sobre las?|hacia las?|gegen|um|vers|alle|all'"
    rf"|verso le|verso l'|as|por volta das|pelas|около|к|в|الساعة|حوالي الساعة)\s*"
    rf"({'|'.join(CLOCK_WORDS)})(?!\w|\s+(?:عشر|thirty|fifteen|forty|of|y (?:media|cuarto)|menos"
    rf"|et (?:demie|quart)|moins|e (?:mezz|meia|un quarto)|meno|dreissig))"
)
"""The same with the hour in letters."""
AM = re.compile(r"\d\s*(?:am|a\.m\.)(?!\w)")
NAMED = rf"(\d{{1,2}}|{'|'.join(CLOCK_WORDS)})"
DUTCH = "een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf"
"""“Half vier” is half past three; elsewhere “half four” is half past four."""
PAST: tuple[tuple[int, int, re.Pattern[str]], ...] = tuple(
    (hours, minutes, re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)"))
    for hours, minutes, said in (
        (0, 30, (f"half past {NAMED}", f"{NAMED} y media", f"{NAMED}(?: heures?)? et demie")),
        (0, 30, (f"{NAMED} e mezz[ao]", f"{NAMED} e meia")),
        (-1, 30, (f"halb {NAMED}", f"half (?={DUTCH}){NAMED}")),
        (0, 15, (f"quarter past {NAMED}", f"{NAMED} y cuarto", f"{NAMED}(?: heures?)? et quart")),
        (0, 15, (f"{NAMED} e un quarto", f"viertel nach {NAMED}", f"kwart over {NAMED}")),
        (-1, 45, (f"quarter to {NAMED}", f"{NAMED} menos cuarto", f"viertel vor {NAMED}")),
        (-1, 45, (f"{NAMED}(?: heures?)? moins le quart", f"{NAMED} meno un quarto")),
        (-1, 45, (f"kwart voor {NAMED}",)),
    )
)
"""What is to be added to the hour that is named: hours and minutes."""
GOES_ON = re.compile(r"\s*(?:के\s*)?\d")
"""“दोपहर 3 बजे”: the noon is only the half of the day."""


def arrival_time(folded: str) -> str | None:
    """HH:MM; None where no arrival or no time of it is spoken of."""
    if not ARRIVING.search(folded) or NOT_BY_ARRIVAL.search(folded):
        return None
    times = sorted(_times(folded))
    ours = [clock for at, clock in times if not _by_plane(folded[:at])]
    return next(iter(ours or [clock for _, clock in times]), None)


def _times(folded: str) -> Iterator[tuple[int, str]]:
    """Where each time of the day stands; hours alone only where nothing is said in full."""
    yield from ((m.start(), "00:00") for m in MIDNIGHT.finditer(folded))
    for noon in NOON.finditer(folded):
        if not GOES_ON.match(folded, noon.end()):
            yield noon.start(), "12:00"
    full = [*_in_full(folded), *_past(folded)]
    for at, clock in full or _hours(folded):
        if clock is not None:
            yield at, clock


def _in_full(folded: str) -> Iterator[tuple[int, str | None]]:
    for m in TIMED.finditer(folded):
        yield m.start(), _clock(int(m[1]), int(m[2]), folded, *m.span())


def _past(folded: str) -> Iterator[tuple[int, str | None]]:
    for hours, minutes, pattern in PAST:
        for m in pattern.finditer(folded):
            hour = _hour(next(said for said in m.groups() if said)) + hours or 12
            yield m.start(), _clock(_of_day(hour, folded), minutes, folded, *m.span())


def _hours(folded: str) -> list[tuple[int, str | None]]:
    for pattern in (HOUR, TOWARDS, TOLD):
        found = [
            (m.start(), _clock(_of_day(_hour(m[1]), folded), 0, folded, m.start(), m.end(1)))
            for m in pattern.finditer(folded)
        ]
        if found:
            return found
    return []


def _hour(said: str) -> int:
    return int(said) if said.isdecimal() else CLOCK_WORDS[said]


def _of_day(hour: int, folded: str) -> int:
    """“We come at three” is in the afternoon, where nobody speaks of a night or a morning."""
    early = BEFORE_NOON.search(folded) or AM.search(folded)
    return hour + 12 if 1 <= hour <= DAWN and not early else hour


def _by_plane(before: str) -> bool:
    """Whether the last verb of coming before a time is a landing."""
    landed = [m.start() for m in LANDING.finditer(before)]
    came = [m.start() for m in ARRIVING.finditer(before) if not LANDING.search(m[0])]
    return bool(landed) and max(landed) > max(came, default=-1)


def _clock(hour: int, minute: int, folded: str, start: int, end: int) -> str | None:
    """Of what stands from start to end; its half of the day is said before or behind it."""
    before, after = folded[:start], folded[end:]
    late = PM.match(after) or (hour > DAWN and AT_NIGHT.match(after))
    evening = IN_THE_EVENING.search(before)
    if hour < 12 and (late or (evening and not (hour <= DAWN and BEFORE_NOON.search(evening[0])))):
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 else None
