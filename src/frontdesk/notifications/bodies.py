"""Our own alerts' texts, in the language of who is told: sentences of ours, and words as said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from frontdesk.notifications.headings import HEADINGS
from frontdesk.notifications.house_lines import HOUSE_LINES
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.replies import column
from frontdesk.notifications.turn_lines import TURN_LINES

KEPT = "lines"
"""Where an alert's details say of which sentences its text is made."""
LINES: Mapping[str, tuple[str, ...]] = {**HEADINGS, **HOUSE_LINES, **TURN_LINES}
MOST = 120
"""Letters of a guest's words."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of ours. `who`: it is about a guest, empty where nameless; `words`: theirs."""

    name: str
    filled: Mapping[str, str] = field(default_factory=dict[str, str])
    who: str | None = None
    words: str = ""

    def kept(self) -> dict[str, Any]:
        words = self.words[:MOST]
        return {"name": self.name, "filled": dict(self.filled), "who": self.who, "words": words}


Body = Sequence[Sentence | str]
"""Sentences of ours, and what somebody wrote."""


def said(language: str, body: Body) -> str:
    lines = [part if isinstance(part, str) else _line(language, part) for part in body]
    return "\n".join(line for line in lines if line)


def kept(body: Body) -> list[Any]:
    return [part if isinstance(part, str) else part.kept() for part in body]


def body_in(told: StaffNotification, language: str) -> str:
    """A hotel's own words, of a rule or over REST, stay what they are."""
    parts: list[Any] | None = told.details.get(KEPT)
    if parts is None:
        return told.body
    return said(language, [part if isinstance(part, str) else Sentence(**part) for part in parts])


def _line(language: str, of: Sentence) -> str:
    at = column(language)
    known = LINES.get(of.name)
    text = known[at].format(**of.filled) if known else of.name.replace("_", " ")
    if of.who is not None:
        text = f"{of.who or HEADINGS['a_guest'][at]}: {text}"
    return f"{text}: “{of.words[:MOST]}”" if of.words else text
