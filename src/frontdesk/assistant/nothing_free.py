"""Nothing is to be had: says which rule bars it, what is nearest, and offers the waiting list."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.reply import Draft, Voice, join
from frontdesk.assistant.rooms_named import named
from frontdesk.assistant.states import State
from frontdesk.assistant.values import Button, StayAsk
from frontdesk.assistant.wishes import undated, wish_of
from frontdesk.bookings.bars import NotHad, why_not
from frontdesk.bookings.blocks import Block, Why
from frontdesk.bookings.errors import BadStay, NoSuchPlan
from frontdesk.bookings.quote import StayWish
from frontdesk.bookings.waitlist import Waiting
from frontdesk.bookings.waitlist import join as wait_for
from frontdesk.rooms.queries import active_room_types, room_type
from frontdesk.tenancy.queries import the_hotel

REACH = 7
"""Days before and after in which other dates are looked for."""
SAID = {
    Why.MIN_STAY: "why_min_stay",
    Why.MAX_STAY: "why_max_stay",
    Why.CLOSED: "why_closed",
    Why.CLOSED_TO_ARRIVAL: "why_closed_to_arrival",
    Why.CLOSED_TO_DEPARTURE: "why_closed_to_departure",
    Why.TOO_SOON: "why_too_soon",
    Why.TOO_FAR: "why_too_far",
    Why.PARTY_TOO_BIG: "why_party_too_big",
}
"""Everything else is: sold out."""


async def nothing_free(acting: Acting, wish: StayWish) -> Done:
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        hotel = await the_hotel(session)
        found = await why_not(session, hotel, wish, now=acting.scene.now, reach=REACH)
    why = _why(acting.voice, found.block, wish)
    if found.nearest is not None:
        return _near(acting, why, found)
    if found.kind is not None and found.block.why is Why.SOLD_OUT:
        return _offer_waiting(
            acting, why, acting.state.stay, wish, (found.kind.id, found.kind.name)
        )
    too_many = found.block.why is Why.PARTY_TOO_BIG
    stay = acting.state.stay if too_many else undated(acting.state.stay)
    return Done((why,), replace(acting.state, stage="collecting", stay=stay))


def _why(voice: Voice, block: Block, wish: StayWish) -> Draft:
    key = SAID.get(block.why, "none_free")
    return voice.say(
        key,
        arrival=voice.day(wish.arrival),
        departure=voice.day(wish.departure),
        limit=block.limit or 0,
        day=voice.day(block.night or wish.arrival),
    )


def _near(acting: Acting, why: Draft, found: NotHad) -> Done:
    voice, near = acting.voice, found.nearest
    assert near is not None  # noqa: S101 - the caller looked
    other = voice.say(
        "near",
        arrival=voice.day(near.arrival),
        departure=voice.day(near.departure),
        nights=(near.departure - near.arrival).days,
        room=near.room_type.name,
        total=voice.money(near.total),
    )
    said = [why, other]
    if found.block.why is Why.SOLD_OUT:
        said.append(voice.say("or_waiting_list"))
    wanted = acting.state.stay
    near_stay = replace(wanted, arrival=near.arrival, departure=near.departure, nights=None)
    dates = (wanted.arrival, wanted.departure)
    choices = tuple(d.isoformat() for d in dates if d is not None)
    state = replace(acting.state, stage="offering_dates", stay=near_stay, choices=choices)
    return Done((join(said, gap=" "),), state)


async def ask_wait(acting: Acting) -> Done:
    """Asked for the list: for the stay that was sold out, or the one that is talked about."""
    stay = _sold_out_stay(acting.state)
    wish = wish_of(stay)
    if wish is None:
        return Done((acting.voice.say("ask_dates"),), replace(acting.state, stage="collecting"))
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            hotel = await the_hotel(session)
            found = await why_not(session, hotel, wish, now=acting.scene.now, reach=0)
            types = {t.id: t.name for t in await active_room_types(session)}
    except (BadStay, NoSuchPlan):
        return Done((acting.voice.say("bad_stay"),), State(stage="collecting"))
    meant = named(types.items(), acting.state.kinds) or (found.kind.id if found.kind else None)
    if meant is None:
        why = acting.voice.say("why_party_too_big")
        return Done((why,), replace(acting.state, stage="collecting"))
    return _offer_waiting(acting, None, stay, wish, (meant, types[meant]))


def _sold_out_stay(state: State) -> StayAsk:
    """The stay that was asked for, where the nearest other one is on offer."""
    if state.stage != "offering_dates" or len(state.choices) != 2:
        return state.stay
    arrival, departure = map(date.fromisoformat, state.choices)
    return replace(state.stay, arrival=arrival, departure=departure)


def _offer_waiting(
    acting: Acting, why: Draft | None, stay: StayAsk, wish: StayWish, kind: tuple[UUID, str]
) -> Done:
    voice, (kind_id, name) = acting.voice, kind
    question = voice.say(
        "wait_ask",
        buttons=(
            Button(f"wait:{kind_id}", voice.label("button_wait")),
            Button(f"not:{kind_id}", voice.label("button_no")),
        ),
        room=name,
        arrival=voice.day(wish.arrival),
        departure=voice.day(wish.departure),
    )
    draft = join([why, question], gap=" ") if why else question
    state = replace(acting.state, stage="offering_wait", stay=stay, choices=())
    return Done((draft,), replace(state, subject=str(kind_id)))


async def wait(acting: Acting) -> Done:
    """A yes to the waiting list; the offer comes into this chat when there is one."""
    wish = wish_of(acting.state.stay)
    if wish is None or acting.plan.pick is None:
        return Done((acting.voice.say("ask_dates"),), State(stage="collecting"))
    guest, talk = acting.scene.guest.id, acting.scene.conversation_id
    waiting = Waiting(guest, UUID(acting.plan.pick), wish, talk)
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            by, now = f"guest:{guest}", acting.scene.now
            entry = await wait_for(session, acting.scene.hotel.id, waiting, by=by, now=now)
            kind = await room_type(session, entry.room_type_id)
    except BadStay:
        return Done((acting.voice.say("bad_stay"),), State(stage="collecting"))
    said = acting.voice.say(
        "waiting",
        room=kind.name if kind else "",
        arrival=acting.voice.day(wish.arrival),
        departure=acting.voice.day(wish.departure),
    )
    return Done((said,), State())
