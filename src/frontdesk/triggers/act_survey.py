"""A rule asks a guest how it was."""

from typing import Any

from frontdesk.conversations.surveys import open_ask, shown, survey_named
from frontdesk.triggers.moment import Doing
from frontdesk.triggers.saying import Said, say


async def start_survey(doing: Doing) -> dict[str, Any]:
    """The first question; the answers are heard in the chat, whoever has it."""
    survey, hotel = await survey_named(doing.session, doing.action["survey"]), doing.hotel
    language = str(doing.facts.get("guest.language") or hotel.language)
    stay = doing.subject.booking
    ask = await open_ask(
        doing.session,
        survey,
        doing.chat,
        booking_id=stay.id if stay else None,
        language=language,
        now=doing.now,
    )
    text, buttons = shown(survey, ask, 0, hotel)
    message = await say(doing, Said(text, buttons), survey=str(survey.id))
    return {"ask_id": str(ask.id), "language": language, "message_id": str(message.id)}
