"""When a person is called: named causes, each with a threshold; pure decisions on what was seen."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

Action = Literal["tell", "hand_over"]


class Cause(StrEnum):
    LOW_CONFIDENCE = "low_confidence"
    """The bot had no answer, or understood with less than the threshold."""
    SENTIMENT = "sentiment"
    """The mood is at the threshold or below: -1 is angry."""
    URGENCY = "urgency"
    """0.5 is urgent, 1 an emergency."""
    REPEATED_QUESTION = "repeated_question"
    """Asked so many times, this one counted."""
    FAILED_ACTION = "failed_action"
    """So many answers in a row that led nowhere, or a reply that had to be withheld."""
    PERSON = "person"
    """The guest asks for one."""
    VIP = "vip"
    """A VIP's mood is at the threshold or below, or the bot cannot settle what they want."""
    NIGHT = "in_house_at_night"
    """A guest in the house, at night, with something that presses so much (0: anything)."""
    POLICY = "policy"
    """Money in dispute, the law, or what the hotel does not let the bot do."""


@dataclass(frozen=True, slots=True)
class Setting:
    threshold: float
    action: Action
    priority: int
    enabled: bool = True


DEFAULTS: Mapping[Cause, Setting] = MappingProxyType(
    {
        Cause.LOW_CONFIDENCE: Setting(0.3, "tell", 30),
        Cause.SENTIMENT: Setting(-0.6, "hand_over", 80),
        Cause.URGENCY: Setting(0.5, "tell", 85),
        Cause.REPEATED_QUESTION: Setting(3, "hand_over", 65),
        Cause.FAILED_ACTION: Setting(3, "hand_over", 70),
        Cause.PERSON: Setting(1, "hand_over", 60),
        Cause.VIP: Setting(-0.2, "tell", 75),
        Cause.NIGHT: Setting(0, "tell", 75),
        Cause.POLICY: Setting(1, "hand_over", 70),
    }
)
ALWAYS = frozenset({Cause.URGENCY, Cause.PERSON, Cause.POLICY})
"""Nobody switches these off: danger, a guest who wants a person, and what the bot may not do."""
BOUNDS: Mapping[Cause, tuple[float, float]] = MappingProxyType(
    {
        Cause.LOW_CONFIDENCE: (0, 1),
        Cause.SENTIMENT: (-1, 0),
        Cause.URGENCY: (0.5, 1),
        Cause.REPEATED_QUESTION: (2, 10),
        Cause.FAILED_ACTION: (1, 10),
        Cause.PERSON: (1, 1),
        Cause.VIP: (-1, 1),
        Cause.NIGHT: (0, 1),
        Cause.POLICY: (1, 1),
    }
)
NIGHT_HOURS = (22, 7)
OF_REASON: Mapping[str, Cause] = MappingProxyType(
    {
        "complaint": Cause.SENTIMENT,
        "emergency": Cause.URGENCY,
        "asked_for_person": Cause.PERSON,
        "unknown_answer": Cause.LOW_CONFIDENCE,
        "cannot_see": Cause.LOW_CONFIDENCE,
        "lock": Cause.FAILED_ACTION,
        "failed": Cause.FAILED_ACTION,
        "runaway": Cause.POLICY,
        "money": Cause.POLICY,
        "legal": Cause.POLICY,
        "autonomy_off": Cause.POLICY,
        "draft": Cause.POLICY,
    }
)
"""What the mind calls a person for. A lock-out is none: staff are told, and the bot goes on, which
alone can say again that it is locked and until then answer all else."""
STAFF = "staff"
"""The cause where no rule but a person took the chat."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What was seen in one turn, as numbers."""

    reason: str | None = None
    """For which the mind calls a person, if it does."""
    confidence: float = 1.0
    gap: bool = False
    sentiment: float = 0.0
    urgency: float = 0.0
    repeats: int = 1
    failures: int = 0
    vip: bool = False
    in_house: bool = False
    hour: int = 12
    errand: bool = False
    """Something that staff have to do."""
    called: frozenset[Cause] = frozenset()
    """Causes that plain words of the message name."""


