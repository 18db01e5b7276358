"""Why a stay could not be quoted, booked or cancelled."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from frontdesk.kit.errors import Conflict, Invalid, NotFound, Problem
from frontdesk.kit.transaction import sqlstate


class BadStay(Invalid):
    """These dates or this party cannot be a stay"""

    code = "bad_stay"


class TooManyRooms(BadStay):
    """Every room needs an adult to sleep in it"""

    code = "too_many_rooms"


class FolioClosed(Conflict):
    """This folio is closed; open it again first"""

    code = "folio_closed"


class NobodyThere(BadStay):
    """Somebody has to sleep in every room"""

    code = "nobody_there"


class RoomTaken(Conflict):
    """There is no room of this type left for all of these nights"""

    code = "room_taken"


class StayBarred(RoomTaken):
    """A rule of the hotel bars this stay in this room type"""

    code = "stay_barred"


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


class FeeTooHigh(Invalid):
    """The policy accepted at booking asks for less"""

    code = "fee_too_high"


class NoSuchMove(Conflict):
    """A booking in this state cannot do that"""

    code = "no_such_move"


class NotOneStay(Invalid):
    """These quotes are not for one guest and the same dates"""

    code = "not_one_stay"


class SeveralPlans(Invalid):
    """Rooms of one type in one booking are sold by one plan"""

    code = "several_plans"


class NotChangeable(Conflict):
    """This booking cannot be changed in that way"""

    code = "not_changeable"


class ChangedMeanwhile(Conflict):
    """The booking has changed since this was shown; look again"""

    code = "changed_meanwhile"


class TooEarly(Conflict):
    """It is too early or too late for that"""

    code = "not_today"


class RoomNotReady(Conflict):
    """A room of this booking is not assigned, or not ready for a guest"""

    code = "room_not_ready"


class RoomPromised(Conflict):
    """This room is somebody else's on one of these nights"""

    code = "room_promised"


class TooLongAway(Invalid):
    """The guest would be away for more nights than were booked"""

    code = "too_long_away"


class TooManySold(Conflict):
    """More rooms are sold than that would leave"""

    code = "too_many_sold"


RAISED: dict[str, type[Problem]] = {
    "ZB404": NoSuchQuote,
    "ZB001": RoomTaken,
    "ZB002": QuoteExpired,
    "ZB003": PriceChanged,
    "ZB005": NotOneStay,
    "ZB006": SeveralPlans,
    "ZB410": FolioClosed,
    "ZB409": NoSuchMove,
}
"""What rls/60_bookings.sql and rls/62_stays.sql raise."""
EXCLUDED = "23P01"
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
        if code == EXCLUDED and re.search("ex_(booking_rooms|room_claims)_room", str(refused.orig)):
            raise RoomPromised from None
        if code not in RAISED:
            raise
        raise RAISED[code] from None
