"""Moves a chat from state to state: what people, rules, guests and the clock do to it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.find import conversation
from frontdesk.conversations.handover import give_back, resume, seen_to, take_over
from frontdesk.conversations.state_rules import EDGES, OVER, STATES, ways_from
from frontdesk.conversations.steps import NoSuchStep, step
from frontdesk.kit.errors import Invalid
from frontdesk.messaging.models import Conversation
from frontdesk.tenancy.audit import record


async def move(
    session: AsyncSession,
    talk: Conversation,
    to: str,
    *,
    by: str,
    reason: str | None,
    now: datetime,
    until: datetime | None = None,
    depth: int = 0,
) -> Conversation:
    """One way of the table, whoever goes it; raises NoSuchStep (409), and Invalid.

    To `escalated` a person takes over, to `active` the bot returns: with all that belongs to it.
    Who calls a chat over gives it back: the bot answers what the guest writes next.
    `until` is for `snoozed`, and only for it. `depth` is how many rules stand behind it.
    """
    found = await conversation(session, talk.id, lock=True)
    _check(found, to, until, now)
    if found.status == to != "snoozed":
        return found
    if to == "escalated":
        why = reason or "staff"
        return await take_over(session, found.id, by=by, reason=why, now=now, depth=depth)
    if to == "active":
        return await resume(session, found.id, by=by, now=now, reason=reason, depth=depth)
    await seen_to(session, found, by=by, now=now, depth=depth)
    old, new = {"status": found.status}, {"status": to, **({"until": until} if until else {})}
    if to in OVER and found.owner == "staff":
        old, new = {**old, "owner": "staff"}, {**new, "owner": "bot"}
        await give_back(session, found, to, by=by, reason=reason, now=now, depth=depth)
    else:
        await step(session, found, to, by=by, reason=reason, now=now, until=until, depth=depth)
    subject = f"conversation:{found.id}"
    record(session, found.hotel_id, "conversation.move", subject, by=by, old=old, new=new)
    return found


def _check(talk: Conversation, to: str, until: datetime | None, now: datetime) -> None:
    if to not in STATES:
        raise Invalid(f"a state is one of {', '.join(STATES)}")
    if talk.status != to and (talk.status, to) not in EDGES:
        raise NoSuchStep(f"{talk.status} does not become {to}", possible=ways_from(talk.status))
    if (to == "snoozed") != (until is not None):
        raise Invalid("a snoozed conversation says until when, and no other does")
    if until is not None and until <= now:
        raise Invalid("until lies in the past")
