"""The link under an alert: looking shows it, pressing the button takes it."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.web import ClockDep, DbDep, SignerDep
from frontdesk.notifications.ack_links import AckLink, LinkOver, NoSuchAlert, read
from frontdesk.notifications.actions import acknowledge
from frontdesk.notifications.alert_page import POLICY, page, page_of_old_link
from frontdesk.notifications.models import Staff
from frontdesk.notifications.queries import NoSuchNotification, notification
from frontdesk.tenancy.auth import Anybody
from frontdesk.tenancy.queries import the_hotel

public = APIRouter(prefix="/alerts", tags=["staff"])
Token = Annotated[str, Path(max_length=300)]
HEADERS = {"Content-Security-Policy": POLICY}


@public.get("/{token}", response_class=Response)
async def show_alert(
    db: DbDep, clock: ClockDep, signer: SignerDep, _: Anybody, token: Token
) -> Response:
    """Looks only: whatever previews links takes nothing."""
    try:
        link = read(signer, token, now=clock.now())
    except LinkOver as over:
        return await _over(db, over.link)
    async with db.hotel(link.hotel_id) as session:
        try:
            told = await notification(session, link.notification_id)
        except NoSuchNotification:
            raise NoSuchAlert from None
        said = page(told, await _language(session, link))
    return _as_page(said)


@public.post("/{token}", response_class=Response)
async def take_alert(
    db: DbDep, clock: ClockDep, signer: SignerDep, _: Anybody, token: Token
) -> Response:
    """The first one who takes it stays the one; a second press changes nothing."""
    try:
        link = read(signer, token, now=clock.now())
    except LinkOver as over:
        return await _over(db, over.link)
    by = f"staff:{link.staff_id}" if link.staff_id else "link"
    async with db.hotel(link.hotel_id) as session:
        try:
            told = await acknowledge(
                session,
                link.notification_id,
                by=by,
                now=clock.now(),
                staff_id=link.staff_id,
                via="link",
            )
        except NoSuchNotification:
            raise NoSuchAlert from None
        said = page(told, await _language(session, link))
    return _as_page(said)


async def _over(db: Database, link: AckLink) -> Response:
    """Who presses it a day late reads why, and takes nothing."""
    async with db.hotel(link.hotel_id) as session:
        said = page_of_old_link(await _language(session, link))
    return _as_page(said, status=404)


async def _language(session: AsyncSession, link: AckLink) -> str:
    """The hotel's, where the link went to nobody of the staff."""
    person = select(Staff.language).where(Staff.id == link.staff_id)
    theirs = await session.scalar(person) if link.staff_id else None
    return theirs or (await the_hotel(session)).language


def _as_page(said: str, *, status: int = 200) -> Response:
    return Response(said, status_code=status, media_type="text/html", headers=HEADERS)
