"""A number as the provider's door wants it: where it is reached, and its opened token."""

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.secrets import Vault
from frontdesk.messaging.provider import Line
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.models import WhatsAppInstance


async def line_of(session: AsyncSession, vault: Vault, number: WhatsAppInstance) -> Line:
    token = await unseal(session, vault, number.hotel_id, number.api_token)
    return Line(number.api_url, number.id_instance, token)
