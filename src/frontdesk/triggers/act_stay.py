"""What a rule does about a stay: offers what can be given now, and asks for money by link."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import State, dump, load
from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.addons import AddonSoldOut, AddonWish, NotOrderable, Terms, terms_of
from frontdesk.bookings.models import Booking
from frontdesk.bookings.payment_models import Payment
from frontdesk.bookings.payments import Sum, ask, payment
from frontdesk.bookings.queries import booking
from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.jobs import Job
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.rooms.catalogue_models import Addon, AddonStock
from frontdesk.tenancy.audit import record
from frontdesk.triggers.moment import Doing, NoStay, NotNow
from frontdesk.triggers.saying import Said, say
from frontdesk.triggers.words import fill, worded

BUSY = timedelta(minutes=10)
"""While the guest is in the middle of something, an offer waits."""
DROPPED = timedelta(days=1)
"""What the guest said nothing more of for so long, they are not in the middle of."""
LONGEST = timedelta(days=30)
"""An offer is open, as the action's shape allows."""
SOON = timedelta(seconds=5)


MOST_NOTED = 2000
"""Characters, as of what a guest may ask for with the booking."""


class NoRoom(Conflict):
    """the booking has no room for another note"""


class AlreadyOffered(Conflict):
    """it was offered or ordered for this stay before"""


def _stay(doing: Doing) -> Booking:
    if doing.subject.booking is None:
        raise NoStay(NoStay.title())
    return doing.subject.booking


async def offer_addon(doing: Doing) -> dict[str, Any]:
    """Only where there is enough of it now, and once a stay, whatever the guest said of it; their
    yes takes it from stock, and a late one is asked anew.
    """
    stay, chat, session = _stay(doing), doing.chat, doing.session
    addon = await session.scalar(select(Addon).where(Addon.code == doing.action["addon"]))
    if addon is None:
        raise NotFound("there is no such add-on")
    key = f"offer:{stay.id}:{addon.id}"
    if await _known(session, stay, addon, key):
        raise AlreadyOffered(AlreadyOffered.title())
    if stay.status not in ("confirmed", "checked_in"):
        raise NotOrderable(f"this booking is {stay.status}")
    terms = terms_of(addon, stay, AddonWish(addon.id))
    if not await _left(session, addon, terms):
        raise AddonSoldOut
    if _in_the_middle(chat, doing.now) or await _offered(session, chat, doing.now):
        raise NotNow(BUSY)
    text, buttons, language = _offer(doing, addon, stay, terms)
    message = await say(doing, Said(text, buttons, key, _useful(doing)), language=language)
    if chat.owner == "bot":
        until = (doing.now + _useful(doing)).isoformat()
        asked = State(stage="ordering", subject=str(addon.id), about=str(stay.id), count=0)
        chat.state = dump(replace(asked, until=until))
    told = {"addon": addon.code, "amount": terms.amount + terms.tax, "language": language}
    return {**told, "message_id": str(message.id)}


def _in_the_middle(chat: Conversation, now: datetime) -> bool:
    """Of something with the bot; an offer that ran out, or a talk that was dropped, is none."""
    if chat.owner != "bot" or chat.state.get("stage", "idle") == "idle":
        return False
    if (until := load(chat.state).until) is not None:
        return datetime.fromisoformat(until) > now
    return chat.last_inbound_at is not None and chat.last_inbound_at > now - DROPPED


async def _offered(session: AsyncSession, chat: Conversation, now: datetime) -> bool:
    """One offer at a time, whoever has the chat: until the guest writes again, or it runs out."""
    letter, said = OutboundMessage, Message
    query = (
        select(letter.id)
        .join(said, (said.hotel_id == letter.hotel_id) & (said.id == letter.message_id))
        .where(
            said.conversation_id == chat.id,
            said.occurred_at > (chat.last_inbound_at or now - LONGEST),
            letter.dedupe_key.startswith("offer:"),
            letter.expires_at > now,
            letter.status.not_in(("failed", "expired", "cancelled")),
        )
    )
    return await session.scalar(query.limit(1)) is not None


def _useful(doing: Doing) -> timedelta:
    return timedelta(hours=int(doing.action.get("hours", 24)))


async def _known(session: AsyncSession, stay: Booking, addon: Addon, key: str) -> bool:
    ordered = select(BookingAddon.id).where(
        BookingAddon.booking_id == stay.id,
        BookingAddon.addon_id == addon.id,
        BookingAddon.status == "ordered",
    )
    if await session.scalar(ordered.limit(1)) is not None:
        return True
    said = select(OutboundMessage.id).where(OutboundMessage.dedupe_key == key)
    return await session.scalar(said) is not None


