"""Reading a PMS: what changed there since the last time goes through the import desk.

The last writer wins as in every import: the PMS over what it wrote itself, and never over what was
changed here since; that is a conflict, kept in sight and asked for again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.import_models import Import
from frontdesk.bookings.imports import run_import, start
from frontdesk.kit.clock import Clock
from frontdesk.kit.db import Database, ring
from frontdesk.kit.errors import NotFound
from frontdesk.kit.fetching import Bounds
from frontdesk.kit.ids import HotelId
from frontdesk.kit.jobs import Job
from frontdesk.kit.logs import get_logger
from frontdesk.kit.outside import anywhere, is_public
from frontdesk.kit.secrets import Vault
from frontdesk.pms.conflicts import Looked, due_again, settle, under_way
from frontdesk.pms.contract import Asked, Paused, Pms, PmsFailed, PmsSilent, Pulled
from frontdesk.pms.lines import lines_of
from frontdesk.pms.links import the_link, tokens_of
from frontdesk.pms.mews import BOUNDS, Mews
from frontdesk.pms.models import PmsLink
from frontdesk.pms.pages import Pages, forget_pages, keep_pages, known_pages
from frontdesk.tenancy.queries import the_hotel

EVERY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
OVERLAP = timedelta(minutes=10)
"""Read twice: the PMS's clock need not be ours, and what commits late there is not missed."""
SECONDS = 5.0
"""Of a step: after them no new question is begun, and none lasts longer than mews.BOUNDS."""
LEASE = timedelta(seconds=60)
"""More than a step can take."""
OLDEST = timedelta(hours=1)
"""A reading that took longer begins anew."""
STUMBLES = 4
"""How often in a row a reading may be told to wait."""
BY = "pms"


@dataclass(frozen=True, slots=True)
class PmsDesk:
    """What reading a PMS needs."""

    db: Database
    vault: Vault
    clock: Clock
    allow_private: bool = False
    stand_in: str | None = None
    """An address on this machine that is a PMS all the same."""
    seconds: float = SECONDS
    bounds: Bounds = BOUNDS
    """Of one question."""


@dataclass(frozen=True, slots=True)
class _Claim:
    pms: Pms
    asked: Asked
    pages: Pages
    began: datetime
    book: tuple[UUID, str, str]
    """Whose reservations these are: somebody may name another while they are read."""


async def read_pms(desk: PmsDesk, hotel_id: HotelId) -> None:
    """One step of a reading, if it is due and nobody is at it: seconds, however slow the PMS is.

    What it does not get to is rung for at once, behind what others wait for.
    """
    pages = Pages(seconds=desk.seconds)
    if await _unfinished(desk, hotel_id, pages.over):
        return
    claim = await _claim(desk, hotel_id, pages)
    if claim is None:
        return
    try:
        pulled = await claim.pms.changed(claim.asked)
    except Paused as paused:
        await _pause(desk, hotel_id, claim, paused.wait)
        return
    except PmsFailed as failed:
        await _keep(desk, hotel_id, claim, failed)
        await _note_failure(desk, hotel_id, failed)
        return
    await _take(desk, hotel_id, claim, pulled)
    await _unfinished(desk, hotel_id, pages.over)


async def _claim(desk: PmsDesk, hotel_id: HotelId, pages: Pages) -> _Claim | None:
    now = desk.clock.now()
    async with desk.db.hotel(hotel_id) as session:
        try:
            link = await the_link(session, lock=True)
        except NotFound:
            return None
        due = link.next_sync_at is not None and link.next_sync_at <= now
        if not due or (link.busy_until is not None and link.busy_until > now):
            return None
        link.busy_until = now + LEASE
        link.next_sync_at = now + EVERY if link.automatic else None
        asked, began = await _asked(session, link, now)
        pages.known = await known_pages(session, desk.vault, hotel_id)
        zone = (await the_hotel(session)).timezone
        client, access = await tokens_of(session, desk.vault, link)
        here = desk.allow_private or link.url == desk.stand_in
        public = anywhere if here else is_public
        pms = Mews(link.url, client, access, link.service_id, zone, public, desk.bounds, pages)
        return _Claim(pms, asked, pages, began, _book(link))


async def _asked(session: AsyncSession, link: PmsLink, now: datetime) -> tuple[Asked, datetime]:
    """What the reading under way asks since it began, or a new one."""
    if link.asked is not None:
        began = datetime.fromisoformat(link.asked["began"])
        if now - began <= OLDEST:
            until = datetime.fromisoformat(link.asked["until"])
            return Asked(link.since, until, tuple(link.asked["again"])), began
    await forget_pages(session)
    until = now if link.since is None else now + OVERLAP
    asked = Asked(link.since, until, await due_again(session, now=now))
    said = {"began": now.isoformat(), "until": until.isoformat(), "again": list(asked.again)}
    link.asked, link.told_to_wait = said, 0
    return asked, now


