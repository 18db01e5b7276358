"""What reads guests: one Protocol, so that another engine can take the local one's place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from frontdesk.assistant.values import Line, Reading


class Engine(Protocol):
    async def read(
        self,
        text: str,
        *,
        history: Sequence[Line],
        now_local: datetime,
        guest_language: str | None,
    ) -> Reading:
        """What a message means; `now_local` is naive, in the hotel's zone. Never raises on text."""
        ...
