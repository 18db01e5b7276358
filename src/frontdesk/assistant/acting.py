"""What a turn's acts share: whose conversation it is, what was decided, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.assistant.heard import NOTHING, Heard
from frontdesk.assistant.reply import Draft, Voice
from frontdesk.assistant.states import Plan, State
from frontdesk.assistant.values import Handover, Scene
from frontdesk.kit.db import Database


class Page(Protocol):
    """Where a guest finds their booking; the room that keeps it stands above this one."""

    async def link(
        self, session: AsyncSession, booking_id: UUID, /, *, now: datetime
    ) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Acting:
    """One turn's hands: whose conversation it is comes from the scene, never from a text."""

    db: Database
    scene: Scene
    voice: Voice
    plan: Plan
    heard: Heard = NOTHING
    said: str = ""
    """The words that this plan is about."""
    page: Page | None = None

    @property
    def state(self) -> State:
        return self.plan.state

    @property
    def turn_key(self) -> str:
        """The same messages, worked again after a crash, give the same key."""
        return f"{self.scene.conversation_id}:{self.scene.unread[-1].id}"


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it."""

    drafts: tuple[Draft, ...]
    state: State
    handover: Handover | None = None
    hold_bot: bool = False
    gap: str | None = None