async def _own(session: AsyncSession, claim: _Claim) -> PmsLink | None:
    """The link, as long as it is the book and the reading that were asked."""
    link = await session.scalar(select(PmsLink).with_for_update())
    if link is None or _book(link) != claim.book or link.asked is None:
        return None
    return link if link.asked["began"] == claim.began.isoformat() else None


async def _pause(desk: PmsDesk, hotel_id: HotelId, claim: _Claim, wait: float | None) -> None:
    """The pages are kept; the reading goes on at once, or when the PMS wants it to."""
    async with desk.db.hotel(hotel_id) as session:
        link = await _own(session, claim)
        if link is None:
            return
        await keep_pages(session, desk.vault, hotel_id, claim.pages)
        told = wait is None or wait > 0
        link.told_to_wait = link.told_to_wait + 1 if told and not claim.pages.fresh else int(told)
        if link.told_to_wait < STUMBLES:
            seconds = 5.0 * 2**link.told_to_wait if wait is None else wait
            link.busy_until, link.next_sync_at = None, desk.clock.now() + timedelta(seconds=seconds)
            if not told:
                await ring(session, Job.READ_PMS, hotel_id)
            return
        link.told_to_wait = 0
    await _note_failure(desk, hotel_id, PmsFailed("Mews is asked too often", wait=wait))


async def _keep(desk: PmsDesk, hotel_id: HotelId, claim: _Claim, failed: PmsFailed) -> None:
    """Where it only did not answer; what was said wrongly may be said rightly next time."""
    async with desk.db.hotel(hotel_id) as session:
        link = await _own(session, claim)
        if link is None:
            return
        if isinstance(failed, PmsSilent):
            await keep_pages(session, desk.vault, hotel_id, claim.pages)
        else:
            link.asked = None


def _book(link: PmsLink) -> tuple[UUID, str, str]:
    return link.id, link.url, link.service_id


async def _take(desk: PmsDesk, hotel_id: HotelId, claim: _Claim, pulled: Pulled) -> None:
    """Into the import desk; a PMS that is not automatic ends as a preview, and moves no cursor."""
    async with desk.db.hotel(hotel_id) as session:
        link = await _own(session, claim)
        if link is None:
            return
        link.asked = None
        await forget_pages(session)
        rows, unfit = await lines_of(session, link, pulled, now=claim.began)
        work = Import(
            hotel_id=hotel_id,
            kind="bookings",
            source=link.kind,
            overwrite=False,
            rows=rows,
            made_by=BY,
        )
        if rows:
            await start(session, work, apply=link.automatic, now=claim.began)
        link.import_id = work.id if rows else link.import_id
        if link.automatic:
            link.reading = claim.began - OVERLAP
            asked = [*claim.asked.again, *pulled.gone]
            names = [row["external_id"] for row in rows]
            await under_way(session, link, Looked(asked, names, unfit), now=claim.began)
        if not rows or not link.automatic:
            _done(link, claim.began)


async def _unfinished(desk: PmsDesk, hotel_id: HotelId, enough: Callable[[], bool]) -> bool:
    """What was begun is brought to its end; whether it still has some way to go."""
    async with desk.db.hotel(hotel_id) as session:
        link = await session.scalar(select(PmsLink))
        if link is None or link.reading is None or link.import_id is None:
            return False
        import_id = link.import_id
    await run_import(desk.db, desk.clock, hotel_id, import_id, enough=enough)
    async with desk.db.hotel(hotel_id) as session:
        link = await session.scalar(select(PmsLink).with_for_update())
        work = await session.scalar(select(Import).where(Import.id == import_id))
        if link is None or link.import_id != import_id or link.reading is None or work is None:
            return False
        if work.status in ("checking", "applying"):
            link.next_sync_at = desk.clock.now()
            await ring(session, Job.READ_PMS, hotel_id)
            return True
        if work.status == "done":
            await settle(session, link, work, now=desk.clock.now())
            _done(link, link.reading + OVERLAP)
            return False
        link.reading = None
    await _note_failure(desk, hotel_id, PmsFailed("the import of what was read failed"))
    return False


def _done(link: PmsLink, began: datetime) -> None:
    if link.reading is not None:
        link.since = link.reading
    link.reading, link.busy_until = None, None
    link.synced_at, link.failures, link.error = began, 0, None


async def _note_failure(desk: PmsDesk, hotel_id: HotelId, failed: Exception) -> None:
    """What was read before stands; the next try waits twice as long, or as long as it is told."""
    get_logger().warning("pms_failed", hotel=str(hotel_id), why=type(failed).__name__)
    asked = timedelta(seconds=failed.wait or 0) if isinstance(failed, PmsFailed) else timedelta()
    async with desk.db.hotel(hotel_id) as session:
        link = await session.scalar(select(PmsLink).with_for_update())
        if link is None:
            return
        link.failures += 1
        link.error = str(failed)[:200]
        link.busy_until = None
        wait = min(max(EVERY * 2 ** min(link.failures - 1, 10), asked), LONGEST_WAIT)
        link.next_sync_at = desk.clock.now() + wait if link.automatic else None
