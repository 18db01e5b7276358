"""Whose an API key is: one round trip, and one for all who show the same key at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from frontdesk.kit.db import NOBODY, Database
from frontdesk.kit.ids import HotelId
from frontdesk.tenancy.permissions import WHOLE_HOUSE

FIND = "find_api_key($2)"
NOWHERE = (UUID(int=0),)
"""Of departments that are not there any more: no other one is theirs for that."""


@dataclass(frozen=True, slots=True)
class Found:
    """A key that is not revoked."""

    id: UUID
    hotel_id: HotelId
    scopes: frozenset[str]
    departments: tuple[UUID, ...] = ()
    """Whose chats and tasks alone it sees; none: the whole hotel's."""


async def key_of(db: Database, key_digest: bytes) -> Found | None:
    """Asked of the database every time, so that a key that is revoked is out at once: who comes
    while a question is under way waits for the next one.
    """
    return await db.groups.join((key_of, key_digest), None, partial(_all, db, key_digest))


async def _all(db: Database, key_digest: bytes, group: Sequence[None]) -> list[Found | None]:
    rows = await db.rows_at_once(NOBODY, FIND, key_digest)
    found = [_found(row) for row in rows]
    return [found[0] if found else None] * len(group)


def _found(row: Any) -> Found:
    scopes, departments = frozenset(row["scopes"]), ()
    if row["narrowed"]:
        scopes, departments = scopes - WHOLE_HOUSE, tuple(row["departments"]) or NOWHERE
    return Found(row["key_id"], HotelId(row["hotel_id"]), scopes, departments)