async def _left(session: AsyncSession, addon: Addon, terms: Terms) -> bool:
    """Enough on each of its days, as it is now."""
    if addon.stock_per_day is None:
        return True
    if terms.pieces_a_day > addon.stock_per_day:
        return False
    short = select(AddonStock.day).where(
        AddonStock.addon_id == addon.id,
        AddonStock.day >= terms.first,
        AddonStock.day < terms.until,
        AddonStock.taken + terms.pieces_a_day > AddonStock.stock,
    )
    return await session.scalar(short.limit(1)) is None


def _offer(
    doing: Doing, addon: Addon, stay: Booking, terms: Terms
) -> tuple[str, list[dict[str, str]], str]:
    hotel = doing.hotel
    language = str(doing.facts.get("guest.language") or hotel.language)
    voice = Voice(language, hotel.currency, hotel.timezone, hotel.name)
    draft = voice.say(
        "addon_ask",
        name=addon.name,
        code=stay.code,
        arrival=voice.day(stay.arrival),
        departure=voice.day(stay.departure),
        total=voice.money(terms.amount + terms.tax),
    )
    buttons = [
        {"id": f"order:{addon.id}", "text": voice.label("button_order")},
        {"id": f"not:{addon.id}", "text": voice.label("button_no")},
    ]
    own = (hotel.language, hotel.currency, hotel.timezone, hotel.name)
    first = worded(doing.action, doing.facts, hotel=own).text
    return "\n\n".join(filter(None, [first, draft.text])), buttons, voice.spoken


async def note_booking(doing: Doing) -> dict[str, Any]:
    """Another line beside what the guest asked for; the same line is not written twice."""
    stay, hotel = await booking(doing.session, _stay(doing).id, lock=True), doing.hotel
    voice = Voice(hotel.language, hotel.currency, hotel.timezone, hotel.name)
    line, known = fill(str(doing.action["text"]), doing.facts, voice), stay.special_requests or ""
    if line in known.split("\n"):
        return {"noted": line, "known": True}
    noted = f"{known}\n{line}".strip()
    if len(noted) > MOST_NOTED:
        raise NoRoom(NoRoom.title())
    stay.special_requests = noted
    subject, told = f"booking:{stay.id}", {"line": line}
    record(doing.session, hotel.id, "booking.note", subject, by=doing.by, new=told)
    return {"noted": line}


async def ask_payment(doing: Doing) -> dict[str, Any]:
    """Asked for in one step, opened at the provider by the cashier, and said once it is there."""
    stay, _ = _stay(doing), doing.chat
    kept = doing.step.result.get("payment_id")
    lasts = timedelta(hours=int(doing.action.get("hours", 24)))
    if kept is None:
        wanted = Sum(purpose=str(doing.action.get("purpose", "balance")))
        made = await ask(doing.session, stay.id, wanted, lasts=lasts, by=doing.by, now=doing.now)
        made.look_at = doing.now
        await ring(doing.session, Job.SETTLE_PAYMENTS, doing.hotel.id)
        raise NotNow(SOON, {"payment_id": str(made.id)})
    asked = await payment(doing.session, UUID(str(kept)))
    if asked.url is None:
        if asked.status in ("unknown", "pending") and (asked.expires_at or doing.now) > doing.now:
            raise NotNow(SOON, {"payment_id": str(kept)})
        raise Conflict(f"the payment is {asked.status}")
    if asked.status != "pending":
        return {"payment_id": str(kept), "unsaid": f"the payment is {asked.status}"}
    return await _say_link(doing, asked, asked.url)


async def _say_link(doing: Doing, asked: Payment, url: str) -> dict[str, Any]:
    hotel = doing.hotel
    language = str(doing.facts.get("guest.language") or hotel.language)
    voice = Voice(language, hotel.currency, hotel.timezone, hotel.name)
    until = voice.instant((asked.expires_at or doing.now).isoformat())
    said = voice.say("payment_link", amount=voice.money(asked.amount), until=until, link=url)
    useful = (asked.expires_at or doing.now) - doing.now
    message = await say(doing, Said(said.text, useful=useful), language=voice.spoken)
    return {"payment_id": str(asked.id), "language": voice.spoken, "message_id": str(message.id)}
