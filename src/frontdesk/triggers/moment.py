"""What an action is done with: the event, the rule that answers it, and whom it is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.errors import Conflict
from frontdesk.messaging.models import Conversation, OutboxEvent
from frontdesk.tenancy.models import Hotel
from frontdesk.triggers.facts import Subject
from frontdesk.triggers.models import Trigger, TriggerStep

JUST_WROTE = timedelta(minutes=15)
"""What follows a guest's own message so soon is an answer, and waits for no morning."""

USEFUL = {"reply": timedelta(hours=1), "proactive": timedelta(days=1)}


class NoChat(Conflict):
    """the event has no conversation, and no guest who can be written to"""


class NoStay(Conflict):
    """the event has no stay"""


class NotNow(Exception):
    """It is tried again later, which counts as no failure"""

    def __init__(self, after: timedelta, kept: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.after = after
        self.kept = dict(kept or {})


@dataclass(frozen=True, slots=True)
class Moment:
    """One event, and the rule that answers it."""

    event: OutboxEvent
    trigger: Trigger
    now: datetime
    by_clock: bool = False
    """Nobody said anything just now: what it says waits for the morning."""
    useful: timedelta | None = None
    """What could not be sent by then is not sent any more."""
    chat_id: UUID | None = None
    """The guest's chat, where the event has none of its own."""


@dataclass(frozen=True, slots=True)
class Doing:
    """One action of a run, about to be done."""

    session: AsyncSession
    moment: Moment
    step: TriggerStep
    hotel: Hotel
    subject: Subject
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The event's own and what its texts and conditions ask for, as it is now."""

    @property
    def action(self) -> Mapping[str, Any]:
        return self.step.action

    @property
    def now(self) -> datetime:
        return self.moment.now

    @property
    def by(self) -> str:
        return f"trigger:{self.moment.trigger.id}"

    @property
    def depth(self) -> int:
        return self.moment.event.depth + 1

    @property
    def key(self) -> str:
        """The same action of the same run, worked again, is the same."""
        place = ".".join(str(int(part)) for part in self.step.place.split("."))
        return f"trigger:{self.moment.trigger.id}:{self.moment.event.id}:{place}"

    @property
    def chat(self) -> Conversation:
        if self.subject.conversation is None:
            raise NoChat(NoChat.title())
        return self.subject.conversation

    @property
    def lane(self) -> str:
        last = self.chat.last_inbound_at
        just_wrote = last is not None and last > self.now - JUST_WROTE
        return "reply" if just_wrote and not self.moment.by_clock else "proactive"

    @property
    def useful(self) -> timedelta:
        return self.moment.useful or USEFUL[self.lane]
