"""Why a stay could not be quoted, booked or cancelled."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from frontdesk.kit.errors import Conflict, Invalid, NotFound, Problem
from frontdesk.kit.transaction import sqlstate


class BadStay(Invalid):
    """These dates or this party cannot be a stay"""

    code = "bad_stay"


class RoomTaken(Conflict):
    """There is no room of this type left for all of these nights"""

    code = "room_taken"


class QuoteExpired(Conflict):
    """This quote has expired; ask for a new one"""

    code = "quote_expired"


class PriceChanged(Conflict):
    """The price has changed since this quote; ask for a new one"""

    code = "price_changed"


class NoSuchQuote(NotFound):
    """There is no such quote"""

    code = "no_such_quote"


class NoSuchPlan(NotFound):
    """There is no such rate plan on sale"""

    code = "no_such_plan"


class NoSuchBooking(NotFound):
    """There is no such booking"""

    code = "no_such_booking"


class NotCancellable(Conflict):
    """A booking in this state cannot be cancelled"""

    code = "not_cancellable"


RAISED: dict[str, type[Problem]] = {
    "ZB404": NoSuchQuote,
    "ZB001": RoomTaken,
    "ZB002": QuoteExpired,
    "ZB003": PriceChanged,
}
"""What rls/60_bookings.sql raises."""
CHECK_VIOLATION = "23514"


@contextmanager
def as_told_by_database() -> Generator[None]:
    """What the database refused, as the problem it is; the counters' CHECK means no room."""
    try:
        yield
    except DBAPIError as refused:
        code = sqlstate(refused)
        if code == CHECK_VIOLATION and "ck_nightly_inventory_" in str(refused.orig):
            raise RoomTaken from None
        if code not in RAISED:
            raise
        raise RAISED[code] from None
