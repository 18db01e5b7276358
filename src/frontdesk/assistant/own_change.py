"""Changes the guest's own stay: the difference is shown first, and only a yes does it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.correcting import moved_by
from frontdesk.assistant.own_stays import chosen_own, no_booking, nobody_known, own_stays
from frontdesk.assistant.reply import Draft, Voice, join
from frontdesk.assistant.rooms_named import named
from frontdesk.assistant.states import State
from frontdesk.assistant.stay_lines import lines_of
from frontdesk.assistant.values import Button, Handover
from frontdesk.bookings import queries
from frontdesk.bookings.addons import AddonSoldOut, NotOrderable
from frontdesk.bookings.change import Shown, commit_change, preview_change
from frontdesk.bookings.errors import (
    BadStay,
    ChangedMeanwhile,
    NotChangeable,
    PriceChanged,
    QuoteExpired,
    RoomTaken,
)
from frontdesk.bookings.models import Booking
from frontdesk.bookings.parts import Wanted
from frontdesk.rooms.queries import active_room_types, room_type

T = TypeVar("T")


async def find_change(acting: Acting) -> Done:
    """Which booking, what shall be different, and what that would cost."""
    bookings = [b for b in await own_stays(acting) if b.status == "confirmed"]
    if not bookings:
        return await nobody_known(acting)
    if len(bookings) == 1:
        return await _show(acting, bookings[0])
    lines = await lines_of(acting, bookings)
    choices = tuple(str(b.id) for b in bookings)
    state = replace(acting.state, stage="which_change", choices=choices, subject=None)
    return Done((join([*lines, acting.voice.say("change_which")]),), state)


async def show_change(acting: Acting) -> Done:
    booking = await chosen_own(acting, acting.plan.pick)
    return no_booking(acting) if booking is None else await _show(acting, booking)


async def _show(acting: Acting, booking: Booking) -> Done:
    asked = replace(acting.state, stage="what_change", about=str(booking.id), subject=None)
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            wanted = await _wanted(session, acting.state, booking)
            if wanted == Wanted():
                lines = await lines_of(acting, [booking], numbered=False)
                return Done((join([*lines, acting.voice.say("change_what")]),), asked)
            if _of_some_rooms(wanted, booking):
                return _passed_on(acting)
            by, now = f"guest:{acting.scene.guest.id}", acting.scene.now
            shown = await preview_change(session, booking.id, wanted, by=by, now=now)
            kinds = [await room_type(session, q.room_type_id) for q in shown.quotes]
    except (NotChangeable, NotOrderable, AddonSoldOut):
        return _passed_on(acting)
    except BadStay:
        return Done((acting.voice.say("bad_stay"),), asked)
    except RoomTaken:
        return Done((acting.voice.say("change_taken"),), asked)
    rooms = ", ".join(dict.fromkeys(kind.name for kind in kinds if kind))
    draft = _difference(acting.voice, shown, booking.code, rooms)
    state = State(stage="changing", subject=str(shown.change.id), about=str(booking.id))
    return Done((draft,), state)


def _difference(voice: Voice, shown: Shown, code: str, room: str) -> Draft:
    quote, more = shown.quotes[0], shown.change.difference
    adults = sum(q.adults for q in shown.quotes)
    children = sum(q.children for q in shown.quotes)
    how = "change_same" if more == 0 else "change_more" if more > 0 else "change_less"
    money = voice.say(how, difference=voice.money(abs(more)))
    return voice.say(
        "change_ask",
        buttons=(
            Button(f"change:{shown.change.id}", voice.label("button_change")),
            Button(f"keep:{shown.change.id}", voice.label("button_keep")),
        ),
        sources=(f"quote:{quote.id}",),
        code=code,
        room=room,
        arrival=voice.day(quote.arrival),
        departure=voice.day(quote.departure),
        nights=(quote.departure - quote.arrival).days,
        guests=f"{adults} + {children}" if children else str(adults),
        total=voice.money(sum(q.total for q in shown.quotes)),
        difference=money.text,
    )


async def do_change(acting: Acting) -> Done:
    """The guest's yes to what was shown; anything else by then is shown anew."""
    booking = await chosen_own(acting, acting.state.about)
    if booking is None or acting.plan.pick is None:
        return no_booking(acting)
    by, now = f"guest:{acting.scene.guest.id}", acting.scene.now
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            await commit_change(session, booking.id, UUID(acting.plan.pick), by=by, now=now)
    except (QuoteExpired, PriceChanged, ChangedMeanwhile, RoomTaken):
        asked = State(stage="what_change", about=str(booking.id))
        return Done((acting.voice.say("change_again"),), asked)
    except (NotChangeable, NotOrderable, AddonSoldOut):
        return _passed_on(acting)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        changed = await queries.booking(session, booking.id)
    lines = await lines_of(acting, [changed], numbered=False)
    return Done((join([acting.voice.say("changed"), *lines]),), State())


def _passed_on(acting: Acting) -> Done:
    note = Handover("change_booking", 50, "wants_change", acting.scene.unread[-1].text)
    return Done((acting.voice.say("change_passed"),), State(), note)


async def _wanted(session: AsyncSession, state: State, booking: Booking) -> Wanted:
    stay = state.stay
    arrival, departure = _days(state, booking)
    types = await active_room_types(session)
    kind = named(((t.id, t.name) for t in types), state.kinds)
    return Wanted(
        arrival=_if_other(arrival, booking.arrival),
        departure=_if_other(departure, booking.departure),
        room_type_id=_if_other(kind, booking.room_type_id),
        rooms=_if_other(stay.rooms, booking.rooms),
        adults=_if_other(_people(stay.adults, booking.adults, state.more), booking.adults),
        children=_if_other(_people(stay.children, booking.children, state.more), booking.children),
    )


def _of_some_rooms(wanted: Wanted, booking: Booking) -> bool:
    """Other dates and fewer rooms: which of them stays as booked, a person asks."""
    moved = wanted.arrival is not None or wanted.departure is not None
    return moved and wanted.rooms is not None and wanted.rooms < booking.rooms


def _if_other(wanted: T | None, present: T) -> T | None:
    return None if wanted == present else wanted


def _people(said: int | None, present: int, more: int) -> int | None:
    """“Another person” is one on top."""
    return said if said is None or not more else max(0, present + more * said)


def _days(state: State, booking: Booking) -> tuple[date | None, date | None]:
    """A single day moves the stay, unless it is when they arrive; a length counts from arrival."""
    stay, more = state.stay, state.more
    if state.days and stay.arrival is None and stay.departure is None:
        how = {"leaving": state.leaving, "moved": state.moved}
        return moved_by(booking.arrival, booking.departure, state.days, **how)
    nights = (booking.departure - booking.arrival).days
    if stay.arrival and stay.departure:
        return stay.arrival, stay.departure
    if state.shift and stay.departure:
        return stay.departure, stay.departure + timedelta(days=nights)
    if stay.nights and not stay.arrival:
        length = nights + more * stay.nights if more else stay.nights
        return None, booking.arrival + timedelta(days=max(1, length))
    if stay.arrival:
        keeps_end = not state.moved and stay.arrival < booking.departure
        end = booking.departure if keeps_end else stay.arrival + timedelta(days=nights)
        return stay.arrival, end
    return None, stay.departure
