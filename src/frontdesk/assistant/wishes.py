"""A guest's wish as far as it is whole."""

from dataclasses import replace

from frontdesk.assistant.values import StayAsk
from frontdesk.bookings.quote import StayWish


def wish_of(stay: StayAsk) -> StayWish | None:
    """A whole wish, or None while something is missing."""
    if stay.arrival is None or stay.departure is None or stay.adults is None:
        return None
    return StayWish(stay.arrival, stay.departure, stay.adults, stay.children or 0, stay.rooms or 1)


def undated(stay: StayAsk) -> StayAsk:
    return replace(stay, arrival=None, departure=None, nights=None)
