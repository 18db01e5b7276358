"""What a later message makes of a stay that is talked about: other dates, or so many more."""

from dataclasses import replace
from datetime import date, timedelta

from frontdesk.assistant.heard import Heard
from frontdesk.assistant.values import Reading, StayAsk


def corrected(old: StayAsk, reading: Reading, heard: Heard) -> StayAsk:
    """A stay that is being talked about, as this message has it: other dates, or so many more."""
    new = reading.stay
    if heard.one_more and old.adults is not None:
        new = replace(new, adults=old.adults + 1)
    if old.arrival is None or old.departure is None or new.arrival or new.departure:
        return merge(old, new)
    if heard.between and (said := _same_month(old.arrival, heard.between)):
        return merge(old, replace(new, arrival=said[0], departure=said[1], nights=None))
    if heard.days:
        return merge(_moved(old, heard), replace(new, nights=None))
    if heard.more and (new.nights or heard.nights):
        length = (old.departure - old.arrival).days
        nights = max(1, length + heard.more * (new.nights or heard.nights or 0))
        new = replace(new, nights=nights)
    return merge(old, new)


def _same_month(near: date, days: tuple[int, int]) -> tuple[date, date] | None:
    try:
        return near.replace(day=days[0]), near.replace(day=days[1])
    except ValueError:
        return None


def _moved(old: StayAsk, heard: Heard) -> StayAsk:
    if old.arrival is None or old.departure is None:
        return old
    how = {"leaving": heard.leaving, "moved": heard.moved}
    first, last = moved_by(old.arrival, old.departure, heard.days, **how)
    return replace(old, arrival=first, departure=max(last, first + timedelta(days=1)))


def moved_by(
    first: date, last: date, days: int, *, leaving: bool, moved: bool
) -> tuple[date, date]:
    """A stay so many days later: all of it, or the one end of it that is spoken of."""
    by = timedelta(days=days)
    if leaving:
        return first, last + by
    keeps_end = not moved and first + by < last
    return first + by, last if keeps_end else last + by


def merge(old: StayAsk, new: StayAsk) -> StayAsk:
    """What is said now corrects what was said before; the dates stay consistent."""
    arrival = new.arrival or old.arrival
    nights = new.nights or (None if new.departure else old.nights)
    departure = new.departure or (None if new.arrival or new.nights else old.departure)
    if new.arrival and new.departure is None and old.arrival is not None and old.departure is None:
        departure = _until(old.arrival, new.arrival)
        arrival = old.arrival if departure else arrival
    if arrival and departure is None and nights:
        departure = arrival + timedelta(days=nights)
    return StayAsk(
        arrival,
        departure,
        nights if departure is None or new.nights else None,
        new.adults or old.adults,
        old.children if new.children is None else new.children,
        new.rooms or old.rooms,
    )


def _until(arrival: date, said: date) -> date | None:
    """A single later day, said after we asked how long: the day of departure."""
    return said if said > arrival else None