@dataclass(frozen=True, slots=True)
class Finding:
    cause: Cause
    measured: float
    setting: Setting
    heard: bool = False
    """What was measured is not beyond the threshold: the message says it, or the mind calls."""

    @property
    def hands_over(self) -> bool:
        return self.setting.action == "hand_over"


def judge(signs: Signs, settings: Mapping[Cause, Setting] = DEFAULTS) -> list[Finding]:
    """Every cause that speaks, the most pressing first."""
    named = OF_REASON.get(signs.reason or "")
    found: list[Finding] = []
    for cause, (measured, speaks) in _measured(signs, settings).items():
        setting = settings[cause]
        if (setting.enabled or cause in ALWAYS) and (
            speaks or cause is named or cause in signs.called
        ):
            found.append(Finding(cause, measured, setting, heard=not speaks))
    return sorted(found, key=lambda f: (-f.setting.priority, f.cause))


def _measured(signs: Signs, settings: Mapping[Cause, Setting]) -> dict[Cause, tuple[float, bool]]:
    """Each cause's number, and whether it is beyond the threshold."""

    def above(cause: Cause, value: float) -> tuple[float, bool]:
        return value, value >= settings[cause].threshold

    unsettled = signs.gap or signs.errand or signs.reason is not None
    night = signs.in_house and _at_night(signs.hour)
    pressing = night and (unsettled or signs.urgency > 0)
    low = signs.sentiment <= settings[Cause.VIP].threshold and signs.sentiment < 0
    unsure = signs.confidence < settings[Cause.LOW_CONFIDENCE].threshold
    return {
        Cause.LOW_CONFIDENCE: (signs.confidence, signs.gap or unsure),
        Cause.SENTIMENT: (
            signs.sentiment,
            signs.sentiment <= settings[Cause.SENTIMENT].threshold and signs.sentiment < 0,
        ),
        Cause.URGENCY: above(Cause.URGENCY, signs.urgency),
        Cause.REPEATED_QUESTION: above(Cause.REPEATED_QUESTION, signs.repeats),
        Cause.FAILED_ACTION: above(Cause.FAILED_ACTION, signs.failures),
        Cause.PERSON: (float(signs.reason == "asked_for_person"), False),
        Cause.VIP: (signs.sentiment, signs.vip and (low or unsettled)),
        Cause.NIGHT: (
            signs.urgency,
            pressing and signs.urgency >= settings[Cause.NIGHT].threshold,
        ),
        Cause.POLICY: (0.0, False),
    }


def _at_night(hour: int) -> bool:
    starts, ends = NIGHT_HOURS
    return hour >= starts or hour < ends


ASKING = frozenset(
    {"ask_dates", "ask_nights", "ask_guests", "ask_which_day", "yes_or_no", "old_button"}
)
"""Steps that only ask."""
WORD = re.compile(r"\w+")
ALIKE = 0.6
SHORT = 3
"""Of so few words nothing is a question of its own: hello, yes, thanks a lot."""


def repeats(asked: str, before: Iterable[str]) -> int:
    """How often this was asked, this time counted: by the words, in any order."""
    words = _words(asked)
    if len(words) <= SHORT:
        return 1
    return 1 + sum(_alike(words, _words(text)) for text in before)


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.casefold()))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other) > 0


def led_nowhere(before: Mapping[str, Any], after: Mapping[str, Any], plan: Iterable[str]) -> bool:
    """The bot had to ask the same thing again: what it knows of the stay is what it knew."""
    steps = set(plan)
    if not steps or not steps <= ASKING:
        return False
    return before.get("stage") == after.get("stage") and before.get("stay") == after.get("stay")


def evidence(found: Iterable[Finding]) -> dict[str, Any]:
    """What was only heard is told so, beside a measure that alone called nobody."""
    return {
        str(f.cause): {
            "measured": round(f.measured, 3),
            "threshold": f.setting.threshold,
            **({"heard": True} if f.heard else {}),
        }
        for f in found
    }
