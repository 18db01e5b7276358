"""Replies from the message catalogues, with dates and money as each language writes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from frontdesk.assistant.values import Bubble, Button
from frontdesk.kit.money import DAYS, format_day, format_money

CATALOG = Path(__file__).parent / "catalog"
LANGUAGES = tuple(sorted(path.stem for path in CATALOG.glob("*.json")))


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply before the lock: its text, and the facts its figures must come from."""

    text: str
    grounds: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()
    sources: tuple[str, ...] = ()
    engine: str = "local"
    """Whose words these are."""

    def bubble(self) -> Bubble:
        return Bubble(self.text, self.buttons, self.sources, self.engine)


@lru_cache
def _catalog(language: str) -> Mapping[str, str]:
    return json.loads((CATALOG / f"{language}.json").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language for one hotel; what it has no catalogue for, it says in English."""

    language: str
    currency: str
    zone: str
    hotel: str
    known: tuple[str, ...] = field(default=LANGUAGES, repr=False)

    @property
    def spoken(self) -> str:
        base = self.language.split("-")[0]
        return base if base in self.known else "en"

    def say(
        self,
        key: str,
        *,
        buttons: tuple[Button, ...] = (),
        sources: tuple[str, ...] = (),
        **values: str | int,
    ) -> Draft:
        """A catalogue text; its figures may only be the values'."""
        values = {"hotel": self.hotel, **values}
        said = _catalog(self.spoken)[key].format(**values)
        return Draft(said, tuple(map(str, values.values())), buttons, sources)

    def label(self, key: str) -> str:
        return _catalog(self.spoken)[key]

    def day(self, day: date) -> str:
        return format_day(day, self.spoken)

    def money(self, minor: int) -> str:
        return format_money(minor, self.currency, self.spoken)

    def instant(self, iso: str) -> str:
        at = datetime.fromisoformat(iso).astimezone(ZoneInfo(self.zone))
        gap = " " if self.spoken in DAYS else ", "
        return f"{self.day(at.date())}{gap}{at:%H:%M}"


def join(drafts: list[Draft], *, gap: str = "\n") -> Draft:
    """Several drafts as one bubble; the last one's buttons."""
    return Draft(
        gap.join(d.text for d in drafts),
        tuple(g for d in drafts for g in d.grounds),
        drafts[-1].buttons,
        tuple(s for d in drafts for s in d.sources),
    )
