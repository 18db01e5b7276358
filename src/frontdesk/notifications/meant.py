"""Which alert a member of staff means by a plain word."""

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.messaging.models import OutboundMessage
from frontdesk.notifications.models import NotificationDelivery, Staff, StaffNotification


async def meant_by(
    session: AsyncSession, person: Staff, quoted_id: str | None
) -> StaffNotification | None:
    """The alert in the message that is quoted, else the last open one that reached this person.

    Of a digest, the first that is open.
    """
    if quoted_id is not None:
        quoted = await quoted_by(session, person, quoted_id)
        if quoted is not None:
            return quoted
    return await _last(session, person, StaffNotification.status == "open")


async def quoted_by(
    session: AsyncSession, person: Staff, quoted_id: str
) -> StaffNotification | None:
    """The alert in this message; of a digest, the first that is open."""
    return await _last(session, person, OutboundMessage.provider_id == quoted_id)


async def _last(
    session: AsyncSession, person: Staff, which: ColumnElement[bool]
) -> StaffNotification | None:
    """What has left for the phone comes before what still waits there, or came another way."""
    told, letter, alert = NotificationDelivery, OutboundMessage, StaffNotification
    query = (
        select(alert)
        .join(told, (told.hotel_id == alert.hotel_id) & (told.notification_id == alert.id))
        .outerjoin(letter, (letter.hotel_id == told.hotel_id) & (letter.id == told.outbound_id))
        .where(told.staff_id == person.id, which)
        .order_by(
            (alert.status == "open").desc(),
            letter.sending_at.desc().nulls_last(),
            letter.seq.desc().nulls_last(),
            case((letter.id.is_(None), told.created_at)).desc().nulls_last(),
            alert.priority_score.desc(),
            alert.created_at,
        )
        .limit(1)
    )
    return await session.scalar(query)
