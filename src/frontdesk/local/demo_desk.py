"""A desk to be seen in the demo hotels: departments, labels, canned replies and tasks."""

from datetime import timedelta

from sqlalchemy import select

from frontdesk.conversations.desk_models import Label
from frontdesk.conversations.note_models import CannedReply
from frontdesk.conversations.tasks import Wish, open_task
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.tenancy.departments import usual_departments

LABELS = (("vip", "#c03030"), ("late arrival", "#3060c0"), ("group", "#30803c"))
REPLIES = (
    ("welcome", "en", "Dear {guest_name}, we look forward to seeing you on {arrival}."),
    ("welcome", "es", "Estimado/a {guest_name}, le esperamos el {arrival}."),
    ("welcome", "de", "Guten Tag {guest_name}, wir freuen uns auf Sie am {arrival}."),
    ("wait", "en", "One moment please, {agent_name} is looking into it."),
)
TASKS = (
    ("The ice machine on the first floor leaks", "repair", 3),
    ("Fresh towels by the pool", "towels", 45),
    ("Lamp in the lobby flickers", "repair", 180),
)
"""With the minutes until each is due: nobody does the first, so that a ladder is seen to climb."""


async def furnish_desk(db: Database, clock: Clock, hotel_id: HotelId) -> None:
    """Once."""
    now = clock.now()
    async with db.hotel(hotel_id) as session:
        if await session.scalar(select(Label.id).limit(1)) is not None:
            return
        await usual_departments(session, hotel_id)
        for name, colour in LABELS:
            session.add(Label(hotel_id=hotel_id, name=name, colour=colour))
        for shortcut, language, text in REPLIES:
            said = {"shortcut": shortcut, "language": language, "text": text}
            session.add(CannedReply(hotel_id=hotel_id, title=shortcut.capitalize(), **said))
        for title, item, minutes in TASKS:
            wish = Wish(title, item, due_at=now + timedelta(minutes=minutes), tell_guest=False)
            await open_task(session, hotel_id, wish, by="demo", now=now, alert=False)
