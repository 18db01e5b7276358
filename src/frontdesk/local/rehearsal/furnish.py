"""What a script does to its hotel: sells it out, closes days, adds facts and other stays."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.assign import assign_all
from frontdesk.bookings.check_in import check_in, check_out
from frontdesk.bookings.models import Booking, NightlyInventory
from frontdesk.bookings.quote import StayWish, make_quote
from frontdesk.bookings.rate_models import RateRestriction
from frontdesk.bookings.reserve import Yes, reserve
from frontdesk.guests.actions import recognise
from frontdesk.knowledge.actions import add_document
from frontdesk.knowledge.ingest import ingest
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.local.rehearsal.house import House
from frontdesk.local.rehearsal.script import BadScript, Step, day_of
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import Room, RoomType
from frontdesk.tenancy.queries import the_hotel
from frontdesk.triggers.ready_made import JOURNEYS, install

LIMITS = frozenset({"min_stay", "max_stay", "closed", "closed_to_arrival", "closed_to_departure"})
Parts = Mapping[str, Any]


async def furnish(house: House, step: Step) -> None:
    """`house: {sold_out: DBL, from: 2027-03-05, until: 2027-03-07}` and the like."""
    if not isinstance(step.value, dict):
        raise BadScript(f"{step.place}: house says what to change, as {{sold_out: DBL}}")
    parts = cast("Parts", step.value)
    doing = next((verb for verb in DOING if verb in parts), None)
    if doing is None:
        raise BadScript(f"{step.place}: house knows {', '.join(sorted(DOING))}")
    run = house.stage.runtime
    async with run.db.hotel(house.hotel) as session:
        made = await DOING[doing](session, house, step, parts)
    if made is not None:
        await ingest(run.db, run.embedder, house.hotel, made)
    await house.go_on(timedelta(0))


def _days(step: Step, parts: Parts) -> tuple[date, date]:
    return day_of(step, parts.get("from")), day_of(step, parts.get("until"))


async def _type(session: AsyncSession, step: Step, code: object) -> UUID:
    found = await session.scalar(select(RoomType.id).where(RoomType.code == str(code)))
    if found is None:
        raise BadScript(f"{step.place}: there is no room type {code!r}")
    return found


async def _rooms(session: AsyncSession, step: Step, parts: Parts, code: object, free: int) -> None:
    """So many rooms of a type, or of all, are left on the nights [from, until)."""
    first, until = _days(step, parts)
    nights = update(NightlyInventory).where(
        NightlyInventory.night >= first, NightlyInventory.night < until
    )
    if code != "all":
        kind = await _type(session, step, code)
        nights = nights.where(NightlyInventory.room_type_id == kind)
    left = NightlyInventory.sold + NightlyInventory.held + free
    await session.execute(nights.values(capacity=left))


async def _sold_out(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    del house
    await _rooms(session, step, parts, parts["sold_out"], 0)


async def _free(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    del house
    await _rooms(session, step, parts, parts["free"], int(parts.get("rooms", 1)))


async def _limit(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    first, until = _days(step, parts)
    given = {name: parts[name] for name in LIMITS if name in parts}
    session.add(
        RateRestriction(hotel_id=house.hotel, first=first, last=until - timedelta(days=1), **given)
    )


async def _price(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    del house
    kind = await _type(session, step, parts["price"])
    nights = update(NightlyInventory).where(NightlyInventory.room_type_id == kind)
    await session.execute(nights.values(price=int(parts.get("night", 0)) * 100))


async def _booked(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    """Somebody else's stay, made at the desk."""
    first, until = _days(step, parts)
    now, hotel = house.stage.clock.now(), await the_hotel(session)
    chat = f"{parts['booked']}@c.us"
    guest = await recognise(
        session, house.hotel, None, chat, name=str(parts.get("name", "Kim Lee"))
    )
    kind = await _type(session, step, parts.get("type", "DBL"))
    wish = StayWish(first, until, int(parts.get("adults", 1)))
    quote = await make_quote(session, hotel, wish, kind, guest.id, now=now)
    await reserve(session, Yes(quote.id, "rehearsal", "rest"), now=now)


async def _fact(session: AsyncSession, house: House, step: Step, parts: Parts) -> UUID:
    del step
    body, language = str(parts["fact"]), str(parts.get("language", "en"))
    page = KnowledgeDocument(
        hotel_id=house.hotel, title=str(parts.get("title", "Note")), body=body, language=language
    )
    await add_document(session, page)
    return page.id


async def _addon(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    del house, step
    change = update(Addon).where(Addon.code == str(parts["addon"]))
    await session.execute(change.values(stock_per_day=int(parts.get("a_day", 0))))


async def _journeys(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    """Every ready-made one, switched on; `link` is where guests may write publicly."""
    del step
    hotel = await the_hotel(session)
    hotel.settings = {**hotel.settings, "review_link": str(parts.get("link", ""))}
    for name in JOURNEYS:
        made = await install(session, house.hotel, name, by="rehearsal")
        made.enabled = True


async def _desk(session: AsyncSession, house: House, step: Step, parts: Parts) -> None:
    """The newest stay arrives or leaves, now."""
    del step
    newest = select(Booking.id).order_by(Booking.created_at.desc(), Booking.id.desc())
    stay = (await session.scalars(newest.limit(1))).one()
    now = house.stage.clock.now()
    if parts["desk"] == "check out":
        await check_out(session, stay, by="rehearsal", now=now)
        return
    await session.execute(update(Room).values(status="clean"))
    await assign_all(session, stay, by="rehearsal", now=now)
    await check_in(session, stay, by="rehearsal", now=now)


DOING: Mapping[str, Callable[[AsyncSession, House, Step, Parts], Awaitable[UUID | None]]] = {
    "sold_out": _sold_out,
    "free": _free,
    "booked": _booked,
    "fact": _fact,
    "addon": _addon,
    "price": _price,
    "journeys": _journeys,
    "desk": _desk,
    **dict.fromkeys(sorted(LIMITS), _limit),
}
