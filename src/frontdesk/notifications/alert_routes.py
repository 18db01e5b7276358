"""The link under an alert: looking shows it, pressing the button takes it."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from frontdesk.kit.web import ClockDep, DbDep, SignerDep
from frontdesk.notifications.ack_links import NoSuchAlert, read
from frontdesk.notifications.actions import acknowledge
from frontdesk.notifications.alert_page import POLICY, page
from frontdesk.notifications.models import StaffNotification
from frontdesk.notifications.queries import NoSuchNotification, notification
from frontdesk.tenancy.auth import Anybody

public = APIRouter(prefix="/alerts", tags=["staff"])
Token = Annotated[str, Path(max_length=300)]
HEADERS = {"Content-Security-Policy": POLICY}


@public.get("/{token}", response_class=Response)
async def show_alert(
    db: DbDep, clock: ClockDep, signer: SignerDep, _: Anybody, token: Token
) -> Response:
    """Looks only: whatever previews links takes nothing."""
    link = read(signer, token, now=clock.now())
    async with db.hotel(link.hotel_id) as session:
        try:
            told = await notification(session, link.notification_id)
        except NoSuchNotification:
            raise NoSuchAlert from None
    return _as_page(told)


@public.post("/{token}", response_class=Response)
async def take_alert(
    db: DbDep, clock: ClockDep, signer: SignerDep, _: Anybody, token: Token
) -> Response:
    """The first one who takes it stays the one; a second press changes nothing."""
    link = read(signer, token, now=clock.now())
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
    return _as_page(told)


def _as_page(told: StaffNotification) -> Response:
    return Response(page(told), media_type="text/html", headers=HEADERS)
