"""What the hotel says twice and not alike: facts, texts, and what it sells and charges."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata
from frontdesk.knowledge.claims import Claim, Value, agree, claims, of_fact
from frontdesk.knowledge.facts import sentence
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import Tax
from frontdesk.tenancy.models import Hotel

MOST_TEXTS, LONGEST_TEXT = 500, 200_000
MOST = 200
SOLD = {
    "breakfast": ("breakfast_price", ("person", "person_night")),
    "parking": ("parking_price", ("night",)),
}
"""By an add-on's category: the fact about its price, and how both count."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where something is said: kind is fact, document, addon, tax, hotel or rate_plan."""

    kind: str
    id: UUID
    title: str
    valid_from: date | None = None
    valid_until: date | None = None

    def overlaps(self, other: "Source") -> bool:
        first = max(filter(None, (self.valid_from, other.valid_from)), default=None)
        last = min(filter(None, (self.valid_until, other.valid_until)), default=None)
        return first is None or last is None or first <= last


@dataclass(frozen=True, slots=True)
class Side:
    source: Source
    values: tuple[Value, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    key: str
    one: Side
    other: Side

    def has(self, ids: Collection[UUID]) -> bool:
        return self.one.source.id in ids or self.other.source.id in ids


@dataclass(frozen=True, slots=True)
class _Text:
    source: Source
    body: str


async def contradictions(
    session: AsyncSession, hotel: Hotel, *, of: Collection[UUID] | None = None
) -> list[Contradiction]:
    """All of a hotel as it is written now, or those of some documents; at most MOST."""
    texts, said = await _written(session)
    said += await _sold(session, hotel)
    read = await asyncio.to_thread(_read, texts, hotel.currency)
    found = _compared([*said, *read])
    return [c for c in found if of is None or c.has(of)][:MOST]


async def _written(session: AsyncSession) -> tuple[list[_Text], list[tuple[str, Side]]]:
    model = KnowledgeDocument
    query = (
        select(model, func.left(model.body, LONGEST_TEXT))
        .order_by(model.updated_at.desc())
        .limit(MOST_TEXTS)
    )
    texts, facts = list[_Text](), list[tuple[str, Side]]()
    for row, body in await session.execute(query):
        kind = "fact" if row.fact_key else "document"
        source = Source(kind, row.id, row.title, row.valid_from, row.valid_until)
        if row.fact_key is None:
            texts.append(_Text(source, body))
        elif row.value and (value := of_fact(row.fact_key, row.value)) is not None:
            told = sentence(row.fact_key, row.value or {}, row.language)
            facts.append((row.fact_key, Side(source, (value,), told)))
    return texts, facts


def _read(texts: Iterable[_Text], currency: str) -> list[tuple[str, Side]]:
    return [
        (key, Side(text.source, tuple(c.value for c in found), found[0].said))
        for text in texts
        for key, found in _by_key(claims(text.source.title, text.body, currency)).items()
    ]


def _by_key(found: Iterable[Claim]) -> Mapping[str, list[Claim]]:
    keys: dict[str, list[Claim]] = defaultdict(list)
    for claim in found:
        keys[claim.key].append(claim)
    return keys


async def _sold(session: AsyncSession, hotel: Hotel) -> list[tuple[str, Side]]:
    """What is really charged: add-ons, the city tax, and until when cancelling is free."""
    said: list[tuple[str, Side]] = []
    for addon in await session.scalars(select(Addon).where(Addon.active)):
        key, countings = SOLD.get(addon.category, ("", ()))
        if addon.pricing in countings:
            gross = addon.price + addon.price * addon.tax_rate // 10_000
            source = Source("addon", addon.id, addon.name)
            said.append((key, Side(source, (addon.price, gross), addon.name)))
    taxes = [t for t in await session.scalars(select(Tax)) if t.kind == "person_night"]
    if taxes:
        source = Source("tax", taxes[0].id, taxes[0].name)
        amounts = tuple(t.amount for t in taxes)
        said.append(("city_tax", Side(source, amounts, taxes[0].name)))
    return [*said, ("free_cancellation_hours", await _deadline(session, hotel))]


async def _deadline(session: AsyncSession, hotel: Hotel) -> Side:
    """Of the plan that a chat sells, else the hotel's own. Rates lie beside this room, not below
    it: their table is asked, and nothing of theirs.
    """
    plans: Any = metadata.tables.get("rate_plans")
    row = None
    if plans is not None:
        asked = select(plans.c.id, plans.c.name, plans.c.free_hours).where(plans.c.is_default)
        row = (await session.execute(asked)).one_or_none()
    if row is not None and row.free_hours is not None:
        return Side(Source("rate_plan", row.id, row.name), (row.free_hours,), row.name)
    source = Source("hotel", hotel.id, hotel.name)
    return Side(source, (hotel.cancel_free_hours,), "cancel_free_hours")


def _compared(said: Sequence[tuple[str, Side]]) -> Iterator[Contradiction]:
    """Facts come first, so that a fact is the one and a text the other."""
    keys: dict[str, list[Side]] = defaultdict(list)
    for key, side in said:
        keys[key].append(side)
    for key, sides in keys.items():
        for one, other in combinations(sides, 2):
            same = any(agree(a, b) for a in one.values for b in other.values)
            if not same and one.source.overlaps(other.source):
                yield Contradiction(key, one, other)
