"""What is ordered for a stay follows it: longer, shorter, or moved to other days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.addons import (
    A_DAY,
    EACH_NIGHT,
    GIVE_BACK,
    AddonSoldOut,
    NotOrderable,
    Terms,
    pieces,
    take_stock,
    tax_on,
    tell_order,
)
from frontdesk.bookings.models import Booking
from frontdesk.bookings.rules import stay_nights
from frontdesk.rooms.catalogue_models import Addon, AddonStock

Days = tuple[date, date]
"""[first, until)."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An order as it will be; without days it ends."""

    order: BookingAddon
    addon: Addon
    terms: Terms

    @property
    def ends(self) -> bool:
        return self.terms.first >= self.terms.until

    @property
    def difference(self) -> int:
        """What the guest pays more for it, minor units with tax; below zero is less."""
        return self.terms.amount + self.terms.tax - self.order.amount - self.order.tax

    def added(self) -> list[date]:
        """Days that it did not have."""
        every = stay_nights(self.terms.first, self.terms.until)
        return [day for day in every if not self.order.first <= day < self.order.until]


async def addons_after(
    session: AsyncSession, booking: Booking, arrival: date, departure: date
) -> list[Followed]:
    """The orders whose days change where the stay becomes [arrival, departure).

    Each keeps the price of a piece, and what is given once its price. Raises NotOrderable where
    one is not given on a day that it gets, AddonSoldOut where none is left of it; nothing is
    written.
    """
    query = (
        select(BookingAddon, Addon)
        .join(Addon, Addon.id == BookingAddon.addon_id)
        .where(BookingAddon.booking_id == booking.id, BookingAddon.status == "ordered")
        .order_by(BookingAddon.addon_id, BookingAddon.id)
    )
    was, stay = (booking.arrival, booking.departure), (arrival, departure)
    found = [_followed(order, addon, was, stay) for order, addon in await session.execute(query)]
    changed = [f for f in found if (f.terms.first, f.terms.until) != (f.order.first, f.order.until)]
    for followed in changed:
        await _refuse(session, followed)
    return changed


def _followed(order: BookingAddon, addon: Addon, was: Days, stay: Days) -> Followed:
    a_day = pieces(addon, order.quantity, order.persons)
    kept = 0 if addon.stock_per_day is None else a_day
    if order.pricing in EACH_NIGHT:
        first, until = days_after((order.first, order.until), was, stay)
        days = max(0, (until - first).days)
        amount = order.unit_price * a_day * days
        tax = tax_on(amount, addon.tax_rate)
    else:
        first = day_after(order.first, was, stay)
        until, amount, tax = first + A_DAY, order.amount, order.tax
    return Followed(order, addon, Terms(first, until, order.persons, kept, amount, tax))


def day_after(day: date, was: Days, stay: Days) -> date:
    """What is given on arrival or on departure still is; what is given between moves along with a
    stay that moves as it is, keeps a day that is still of it, and else its place in the stay.
    """
    if day in was:
        return stay[was.index(day)]
    moved = stay[0] + (day - was[0])
    if stay[1] - stay[0] == was[1] - was[0]:
        return moved
    return day if stay[0] <= day <= stay[1] else min(moved, stay[1])


def days_after(days: Days, was: Days, stay: Days) -> Days:
    """What was for the whole stay is for all of the new one; what was for some of its days moves
    along with a stay that moves as it is, and else keeps those that are still of it.
    """
    first, until = days
    if first == was[0] and until >= was[1]:
        return stay[0], stay[1] + (until - was[1])
    if stay[1] - stay[0] == was[1] - was[0]:
        return first + (stay[0] - was[0]), until + (stay[0] - was[0])
    return max(first, stay[0]), min(until, stay[1])


async def _refuse(session: AsyncSession, followed: Followed) -> None:
    addon, added = followed.addon, followed.added()
    if not added:
        return
    opens, closes = addon.available_from or date.min, addon.available_until or date.max
    if not addon.active or min(added) < opens or max(added) >= closes:
        raise NotOrderable(f"{addon.name} is not given on these days")
    if addon.stock_per_day is None:
        return
    wanted = followed.terms.pieces_a_day
    full = select(AddonStock.day).where(
        AddonStock.addon_id == addon.id,
        AddonStock.day.in_(added),
        AddonStock.taken + wanted > AddonStock.stock,
    )
    if wanted > addon.stock_per_day or await session.scalar(full.limit(1)) is not None:
        raise AddonSoldOut(f"there is not enough of {addon.name} on these days")


async def follow(
    session: AsyncSession, followed: Sequence[Followed], *, by: str, now: datetime
) -> None:
    """All of them, or raised AddonSoldOut: the transaction is then the caller's to end."""
    await _lock(session, followed)
    for one in followed:
        order, old = one.order, one.order.amount + one.order.tax
        await session.execute(GIVE_BACK, {"order": order.id})
        if one.ends:
            order.status, order.cancelled_at = "cancelled", now
            await tell_order(session, order, "cancel", by=by)
            continue
        if one.addon.stock_per_day is not None:
            await take_stock(session, one.addon, one.addon.stock_per_day, one.terms)
        for name in ("first", "until", "pieces_a_day", "amount", "tax"):
            setattr(order, name, getattr(one.terms, name))
        await session.flush()
        more = {"difference": order.amount + order.tax - old}
        days = {"first": order.first.isoformat(), "until": order.until.isoformat()}
        await tell_order(session, order, "change", by=by, **days, **more)


async def _lock(session: AsyncSession, followed: Sequence[Followed]) -> None:
    """In the order of days, as who orders does: two that cross wait in no circle."""
    if not followed:
        return
    touched = [
        (AddonStock.addon_id == one.addon.id)
        & (AddonStock.day >= min(one.order.first, one.terms.first))
        & (AddonStock.day < max(one.order.until, one.terms.until))
        for one in followed
    ]
    rows = select(AddonStock.day).where(or_(*touched))
    rows = rows.order_by(AddonStock.addon_id, AddonStock.day).with_for_update(key_share=True)
    await session.execute(rows)
