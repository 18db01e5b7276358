"""What alerts say: a hotel's own templates, else ours, in the language of who is told."""

from collections.abc import Mapping
from string import Formatter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.bodies import body_in
from frontdesk.notifications.channel_models import AlertTemplate
from frontdesk.notifications.headings import title_in
from frontdesk.notifications.models import StaffNotification

VARIABLES = frozenset({"title", "body", "kind", "priority", "department", "hotel", "level"})
MOST = 1000
"""Letters of what one variable puts in."""
TAKE: Mapping[str, tuple[str, str]] = {
    "en": ("Reply OK to take it.", "I take it"),
    "es": ("Responda OK para encargarse.", "Me encargo"),
    "de": ("Mit OK übernehmen.", "Ich übernehme"),
    "fr": ("Répondez OK pour vous en charger.", "Je m'en charge"),
    "it": ("Rispondi OK per prenderlo in carico.", "Me ne occupo"),
    "pt": ("Responda OK para assumir.", "Eu assumo"),
    "ru": ("Ответьте OK, чтобы взять.", "Беру"),
    "ar": ("أجب بـ OK لتتولى الأمر.", "أتولى الأمر"),
}
"""The line under an alert, and its button."""


class BadTemplate(ValueError):
    """Only these may stand in braces: title, body, kind, priority, department, hotel, level"""


def checked(text: str) -> str:
    """The same, where every field is one of ours, bare; raises BadTemplate."""
    try:
        fields = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        raise BadTemplate(BadTemplate.__doc__) from None
    if any(name not in VARIABLES or spec or turned for name, spec, turned in fields):
        raise BadTemplate(BadTemplate.__doc__)
    return text


async def words(
    session: AsyncSession, told: StaffNotification, *, language: str, hotel: str, level: int
) -> tuple[str, str]:
    """Title and text; the language's own template before English, the kind's before any's."""
    title, body = title_in(told, language), body_in(told, language)
    kinds, languages = (told.kind, "*"), (language, "en")
    query = select(AlertTemplate).where(
        AlertTemplate.kind.in_(kinds), AlertTemplate.language.in_(languages)
    )
    found = (await session.scalars(query)).all()
    best = min(
        found, key=lambda t: (kinds.index(t.kind), languages.index(t.language)), default=None
    )
    if best is None:
        return title, body
    values = {
        "title": title,
        "body": body,
        "kind": told.kind.replace("_", " "),
        "priority": str(told.priority_score),
        "department": told.department or "",
        "hotel": hotel,
        "level": str(level + 1),
    }
    short = {name: value[:MOST] for name, value in values.items()}
    return best.title.format(**short), best.body.format(**short)


def take_line(language: str) -> tuple[str, str]:
    return TAKE.get(language, TAKE["en"])
