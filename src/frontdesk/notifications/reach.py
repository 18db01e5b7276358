"""Telling one level of a ladder: whom it means now, and what each way owes them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.jobs import Job
from frontdesk.notifications.channel_models import StaffChannel
from frontdesk.notifications.ladder_models import StaffShift
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification
from frontdesk.notifications.rules import (
    URGENT,
    Level,
    Period,
    channels_for,
    next_time,
    on_shift,
    preferred,
    quiet_until,
)
from frontdesk.notifications.whatsapp import speaking_instance, write_to
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.person_models import Membership
from frontdesk.tenancy.queries import the_hotel

MOST = 200
"""People a level."""
IN_CHARGE = ("manager", "admin", "owner")
"""Roles, among staff and members, that are told where nobody else could be."""
BLIND = text(
    "SELECT m.user_id, m.id FROM staff_notifications n"
    " JOIN memberships m ON m.hotel_id = n.hotel_id"
    " WHERE n.hotel_id = :hotel AND n.id = :told AND m.departments <> '[]' AND m.status = 'active'"
    " AND NOT alert_is_of(n.conversation_id, n.department, n.details, ARRAY(SELECT d.id"
    " FROM departments d WHERE d.hotel_id = m.hotel_id AND m.departments ? d.code))"
)
"""As the policy of rls/99_departments.sql would let them see it."""


@dataclass(slots=True)
class Reached:
    people: int = 0
    channels: set[str] = field(default_factory=set[str])

    def by(self, channel: str) -> None:
        self.channels.add(channel)


@dataclass(frozen=True, slots=True)
class Round:
    """One telling of one alert at one level."""

    told: StaffNotification
    level: int
    hotel: Hotel
    instance_id: UUID | None
    now: datetime

    @property
    def urgent(self) -> bool:
        return self.told.priority_score >= URGENT


async def round_of(
    session: AsyncSession, told: StaffNotification, level: int, *, now: datetime
) -> Round:
    hotel = await the_hotel(session)
    return Round(told, level, hotel, await speaking_instance(session, told.conversation_id), now)


async def tell_level(session: AsyncSession, this: Round, level: Level) -> Reached:
    """Nobody is reached where the level means nobody on shift, or all have their quiet time."""
    reached = Reached()
    people = await _meant(session, this, level)
    own = await _own_channels(session, [p.id for p in people])
    for person in people:
        await _tell(session, this, level, person, own[person.id], reached)
    for channel in await _shared(session, level):
        _owe(session, this, "apprise", channel_id=channel.id)
        reached.people += 1
        reached.by("apprise")
    await _ring(session, this, reached.channels)
    return reached


async def on_shift_now(
    session: AsyncSession, people: Sequence[Staff], now: datetime, zone: str
) -> list[Staff]:
    periods = await periods_of(session, [p.id for p in people])
    return [p for p in people if p.on_duty and on_shift(periods[p.id], now, zone)]


async def periods_of(session: AsyncSession, ids: Sequence[UUID]) -> defaultdict[UUID, list[Period]]:
    found: defaultdict[UUID, list[Period]] = defaultdict(list)
    query = select(StaffShift).where(StaffShift.staff_id.in_(ids))
    for row in (await session.scalars(query)).all():
        found[row.staff_id].append(Period(row.weekday, row.starts, row.ends))
    return found


async def _meant(session: AsyncSession, this: Round, level: Level) -> list[Staff]:
    query = select(Staff).where(Staff.min_priority <= this.told.priority_score)
    rows = (await session.scalars(query.order_by(Staff.name, Staff.id))).all()
    blind = await _blind(session, this.told)
    people = [p for p in rows if level.means(str(p.id), p.role) and p.user_id not in blind]
    if not level.off_shift:
        people = await on_shift_now(session, people, this.now, this.hotel.timezone)
    return people[:MOST]


async def _blind(session: AsyncSession, told: StaffNotification) -> set[UUID]:
    """Members, by person and by membership, who are of departments that this is of none of."""
    await session.flush()
    rows = await session.execute(BLIND, {"hotel": told.hotel_id, "told": told.id})
    return {one for row in rows for one in row}


async def _own_channels(
    session: AsyncSession, ids: Sequence[UUID]
) -> defaultdict[UUID | None, list[UUID]]:
    found: defaultdict[UUID | None, list[UUID]] = defaultdict(list)
    query = select(StaffChannel).where(StaffChannel.staff_id.in_(ids), StaffChannel.enabled)
    for row in (await session.scalars(query.order_by(StaffChannel.name))).all():
        found[row.staff_id].append(row.id)
    return found


async def _shared(session: AsyncSession, level: Level) -> Sequence[StaffChannel]:
    ids = [UUID(one) for one in level.shared]
    query = select(StaffChannel).where(
        StaffChannel.id.in_(ids), StaffChannel.staff_id.is_(None), StaffChannel.enabled
    )
    return (await session.scalars(query.order_by(StaffChannel.name))).all() if ids else ()


async def _tell(
    session: AsyncSession,
    this: Round,
    level: Level,
    person: Staff,
    own: Sequence[UUID],
    reached: Reached,
) -> None:
    wanted = preferred(person.preferences, this.told.kind, this.told.priority_score)
    has = _has(this, person, own)
    channels = channels_for(level, wanted, has, urgent=this.urgent)
    status, at = _when(this, person)
    for channel in channels:
        if channel == "whatsapp" and at == this.now:
            await _write(session, this, person)
        elif channel == "apprise":
            for channel_id in own:
                _owe(session, this, channel, person.id, channel_id, status=status, at=at)
        else:
            _owe(session, this, channel, person.id, status=status, at=at)
    if channels and (status == "held" or at == this.now):
        reached.people += 1
        reached.channels |= set(channels)


def _has(this: Round, person: Staff, own: Sequence[UUID]) -> list[str]:
    ways: Mapping[str, bool] = {
        "whatsapp": person.phone is not None and this.instance_id is not None,
        "email": person.email is not None,
        "apprise": bool(own),
    }
    return [name for name, there in ways.items() if there]


def _when(this: Round, person: Staff) -> tuple[str, datetime]:
    """Now, with the next digest, or after the quiet time."""
    if this.urgent:
        return "waiting", this.now
    zone, quiet = this.hotel.timezone, (person.quiet_from, person.quiet_until)
    if this.told.priority_score < person.digest_below:
        gathered = next_time(person.digest_at, this.now, zone)
        if gathered is not None:
            return "held", quiet_until(*quiet, gathered, zone) or gathered
    return "waiting", quiet_until(*quiet, this.now, zone) or this.now


async def bring_forward(session: AsyncSession, this: Round) -> None:
    """What waits for a morning or a digest goes when an alert that presses so much would."""
    owed = (
        select(NotificationDelivery, Staff)
        .join(
            Staff,
            (Staff.hotel_id == NotificationDelivery.hotel_id)
            & (Staff.id == NotificationDelivery.staff_id),
        )
        .where(
            NotificationDelivery.notification_id == this.told.id,
            NotificationDelivery.status.in_(("waiting", "held")),
            NotificationDelivery.tries == 0,
        )
        .with_for_update(of=NotificationDelivery)
    )
    for delivery, person in await session.execute(owed):
        status, at = _when(this, person)
        if at < delivery.next_try_at:
            delivery.status, delivery.next_try_at = status, at
    await ring(session, Job.TELL_STAFF, this.told.hotel_id)


async def _write(session: AsyncSession, this: Round, person: Staff) -> None:
    owed = _owe(session, this, "whatsapp", person.id, status="sent")
    owed.outbound_id = await write_to(session, this.told, person, this.level, now=this.now)


def _owe(
    session: AsyncSession,
    this: Round,
    channel: str,
    staff_id: UUID | None = None,
    channel_id: UUID | None = None,
    *,
    membership_id: UUID | None = None,
    status: str = "waiting",
    at: datetime | None = None,
) -> NotificationDelivery:
    owed = NotificationDelivery(
        hotel_id=this.told.hotel_id,
        notification_id=this.told.id,
        level=this.level,
        channel=channel,
        staff_id=staff_id,
        channel_id=channel_id,
        membership_id=membership_id,
        status=status,
        next_try_at=at or this.now,
    )
    session.add(owed)
    return owed


async def _ring(session: AsyncSession, this: Round, channels: set[str]) -> None:
    await session.flush()
    if channels - {"whatsapp"}:
        await ring(session, Job.TELL_STAFF, this.told.hotel_id)


async def tell_member(session: AsyncSession, this: Round, membership_id: UUID) -> Reached:
    """One person, on shift or not: as the staff they are, or by mail where they are none."""
    reached = Reached()
    as_staff = (
        select(Staff)
        .join(
            Membership,
            (Membership.hotel_id == Staff.hotel_id) & (Membership.user_id == Staff.user_id),
        )
        .where(Membership.id == membership_id)
        .order_by(Staff.id)
    )
    person = await session.scalar(as_staff.limit(1))
    if person is None:
        _owe(session, this, "email", membership_id=membership_id)
        reached.people += 1
        reached.by("email")
    else:
        own = await _own_channels(session, [person.id])
        await _tell(session, this, Level(), person, own[person.id], reached)
    await _ring(session, this, reached.channels)
    return reached


async def tell_the_last(session: AsyncSession, this: Round) -> Reached:
    """Those in charge, on shift or not: staff by WhatsApp or mail, members by mail."""
    reached = Reached()
    in_charge = select(Staff).where(
        Staff.role.in_(IN_CHARGE), or_(Staff.phone.is_not(None), Staff.email.is_not(None))
    )
    blind = await _blind(session, this.told)
    for person in (await session.scalars(in_charge.limit(MOST))).all():
        if person.user_id in blind:
            continue
        by_phone = person.phone is not None and this.instance_id is not None
        if by_phone:
            await _write(session, this, person)
        elif person.email is not None:
            _owe(session, this, "email", person.id)
        if by_phone or person.email is not None:
            reached.people += 1
            reached.by("whatsapp" if by_phone else "email")
    members = select(Membership).where(
        Membership.role.in_(IN_CHARGE), Membership.status == "active"
    )
    members = members.where(Membership.id.not_in(blind))
    for member in (await session.scalars(members.limit(MOST))).all():
        _owe(session, this, "email", membership_id=member.id)
        reached.people += 1
        reached.by("email")
    await _ring(session, this, reached.channels)
    return reached
