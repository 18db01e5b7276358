"""What a search says on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.types import JsonValue

HIT: dict[str, JsonValue] = {
    "kind": "room_types",
    "id": "0199c5a0-0000-7000-8000-000000000001",
    "parent_id": None,
    "title": "Deluxe suite",
    "features": "DLX, king bed, sea view",
    "status": "active",
    "at": "2026-11-21T12:00:00Z",
    "title_html": "<mark>Deluxe</mark> suite",
    "snippet_html": "Our largest rooms, with a view over the bay.",
}


class HitOut(BaseModel):
    model_config = ConfigDict(json_schema_extra={"example": HIT})
    kind: str
    id: UUID
    parent_id: UUID | None
    """Of a message its conversation, of a booking its guest, of a room its type."""
    title: str
    features: str
    status: str
    at: datetime
    title_html: str
    snippet_html: str
    """Escaped; only <mark> is ours."""


class FoundOut(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [HIT],
                "facets": {"room_types": 1},
                "more_than_counted": False,
                "next": None,
            }
        }
    )
    items: list[HitOut]
    facets: dict[str, int]
    """How many of each kind that the asker may read."""
    more_than_counted: bool
    next: str | None


class SuggestionOut(BaseModel):
    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {"kind": "room_types", "id": HIT["id"], "title": "Deluxe suite"}
        },
    )
    kind: str
    id: UUID
    title: str


class SuggestionsOut(BaseModel):
    items: list[SuggestionOut]
