"""The audit log's chain: sealed in batches, verified from end to end, exported line by line."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.tenancy.models import AuditEntry, AuditHead

BATCH = 1000
LINES = text(
    "SELECT a.seq, encode(a.prev_hash, 'hex') AS prev, encode(a.hash, 'hex') AS hash,"
    " audit_line(a) AS line FROM audit_log a WHERE a.seq > :after ORDER BY a.seq LIMIT :batch"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hotel's chain says of itself."""

    hotel_id: HotelId
    sealed: int
    """How many entries the chain ever had."""
    trimmed: int
    """How many of them are gone by retention."""
    unsealed: int
    """Younger than the last sealing: nothing vouches for them yet."""
    last_hash: str
    """Kept elsewhere, it shows also a chain that was written anew as a whole."""
    breaks: tuple[str, ...]

    @property
    def whole(self) -> bool:
        return not self.breaks


@dataclass(frozen=True, slots=True)
class _Line:
    seq: int
    prev: str
    hash: str
    line: str


@dataclass(frozen=True, slots=True)
class _Head:
    sealed: int
    last_hash: str
    trimmed: int
    trimmed_hash: str


async def seal(db: Database, hotel_id: HotelId) -> int:
    """Chain every entry that is not yet; gives how many. Short transactions, one hotel's lock."""
    sealed = 0
    while True:
        async with db.hotel(hotel_id) as session:
            done = await session.scalar(select(func.seal_audit(BATCH))) or 0
        sealed += done
        if done < BATCH:
            return sealed


async def verify(session: AsyncSession, hotel_id: HotelId) -> Verdict:
    """Recompute the bound hotel's chain from its beginning to its head."""
    entry = AuditEntry
    waiting = select(func.count()).select_from(entry).where(entry.seq.is_(None))
    unsealed = await session.scalar(waiting) or 0
    while True:
        head = await _head(session)
        breaks = [b async for b in _breaks(session, head)]
        if await session.scalar(select(AuditHead.trimmed)) in (head.trimmed, None):
            break  # else a trim went through meanwhile
    strays = select(func.count()).select_from(entry).where(entry.seq > _known())
    if await session.scalar(strays):
        breaks.append("entries after the head: it does not know them")
    last = head.last_hash
    return Verdict(hotel_id, head.sealed, head.trimmed, unsealed, last, tuple(breaks))


def _known() -> ColumnElement[int]:
    """In the same statement, so that what is sealed meanwhile is no stray."""
    return func.coalesce(select(AuditHead.sealed).scalar_subquery(), 0)


async def _head(session: AsyncSession) -> _Head:
    h = AuditHead
    query = select(h.sealed, h.last_hash, h.trimmed, h.trimmed_hash)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return _Head(0, "", 0, "")
    return _Head(row.sealed, row.last_hash.hex(), row.trimmed, row.trimmed_hash.hex())


async def _breaks(session: AsyncSession, head: _Head) -> AsyncIterator[str]:
    """Each place where the chain does not hold, from the first entry that should be there."""
    seq, prev = head.trimmed, head.trimmed_hash
    async for entry in _lines(session, -1):
        if entry.seq > head.sealed:
            break
        for broken in _compare(entry, seq, prev):
            yield broken
        seq, prev = entry.seq, entry.hash
    if seq < head.sealed:
        yield f"entries {seq + 1} to {head.sealed}: the end is gone"
    elif prev != head.last_hash:
        yield f"entry {seq}: the head has another hash"


def _compare(entry: _Line, seq: int, prev: str) -> list[str]:
    """`seq` and `prev` are of the entry before."""
    if entry.seq <= seq:
        return [f"entry {entry.seq}: it stands before the chain's beginning"]
    if entry.seq != seq + 1:
        return [f"entries {seq + 1} to {entry.seq - 1}: they are gone"]
    if entry.prev != prev:
        return [f"entry {entry.seq}: it does not follow the one before it"]
    if hashlib.sha256(entry.line.encode()).hexdigest() != entry.hash:
        return [f"entry {entry.seq}: it was changed"]
    return []


async def export(session: AsyncSession) -> AsyncIterator[str]:
    """Every sealed entry as one line of JSON, oldest first, byte for byte what was hashed.

    The SHA-256 of a line is the next line's `prev_hash`; the last one's is the head's.
    """
    async for entry in _lines(session, 0):
        yield entry.line


async def _lines(session: AsyncSession, after: int) -> AsyncIterator[_Line]:
    while True:
        rows = (await session.execute(LINES, {"after": after, "batch": BATCH})).all()
        for row in rows:
            yield _Line(row.seq, row.prev, row.hash, row.line)
        if len(rows) < BATCH:
            return
        after = rows[-1].seq
