"""The states of a chat and every way between them: one table, each way with its name."""

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, str] = MappingProxyType(
    {
        "active": "open, and the bot answers",
        "escalated": "open, and a person answers",
        "pending": "waits for the guest",
        "snoozed": "comes back at a time",
        "resolved": "answered; a message of the guest's opens it again, for the bot",
        "closed": "over; a message of the guest's opens it again, for the bot",
    }
)
OPEN = frozenset({"active", "escalated"})
RESTING = frozenset({"pending", "snoozed", "resolved", "closed"})
"""Where a guest's message opens the chat again."""
OVER = frozenset({"resolved", "closed"})
"""Nobody's matter any more: people do not keep such a chat."""
EDGES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("active", "escalated"): "hand_over",
        ("active", "pending"): "wait",
        ("active", "snoozed"): "snooze",
        ("active", "resolved"): "resolve",
        ("active", "closed"): "close",
        ("escalated", "active"): "return",
        ("escalated", "pending"): "wait",
        ("escalated", "snoozed"): "snooze",
        ("escalated", "resolved"): "resolve",
        ("escalated", "closed"): "close",
        ("pending", "active"): "answered",
        ("pending", "escalated"): "answered",
        ("pending", "snoozed"): "snooze",
        ("pending", "resolved"): "resolve",
        ("pending", "closed"): "close",
        ("snoozed", "active"): "wake",
        ("snoozed", "escalated"): "wake",
        ("snoozed", "pending"): "wait",
        ("snoozed", "snoozed"): "snooze_again",
        ("snoozed", "resolved"): "resolve",
        ("snoozed", "closed"): "close",
        ("resolved", "active"): "reopen",
        ("resolved", "escalated"): "reopen",
        ("resolved", "closed"): "close",
        ("closed", "active"): "reopen",
        ("closed", "escalated"): "reopen",
    }
)
"""`rls/93_states.sql` holds the same ways; a test compares them."""


def edge(old: str, new: str) -> str | None:
    """The way's name; None where there is none."""
    return EDGES.get((old, new))


def ways_from(old: str) -> list[str]:
    return sorted(new for was, new in EDGES if was == old and new != old)


def opened(owner: str) -> str:
    """What a chat becomes that is open again: whoever had it goes on."""
    return "active" if owner == "bot" else "escalated"
