"""Trying the wall with a search: its look-ups run past the policies and find only our own."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.operations.findings import Finding
from frontdesk.operations.isolation_search import LOOKUPS
from frontdesk.search.kinds import KINDS

SHARED = "probe"
"""What both hotels have in everything."""
ENTRY = text(
    "INSERT INTO search_entries (hotel_id, id, kind, title, words)"
    " VALUES (:hotel, :id, :kind, CAST(:title AS text),"
    " search_vector('simple', CAST(:title AS text), '', '', ''))"
)
WORD = text(
    "INSERT INTO search_words (hotel_id, word, slips)"
    " VALUES (:hotel, CAST(:word AS text), search_slips(:hotel, :word))"
)
LETTERS = str.maketrans("0123456789", "ghijklmnop")
ALL = "'{" + ",".join(KINDS) + "}'"
CALLS: Mapping[str, str] = {
    "search_like": "SELECT search_like(:word, 9)",
    "search_near": "SELECT unnest(search_near(:word, 9))",
    "search_says": "SELECT NULLIF(search_says(:word), false)",
    "search_things": f"SELECT id FROM search_things(CAST(:word AS tsquery), CAST(:word AS tsquery),"  # noqa: S608 - ours
    f" {ALL}, NULL, NULL, NULL, 99)",
    "search_said": "SELECT id FROM search_said(CAST(:word AS tsquery), CAST(:word AS tsquery),"
    " NULL, NULL, NULL, 99)",
    "search_newest": "SELECT id FROM search_newest(CAST(:word AS tsquery),"
    " NULL, NULL, NULL, 99, 99)",
}


async def plant(session: AsyncSession, hotel_id: HotelId) -> tuple[dict[str, UUID], str]:
    """Something of every kind with a word that both hotels have, and one that only this one has."""
    own = secrets.token_hex(12).translate(LETTERS)
    ids = {kind: uuid7() for kind in KINDS}
    for kind, row_id in ids.items():
        given = {"hotel": hotel_id, "id": row_id, "kind": kind, "title": f"{SHARED} {own}"}
        await session.execute(ENTRY, given)
    for word in (SHARED, own):
        await session.execute(WORD, {"hotel": hotel_id, "word": word})
    return ids, own


async def probe_search(
    stage: Rehearsal, mine: HotelId, *, own: str, foreign: str, foreign_ids: frozenset[str]
) -> list[Finding]:
    """Each look-up finds our own word, not the other hotel's, and nothing when nobody is bound."""
    named = {name.partition("(")[0] for name in LOOKUPS}
    found = [Finding("every look-up is tried", "look-ups", named == set(CALLS))]
    for name, call in CALLS.items():
        ours, theirs = await _said(stage, mine, call, own), await _said(stage, mine, call, foreign)
        both = await _said(stage, mine, call, SHARED)
        nobody = await _said(stage, None, call, own)
        found += [
            Finding("a look-up finds its own", name, bool(ours)),
            Finding("a look-up finds nothing foreign", name, theirs == []),
            Finding("a shared word finds no foreign id", name, not foreign_ids & set(both)),
            Finding("nobody bound is an error", name, nobody == ["42501"], ", ".join(nobody)),
        ]
    return found


async def _said(stage: Rehearsal, hotel_id: HotelId | None, call: str, word: str) -> list[str]:
    async with stage.undone():
        try:
            async with stage.hotel(hotel_id or HotelId(UUID(int=1))) as session:
                if hotel_id is None:
                    await session.execute(text("SELECT set_config('app.hotel_id', '', true)"))
                rows = await session.execute(text(call), {"word": word})
                return [str(row[0]) for row in rows if row[0] is not None]
        except DBAPIError as refused:
            return [str(getattr(refused.orig, "sqlstate", None))]
