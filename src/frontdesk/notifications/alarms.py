"""Alarms about a hotel's WhatsApp number: it cannot speak, and a person must know."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.tenancy.models import WhatsAppInstance

WHY = ("quota", "bad_credentials", "daily_cap")
"""Of these there is a sentence each."""


async def instance_alarm(session: AsyncSession, instance: WhatsAppInstance, now: datetime) -> None:
    """One alert an hour and reason, about why this number is paused or down."""
    reason = instance.pause_reason or instance.state
    said = Sentence("whatsapp_says", {"state": reason})
    why = Sentence(f"whatsapp_{reason}") if reason in WHY else said
    alert = Alert(
        kind="whatsapp_down",
        priority=95,
        title=Heading("whatsapp_down"),
        body=[why],
        dedupe_key=f"instance:{reason}:{instance.id}:{now:%Y%m%d%H}",
    )
    await notify(session, instance.hotel_id, alert, now=now)
