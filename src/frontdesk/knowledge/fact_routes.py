"""Typed facts over HTTP; one is deleted as a document is."""

from collections import defaultdict
from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)
from sqlalchemy import select

from frontdesk.kit.web import DbDep, Page, PageDep, page_rows
from frontdesk.knowledge.contradiction_schemas import ContradictionOut, ContradictionsOut
from frontdesk.knowledge.contradiction_schemas import shown as compared
from frontdesk.knowledge.contradictions import contradictions
from frontdesk.knowledge.fact_actions import FactSaid, put_facts
from frontdesk.knowledge.facts import Spoken, catalogue, sentence
from frontdesk.knowledge.models import KnowledgeDocument
from frontdesk.knowledge.schemas import Audience, Plain
from frontdesk.tenancy.auth import Principal, allow
from frontdesk.tenancy.queries import the_hotel

router = APIRouter(prefix="/v1/hotels/{hotel_id}/knowledge", tags=["knowledge"])
Reader = Annotated[Principal, Depends(allow("knowledge:read"))]
Writer = Annotated[Principal, Depends(allow("knowledge:write"))]
Key = Annotated[str, Query(max_length=60, pattern=r"^[a-z_]+$")]
MOST = 200


class HoursIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    from_: StrictStr = Field(alias="from", max_length=5)
    until: StrictStr = Field(max_length=5)


Amount = Annotated[StrictInt, Field(ge=0, le=10**9)]
Share = Annotated[StrictFloat, Field(ge=0, le=10**9, allow_inf_nan=False)]
Words = Annotated[StrictStr, Field(max_length=2000)]


class FactIn(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=60, description="one of fact-kinds")
    value: StrictBool | Amount | Share | HoursIn | Words = Field(
        description="as its kind has it: HH:MM, hours, minor units, true or false, a number, a word"
    )
    variant: str = Field("main", pattern=r"^[a-z0-9-]{1,40}$", description="e.g. winter")
    language: Spoken | None = Field(None, description="of a text; else the hotel's own")
    audience: Audience | None = None
    owner: Plain = Field("", max_length=100)
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        return self

    def said(self) -> FactSaid:
        value = self.value
        raw = value.model_dump(by_alias=True) if isinstance(value, HoursIn) else value
        return FactSaid(
            self.key,
            raw,
            variant=self.variant,
            language=self.language,
            audience=self.audience,
            owner=self.owner,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


class FactsIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "facts": [
                    {"key": "check_out_until", "value": "11:00"},
                    {"key": "breakfast_price", "value": 1400},
                    {"key": "pool_hours", "value": {"from": "09:00", "until": "21:00"}},
                ]
            }
        },
    )
    facts: list[FactIn] = Field(min_length=1, max_length=MOST)


class FactOut(BaseModel):
    id: UUID
    key: str
    variant: str
    type: str
    category: str
    value: Any
    sentence: str
    language: str
    audience: str
    owner: str
    valid_from: date | None
    valid_until: date | None
    status: str
    version: int
    ready_version: int | None
    updated_at: datetime


class KindOut(BaseModel):
    key: str
    type: str
    unit: str
    choices: list[str]
    category: str
    label: str
    asked: str
    facts: list[UUID]
    """What this hotel says of it; empty: nothing yet."""


class FactsOut(BaseModel):
    items: list[FactOut]
    contradictions: list[ContradictionOut]
    """What else is said of the same, and not alike; a warning."""


def shown(fact: KnowledgeDocument, language: str | None = None) -> FactOut:
    kind, value = catalogue()[fact.fact_key or ""], fact.value or {}
    spoken = language or fact.language
    return FactOut(
        id=fact.id,
        key=kind.key,
        variant=fact.variant,
        type=kind.type,
        category=kind.category,
        value=value.get("value"),
        sentence=sentence(kind.key, value, spoken),
        language=fact.language,
        audience=fact.audience,
        owner=fact.owner,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        status=fact.status,
        version=fact.version,
        ready_version=fact.ready_version,
        updated_at=fact.updated_at,
    )


@router.get("/fact-kinds")
async def list_kinds(
    db: DbDep, hotel_id: UUID, asker: Reader, language: Spoken = "en", missing: bool = False
) -> list[KindOut]:
    """All that a hotel can say of itself; `missing`: what it has not said yet."""
    model = KnowledgeDocument
    said: dict[str, list[UUID]] = defaultdict(list)
    async with db.hotel(hotel_id) as session:
        await the_hotel(session)
        query = select(model.fact_key, model.id).where(model.fact_key.is_not(None))
        for key, found in await session.execute(query):
            said[key or ""].append(found)
    return [
        KindOut(
            key=kind.key,
            type=kind.type,
            unit=kind.unit.removeprefix("/"),
            choices=list(kind.choices),
            category=kind.category,
            label=kind.labels[language],
            asked=kind.asked,
            facts=said[kind.key],
        )
        for kind in catalogue().values()
        if not (missing and said[kind.key])
    ]


@router.get("/facts")
async def list_facts(
    db: DbDep,
    hotel_id: UUID,
    asker: Reader,
    ask: PageDep,
    key: Key | None = None,
    language: Spoken | None = None,
) -> Page[FactOut]:
    """With the sentence that a guest is told; `language`: in another one."""
    model = KnowledgeDocument
    query = select(model).where(model.fact_key.is_not(None))
    if key is not None:
        query = query.where(model.fact_key == key)
    async with db.hotel(hotel_id) as session:
        rows, after = await page_rows(session, query, ask, model.created_at, model.id)
    return Page(items=[shown(row, language) for row in rows], next=after)


@router.put("/facts")
async def put_all(db: DbDep, hotel_id: UUID, asker: Writer, wanted: FactsIn) -> FactsOut:
    """All or none; the same key and variant again is a new version."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        saved = await put_facts(session, hotel, [f.said() for f in wanted.facts], by=asker.actor)
        ids = {one.fact.id for one in saved}
        against = compared(await contradictions(session, hotel, of=ids))
        return FactsOut(items=[shown(one.fact) for one in saved], contradictions=against)


@router.get("/contradictions")
async def list_contradictions(db: DbDep, hotel_id: UUID, asker: Reader) -> ContradictionsOut:
    """Facts, texts, and what is sold and charged, where two of them cannot both be true."""
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        found = compared(await contradictions(session, hotel))
    return ContradictionsOut(hotel_id=hotel_id, items=found)
