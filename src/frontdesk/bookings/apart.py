"""Some rooms of a booking become a booking of their own: whatever happens to a stay can reach them.

They keep what they were sold for, the policy that was accepted and the payer; the counters of the
nights do not move. So dates, state, fees and folio stay those of a whole booking.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings import queries
from frontdesk.bookings.entries import standing
from frontdesk.bookings.errors import NoSuchMove, NotChangeable
from frontdesk.bookings.folio import main_folio, route_of
from frontdesk.bookings.folio_models import FolioRoute
from frontdesk.bookings.lines import current_lines, kept_lines, lines
from frontdesk.bookings.models import Booking
from frontdesk.bookings.nights import sums
from frontdesk.bookings.nights_apart import take_nights
from frontdesk.bookings.posting import post_stay
from frontdesk.bookings.reserve import facts
from frontdesk.bookings.rules import new_code
from frontdesk.bookings.stay_models import BookingRoom
from frontdesk.bookings.terms import policy_shared
from frontdesk.bookings.told import shown, tell
from frontdesk.kit.errors import NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record

COPIED = (
    "hotel_id",
    "guest_id",
    "conversation_id",
    "arrival",
    "departure",
    "currency",
    "source",
    "special_requests",
    "created_at",
)
Act = Callable[[UUID], Awaitable[Booking]]


async def alone(
    session: AsyncSession,
    booking_id: UUID,
    line_ids: Sequence[UUID],
    act: Act,
    *,
    by: str,
    now: datetime,
) -> Booking:
    """Do it to these rooms alone, or without any to the whole booking; gives what it was done to.

    All in the caller's transaction: where `act` refuses, nothing was set apart either.
    """
    if not line_ids:
        return await act(booking_id)
    booking = await queries.booking(session, booking_id, lock=True)
    own = await set_apart(session, booking, line_ids, by=by, now=now)
    done = await act(own.id)
    if own.id != booking.id:
        await post_again(session, booking, own, by=by, now=now)
    return done


async def set_apart(
    session: AsyncSession, booking: Booking, line_ids: Sequence[UUID], *, by: str, now: datetime
) -> Booking:
    """The booking of these rooms alone, made where there is none yet; `booking` is locked.

    Raises NotFound for rooms that are not its own, NoSuchMove where the stay is over, NotChangeable
    where the rooms or what they were sold for cannot be told from the others.
    """
    wanted = set(line_ids)
    here = await current_lines(session, booking)
    if not wanted <= {line.id for line in here}:
        return await _known(session, booking, wanted)
    if len(wanted) == len(here):
        return booking
    if booking.status not in ("confirmed", "checked_in"):
        raise NoSuchMove(f"this booking is {booking.status}")
    going = [line for line in here if line.id in wanted]
    rest = [line for line in here if line.id not in wanted]
    if any(not sum(line.adults for line in side) for side in (going, rest)):
        raise NotChangeable("a booking needs an adult")
    old = shown(booking)
    own = await _split(session, booking, going, rest, now=now)
    await _same_payer(session, booking, own, by=by)
    await _tell(session, booking, own, by=by, old=old)
    return own


async def _known(session: AsyncSession, booking: Booking, wanted: set[UUID]) -> Booking:
    """What was set apart before, by the same yes said twice."""
    query = select(Booking).where(Booking.split_from == booking.id).with_for_update(key_share=True)
    for own in (await session.scalars(query.order_by(Booking.id))).all():
        if {line.id for line in await current_lines(session, own)} == wanted:
            return own
    raise NotFound("there is no such room in this booking")


async def _split(
    session: AsyncSession,
    booking: Booking,
    going: Sequence[BookingRoom],
    rest: Sequence[BookingRoom],
    *,
    now: datetime,
) -> Booking:
    own = Booking(**{name: getattr(booking, name) for name in COPIED})
    own.id, own.split_from, own.status = uuid7(), booking.id, "confirmed"
    own.code = await _new_code(session)
    whole = booking.total
    taken = await take_nights(session, booking, own, going, rest, now=now)
    own.total, own.tax, own.quote_id = taken.total, taken.tax, taken.quote_id
    own.policy, booking.policy = policy_shared(booking.policy, own.total, whole)
    _count(own, going)
    _count(booking, rest)
    booking.version += 1
    session.add(own)
    await session.flush()
    await taken.write(session, own.id)
    await _take_lines(session, booking, own, going)
    booking.total, booking.tax = await sums(session, booking)
    if booking.status == "checked_in":
        own.checked_in_at, own.status = booking.checked_in_at, "checked_in"
    await session.flush()
    return own


async def _new_code(session: AsyncSession) -> str:
    code = new_code()
    taken = await session.scalar(select(exists().where(Booking.code == code)))
    return code + new_code(2) if taken else code


def _count(booking: Booking, own: Sequence[BookingRoom]) -> None:
    booking.room_type_id, booking.rooms = own[0].room_type_id, len(own)
    booking.adults = sum(line.adults for line in own)
    booking.children = sum(line.children for line in own)


async def _take_lines(
    session: AsyncSession, booking: Booking, own: Booking, going: Sequence[BookingRoom]
) -> None:
    """Both count their rooms from one; one at a time, as no two may have a number between."""
    for position, line in enumerate(going, 1):
        line.booking_id, line.position = own.id, position
        await session.flush()
    for position, line in enumerate(await kept_lines(session, booking.id), 1):
        if line.position != position:
            line.position = position
            await session.flush()


async def _same_payer(session: AsyncSession, booking: Booking, own: Booking, *, by: str) -> None:
    """What was paid already was paid for these rooms too: their charges stay on the same folio."""
    route = await route_of(session, booking.id)
    to, what = (route.folio_id, route.what) if route else (None, "all")
    if to is None:
        to = (await main_folio(session, booking)).id
    session.add(FolioRoute(hotel_id=own.hotel_id, booking_id=own.id, folio_id=to, what=what))
    await session.flush()
    new = {"folio": str(to), "what": what}
    record(session, own.hotel_id, "folio.route", f"booking:{own.id}", by=by, new=new)


async def _tell(
    session: AsyncSession, booking: Booking, own: Booking, *, by: str, old: dict[str, object]
) -> None:
    """One event, of the new booking, with what is left of the other: so it is told once."""
    now_shown = shown(booking)
    changed = {key: value for key, value in now_shown.items() if old.get(key) != value}
    record(
        session,
        booking.hotel_id,
        "booking.split",
        f"booking:{booking.id}",
        by=by,
        old={key: old[key] for key in changed},
        new={**changed, "split_off": str(own.id)},
    )
    more = {"split_from": str(booking.id), "split_from_code": booking.code}
    await tell(session, own, ("split_off", "split"), by=by, old={}, **more, rest=facts(booking))


async def post_again(
    session: AsyncSession, booking: Booking, own: Booking, *, by: str, now: datetime
) -> None:
    """Nights that were posted for all rooms become each booking's own, on the same folio."""
    nights = [line.night for line in await standing(session, booking.id) if line.night]
    if nights:
        for one in (booking, own):
            await post_stay(session, one.id, through=max(nights), by=by, now=now)


@asynccontextmanager
async def as_if_apart(
    session: AsyncSession, booking: Booking, line_ids: Sequence[UUID], *, by: str, now: datetime
) -> AsyncGenerator[Booking]:
    """Inside, these rooms are a booking of their own; after it nothing has happened."""
    await lines(session, booking)  # made on first need, and for good
    point = await session.begin_nested()
    try:
        yield await set_apart(session, booking, line_ids, by=by, now=now)
    finally:
        await point.rollback()
        await session.refresh(booking)
