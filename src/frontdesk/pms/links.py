"""The hotel's account with its PMS: said, shown as fresh or stale, taken away."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import ring
from frontdesk.kit.errors import Conflict, Invalid, NotFound
from frontdesk.kit.ids import uuid7
from frontdesk.kit.jobs import Job
from frontdesk.kit.secrets import Vault
from frontdesk.pms.models import PmsConflict, PmsLink
from frontdesk.pms.pages import forget_pages
from frontdesk.pms.schemas import PmsIn
from frontdesk.tenancy.audit import changed, record
from frontdesk.tenancy.envelope import seal, unseal

STALE = timedelta(minutes=20)
"""What was read longer ago than this is shown as stale."""
PLAIN = ("kind", "url", "room_types", "automatic")


class PmsBusy(Conflict):
    """The PMS is being read"""

    code = "pms_busy"


def stand_in_at(simulator_url: str) -> str | None:
    """The one address of this machine that may be a PMS: the simulator's own, where one runs."""
    return f"{simulator_url}/mews" if simulator_url else None


async def the_link(session: AsyncSession, *, lock: bool = False) -> PmsLink:
    """Raises NotFound for a hotel without a PMS."""
    query = select(PmsLink).execution_options(populate_existing=True)
    found = await session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound("this hotel has no PMS")
    return found


async def link_pms(
    session: AsyncSession, vault: Vault, hotel_id: UUID, wanted: PmsIn, *, by: str, now: datetime
) -> PmsLink:
    """Made or changed. Tokens that are not said stay, but never move to another address.

    Another address or service is another book: it is read from the start.
    """
    link = await session.scalar(select(PmsLink).with_for_update())
    if link is None or link.url != wanted.url:
        wanted.need_tokens()
    plain = {**wanted.model_dump(include=set(PLAIN)), "service_id": wanted.service}
    if link is None:
        tokens = await _sealed(session, vault, hotel_id, wanted)
        link = PmsLink(hotel_id=hotel_id, id=uuid7(), tokens=tokens, **plain)
        session.add(link)
        old, new = {}, plain
    else:
        old, new = changed(link, plain)
        if {"url", "service_id", "kind"} & new.keys():
            link.since, link.asked = None, None
        for name, value in new.items():
            setattr(link, name, value)
        if wanted.client_token is not None:
            link.tokens = await _sealed(session, vault, hotel_id, wanted)
    link.next_sync_at = now if wanted.automatic else None
    link.failures, link.error = 0, None
    await session.flush()
    await session.refresh(link)
    record(session, hotel_id, "pms.link", f"pms_link:{link.id}", by=by, old=old, new=new)
    if wanted.automatic:
        await ring(session, Job.READ_PMS, hotel_id)
    return link


async def _sealed(session: AsyncSession, vault: Vault, hotel_id: UUID, wanted: PmsIn) -> bytes:
    if wanted.client_token is None or wanted.access_token is None:
        raise Invalid("client_token and access_token come together")
    both = [wanted.client_token.get_secret_value(), wanted.access_token.get_secret_value()]
    return await seal(session, vault, hotel_id, json.dumps(both))


async def tokens_of(session: AsyncSession, vault: Vault, link: PmsLink) -> tuple[str, str]:
    client, access = json.loads(await unseal(session, vault, link.hotel_id, link.tokens))
    return client, access


async def ask_to_sync(session: AsyncSession, *, by: str, now: datetime) -> PmsLink:
    """At once. Raises PmsBusy while somebody reads."""
    link = await the_link(session, lock=True)
    if link.busy_until is not None and link.busy_until > now:
        raise PmsBusy
    link.next_sync_at = now
    await session.flush()
    await session.refresh(link)
    record(session, link.hotel_id, "pms.sync", f"pms_link:{link.id}", by=by)
    await ring(session, Job.READ_PMS, link.hotel_id)
    return link


async def unlink_pms(session: AsyncSession, *, by: str) -> None:
    """What came from it stays booked."""
    link = await the_link(session, lock=True)
    await session.execute(delete(PmsConflict))
    await forget_pages(session)
    await session.delete(link)
    record(session, link.hotel_id, "pms.unlink", f"pms_link:{link.id}", by=by)


def stale_since(link: PmsLink, now: datetime) -> datetime | None:
    """From when on the PMS may know more than we do; None: not longer than it takes."""
    as_of = link.synced_at or link.created_at
    return as_of if now - as_of > STALE else None
