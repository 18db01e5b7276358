"""Connecting a number: tells GREEN-API where to post, and asks how it is."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import Database
from frontdesk.kit.secrets import Vault
from frontdesk.messaging.lines import line_of
from frontdesk.messaging.provider import Gateway
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.models import WhatsAppInstance
from frontdesk.tenancy.queries import instance

WANTED: Mapping[str, str] = dict.fromkeys(
    (
        "incomingWebhook",
        "outgoingWebhook",
        "outgoingMessageWebhook",
        "outgoingAPIMessageWebhook",
        "stateWebhook",
        "incomingCallWebhook",
        "pollMessageWebhook",
        "editedMessageWebhook",
        "deletedMessageWebhook",
    ),
    "yes",
)
"""Everything we understand; a new instance has every notification off (green-api.md 2.1)."""


async def connect(
    db: Database,
    vault: Vault,
    gateway: Gateway,
    hotel_id: UUID,
    instance_id: UUID,
    *,
    public_url: str,
    now: datetime,
    by: str = "operator",
) -> WhatsAppInstance:
    """setSettings, then getStateInstance; raises a SendFailed when GREEN-API refuses."""
    async with db.hotel(hotel_id) as session:
        number = await instance(session, instance_id)
        line = await line_of(session, vault, number)
        token = await _webhook_token(session, vault, number)
    settings = {
        **WANTED,
        "webhookUrl": f"{public_url.rstrip('/')}/webhooks/green-api/{number.instance_key}",
        "webhookUrlToken": token,
        "markIncomingMessagesReadedOnReply": "yes",
    }
    await gateway.connect(line, settings)
    state = await gateway.state(line)
    async with db.hotel(hotel_id) as session:
        number = await instance(session, instance_id)
        old, new = {"state": number.state}, {"state": state}
        subject = f"instance:{number.id}"
        record(session, hotel_id, "instance.connect", subject, by=by, old=old, new=new)
        number.state, number.state_at = state, now
        number.paused_until = number.pause_reason = None
    return number


async def _webhook_token(session: AsyncSession, vault: Vault, number: WhatsAppInstance) -> str:
    sealed = number.webhook_token
    return await unseal(session, vault, number.hotel_id, sealed) if sealed else ""
