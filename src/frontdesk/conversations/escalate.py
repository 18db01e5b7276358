"""Looks at a turn's outcome with the hotel's causes: calls a person, presses, and keeps why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.decide import angry
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import Step
from frontdesk.assistant.values import Handover, Outcome, Reading, Scene, Urgency
from frontdesk.bookings.models import Booking
from frontdesk.conversations.calls import called_by, called_in
from frontdesk.conversations.causes import settings_of
from frontdesk.conversations.escalation import (
    OF_REASON,
    STAFF,
    Cause,
    Finding,
    Setting,
    Signs,
    judge,
    led_nowhere,
    repeats,
)
from frontdesk.conversations.escalation_models import HandoverRecord
from frontdesk.guests.models import Guest
from frontdesk.messaging.models import Conversation

PRESSES = {Urgency.NORMAL: 0.0, Urgency.URGENT: 0.5, Urgency.EMERGENCY: 1.0}
CHAT = frozenset({"greet", "thank", "bye"})
"""Steps that neither fail nor succeed."""
NOWHERE = "nowhere"
"""In the dialogue's memory: how many answers in a row led nowhere."""
INSTEAD = frozenset({Cause.PERSON, Cause.POLICY, Cause.SENTIMENT})
"""Calling somebody is the whole answer to these: what the bot had to say beside it is not said."""


async def escalate(
    session: AsyncSession, scene: Scene, outcome: Outcome, *, now: datetime
) -> tuple[Outcome, list[Finding]]:
    """The outcome as the hotel's causes make it, and those that spoke."""
    signs = await signs_of(session, scene, outcome, now=now)
    outcome = replace(outcome, state={**outcome.state, NOWHERE: signs.failures})
    settings = await settings_of(session)
    found = judge(signs, settings)
    outcome = _as_wished(outcome, settings[Cause.SENTIMENT])
    if not found or outcome.mode == "off":
        return outcome, found
    outcome = _pressed(outcome, found)
    first = next((f for f in found if f.hands_over), None)
    if first is None or outcome.hold_bot or outcome.drafts:
        return _told(scene, outcome, found), found
    return _handed_over(scene, outcome, first), found


def _as_wished(outcome: Outcome, mood: Setting) -> Outcome:
    """Where a hotel only wants to be told of a bad mood, the bot goes on."""
    complaint = outcome.handover is not None and outcome.handover.reason == "complaint"
    if complaint and (not mood.enabled or mood.action == "tell"):
        return replace(outcome, hold_bot=False)
    return outcome


def _pressed(outcome: Outcome, found: list[Finding]) -> Outcome:
    """What staff are told of anyhow presses as much as the most pressing cause."""
    if outcome.handover is None:
        return outcome
    most = max(f.setting.priority for f in found)
    pressing = max(outcome.handover.priority, most)
    return replace(outcome, handover=replace(outcome.handover, priority=pressing))


def _told(scene: Scene, outcome: Outcome, found: list[Finding]) -> Outcome:
    """Staff hear of it once: by what the mind calls them for, else by the first cause."""
    if outcome.handover is not None or outcome.drafts:
        return outcome
    return replace(outcome, handover=_call(scene, found[0]))


def _handed_over(scene: Scene, outcome: Outcome, first: Finding) -> Outcome:
    """A person has the chat from now on, and the guest hears so."""
    hotel = scene.hotel
    voice = Voice(outcome.language, hotel.currency, hotel.zone, hotel.name)
    said = voice.say("calling_person").bubble()
    call = outcome.handover
    if call is None or OF_REASON.get(call.reason) is not first.cause:
        notes = outcome.notes if call is None else (call, *outcome.notes)
        outcome = replace(outcome, handover=_call(scene, first), notes=notes)
    spoken = () if first.cause in INSTEAD and not outcome.events else outcome.bubbles
    bubbles = (*spoken, said)
    return replace(outcome, bubbles=bubbles, hold_bot=True)


def _call(scene: Scene, finding: Finding) -> Handover:
    cause = str(finding.cause)
    return Handover(cause, finding.setting.priority, cause, scene.unread[-1].text)


async def signs_of(
    session: AsyncSession, scene: Scene, outcome: Outcome, *, now: datetime
) -> Signs:
    readings = list(outcome.readings.values())
    guest = (await session.scalars(select(Guest).where(Guest.id == scene.guest.id))).one()
    call = outcome.handover
    asked = "\n".join(u.text for u in scene.unread if u.text)
    return Signs(
        reason=None if call is None else call.reason,
        confidence=min((r.confidence for r in readings), default=1.0),
        gap=bool(outcome.gaps),
        sentiment=min((r.sentiment_score for r in readings if _hurt(r, outcome)), default=0.0),
        urgency=max((PRESSES[r.urgency] for r in readings), default=0.0),
        repeats=repeats(asked, (line.text for line in scene.history if line.author == "guest")),
        failures=_failures(scene, outcome),
        vip=guest.vip,
        in_house=await _in_house(session, guest),
        hour=now.astimezone(ZoneInfo(scene.hotel.zone)).hour,
        errand=call is not None and call.reason in ("request", "change_booking"),
        called=_called(scene, outcome),
    )


def _called(scene: Scene, outcome: Outcome) -> frozenset[Cause]:
    read = ((u.text, outcome.readings.get(u.id)) for u in scene.unread)
    found = [called_in(text, reading) for text, reading in read if text and reading is not None]
    heard = frozenset[Cause]().union(*found)
    return heard - {Cause.REPEATED_QUESTION} if _answers(scene, outcome) else heard


def _answers(scene: Scene, outcome: Outcome) -> bool:
    """Another question, after one that was answered, and answered too: nobody waits, whatever it
    sounds like (“one more question: ...”). By plain words it is still a call.
    """
    settled = not outcome.gaps and outcome.handover is None and "answer" in outcome.plan
    asked = any(line.author == "guest" for line in scene.history)
    waits = any(Cause.REPEATED_QUESTION in called_by(u.text) for u in scene.unread)
    return settled and asked and not waits


def _hurt(reading: Reading, outcome: Outcome) -> bool:
    """Angry, and not only by a guess that the mind itself did not follow."""
    shown = bool(reading.sentiment_words) or reading.urgency is not Urgency.NORMAL
    return angry(reading) and (shown or Step.COMPLAINT in outcome.plan)


def _failures(scene: Scene, outcome: Outcome) -> int:
    """Answers in a row that led nowhere, this one counted; small talk between them counts not."""
    before = int(scene.state.get(NOWHERE, 0))
    if outcome.withheld:
        return 10
    if outcome.gaps or led_nowhere(scene.state, outcome.state, outcome.plan):
        return before + 1
    return before if set(outcome.plan) <= CHAT else 0


async def _in_house(session: AsyncSession, guest: Guest) -> bool:
    query = select(Booking.id).where(Booking.guest_id == guest.id, Booking.status == "checked_in")
    return await session.scalar(query.limit(1)) is not None


def note_handover(
    session: AsyncSession,
    talk: Conversation,
    *,
    by: str,
    reason: str,
    now: datetime,
    why: Mapping[str, Any] | None = None,
) -> None:
    """Kept in the transaction that hands it over."""
    cause = next(iter(why or ()), None) or OF_REASON.get(reason) or _own(reason)
    session.add(
        HandoverRecord(
            hotel_id=talk.hotel_id,
            conversation_id=talk.id,
            cause=str(cause),
            reason=reason[:200],
            by_whom=by,
            opened_at=now,
            evidence=dict(why or {}),
        )
    )


def _own(reason: str) -> str:
    return reason if reason in set(Cause) else STAFF
