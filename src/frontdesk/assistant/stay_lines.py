"""Bookings as a guest is shown them, a line each."""

from collections.abc import Sequence

from frontdesk.assistant.acting import Acting
from frontdesk.assistant.reply import Draft
from frontdesk.bookings.models import Booking
from frontdesk.rooms.queries import room_type


async def lines_of(
    acting: Acting, bookings: Sequence[Booking], *, numbered: bool = True
) -> list[Draft]:
    voice, lines = acting.voice, list[Draft]()
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        for n, booking in enumerate(bookings, 1):
            kind = await room_type(session, booking.room_type_id)
            line = voice.say(
                "booking_line" if numbered else "stay_line",
                sources=(f"booking:{booking.id}",),
                n=n,
                code=booking.code,
                room=kind.name if kind else "",
                arrival=voice.day(booking.arrival),
                departure=voice.day(booking.departure),
                total=voice.money(booking.total),
            )
            lines.append(line)
    return lines
