"""What a rule would have answered: events as they were, and moments as its schedule makes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from frontdesk.bookings.models import Booking
from frontdesk.kit.open_hours import due_when_open
from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.facts import own_hotel
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend

CLOSED = 10
"""Days; a house is not closed for longer, before something that waits for it to open."""
PAST: Mapping[str, str] = {
    "stay.moment": "SELECT b.id AS subject, d.occurrence, b.id AS booking_id,"
    " NULL::uuid AS hold_id, b.conversation_id, b.guest_id, d.due AS due_at,"
    " stay_moment(b, CAST(:schedule AS jsonb) -> 'until', h.timezone) AS until_at,"
    " b.created_at AS planned_at, CASE WHEN b.status IN ('cancelled', 'no_show')"
    " THEN coalesce(b.cancelled_at, b.updated_at) END AS over_at"
    " FROM bookings b JOIN hotels h ON h.id = b.hotel_id CROSS JOIN LATERAL stay_dues("
    'jsonb_populate_record(b, \'{"status": "confirmed"}\'), :schedule, h.timezone) d'
    " WHERE b.departure > CAST(:since AS timestamptz)::date - 400",
    "hold.moment": "SELECT s.id AS subject, '' AS occurrence, NULL::uuid AS booking_id,"
    " s.id AS hold_id, q.conversation_id, q.guest_id,"
    " moment_at(:schedule, s.expires_at, NULL, h.timezone) AS due_at,"
    " moment_at(CAST(:schedule AS jsonb) -> 'until', s.expires_at, NULL, h.timezone) AS until_at,"
    " s.created_at AS planned_at,"
    " CASE WHEN s.status <> 'active' THEN s.updated_at END AS over_at"
    " FROM holds s JOIN hotels h ON h.id = s.hotel_id"
    " JOIN quotes q ON q.hotel_id = s.hotel_id AND q.id = s.quote_id",
    "conversation.moment": "SELECT c.id AS subject,"
    " extract(epoch FROM c.since)::text AS occurrence, NULL::uuid AS booking_id,"
    " NULL::uuid AS hold_id, c.id AS conversation_id, c.guest_id,"
    " moment_at(:schedule, c.since, NULL, c.zone) AS due_at,"
    " moment_at(CAST(:schedule AS jsonb) -> 'until', c.since, NULL, c.zone) AS until_at,"
    " c.since AS planned_at, c.over_at FROM (SELECT v.id, v.guest_id, h.timezone AS zone,"
    " m.direction, m.occurred_at AS since, lead(m.occurred_at) OVER (PARTITION BY v.id"
    " ORDER BY m.occurred_at, m.id) AS over_at FROM messages m"
    " JOIN conversations v ON v.hotel_id = m.hotel_id AND v.id = m.conversation_id"
    " JOIN hotels h ON h.id = v.hotel_id WHERE (m.direction = 'in'"
    " OR CAST(:schedule AS jsonb) ->> 'anchor' = 'no_reply')"
    " AND m.occurred_at > CAST(:since AS timestamptz) - interval '366 days') c"
    " WHERE (c.direction = 'out') = (CAST(:schedule AS jsonb) ->> 'anchor' = 'no_reply')",
    "hotel.moment": "SELECT h.id AS subject, d.occurrence, NULL::uuid AS booking_id,"
    " NULL::uuid AS hold_id, NULL::uuid AS conversation_id, NULL::uuid AS guest_id,"
    " d.due AS due_at, NULL::timestamptz AS until_at, d.due AS planned_at,"
    " NULL::timestamptz AS over_at FROM hotels h"
    " CROSS JOIN LATERAL calendar_days(:schedule, CAST(:since AS timestamptz)::date,"
    " CAST(:until AS timestamptz)::date, h.timezone) d",
}
"""By event of the clock: whatever it would have planned, by the functions that plan."""


async def past_sends(
    session: AsyncSession, rule: Trigger, *, since: datetime, until: datetime, most: int
) -> list[PlannedSend]:
    """Rows that are in no table, the earliest first; what was called off in time is left out."""
    instant = DateTime(timezone=True)
    query = text(
        f"SELECT * FROM ({PAST[rule.event]}) AS p"  # noqa: S608 - ours
        " WHERE due_at > :since - make_interval(days => :closed) AND due_at <= :until"
        " AND (over_at IS NULL OR over_at > due_at)"
        " ORDER BY due_at, subject LIMIT :most"
    ).bindparams(
        bindparam("schedule", type_=JSONB),
        bindparam("since", type_=instant),
        bindparam("until", type_=instant),
    )
    open_ = (rule.schedule or {}).get("open") is not None
    closed = CLOSED if open_ else 0
    said = {"schedule": rule.schedule, "since": since, "until": until, "closed": closed}
    rows = [dict(r) for r in (await session.execute(query, {**said, "most": most})).mappings()]
    if open_:
        zone = (await own_hotel(session)).timezone
        rows = [row for row in rows if since < _opened(rule, row, zone) <= until and _held(row)]
    return [_row(rule, row) for row in rows]


def _opened(rule: Trigger, row: dict[str, Any], zone: str) -> datetime:
    """Where only open hours count, it was due later than the clock alone says."""
    schedule = rule.schedule or {}
    minutes, hours = int(schedule["minutes"]), schedule["open"]
    row["due_at"] = due_when_open(row["planned_at"], minutes, hours, zone)
    return row["due_at"]


def _held(row: Mapping[str, Any]) -> bool:
    return row["over_at"] is None or row["over_at"] > row["due_at"]


async def as_it_was(session: AsyncSession, booking_id: UUID, at: datetime) -> Booking:
    """The stay of this session as it stood then; nothing of it is written."""
    stay = await session.get_one(Booking, ((await own_hotel(session)).id, booking_id))
    await session.refresh(stay)
    status = "no_show" if stay.status == "no_show" else "confirmed"
    for name in ("checked_in", "checked_out", "cancelled"):
        when: datetime | None = getattr(stay, f"{name}_at")
        if when is not None and when <= at:
            status = name
        elif when is not None:
            set_committed_value(stay, f"{name}_at", None)
    set_committed_value(stay, "status", status)
    return stay


def _row(rule: Trigger, row: Mapping[str, Any]) -> PlannedSend:
    return PlannedSend(
        hotel_id=rule.hotel_id,
        trigger_id=rule.id,
        trigger_version=rule.version,
        state="planned",
        **{name: value for name, value in row.items() if name != "over_at"},
    )


async def past_events(
    session: AsyncSession, rule: Trigger, *, since: datetime, until: datetime, most: int
) -> list[OutboxEvent]:
    query = select(OutboxEvent).where(
        OutboxEvent.event_type == rule.event,
        OutboxEvent.created_at > since,
        OutboxEvent.created_at <= until,
    )
    query = query.order_by(OutboxEvent.created_at, OutboxEvent.id).limit(most)
    return list((await session.scalars(query)).all())
