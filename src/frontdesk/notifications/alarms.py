"""Alarms about a hotel's WhatsApp number: it cannot speak, and a person must know."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.headings import Heading
from frontdesk.tenancy.models import WhatsAppInstance

WHY = {
    "quota": "GREEN-API's quota is used up: replies wait.",
    "bad_credentials": "GREEN-API refuses this number's token: replies wait until it is connected.",
    "daily_cap": "This number's own cap for the day is reached: replies wait until tomorrow.",
}


async def instance_alarm(session: AsyncSession, instance: WhatsAppInstance, now: datetime) -> None:
    """One alert an hour and reason, about why this number is paused or down."""
    reason = instance.pause_reason or instance.state
    alert = Alert(
        kind="whatsapp_down",
        priority=95,
        title=Heading("whatsapp_down"),
        body=WHY.get(reason, f"WhatsApp says: {reason}"),
        dedupe_key=f"instance:{reason}:{instance.id}:{now:%Y%m%d%H}",
    )
    await notify(session, instance.hotel_id, alert, now=now)
