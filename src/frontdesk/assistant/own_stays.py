"""The guest's own coming stays: shown, and cancelled after an explicit yes."""

from datetime import date
from uuid import UUID

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.proving import prove_it
from frontdesk.assistant.reply import join
from frontdesk.assistant.states import TALKING, State
from frontdesk.assistant.stay_lines import lines_of
from frontdesk.assistant.values import Button, Handover
from frontdesk.bookings import queries
from frontdesk.bookings.cancel import cancel
from frontdesk.bookings.errors import NotCancellable
from frontdesk.bookings.models import Booking
from frontdesk.bookings.proofs import proved_bookings
from frontdesk.bookings.rules import cancellation_fee
from frontdesk.kit.clock import local_day
from frontdesk.rooms.queries import room_type


async def find_cancel(acting: Acting) -> Done:
    """The guest's own coming stays: who they are is known from the chat, not from the text."""
    bookings = await own_stays(acting)
    if not bookings:
        return await nobody_known(acting)
    named = [b for b in bookings if b.code == acting.heard.code]
    if len(bookings) == 1 or named:
        return await ask_cancel(acting, (named or bookings)[0].id)
    lines = await lines_of(acting, bookings)
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
    own = await chosen_own(acting, acting.plan.pick)
    if own is None:
        return no_booking(acting)
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            by, now = f"guest:{acting.scene.guest.id}", acting.scene.now
            booking = await cancel(session, own.id, by=by, now=now, reason="guest")
    except NotCancellable:
        return no_booking(acting)
    fee = acting.voice.money(booking.cancel_fee)
    return Done((acting.voice.say("cancelled", code=booking.code, fee=fee),), State())


async def my_bookings(acting: Acting) -> Done:
    """Of this number, or proved in this chat; a code of none of them is a try to prove it."""
    bookings = [*await own_stays(acting), *await proved_stays(acting)]
    code = acting.heard.code
    if code is not None and acting.heard.names and code not in {b.code for b in bookings}:
        return await prove_it(acting)
    if not bookings:
        return no_booking(acting)
    lines = await lines_of(acting, bookings)
    return Done((join([acting.voice.say("my_bookings"), *lines]),), State())


def no_booking(acting: Acting) -> Done:
    """None under this number: another way to say who one is, or a person."""
    button = Button("person:", acting.voice.label("person_button"))
    draft = acting.voice.say("no_booking", buttons=(button,))
    goes_on = acting.state.stage in TALKING
    return Done((draft,), acting.state if goes_on else State(stage="identifying"))


async def nobody_known(acting: Acting) -> Done:
    """To staff, where this chat has proved a stay that it may see and may not touch."""
    if not await proved_stays(acting):
        return no_booking(acting)
    note = Handover("change_booking", 50, "other_number", acting.said)
    return Done((acting.voice.say("change_passed"),), State(), note)


async def proved_stays(acting: Acting) -> list[Booking]:
    today, chat = _today(acting), acting.scene.conversation_id
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        found = await proved_bookings(session, chat, today=today, now=acting.scene.now)
    return [b for b in found if b.guest_id != acting.scene.guest.id]


def _today(acting: Acting) -> date:
    return local_day(acting.scene.now, acting.scene.hotel.zone)


async def own_stays(acting: Acting) -> list[Booking]:
    today = _today(acting)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        return list(await queries.coming_bookings(session, acting.scene.guest.id, today))[:9]


async def chosen_own(acting: Acting, booking_id: str | None) -> Booking | None:
    """The guest's own coming stay of this id; nobody else's, whatever was remembered."""
    return next((b for b in await own_stays(acting) if str(b.id) == booking_id), None)


async def ask_chosen(acting: Acting) -> Done:
    return await ask_cancel(acting, UUID(str(acting.plan.pick)))
