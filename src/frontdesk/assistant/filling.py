"""What a few words answer to the question that stands: “2” is nights or people, as was asked."""

import re
from dataclasses import replace
from datetime import date, timedelta

from frontdesk.assistant.heard import Heard
from frontdesk.assistant.local.calendar import coming_day
from frontdesk.assistant.local.dates import read_dates
from frontdesk.assistant.local.party import row_of
from frontdesk.assistant.local.stay import stay_said
from frontdesk.assistant.states import State
from frontdesk.assistant.values import Reading, StayAsk

MOST_WORDS = 8
BARE = re.compile(r"(?<![N°K/.:-])(?:(?P<n>N)|^(?P<one>1)$)(?![KnwmyhkbJIDE~MQ#uj°N]|[-/.:]N)")
"""A number that counts nothing that is named."""
UNTIL = re.compile(r"t[oLd]*N$")
"""“Until 30”, no ordinal."""
TOGETHER = re.compile(r"N\+N|N&N")
LONGEST, LARGEST = 60, 30
FORTNIGHT = 14
"""Nights: to who comes on the 27th “29” is the day they go."""


def filling(state: State, reading: Reading, heard: Heard, text: str) -> StayAsk | None:
    """What a short answer says of the stay that was asked about; None where it says nothing."""
    arrival = state.stay.arrival
    if state.stage != "collecting" or arrival is None or reading.emergency is not None:
        return None
    if len(text.split()) > MOST_WORDS or heard.cheap or heard.which:
        return None  # "the cheaper one" counts nothing
    return _answer(state.stay, arrival, reading, text)


def _answer(stay: StayAsk, arrival: date, reading: Reading, text: str) -> StayAsk | None:
    said = reading.stay
    if stay.departure is None and (day := said.departure or said.arrival) is not None:
        return _until(said, arrival, reading, text) if day <= arrival else None
    if said != replace(StayAsk(), children=said.children):
        return None
    if stay.departure is None:
        return _nights(text, reading, arrival)
    return _people(text, reading) if stay.adults is None else None


def _until(said: StayAsk, arrival: date, reading: Reading, text: str) -> StayAsk | None:
    """“Until Wednesday”, “the 3rd”: the first such day after they come, and not after today."""
    again = stay_said(read_dates(text, arrival + timedelta(days=1), reading.language))
    day = again.departure or again.arrival
    if day is None or (day - arrival).days > LONGEST:
        return None
    return replace(said, arrival=None, departure=day)


def _nights(text: str, reading: Reading, arrival: date) -> StayAsk | None:
    kinds, numbers = _bare(text, reading)
    if len(numbers) != 1 or not 1 <= numbers[0] <= LONGEST or "p" in kinds:
        return None
    day = coming_day(numbers[0], None, arrival)
    soon = day is not None and numbers[0] > FORTNIGHT and 0 < (day - arrival).days <= FORTNIGHT
    if UNTIL.search(kinds) or soon:
        return replace(reading.stay, departure=day)
    return replace(reading.stay, nights=numbers[0])


def _people(text: str, reading: Reading) -> StayAsk | None:
    """“2”, “2+1”, “two and a baby”; a second number joined to the first one counts children."""
    kinds, numbers = _bare(text, reading)
    if not numbers or not all(1 <= n <= LARGEST for n in numbers):
        return None
    children = reading.stay.children
    if len(numbers) == 2 and children is None and TOGETHER.search(kinds):
        children = numbers[1]
    elif len(numbers) != 1:
        return None
    return replace(reading.stay, adults=numbers[0], children=children)


def _bare(text: str, reading: Reading) -> tuple[str, list[int]]:
    row, plain = row_of(text, reading.language)
    signs = {token.start: plain[token.start : token.end] for token in row}
    kinds = "".join("+" if signs[t.start] == "+" else t.kind for t in row)
    spaced = kinds.strip(".,x")
    shift = len(kinds) - len(kinds.lstrip(".,x"))
    found = [row[m.start() + shift] for m in BARE.finditer(spaced)]
    return spaced, [1 if token.kind == "1" else token.value for token in found]
