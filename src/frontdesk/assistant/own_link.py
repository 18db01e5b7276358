"""The guest's own page: its address is sent to the number that booked, and to nobody else.

The link acts alone, so a code and a surname, which open only reading, do not get it.
"""

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.own_stays import no_booking, own_stays, proved_stays
from frontdesk.assistant.reply import Draft, join
from frontdesk.assistant.states import State
from frontdesk.assistant.values import Handover
from frontdesk.bookings.models import Booking

MOST = 3
"""Stays whose pages are sent at once, the soonest first."""


async def send_link(acting: Acting) -> Done:
    own = await own_stays(acting)
    if not own and not await proved_stays(acting):
        return no_booking(acting)
    pages = [await page_of(acting, booking, "guest_link") for booking in own[:MOST]]
    drafts = [page for page in pages if page is not None]
    if drafts:
        return Done((join(drafts),), State())
    note = Handover("request", 30, "wants_link", acting.said)
    return Done((acting.voice.say("request_passed"),), State(), note)


async def page_of(acting: Acting, booking: Booking, key: str) -> Draft | None:
    """None where the hotel has no page for its guests."""
    if acting.page is None:
        return None
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        link = await acting.page.link(session, booking.id, now=acting.scene.now)
    if link is None:
        return None
    sources = (f"booking:{booking.id}",)
    return acting.voice.say(key, sources=sources, code=booking.code, link=link)
