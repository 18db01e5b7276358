"""Asks guests in the chat how it was, hears their answers, and opens a task for a low one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.reply import Voice
from frontdesk.conversations.names import in_survey, refuse_unknown
from frontdesk.conversations.recovery import recover
from frontdesk.conversations.survey_models import Survey, SurveyAsk
from frontdesk.conversations.survey_reading import comment_in, rated_in
from frontdesk.conversations.unfenced import Words, say_unfenced
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import Conversation, Message
from frontdesk.messaging.threads import unread_messages
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.queries import the_hotel

OPEN_FOR = timedelta(days=7)
REPLY = timedelta(hours=1)
HOTEL = "{hotel.name}"
"""All that a question may leave to be filled in."""


class NoSuchSurvey(NotFound):
    """There is no such survey"""

    code = "no_such_survey"


class SurveyOff(Conflict):
    """This survey is switched off: nobody is asked"""

    code = "survey_off"


async def survey_named(session: AsyncSession, name: str) -> Survey:
    found = await session.scalar(select(Survey).where(Survey.name == name))
    if found is None:
        raise NoSuchSurvey(f"there is no survey {name!r}")
    if not found.active:
        raise SurveyOff(f"the survey {name!r} is switched off")
    return found


async def save_survey(
    session: AsyncSession, survey: Survey, said: Mapping[str, Any], *, by: str
) -> Survey:
    """Raises Conflict for a name that another has, and UnknownNames."""
    if said.get("department") != survey.department:
        await refuse_unknown(session, survey.hotel_id, in_survey(said))
    for name, value in said.items():
        setattr(survey, name, value)
    session.add(survey)
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("there is a survey with that name") from None
    await session.refresh(survey)
    kept = {"name": survey.name, "questions": len(survey.questions), "low": survey.low}
    new = {**kept, "active": survey.active}
    record(session, survey.hotel_id, "survey.save", f"survey:{survey.id}", by=by, new=new)
    return survey


def question(survey: Survey, at: int, language: str, hotel: Hotel) -> str:
    """In the guest's language, else the hotel's, else English, else as it was written first."""
    said: Mapping[str, str] = survey.questions[at]["text"]
    for tongue in (language.partition("-")[0], hotel.language, "en"):
        if tongue in said:
            return said[tongue].replace(HOTEL, hotel.name)
    return next(iter(said.values())).replace(HOTEL, hotel.name)


async def open_ask(
    session: AsyncSession,
    survey: Survey,
    chat: Conversation,
    *,
    booking_id: UUID | None,
    language: str,
    now: datetime,
) -> SurveyAsk:
    """In place of what was asked in this chat before; whoever calls says the first question."""
    before = update(SurveyAsk).where(
        SurveyAsk.conversation_id == chat.id, SurveyAsk.state == "open"
    )
    await session.execute(before.values(state="expired"))
    ask = SurveyAsk(
        hotel_id=chat.hotel_id,
        id=uuid7(),
        survey_id=survey.id,
        conversation_id=chat.id,
        guest_id=chat.guest_id,
        booking_id=booking_id,
        state="open",
        language=language,
        answers=[],
        expires_at=now + OPEN_FOR,
    )
    session.add(ask)
    await session.flush()
    await emit(session, chat.hotel_id, "survey.sent", ask.id, _facts(survey, ask))
    return ask


def shown(
    survey: Survey, ask: SurveyAsk, at: int, hotel: Hotel
) -> tuple[str, list[dict[str, str]]]:
    """A question as it is sent: a rating can be tapped, or written."""
    text = question(survey, at, ask.language, hotel)
    if survey.questions[at]["kind"] != "rating":
        return text, []
    voice = Voice(ask.language, hotel.currency, hotel.timezone, hotel.name)
    buttons = [{"id": f"rate:{ask.id}:{n}", "text": "⭐" * n} for n in (5, 3, 1)]
    return f"{text}\n\n{voice.say('survey_scale').text}", buttons


async def hear_answers(session: AsyncSession, chat: Conversation, *, now: datetime) -> None:
    """What answers an open survey is heard here, whoever has the chat; the rest is left unread."""
    query = select(SurveyAsk).where(SurveyAsk.conversation_id == chat.id, SurveyAsk.state == "open")
    ask = await session.scalar(query)
    busy = chat.lease_until is not None and chat.lease_until > now
    if ask is None or busy:
        return
    if ask.expires_at <= now:
        ask.state = "expired"
        return
    await session.refresh(chat, with_for_update={"key_share": True})
    survey = (await session.scalars(select(Survey).where(Survey.id == ask.survey_id))).one()
    for message in await unread_messages(session, chat.id):
        if len(ask.answers) >= len(survey.questions):
            ask.state = "done"
        answers = _answers(survey, ask, message) if ask.state == "open" else ()
        if not answers:
            return
        message.handled_at = now
        await _keep(session, survey, ask, chat, answers, now=now)


def _answers(survey: Survey, ask: SurveyAsk, message: Message) -> Sequence[Mapping[str, Any]]:
    """Words that came with a rating answer the next question, where it asks for words."""
    kind, *later = (q["kind"] for q in survey.questions[len(ask.answers) :])
    if kind != "rating":
        comment = comment_in(message.text, message.kind)
        return () if comment is None else ({"text": comment},)
    rated = rated_in(message.text, message.choice_id, ask.id)
    if rated is None:
        return ()
    rating, why = rated
    if why is None:
        return ({"rating": rating},)
    if later and later[0] != "rating":
        return {"rating": rating}, {"text": why}
    return ({"rating": rating, "text": why},)


async def _keep(
    session: AsyncSession,
    survey: Survey,
    ask: SurveyAsk,
    chat: Conversation,
    answers: Sequence[Mapping[str, Any]],
    *,
    now: datetime,
) -> None:
    """The answers, the task for a low one, and what is said next: one transaction."""
    at, rating = len(ask.answers), answers[0].get("rating")
    ask.answers = [*ask.answers, *map(dict, answers)]
    low = rating is not None and rating <= survey.low
    if rating is not None:
        ask.score = min(rating, ask.score or rating)
    done = len(ask.answers) >= len(survey.questions)
    if done:
        ask.state, ask.done_at = "done", now
    hotel = await the_hotel(session)
    after = len(ask.answers)
    text, buttons = _thanks(ask, hotel) if done else shown(survey, ask, after, hotel)
    key = f"survey:{ask.id}:{after}"
    await say_unfenced(session, chat, Words(text, key, now + REPLY, buttons=buttons), now=now)
    if low or (ask.score is not None and ask.score <= survey.low):
        await recover(session, survey, ask, chat, now=now)
    for question, answer in enumerate(answers, at):
        kind, last = survey.questions[question]["kind"], question + 1 == after
        told = {"question": question, "kind": kind, "rating": answer.get("rating")}
        facts = {**_facts(survey, ask), **told}
        facts |= {"low": low and question == at, "done": done and last}
        await emit(session, chat.hotel_id, "survey.answered", ask.id, facts)


def _thanks(ask: SurveyAsk, hotel: Hotel) -> tuple[str, Sequence[dict[str, str]]]:
    """The public link goes to everybody, whatever they said."""
    voice = Voice(ask.language, hotel.currency, hotel.timezone, hotel.name)
    link = hotel.settings.get("review_link")
    said = voice.say("survey_thanks_link", link=link) if link else voice.say("survey_thanks")
    return said.text, ()


def _facts(survey: Survey, ask: SurveyAsk) -> dict[str, Any]:
    return {
        "ask_id": str(ask.id),
        "survey": survey.name,
        "conversation_id": str(ask.conversation_id),
        "guest_id": str(ask.guest_id),
        "booking_id": str(ask.booking_id) if ask.booking_id else None,
    }
