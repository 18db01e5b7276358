"""The ledger: what rules plan, sent or did not send, and why; a person may skip or send now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    DateTime,
    Select,
    String,
    bindparam,
    case,
    cast,
    literal,
    null,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.jobs import Job
from frontdesk.kit.web import PageAsk, decode_cursor, encode_cursor
from frontdesk.messaging.models import OutboundMessage
from frontdesk.tenancy.audit import record
from frontdesk.triggers.models import Trigger, TriggerRun
from frontdesk.triggers.plan_models import PlannedSend

STATES = ("planned", "running", "sent", "not_sent", "failed", "cancelled")
OF_PLAN = {"skipped": "not_sent"}
OF_RUN = {"fired": "sent", "not_matched": "not_sent", "stopped": "not_sent"}
PLANS = {"not_sent": ("skipped",), "running": ()}
RUNS = {
    "sent": ("fired",),
    "not_sent": ("not_matched", "stopped"),
    "failed": ("failed",),
    "running": ("running",),
}


class Decided(Conflict):
    """What was sent, or called off with its stay, is decided"""

    code = "already_decided"


@dataclass(frozen=True, slots=True)
class About:
    """Which part of the ledger."""

    booking_id: UUID | None = None
    conversation_id: UUID | None = None
    guest_id: UUID | None = None
    trigger_id: UUID | None = None
    state: str | None = None


async def read_ledger(
    session: AsyncSession, about: About, ask: PageAsk, *, now: datetime
) -> tuple[list[dict[str, Any]], str | None]:
    """The latest first: what is still to come, then what was."""
    after = decode_cursor(ask.cursor) if ask.cursor else None
    parts = [_part(query, about, after, ask.limit + 1) for query in _queries(about.state)]
    both = union_all(*(select(p.subquery()) for p in parts)).subquery()
    query = select(both, Trigger.name.label("trigger")).join(
        Trigger, Trigger.id == both.c.trigger_id
    )
    query = query.order_by(both.c.at.desc(), both.c.id.desc()).limit(ask.limit + 1)
    rows = [dict(row) for row in (await session.execute(query)).mappings()]
    shown = rows[: ask.limit]
    await _what_waits(session, shown, now=now)
    more = len(rows) > ask.limit
    return shown, encode_cursor(shown[-1]["at"], shown[-1]["id"]) if more else None


async def _what_waits(session: AsyncSession, rows: list[dict[str, Any]], *, now: datetime) -> None:
    """Until when quiet hours hold what a rule has said."""
    said = {UUID(d["message_id"]): row for row in rows for d in row["actions"] if "message_id" in d}
    letter = OutboundMessage
    held = select(letter.message_id, letter.not_before).where(
        letter.message_id.in_(said),
        letter.status == _said("queued"),
        letter.lane == "proactive",
        letter.not_before > now,
    )
    waiting = {one.message_id: one.not_before for one in (await session.execute(held)).all()}
    for row in rows:
        row["waits_until"] = None
    for message_id, until in waiting.items():
        row = said[message_id]
        row["waits_until"] = max(until, row["waits_until"] or until)


def _queries(state: str | None) -> list[Any]:
    """One for each state a row says, so that each is read in order from its index."""
    if state is None:
        return [_plans(), _runs()]
    plans = [_plans().where(PlannedSend.state == _said(s)) for s in PLANS.get(state, (state,))]
    return plans + [_runs().where(TriggerRun.outcome == _said(s)) for s in RUNS.get(state, ())]


def _said(state: str) -> BindParameter[str]:
    """Written out: the database takes an index of some states for a state it can read."""
    return bindparam(None, state, String(), literal_execute=True)


def _plans() -> Any:
    of = PlannedSend
    return select(
        of.id,
        literal("planned").label("kind"),
        of.due_at.label("at"),
        of.trigger_id,
        of.trigger_version,
        case(OF_PLAN, value=of.state, else_=of.state).label("state"),
        *(of.booking_id, of.conversation_id, of.guest_id, of.due_at, of.worked_at),
        *(of.why, of.actions, of.decided_by),
    )


def _runs() -> Any:
    """Of rules by the clock the plan says it all."""
    of = TriggerRun
    return select(
        of.id,
        literal("event").label("kind"),
        of.created_at.label("at"),
        of.trigger_id,
        of.trigger_version,
        case(OF_RUN, value=of.outcome, else_=of.outcome).label("state"),
        *(of.booking_id, of.conversation_id, of.guest_id),
        cast(null(), DateTime(timezone=True)).label("due_at"),
        of.created_at.label("worked_at"),
        of.reasons.label("why"),
        of.actions,
        cast(null(), String).label("decided_by"),
    ).where(of.planned_send_id.is_(None))


def _part(
    query: Select[Any], about: About, after: tuple[datetime, UUID] | None, most: int
) -> Select[Any]:
    columns = query.selected_columns
    for name in ("booking_id", "conversation_id", "guest_id", "trigger_id"):
        wanted = getattr(about, name)
        if wanted is not None:
            query = query.where(columns[name] == wanted)
    place: Any = tuple_(columns["at"], columns["id"])
    if after is not None:
        query = query.where(place < tuple_(*after))
    return query.order_by(columns["at"].desc(), columns["id"].desc()).limit(most)


async def _waiting(session: AsyncSession, planned_send_id: UUID) -> PlannedSend:
    query = select(PlannedSend).where(PlannedSend.id == planned_send_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound("there is no such planned send")
    if found.state not in ("planned", "skipped"):
        raise Decided(f"it is {found.state}")
    return found


async def skip(
    session: AsyncSession, planned_send_id: UUID, *, by: str, now: datetime
) -> PlannedSend:
    """Not sent, whatever becomes of its stay. Raises Decided."""
    found = await _waiting(session, planned_send_id)
    found.state, found.decided_by, found.worked_at = "skipped", by, now
    found.why = [{"skipped": "a person said so", "by": by}]
    return await _noted(session, found, "skip", by=by)


async def send_now(
    session: AsyncSession, planned_send_id: UUID, *, by: str, now: datetime
) -> PlannedSend:
    """A person's word outdoes the hour, and that it came too late; conditions still hold."""
    found = await _waiting(session, planned_send_id)
    found.state, found.decided_by, found.try_at = "planned", by, now
    found.worked_at, found.tries, found.why = None, 0, []
    await ring(session, Job.SEND_PLANNED, found.hotel_id)
    return await _noted(session, found, "send_now", by=by)


async def _noted(session: AsyncSession, found: PlannedSend, verb: str, *, by: str) -> PlannedSend:
    await session.flush()
    subject = f"planned_send:{found.id}"
    told = {"trigger": found.trigger_id, "subject": found.subject, "due_at": found.due_at}
    record(session, found.hotel_id, f"planned_send.{verb}", subject, by=by, new=told)
    return found
