"""Why a stay could not be quoted, booked or cancelled."""

from frontdesk.kit.errors import Conflict, Invalid, NotFound


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


class NoSuchBooking(NotFound):
    """There is no such booking"""

    code = "no_such_booking"


class NotCancellable(Conflict):
    """A booking in this state cannot be cancelled"""

    code = "not_cancellable"
