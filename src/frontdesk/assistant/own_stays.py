"""The guest's own coming stays: shown, and cancelled after an explicit yes."""

from uuid import UUID

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.decide import State
from frontdesk.assistant.reply import Draft, join
from frontdesk.assistant.values import Button
from frontdesk.bookings import queries
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.models import Booking
from frontdesk.bookings.rules import cancellation_fee
from frontdesk.kit.clock import local_day
from frontdesk.rooms.queries import room_type


async def find_cancel(acting: Acting) -> Done:
    """The guest's own coming stays: who they are is known from the chat, not from the text."""
    bookings = await _own(acting)
    if not bookings:
        return _no_booking(acting)
    if len(bookings) == 1:
        return await ask_cancel(acting, bookings[0].id)
    lines = await _lines(acting, bookings)
    choices = tuple(str(b.id) for b in bookings)
    state = State(stage="which_cancel", choices=choices)
    return Done((join([*lines, acting.voice.say("cancel_which")]),), state)


async def ask_cancel(acting: Acting, booking_id: UUID) -> Done:
    voice = acting.voice
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        booking = await queries.booking(session, booking_id)
        kind = await room_type(session, booking.room_type_id)
    fee = cancellation_fee(booking.policy, acting.scene.now)
    draft = voice.say(
        "cancel_ask",
        buttons=(
            Button(f"cancel:{booking.id}", voice.label("button_cancel")),
            Button(f"keep:{booking.id}", voice.label("button_keep")),
        ),
        sources=(f"booking:{booking.id}",),
        code=booking.code,
        room=kind.name if kind else "",
        arrival=voice.day(booking.arrival),
        departure=voice.day(booking.departure),
        fee=voice.money(fee),
    )
    return Done((draft,), State(stage="cancelling", subject=str(booking.id)))


async def do_cancel(acting: Acting) -> Done:
    own = {str(b.id) for b in await _own(acting)}
    if acting.plan.pick is None or acting.plan.pick not in own:
        return _no_booking(acting)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        booking = await cancel(
            session,
            UUID(acting.plan.pick),
            by=f"guest:{acting.scene.guest.id}",
            now=acting.scene.now,
            reason="guest",
        )
    fee = acting.voice.money(booking.cancel_fee)
    return Done((acting.voice.say("cancelled", code=booking.code, fee=fee),), State())


async def my_bookings(acting: Acting) -> Done:
    bookings = await _own(acting)
    if not bookings:
        return _no_booking(acting)
    lines = await _lines(acting, bookings)
    return Done((join([acting.voice.say("my_bookings"), *lines]),), State())


def _no_booking(acting: Acting) -> Done:
    button = Button("person:", acting.voice.label("person_button"))
    draft = acting.voice.say("no_booking", buttons=(button,))
    return Done((draft,), State(stage="offering_person"))


async def _own(acting: Acting) -> list[Booking]:
    today = local_day(acting.scene.now, acting.scene.hotel.zone)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        return list(await queries.coming_bookings(session, acting.scene.guest.id, today))[:9]


async def _lines(acting: Acting, bookings: list[Booking]) -> list[Draft]:
    voice, lines = acting.voice, list[Draft]()
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        for n, booking in enumerate(bookings, 1):
            kind = await room_type(session, booking.room_type_id)
            line = voice.say(
                "booking_line",
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


async def ask_chosen(acting: Acting) -> Done:
    return await ask_cancel(acting, UUID(str(acting.plan.pick)))
