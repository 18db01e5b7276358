"""How far the bot goes by itself: per intent, segment of guests and hour; auto, draft or off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from frontdesk.assistant.values import Intent

Mode = Literal["auto", "draft", "off"]
SEGMENTS = ("any", "new", "booked", "in_house", "vip")
DELICATE = ("money", "complaint", "safety", "legal")
"""What a person has to answer, whatever a hotel wishes; it cannot be set to auto."""
TOPICS = ("any", *DELICATE, *(str(i) for i in Intent if i is not Intent.COMPLAINT))
STRICT: Mapping[Mode, int] = {"auto": 0, "draft": 1, "off": 2}


@dataclass(frozen=True, slots=True)
class Rule:
    """Hours are the hotel's own, [from_hour, until_hour), also over midnight."""

    mode: Mode
    topic: str = "any"
    segment: str = "any"
    from_hour: int = 0
    until_hour: int = 24

    def speaks_for(self, topic: str, segment: str, hour: int) -> bool:
        if self.topic not in ("any", topic) or self.segment not in ("any", segment):
            return False
        if self.from_hour < self.until_hour:
            return self.from_hour <= hour < self.until_hour
        return hour >= self.from_hour or hour < self.until_hour

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Which of two rules wins: the one that names the topic, then the segment, then fewer
        hours.
        """
        hours = (self.until_hour - self.from_hour) % 24 or 24
        return self.topic != "any", self.segment != "any", -hours


def rules_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    return tuple(Rule(**one) for one in stored)


def mode_for(rules: Sequence[Rule], topics: Iterable[str], segment: str, hour: int) -> Mode:
    """The strictest of what each topic of a message is allowed; auto where no rule speaks."""
    modes: list[Mode] = [_mode(rules, topic, segment, hour) for topic in topics]
    if "off" in modes:
        return "off"
    return "draft" if "draft" in modes else "auto"


def _mode(rules: Sequence[Rule], topic: str, segment: str, hour: int) -> Mode:
    speaking = [r for r in rules if r.speaks_for(topic, segment, hour)]
    best = max(speaking, key=lambda rule: (rule.rank, STRICT[rule.mode]), default=None)
    return "auto" if best is None else best.mode
