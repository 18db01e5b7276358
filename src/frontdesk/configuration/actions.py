"""Applying a document to a hotel, and the versions that this leaves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.configuration.check import check
from frontdesk.configuration.compare import Change, compare
from frontdesk.configuration.kinds import HOTEL, READS, SECTIONS
from frontdesk.configuration.models import ConfigurationSection, ConfigurationVersion
from frontdesk.configuration.night_writing import write_nights
from frontdesk.configuration.state import Document, State, digest_of, read_state
from frontdesk.configuration.writer import Writer
from frontdesk.configuration.writing import write
from frontdesk.kit.errors import NotFound, Problem
from frontdesk.kit.ids import uuid7
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.auth import Principal
from frontdesk.tenancy.queries import the_hotel

KEPT = 200
"""Versions of one hotel; older ones go."""
ELSEWHERE = "elsewhere"


class LostRace(Problem):
    """It has changed since it was read: read it again"""

    status: ClassVar[int] = 412
    code: ClassVar[str] = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class Applied:
    """What came, or would come, of a document."""

    changes: list[Change]
    version: ConfigurationVersion | None
    state: State


def seen_by(document: Document, asker: Principal) -> Document:
    """The sections that they may read."""
    return {name: said for name, said in document.items() if READS[name] in asker.scopes}


def etag_of(document: object) -> str:
    return f'"{digest_of(document)}"'


def check_match(wanted: str | None, etag: str) -> None:
    """`If-Match`; who sends none writes over whatever there is. Raises LostRace."""
    if wanted is None or wanted.strip() == "*":
        return
    if etag not in [part.strip().removeprefix("W/") for part in wanted.split(",")]:
        raise LostRace


async def apply(
    session: AsyncSession,
    raw: object,
    *,
    asker: Principal,
    now: datetime,
    if_match: str | None = None,
    dry_run: bool = False,
    for_hotel: bool = False,
) -> Applied:
    """All of it or nothing; the same document again changes nothing.

    `if_match` is of the hotel's own settings where `for_hotel`, else of what the asker may read.
    Raises LostRace, BadConfiguration, Forbidden, Conflict.
    """
    hotel = await the_hotel(session, lock=True)
    before = await read_state(session, hotel, now=now)
    known = before.settings[HOTEL] if for_hotel else seen_by(before.document(), asker)
    check_match(if_match, etag_of(known))
    wanted = check(raw, before)
    changes = compare(before, wanted)
    _note(session, hotel.id, "compare" if dry_run else "apply", changes, asker)
    if dry_run or not changes:
        return Applied(changes, None, before)
    await _keep(session, hotel.id, before, [], by=ELSEWHERE)
    writer = Writer(session, hotel, asker, now)
    await write(writer, before, changes)
    await session.flush()
    await write_nights(writer, wanted)
    after = await read_state(session, hotel, now=now)
    told = [change.told() for change in changes]
    version = await _keep(session, hotel.id, after, told, by=asker.actor)
    return Applied(changes, version, after)


def _note(
    session: AsyncSession, hotel_id: UUID, verb: str, changes: list[Change], asker: Principal
) -> None:
    counts = {"changes": len(changes), "sections": sorted({c.section for c in changes})}
    subject = f"hotel:{hotel_id}"
    record(session, hotel_id, f"configuration.{verb}", subject, by=asker.actor, new=counts)


async def _keep(
    session: AsyncSession, hotel_id: UUID, state: State, changes: list[dict[str, Any]], *, by: str
) -> ConfigurationVersion | None:
    """A version, unless the newest says the same already."""
    last = await newest(session)
    bodies = {digest_of(said): said for said in state.document().values()}
    sections = {name: digest_of(said) for name, said in state.document().items()}
    if last is not None and last.sections == sections:
        return None
    rows = [{"hotel_id": hotel_id, "digest": d, "body": body} for d, body in bodies.items()]
    await session.execute(insert(ConfigurationSection).values(rows).on_conflict_do_nothing())
    version = ConfigurationVersion(
        hotel_id=hotel_id,
        id=uuid7(),
        number=1 if last is None else last.number + 1,
        made_by=by,
        sections=sections,
        changes=changes,
    )
    session.add(version)
    await session.flush()
    await _trim(session, version.number)
    return version


async def newest(session: AsyncSession) -> ConfigurationVersion | None:
    model = ConfigurationVersion
    return await session.scalar(select(model).order_by(model.number.desc()).limit(1))


async def _trim(session: AsyncSession, number: int) -> None:
    model = ConfigurationVersion
    await session.execute(delete(model).where(model.number <= number - KEPT))
    if number <= KEPT:
        return
    left = (await session.scalars(select(model.sections))).all()
    used = {digest for sections in left for digest in sections.values()}
    section = ConfigurationSection
    await session.execute(delete(section).where(section.digest.not_in(used)))


async def version_of(session: AsyncSession, version_id: UUID) -> ConfigurationVersion:
    model = ConfigurationVersion
    found = await session.scalar(select(model).where(model.id == version_id))
    if found is None:
        raise NotFound("this hotel has no such version")
    return found


async def document_of(
    session: AsyncSession, version: ConfigurationVersion, wanted: Iterable[str] = SECTIONS
) -> Document:
    """What the hotel's configuration was then."""
    digests: Mapping[str, str] = {n: d for n, d in version.sections.items() if n in wanted}
    section = ConfigurationSection
    query = select(section.digest, section.body).where(section.digest.in_(digests.values()))
    bodies = {row.digest: row.body for row in await session.execute(query)}
    return {name: bodies[digest] for name, digest in digests.items()}


async def restore(
    session: AsyncSession,
    version_id: UUID,
    *,
    asker: Principal,
    now: datetime,
    if_match: str | None,
) -> Applied:
    """Back to a version: a change like any other, with a version of its own."""
    document: dict[str, Any] = await document_of(session, await version_of(session, version_id))
    return await apply(session, document, asker=asker, now=now, if_match=if_match)
