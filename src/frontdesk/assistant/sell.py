"""Sells a stay in a chat: offers, a quote that holds its rooms, and the guest's explicit yes."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.another_room import not_that_one
from frontdesk.assistant.nothing_free import nothing_free
from frontdesk.assistant.own_link import page_of
from frontdesk.assistant.own_terms import terms_of
from frontdesk.assistant.reply import Draft, Voice, join
from frontdesk.assistant.rooms_named import named
from frontdesk.assistant.states import State
from frontdesk.assistant.values import Button
from frontdesk.assistant.wishes import undated, wish_of
from frontdesk.bookings import queries
from frontdesk.bookings.errors import BadStay, PriceChanged, QuoteExpired, RoomTaken, TooManyRooms
from frontdesk.bookings.models import Quote
from frontdesk.bookings.quote import (
    StayWish,
    find_offers,
    hold,
    make_quote,
    release,
)
from frontdesk.bookings.reserve import Yes, reserve_at_once
from frontdesk.bookings.search import Offer
from frontdesk.rooms.queries import room_type
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.queries import the_hotel

SHOWN = 3


async def offer(acting: Acting) -> Done:
    wish = wish_of(acting.state.stay)
    if wish is None:
        return Done((acting.voice.say("ask_dates"),), replace(acting.state, stage="collecting"))
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            hotel = await the_hotel(session)
            offers = await find_offers(session, hotel, wish, now=acting.scene.now)
        if not offers:
            return await nothing_free(acting, wish)
    except TooManyRooms as refused:
        stay = replace(acting.state.stay, rooms=None)
        fresh = replace(acting.state, stage="collecting", stay=stay)
        return Done((acting.voice.say(refused.code),), fresh)
    except BadStay:
        fresh = replace(acting.state, stage="collecting", stay=undated(acting.state.stay))
        return Done((acting.voice.say("bad_stay"),), fresh)
    meant = named(((o.room_type.id, o.room_type.name) for o in offers), acting.state.kinds)
    first = await not_that_one(acting, wish, offers)
    if len(offers) == 1 or meant is not None:
        return await quote(acting, meant or offers[0].room_type.id, first=first)
    return _list_offers(acting, wish, offers[:SHOWN], first=first)


async def cheapest(acting: Acting) -> Done:
    """The best price for the dates that are talked about; a quote stands while none is less."""
    wish, voice, state = wish_of(acting.state.stay), acting.voice, acting.state
    if wish is None:
        return await offer(acting)
    standing = UUID(state.subject) if state.stage == "confirming" and state.subject else None
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        offers = await find_offers(session, await the_hotel(session), wish, now=acting.scene.now)
        best = min(offers, key=lambda o: o.total, default=None)
        made = await queries.quote(session, standing) if standing else None
        if made is not None and made.expires_at <= acting.scene.now:
            made = None
        if made is not None and (best is None or made.total <= best.total):
            kind = await room_type(session, made.room_type_id)
            return Done((_best(voice, wish, kind.name if kind else "", made.total),), state)
        if standing is not None:
            await release(session, standing)
    if best is None:
        return await offer(acting)
    said = _best(voice, wish, best.room_type.name, best.total)
    # a yes to this is none to the quote before
    shown = replace(state, stage="offered", subject=str(best.room_type.id), kinds=())
    if shown.subject not in state.choices:
        shown = replace(shown, choices=(shown.subject,), names=(best.room_type.name,))
    return Done((said,), shown)


def _best(voice: Voice, wish: StayWish, room: str, total: int) -> Draft:
    dates = _dates(voice, wish.arrival, wish.departure)
    return voice.say(
        "cheapest",
        room=room,
        total=voice.money(total),
        arrival=dates.arrival,
        departure=dates.departure,
    )


def _list_offers(
    acting: Acting, wish: StayWish, offers: list[Offer], *, first: Draft | None
) -> Done:
    voice = acting.voice
    dates = _dates(voice, wish.arrival, wish.departure)
    lines = [
        *([] if first is None else [first]),
        voice.say(
            "offers",
            arrival=dates.arrival,
            departure=dates.departure,
            nights=dates.nights,
            guests=_party(wish.adults, wish.children),
        ),
    ]
    for n, found in enumerate(offers, 1):
        name, total = found.room_type.name, voice.money(found.total)
        lines.append(voice.say("offer_line", n=n, room=name, total=total))
    buttons = tuple(
        Button(f"room:{o.room_type.id}", f"{n}. {o.room_type.name}"[:25])
        for n, o in enumerate(offers, 1)
    )
    lines.append(voice.say("offers_choose", buttons=buttons))
    choices = tuple(str(o.room_type.id) for o in offers)
    names = tuple(o.room_type.name for o in offers)
    shown = replace(acting.state, stage="offered", choices=choices, names=names, subject=None)
    return Done((join(lines),), shown)


async def quote(acting: Acting, room_type_id: UUID, *, first: Draft | None = None) -> Done:
    """Make a quote, hold its rooms, and ask for an explicit yes."""
    wish = wish_of(acting.state.stay)
    if wish is None:
        return Done((acting.voice.say("ask_dates"),), replace(acting.state, stage="collecting"))
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            made = await make_quote(
                session,
                await the_hotel(session),
                wish,
                room_type_id,
                acting.scene.guest.id,
                now=acting.scene.now,
                conversation_id=acting.scene.conversation_id,
                dedupe_key=f"{acting.turn_key}:{room_type_id}:{wish.arrival}:{wish.departure}",
            )
            await hold(session, made.id, now=acting.scene.now)
            by, about = f"guest:{acting.scene.guest.id}", {"total": made.total, "hold": True}
            record(session, made.hotel_id, "quote.create", f"quote:{made.id}", by=by, new=about)
            kind = await room_type(session, made.room_type_id)
    except RoomTaken:
        again = await offer(acting)
        return replace(again, drafts=(acting.voice.say("room_taken"), *again.drafts))
    draft = show_quote(acting.voice, made, kind.name if kind else "", now=acting.scene.now)
    drafts = (draft,) if first is None else (join([first, draft], gap="\n\n"),)
    return Done(drafts, replace(acting.state, stage="confirming", subject=str(made.id)))


def show_quote(voice: Voice, made: Quote, room: str, *, now: datetime) -> Draft:
    """The price, the policy, and the question that only a yes answers."""
    return voice.say(
        "quote",
        buttons=(
            Button(f"book:{made.id}", voice.label("button_yes")),
            Button(f"drop:{made.id}", voice.label("button_no")),
        ),
        sources=(f"quote:{made.id}",),
        room=room,
        arrival=voice.day(made.arrival),
        departure=voice.day(made.departure),
        nights=(made.departure - made.arrival).days,
        guests=_party(made.adults, made.children),
        rooms=made.rooms,
        total=voice.money(made.total),
        tax=voice.money(made.tax),
        terms=terms_of(voice, made.policy, now),
    )


async def book(acting: Acting) -> Done:
    """The guest's yes to one quote: the only way a stay is ever sold in a chat."""
    if acting.plan.pick is None:
        return await offer(acting)
    quote_id, voice = UUID(acting.plan.pick), acting.voice
    try:
        yes = Yes(quote_id, by=f"guest:{acting.scene.guest.id}", source="whatsapp")
        booking = await reserve_at_once(acting.db, acting.scene.hotel.id, yes, now=acting.scene.now)
    except (QuoteExpired, PriceChanged, RoomTaken) as lost:
        return await _again(acting, quote_id, lost)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        kind = await room_type(session, booking.room_type_id)
    draft = voice.say(
        "booked",
        sources=(f"booking:{booking.id}",),
        code=booking.code,
        room=kind.name if kind else "",
        arrival=voice.day(booking.arrival),
        departure=voice.day(booking.departure),
        total=voice.money(booking.total),
    )
    page = await page_of(acting, booking, "booked_link")
    return Done((draft if page is None else join([draft, page]),), State())


async def _again(
    acting: Acting, quote_id: UUID, lost: QuoteExpired | PriceChanged | RoomTaken
) -> Done:
    """A new quote for the same wish, shown and asked for anew; never a silent change."""
    first = acting.voice.say(lost.code)
    if isinstance(lost, RoomTaken):
        again = await offer(acting)
        return replace(again, drafts=(first, *again.drafts))
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        old = await queries.quote(session, quote_id)
        await release(session, quote_id)
    return await quote(acting, old.room_type_id, first=first)


async def drop(acting: Acting) -> Done:
    if acting.state.stage == "confirming" and acting.state.subject:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            await release(session, UUID(acting.state.subject))
    return Done((acting.voice.say("not_booked"),), State())


@dataclass(frozen=True, slots=True)
class Dates:
    """Formatted in the guest's language."""

    arrival: str
    departure: str
    nights: str


def _dates(voice: Voice, arrival: date, departure: date) -> Dates:
    nights = str((departure - arrival).days)
    return Dates(voice.day(arrival), voice.day(departure), nights)


def _party(adults: int, children: int) -> str:
    return f"{adults} + {children}" if children else str(adults)


async def quote_chosen(acting: Acting) -> Done:
    return await quote(acting, UUID(str(acting.plan.pick)))
