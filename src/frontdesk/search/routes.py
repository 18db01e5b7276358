"""One box over everything of a hotel, a box for each kind, and the end of a word."""

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from frontdesk.kit.errors import Forbidden
from frontdesk.kit.web import DbDep, SettingsDep
from frontdesk.search.actions import Found, find_at_once, suggest
from frontdesk.search.asking import AskedDep, Words, write_cursor
from frontdesk.search.highlight import fitting, marked, snippet
from frontdesk.search.kinds import ALSO, KINDS, Kind, readable
from frontdesk.search.schemas import FoundOut, HitOut, SuggestionOut, SuggestionsOut
from frontdesk.tenancy.auth import Principal, allow

router = APIRouter(prefix="/v1/hotels/{hotel_id}/search", tags=["search"])
Searcher = Annotated[Principal, Depends(allow("search:read"))]


@router.get("")
async def search_everything(
    db: DbDep,
    hotel_id: UUID,
    asker: Searcher,
    settings: SettingsDep,
    asked: AskedDep,
    kinds: Annotated[list[Kind] | None, Query(max_length=20)] = None,
) -> FoundOut:
    """Whatever the asker may read: rooms, bookings, guests, messages and the rest."""
    allowed = readable(asker.scopes)
    wanted = allowed if kinds is None else tuple(k for k in allowed if k in kinds)
    question = asked.of(allowed, wanted, threshold=settings.search_threshold)
    return _out(await find_at_once(db, hotel_id, question))


@router.get("/suggest")
async def complete_words(
    db: DbDep,
    hotel_id: UUID,
    asker: Searcher,
    q: Words,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> SuggestionsOut:
    """Names of things that go on as this begins."""
    async with db.hotel(hotel_id) as session:
        allowed = readable(asker.scopes)
        said = await suggest(session, hotel_id, q, allowed=allowed, limit=limit)
    return SuggestionsOut(items=[SuggestionOut.model_validate(s) for s in said])


def _search_of(kind: Kind) -> Callable[..., Coroutine[Any, Any, FoundOut]]:
    async def search(
        db: DbDep,
        hotel_id: UUID,
        asker: Annotated[Principal, Depends(allow(KINDS[kind]))],
        settings: SettingsDep,
        asked: AskedDep,
    ) -> FoundOut:
        if kind not in readable(asker.scopes):
            raise Forbidden(f"the scope {ALSO[kind]} is needed")
        question = asked.of((kind,), (kind,), threshold=settings.search_threshold)
        return _out(await find_at_once(db, hotel_id, question))

    search.__name__ = f"search_{kind}"
    return search


for each in KINDS:
    router.get(f"/{each}", response_model=FoundOut)(_search_of(each))


def _out(found: Found) -> FoundOut:
    items: list[HitOut] = []
    fits = fitting(found.terms)
    for hit in found.hits:
        told = asdict(hit)
        about = told.pop("body") or hit.features
        html = {
            "title_html": marked(hit.title, fits),
            "snippet_html": snippet(about, fits),
        }
        items.append(HitOut.model_validate(told | html))
    after = write_cursor(found.after) if found.after else None
    return FoundOut(items=items, facets=found.facets, more_than_counted=found.most, next=after)
