"""What alerts are of: the kinds that ladders, templates and people's wishes may name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field

ANY = "*"
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "emergency": "Fire, medical, violence, self-harm or a child alone, as a guest tells of it.",
        "complaint": "A guest complains.",
        "asked_for_person": "A guest asks for a person, and nothing else calls one.",
        "money": "A guest disputes money: a charge, a refund.",
        "legal": "A guest speaks of the law: a lawyer, the police, the press.",
        "request": "A guest wants something done that only a person can do.",
        "change_booking": "A guest wants a booking changed in a way the bot may not.",
        "identity_locked": "Somebody gave wrong codes for a booking too often.",
        "unknown_answer": "The hotel's knowledge has no answer to a guest's question.",
        "cannot_see": "A guest sent a picture or a recording that the bot cannot read.",
        "missed_call": "A guest called the WhatsApp number.",
        "sentiment": "A cause of escalation: the mood of a guest.",
        "urgency": "A cause of escalation: what a guest writes presses.",
        "repeated_question": "A cause of escalation: the same question again and again.",
        "failed_action": "A cause of escalation: answers that led nowhere.",
        "low_confidence": "A cause of escalation: the bot is not sure that it understood.",
        "person": "A cause of escalation: a word for a person, beside something else.",
        "vip": "A cause of escalation: a VIP.",
        "in_house_at_night": "A cause of escalation: a guest in the house, at night.",
        "policy": "A cause of escalation: what the hotel does not let the bot settle.",
        "autonomy_off": "A guest wrote on a matter for which the bot is switched off.",
        "draft": "A reply of the bot waits for somebody's yes.",
        "lock": "A reply was withheld: it named a figure or a date without a source.",
        "runaway": "A chat had more replies of the bot than it may: perhaps another robot writes.",
        "late": "Messages that reached us so late that a person should answer.",
        "failed": "A message could not be shown, or a reply failed again and again.",
        "task": "A task was made for a department.",
        "task_overdue": "A task is past its time.",
        "mention": "Somebody is named in a note.",
        "assigned": "Somebody was given a chat.",
        "trigger": "A rule of the hotel tells staff.",
        "rule_broken": "A rule of the hotel cannot be worked.",
        "rules_latched": "Rules sent too much: they are stopped.",
        "pms_conflict": "Reservations of the PMS do not fit.",
        "whatsapp_down": "The WhatsApp number does not work.",
        "system": "A webhook of the hotel is given up.",
    }
)


def known_kind(named: str) -> str:
    """ValueError where no alert is ever of it: what names it would never be used."""
    if named != ANY and named not in KINDS:
        raise ValueError(f"no alert is of the kind {named!r}; there are {', '.join(KINDS)}, and *")
    return named


Kind = Annotated[str, AfterValidator(known_kind), Field(json_schema_extra={"enum": [ANY, *KINDS]})]
"""On the wire: one of `KINDS`, or `*` for any."""
