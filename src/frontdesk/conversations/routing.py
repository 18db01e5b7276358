"""Who may be given a chat, and in what order they are asked: pure, by a hotel's ordered rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Sitter:
    """A person at the desk, as far as it matters here."""

    seat_id: UUID
    membership_id: UUID
    available: bool
    load: int
    capacity: int
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    hours: Sequence[Mapping[str, Any]] = ()
    department: str | None = None
    sees: frozenset[str] = frozenset()
    """The departments whose chats alone are there for them; none: the whole hotel's."""
    assigned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A chat that looks for somebody."""

    local: datetime
    """Now, by the hotel's wall clock."""
    language: str | None = None
    reason: str | None = None
    vip: bool = False
    labels: frozenset[str] = frozenset()
    department: str | None = None
    served_by: UUID | None = None
    """The membership that served this guest last."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where all that is said under `when` holds, these people are asked."""

    name: str
    reasons: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    """That the chat is of."""
    vip: bool | None = None
    from_hour: int = 0
    until_hour: int = 24
    department: str | None = None
    """Whose people are asked."""
    skills: frozenset[str] = frozenset()
    membership_id: UUID | None = None
    priority: str | None = None


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """What a hotel says of its desk."""

    rules: tuple[Rule, ...] = ()
    sticky: bool = True
    """Who served the guest last is asked first."""
    unassigned_minutes: int = 10
    """After which a chat that needs somebody and is nobody's is told of."""
    keep_assignee: bool = False
    """Whether a chat stays somebody's while the bot answers again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The seats to ask, the best first, and what the first rule that holds says of the chat."""

    seats: tuple[UUID, ...]
    rule: Rule | None = field(default=None)


def choose(settings: DeskSettings, need: Need, sitters: Sequence[Sitter]) -> Choice:
    """Rules that hold are asked in their order; without one, everybody is."""
    holding = [rule for rule in settings.rules if holds(rule, need)]
    there = [s for s in sitters if is_there(s, need.local) and _sees(s, need)]
    asked: dict[UUID, None] = {}
    for rule in holding or [Rule("everybody")]:
        fitting = [s for s in there if _fits(rule, s)]
        for sitter in sorted(fitting, key=lambda s: _place(settings, need, s)):
            asked.setdefault(sitter.seat_id)
    return Choice(tuple(asked), holding[0] if holding else None)


def holds(rule: Rule, need: Need) -> bool:
    hour = need.local.hour
    within = rule.from_hour <= hour < rule.until_hour
    if rule.until_hour <= rule.from_hour:  # over midnight
        within = hour >= rule.from_hour or hour < rule.until_hour
    return (
        within
        and (not rule.reasons or need.reason in rule.reasons)
        and (not rule.languages or need.language in rule.languages)
        and (not rule.departments or need.department in rule.departments)
        and (rule.vip is None or rule.vip is need.vip)
        and rule.labels <= need.labels
    )


def is_there(sitter: Sitter, local: datetime) -> bool:
    """On, with room for one more, and on shift."""
    if not sitter.available or sitter.load >= sitter.capacity:
        return False
    return not sitter.hours or any(_on_shift(hours, local) for hours in sitter.hours)


def _sees(sitter: Sitter, need: Need) -> bool:
    return not sitter.sees or need.department in sitter.sees


def _on_shift(hours: Mapping[str, Any], local: datetime) -> bool:
    """A shift that ends before it begins ends on the next day; its day is the one it begins on."""
    begins, ends = time.fromisoformat(hours["from"]), time.fromisoformat(hours["until"])
    today, days = local.weekday(), hours["days"]
    if begins < ends:
        return today in days and begins <= local.time() < ends
    return (today in days and local.time() >= begins) or (
        (today - 1) % 7 in days and local.time() < ends
    )


def _fits(rule: Rule, sitter: Sitter) -> bool:
    if rule.membership_id is not None and sitter.membership_id != rule.membership_id:
        return False
    if rule.department is not None and sitter.department != rule.department:
        return False
    return rule.skills <= sitter.skills


def _place(settings: DeskSettings, need: Need, sitter: Sitter) -> tuple[Any, ...]:
    """Who knows the guest, then who speaks the language, then who has most room, then whose turn
    it is.
    """
    knows = settings.sticky and sitter.membership_id == need.served_by
    speaks = need.language is None or need.language in sitter.languages
    last = sitter.assigned_at.timestamp() if sitter.assigned_at else 0.0
    return (not knows, not speaks, sitter.load / sitter.capacity, last, sitter.seat_id)
