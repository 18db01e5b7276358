"""What a rule would have answered: events as they were, and moments as its schedule makes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.models import OutboxEvent
from frontdesk.triggers.models import Trigger
from frontdesk.triggers.plan_models import PlannedSend

PAST: Mapping[str, str] = {
    "stay.moment": "SELECT b.id AS subject, d.occurrence, b.id AS booking_id,"
    " NULL::uuid AS hold_id, b.conversation_id, b.guest_id, d.due AS due_at,"
    " stay_moment(b, CAST(:schedule AS jsonb) -> 'until', h.timezone) AS until_at,"
    " b.created_at AS planned_at FROM bookings b JOIN hotels h ON h.id = b.hotel_id"
    " CROSS JOIN LATERAL stay_dues(b, :schedule, h.timezone) d"
    " WHERE b.departure > CAST(:since AS timestamptz)::date - 400",
    "hold.moment": "SELECT s.id AS subject, '' AS occurrence, NULL::uuid AS booking_id,"
    " s.id AS hold_id, q.conversation_id, q.guest_id,"
    " moment_at(:schedule, s.expires_at, NULL, h.timezone) AS due_at,"
    " moment_at(CAST(:schedule AS jsonb) -> 'until', s.expires_at, NULL, h.timezone) AS until_at,"
    " s.created_at AS planned_at FROM holds s JOIN hotels h ON h.id = s.hotel_id"
    " JOIN quotes q ON q.hotel_id = s.hotel_id AND q.id = s.quote_id WHERE s.status <> 'taken'",
    "conversation.moment": "SELECT c.id AS subject,"
    " extract(epoch FROM c.since)::text AS occurrence, NULL::uuid AS booking_id,"
    " NULL::uuid AS hold_id, c.id AS conversation_id, c.guest_id,"
    " moment_at(:schedule, c.since, NULL, c.zone) AS due_at,"
    " moment_at(CAST(:schedule AS jsonb) -> 'until', c.since, NULL, c.zone) AS until_at,"
    " c.since AS planned_at FROM (SELECT v.*, h.timezone AS zone,"
    " CASE WHEN CAST(:schedule AS jsonb) ->> 'anchor' = 'guest_message' THEN v.last_inbound_at"
    " WHEN v.last_message_at > coalesce(v.last_inbound_at, '-infinity') THEN v.last_message_at"
    " END AS since FROM conversations v JOIN hotels h ON h.id = v.hotel_id) c"
    " WHERE c.since IS NOT NULL",
    "hotel.moment": "SELECT h.id AS subject, d.occurrence, NULL::uuid AS booking_id,"
    " NULL::uuid AS hold_id, NULL::uuid AS conversation_id, NULL::uuid AS guest_id,"
    " d.due AS due_at, NULL::timestamptz AS until_at, d.due AS planned_at FROM hotels h"
    " CROSS JOIN LATERAL calendar_days(:schedule, CAST(:since AS timestamptz)::date,"
    " CAST(:until AS timestamptz)::date, h.timezone) d",
}
"""By event of the clock: whatever it would have planned, by the functions that plan."""


async def past_sends(
    session: AsyncSession, rule: Trigger, *, since: datetime, until: datetime, most: int
) -> list[PlannedSend]:
    """Rows that are in no table, the earliest first."""
    instant = DateTime(timezone=True)
    query = text(
        f"SELECT * FROM ({PAST[rule.event]}) AS p"  # noqa: S608 - ours
        " WHERE due_at > :since AND due_at <= :until ORDER BY due_at, subject LIMIT :most"
    ).bindparams(
        bindparam("schedule", type_=JSONB),
        bindparam("since", type_=instant),
        bindparam("until", type_=instant),
    )
    said = {"schedule": rule.schedule, "since": since, "until": until, "most": most}
    rows = (await session.execute(query, said)).mappings().all()
    return [_row(rule, row) for row in rows]


def _row(rule: Trigger, row: Mapping[Any, Any]) -> PlannedSend:
    return PlannedSend(
        hotel_id=rule.hotel_id,
        trigger_id=rule.id,
        trigger_version=rule.version,
        state="planned",
        **dict(row),
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
