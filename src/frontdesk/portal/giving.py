"""The hotel's page for guests: the address that it says, with a link's token behind the hash.

What stands behind a hash is not sent to any server that only shows the page.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.tokens import Signer
from frontdesk.portal.links import make_link
from frontdesk.tenancy.queries import the_hotel


@dataclass(frozen=True, slots=True)
class GuestPage:
    """Gives out links in the bot's name, to the guest whose booking it is."""

    signer: Signer

    async def link(self, session: AsyncSession, booking_id: UUID, *, now: datetime) -> str | None:
        """A new one each time; None where the hotel has said no address."""
        page = (await the_hotel(session)).settings.get("guest_page")
        if not page:
            return None
        _, token = await make_link(session, self.signer, booking_id, days=None, by="bot", now=now)
        return f"{page}#{token}"
