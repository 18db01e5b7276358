"""Our own alerts' texts, in the language of who is told: sentences of ours, and words as said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontdesk.notifications.headings import HEADINGS, Heading, line
from frontdesk.notifications.house_lines import HOUSE_LINES
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.turn_lines import TURN_LINES

KEPT = "lines"
"""Where an alert's details say of which sentences its text is made."""
LINES: Mapping[str, tuple[str, ...]] = {**HEADINGS, **HOUSE_LINES, **TURN_LINES}
MOST = 120
"""Letters of a guest's words."""


@dataclass(frozen=True, slots=True)
class Sentence(Heading):
    """As a title says it, and `words`: a guest's own."""

    words: str = ""

    def kept(self) -> dict[str, Any]:
        return {**Heading.kept(self), "words": self.words[:MOST]}


Body = Sequence[Sentence | str]
"""Sentences of ours, and what somebody wrote."""


def said(language: str, body: Body) -> str:
    parts = [part if isinstance(part, str) else _line(language, part) for part in body]
    return "\n".join(part for part in parts if part)


def kept(body: Body) -> list[Any]:
    return [part if isinstance(part, str) else part.kept() for part in body]


def body_in(told: StaffNotification, language: str) -> str:
    """A hotel's own words, of a rule or over REST, stay what they are."""
    parts: list[Any] | None = told.details.get(KEPT)
    if parts is None:
        return told.body
    return said(language, [part if isinstance(part, str) else Sentence(**part) for part in parts])


def _line(language: str, of: Sentence) -> str:
    text = line(LINES, language, of)
    return f"{text}: “{of.words[:MOST]}”" if of.words else text
