"""Two sayings that cannot both be true, side by side, as the API shows them."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from frontdesk.knowledge.contradictions import Contradiction, Side
from frontdesk.knowledge.facts import label


class SideOut(BaseModel):
    kind: str
    """fact | document | addon | tax | hotel | rate_plan"""
    id: UUID
    title: str
    values: list[Any]
    said: str


class ContradictionOut(BaseModel):
    key: str
    label: str
    one: SideOut
    other: SideOut


class ContradictionsOut(BaseModel):
    hotel_id: UUID
    items: list[ContradictionOut]


def _side(side: Side) -> SideOut:
    source = side.source
    values: list[Any] = list(side.values)
    return SideOut(
        kind=source.kind, id=source.id, title=source.title, values=values, said=side.said[:500]
    )


def shown(found: list[Contradiction]) -> list[ContradictionOut]:
    return [
        ContradictionOut(
            key=c.key, label=label(c.key, "en"), one=_side(c.one), other=_side(c.other)
        )
        for c in found
    ]
