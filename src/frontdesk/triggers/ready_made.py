"""Journeys that come with the house: rules in eight languages, off until they are switched on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.conversations.survey_models import Survey
from frontdesk.kit.errors import Conflict, NotFound
from frontdesk.tenancy.audit import record
from frontdesk.triggers.models import Trigger

WORDS = Path(__file__).parent / "ready"
LANGUAGES = tuple(sorted(path.stem for path in WORDS.glob("*.json")))
CONFIRMED = {"field": "status", "op": "eq", "value": "confirmed"}
IN_HOUSE = {"field": "status", "op": "eq", "value": "checked_in"}
UNTIL_NOON = {"anchor": "arrival", "days": 0, "at": "12:00", "minutes": 0}


class NoSuchJourney(NotFound):
    """There is no such journey"""

    code = "no_such_journey"


class AlreadyInstalled(Conflict):
    """This hotel has a rule of that name"""

    code = "already_installed"


@dataclass(frozen=True, slots=True)
class Journey:
    """One ready-made rule; its words lie in ready/*.json under its name."""

    title: str
    description: str
    event: str
    schedule: Mapping[str, Any] | None = None
    conditions: Mapping[str, Any] | None = None
    survey: str | None = None
    """Asks this instead of saying something."""


def _at(anchor: str, days: int, at: str, **more: Any) -> dict[str, Any]:
    return {"anchor": anchor, "days": days, "at": at, "minutes": 0, "late": "skip", **more}


JOURNEYS: Mapping[str, Journey] = MappingProxyType(
    {
        "confirmation": Journey(
            "Confirmation",
            "A booking made by the desk or the website is confirmed in the guest's chat; what an"
            " import or a PMS brings in was confirmed where it was made.",
            "booking.created",
            conditions={"field": "source", "op": "eq", "value": "rest"},
        ),
        "split": Journey(
            "Two numbers",
            "Rooms of a booking got dates of their own: the guest is told both numbers.",
            "booking.split",
            conditions={"field": "stay.status", "op": "eq", "value": "confirmed"},
        ),
        "pre_arrival": Journey(
            "Before arrival",
            "Three days before, in the morning; of use until noon of the day they come.",
            "stay.moment",
            _at("arrival", -3, "10:00", late="until", until=UNTIL_NOON),
            CONFIRMED,
        ),
        "check_in": Journey(
            "After check-in",
            "An hour after the guests got their room.",
            "stay.moment",
            {"anchor": "checked_in", "days": 0, "minutes": 60, "late": "skip"},
            IN_HOUSE,
        ),
        "mid_stay": Journey(
            "Mid-stay",
            "In the evening halfway through a stay of two nights or more.",
            "stay.moment",
            _at("mid_stay", 0, "18:00"),
            IN_HOUSE,
        ),
        "check_out": Journey(
            "Day of departure",
            "In the morning of the day they leave.",
            "stay.moment",
            _at("departure", 0, "08:30"),
            IN_HOUSE,
        ),
        "review": Journey(
            "Review",
            "The day after: a rating and a word; a low one opens a task, all get the public link.",
            "stay.moment",
            _at("checked_out", 1, "11:00"),
            survey="After the stay",
        ),
        "win_back": Journey(
            "Win back",
            "Three hundred days after, to guests who agreed to it and have no stay ahead.",
            "stay.moment",
            _at("checked_out", 300, "11:00"),
            {
                "all": [
                    {"field": "consented", "op": "eq", "value": True},
                    {"field": "guest.stays_ahead", "op": "eq", "value": 0},
                ]
            },
        ),
    }
)


@lru_cache
def words(language: str) -> Mapping[str, str]:
    return json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))


def rule_of(name: str) -> dict[str, Any]:
    """The rule as a row says it, switched off."""
    journey = JOURNEYS[name]
    variants = [{"language": tongue, "text": words(tongue)[name]} for tongue in LANGUAGES]
    says = {"type": "send_message", "variants": variants}
    asks = {"type": "survey", "survey": journey.survey}
    return {
        "name": journey.title,
        "event": journey.event,
        "conditions": dict(journey.conditions or {}),
        "actions": [asks if journey.survey else says],
        "priority": 0,
        "schedule": dict(journey.schedule) if journey.schedule else None,
        "enabled": False,
    }


def survey_of(name: str) -> dict[str, Any]:
    return {
        "name": JOURNEYS[name].survey,
        "questions": [
            {"kind": "rating", "text": {t: words(t)[name] for t in LANGUAGES}},
            {"kind": "text", "text": {t: words(t)[f"{name}_words"] for t in LANGUAGES}},
        ],
    }


async def install(session: AsyncSession, hotel_id: UUID, name: str, *, by: str) -> Trigger:
    """One of them as a rule of the hotel's own, off. Raises NoSuchJourney or AlreadyInstalled."""
    if name not in JOURNEYS:
        raise NoSuchJourney
    wanted = rule_of(name)
    known = select(Trigger.id).where(Trigger.name == wanted["name"])
    if await session.scalar(known) is not None:
        raise AlreadyInstalled
    if JOURNEYS[name].survey is not None:
        asked = survey_of(name)
        query = select(Survey.id).where(Survey.name == asked["name"])
        if await session.scalar(query) is None:
            session.add(Survey(hotel_id=hotel_id, **asked))
    made = Trigger(hotel_id=hotel_id, version=1, **wanted)
    session.add(made)
    await session.flush()
    await session.refresh(made)
    new = {"journey": name, "enabled": False}
    record(session, hotel_id, "journey.install", f"trigger:{made.id}", by=by, new=new)
    return made


async def installed(session: AsyncSession) -> dict[str, Trigger]:
    """By the journey's name, as long as the rule keeps its title."""
    titles = {journey.title: name for name, journey in JOURNEYS.items()}
    rules = await session.scalars(select(Trigger).where(Trigger.name.in_(titles)))
    return {titles[rule.name]: rule for rule in rules.all()}
