"""What a rule says: the variant for this guest, and its variables as their language writes them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from frontdesk.assistant.reply import Voice
from frontdesk.kit.errors import Conflict
from frontdesk.triggers.fields import COMMON, meant

VARIABLE = re.compile(r"\{([a-z_]+\.[a-z_]+)(?:\|([^{}]*))?\}")
MONEY = frozenset({"stay.total", "stay.owed"})
UNSAID = frozenset({"message.text", "guest.segment", "sentiment.label", "sentiment.score"})
"""What a text to a guest does not repeat."""
SAYABLE = (
    frozenset(name for name, kind in COMMON.items() if kind not in ("boolean", "array")) - UNSAID
)


class UnknownVariable(ValueError):
    """This text names what there is not"""


class Missing(Conflict):
    """What the text says of the guest or the stay is not known, so it was not sent"""

    code = "missing_variable"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as it goes out."""

    text: str
    language: str


SPEAKING = frozenset({"send_message", "offer_addon", "payment_link", "survey"})
IN_A_CHAT = SPEAKING | {
    "tag",
    "label",
    "set_status",
    "set_priority",
    "snooze",
    "assign",
    "hand_over",
}


def speaks(actions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any of them writes to the guest, on whatever branch."""
    return _has(actions, SPEAKING)


def needs_chat(actions: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any of them is done to a chat, on whatever branch."""
    return _has(actions, IN_A_CHAT)


def _has(actions: Sequence[Mapping[str, Any]], kinds: Collection[str]) -> bool:
    return any(
        a["type"] in kinds or any(_has(a.get(way, ()), kinds) for way in ("then", "otherwise"))
        for a in actions
    )


def names_in(text: str) -> frozenset[str]:
    return frozenset(found[1] for found in VARIABLE.finditer(text))


def check_words(text: str) -> None:
    """Raise UnknownVariable for the first name that no text can say."""
    for name in sorted(names_in(text)):
        if name not in SAYABLE:
            raise UnknownVariable(f"there is no variable {{{name}}}{meant(name, SAYABLE)}")


def spoken(action: Mapping[str, Any]) -> frozenset[str]:
    """Every variable of every variant of an action."""
    texts = [action.get("text"), action.get("title"), *(v["text"] for v in _variants(action))]
    return frozenset(name for text in texts if text for name in names_in(text))


def _variants(action: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return action.get("variants", ())


def chosen(action: Mapping[str, Any], language: str, segment: str) -> tuple[str, str | None]:
    """The text for a guest, and the language it says it is of; the closest variant wins.

    What is for their segment goes before what is only for their language. Where nothing is theirs
    the rule's own text is said, without one the English variant, without that the first.
    """
    base = language.partition("-")[0]
    fits = [(_fit(v, base, segment), v) for v in _variants(action)]
    best, theirs = max(fits, key=lambda fit: fit[0], default=(0, None))
    if theirs is None or (not best and action.get("text")):
        return action.get("text") or "", None
    if not best:
        theirs = next((v for v in _variants(action) if v.get("language") == "en"), fits[0][1])
    return theirs["text"], theirs.get("language")


def _fit(variant: Mapping[str, Any], language: str, segment: str) -> int:
    """0 where it is for somebody else."""
    tongue, whose = variant.get("language"), variant.get("segment")
    if whose not in (None, segment) or tongue not in (None, language):
        return 0
    return 1 + 2 * (tongue is not None) + 4 * (whose is not None)


def fill(text: str, facts: Mapping[str, Any], voice: Voice, *, unknown: str | None = None) -> str:
    """Raises Missing, naming what is not known; none where there is a word for the `unknown`."""
    lacking = list[str]()

    def say(found: re.Match[str]) -> str:
        value, otherwise = facts.get(found[1]), found[2]
        if value is None or value == "":
            if otherwise is None and unknown is None:
                lacking.append(found[1])
            return otherwise if otherwise is not None else unknown or ""
        return _said(found[1], value, voice)

    filled = VARIABLE.sub(say, text)
    if lacking:
        raise Missing(f"not known: {', '.join(lacking)}", missing=lacking)
    return filled


def _said(name: str, value: Any, voice: Voice) -> str:
    if name in MONEY:
        return voice.money(value)
    if COMMON.get(name) == "date":
        return voice.day(date.fromisoformat(value))
    return str(value)


def worded(
    action: Mapping[str, Any], facts: Mapping[str, Any], *, hotel: tuple[str, str, str, str]
) -> Wording:
    """For the guest of `facts`; `hotel` is its language, currency, zone and name."""
    own, currency, zone, name = hotel
    wanted = str(facts.get("guest.language") or own)
    text, tongue = chosen(action, wanted, str(facts.get("guest.segment") or "new"))
    language = tongue or (wanted if not _variants(action) else own)
    return Wording(fill(text, facts, Voice(language, currency, zone, name)), language)


def with_buttons(text: str, buttons: Sequence[Mapping[str, str]]) -> str:
    """The same where no button is shown."""
    return "\n".join([text, "", *(f"· {b['text']}" for b in buttons)]) if buttons else text
