"""Why the room that a guest named is not among those that are to be had."""

from collections.abc import Sequence

from frontdesk.assistant.acting import Acting
from frontdesk.assistant.reply import Draft
from frontdesk.assistant.rooms_named import meets, named
from frontdesk.bookings.blocks import fits
from frontdesk.bookings.book import rate_book
from frontdesk.bookings.queries import rates_version
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.search import Offer


async def not_that_one(acting: Acting, wish: StayWish, offers: Sequence[Offer]) -> Draft | None:
    """It is too small, or not free; None where no room was named, or one that is on offer."""
    kinds = acting.state.kinds
    if not kinds or any(meets(kinds, offer.room_type.name) for offer in offers):
        return None
    hotel_id, voice = acting.scene.hotel.id, acting.voice
    async with acting.db.hotel(hotel_id) as session:
        book = await rate_book(session, hotel_id, await rates_version(session))
    meant = named(((kind.id, kind.name) for kind in book.kinds), kinds)
    kind = book.kind(meant) if meant is not None else None
    if kind is None:
        return None
    if fits(kind, wish.party) is None:
        return voice.say("room_not_free", room=kind.name)
    more = kind.max_guests - kind.max_adults
    limit = f"{kind.max_adults} + {more}" if more > 0 else str(kind.max_guests)
    return voice.say("room_too_small", room=kind.name, limit=limit)
