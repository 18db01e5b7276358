"""What goes with a stay: add-ons after a yes, a note of when they arrive, a late check-out."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.own_stays import chosen_own, no_booking, own_stays
from frontdesk.assistant.reply import Draft
from frontdesk.assistant.states import TALKING, State
from frontdesk.assistant.values import Button, Handover, StayAsk
from frontdesk.bookings import queries
from frontdesk.bookings.addons import (
    AddonSoldOut,
    AddonWish,
    NotOrderable,
    order_addon,
    terms_of,
)
from frontdesk.bookings.models import Booking
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.tenancy.audit import record

ARRIVES = "Arrives about "
EARLY, LATE = ("06:00", "14:00"), "20:00"
"""Who comes then asks, without saying so, how they get in."""
ASKED_EARLY = ("Can we check in early?", ("early_check_in", "early_check_in_from", "check_in_from"))
ASKED_LATE = (
    "How do we get in when we arrive at night?",
    ("night_arrival", "reception_hours", "check_in_until"),
)
"""The question, and the typed facts that answer it, the most telling first."""
NOTED = re.compile(rf"(?:^|\n){ARRIVES}\d\d:\d\d \(said in the chat\)")


async def ask_addon(acting: Acting) -> Done:
    """What it costs for the coming stay; ordered only after a yes."""
    bookings = await own_stays(acting)
    if not bookings:
        if acting.state.stage in TALKING:
            return Done((acting.voice.say("addon_after_booking"),), acting.state)
        asks = replace(acting.state, stage="collecting", stay=StayAsk())
        return Done((acting.voice.say("addon_needs_booking"),), asks)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        offered = await _of_category(session, acting.heard.addon or "")
    return _request(acting) if not offered else _ask(acting, bookings[0], offered[0])


async def _of_category(session: AsyncSession, category: str) -> Sequence[Addon]:
    query = select(Addon).where(Addon.category == category, Addon.active)
    return (await session.scalars(query.order_by(Addon.price, Addon.code))).all()


def _ask(acting: Acting, booking: Booking, addon: Addon) -> Done:
    voice, persons = acting.voice, acting.state.count or None
    try:
        terms = terms_of(addon, booking, AddonWish(addon.id, persons=persons))
    except NotOrderable:
        return Done((voice.say("addon_sold_out", name=addon.name),), acting.state)
    draft = voice.say(
        "addon_ask",
        buttons=(
            Button(f"order:{addon.id}", voice.label("button_order")),
            Button(f"not:{addon.id}", voice.label("button_no")),
        ),
        sources=(f"addon:{addon.id}", f"booking:{booking.id}"),
        name=addon.name,
        code=booking.code,
        arrival=voice.day(booking.arrival),
        departure=voice.day(booking.departure),
        total=voice.money(terms.amount + terms.tax),
    )
    about, count = str(booking.id), persons or 0
    state = State(stage="ordering", subject=str(addon.id), about=about, count=count)
    return Done((draft,), state)


async def order(acting: Acting) -> Done:
    booking = await chosen_own(acting, acting.state.about)
    if booking is None or acting.plan.pick is None:
        return no_booking(acting)
    wish = AddonWish(UUID(acting.plan.pick), persons=acting.state.count or None)
    by = f"guest:{acting.scene.guest.id}"
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        addon = await session.scalar(select(Addon).where(Addon.id == wish.addon_id))
    if addon is not None and _is_over(acting):
        return _ask(acting, booking, addon)
    name = addon.name if addon else ""
    try:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            ordered = await order_addon(session, booking.id, wish, by=by)
    except (AddonSoldOut, NotOrderable):
        return Done((acting.voice.say("addon_sold_out", name=name),), State())
    total = acting.voice.money(ordered.amount + ordered.tax)
    said = acting.voice.say("addon_ordered", name=name, code=booking.code, total=total)
    return Done((said,), State())


def _is_over(acting: Acting) -> bool:
    """An offer that ran out is asked anew, at what it costs by now."""
    until = acting.state.until
    return until is not None and datetime.fromisoformat(until) <= acting.scene.now


def odd_hour(at: str | None) -> tuple[str, Sequence[str]] | None:
    """What somebody who comes then has to know of the house; None at usual hours."""
    if at is None or EARLY[1] <= at < LATE:
        return None
    return ASKED_EARLY if EARLY[0] <= at else ASKED_LATE


async def note_arrival(acting: Acting, facts: Sequence[Draft]) -> Done:
    """On the guest's next stay that has not begun; what was noted before is replaced."""
    at, coming = acting.heard.at, [b for b in await own_stays(acting) if b.status == "confirmed"]
    if at is None or not coming:
        return no_booking(acting)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        booking = await queries.booking(session, coming[0].id, lock=True)
        others = NOTED.sub("", booking.special_requests or "").strip()
        line = f"{ARRIVES}{at} (said in the chat)"
        booking.special_requests = f"{others}\n{line}".strip()
        by, subject = f"guest:{acting.scene.guest.id}", f"booking:{booking.id}"
        record(session, booking.hotel_id, "booking.note_arrival", subject, by=by, new={"at": at})
    arrival = acting.voice.day(booking.arrival)
    said = acting.voice.say("arrival_noted", time=at, code=booking.code, arrival=arrival)
    return Done((said, *facts), acting.state)


async def late_out(acting: Acting, facts: Done | None) -> Done:
    """An add-on where the hotel sells it so, else what the house says of it, and a request."""
    bookings = await own_stays(acting)
    async with acting.db.hotel(acting.scene.hotel.id) as session:
        sold = [a for a in await _of_category(session, "other") if _is_late(a)]
    if sold and bookings:
        return _ask(acting, bookings[0], sold[0])
    passed = _request(acting)
    if facts is None or facts.gap is not None:
        return passed
    return replace(passed, drafts=(*facts.drafts, *passed.drafts))


def _is_late(addon: Addon) -> bool:
    return "late" in f"{addon.code} {addon.name}".casefold()


def _request(acting: Acting) -> Done:
    note = Handover("request", 50, "request", acting.said)
    return Done((acting.voice.say("request_passed"),), acting.state, note)
