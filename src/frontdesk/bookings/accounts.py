"""A hotel's account at its payment provider; the secrets go in and never come out."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.callbacks import webhook_key
from frontdesk.bookings.payment_models import PaymentAccount
from frontdesk.bookings.payments import account
from frontdesk.kit.ids import uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.tenancy.audit import record
from frontdesk.tenancy.envelope import seal


@dataclass(frozen=True, slots=True)
class Account:
    """What a hotel tells of it."""

    api_url: str
    secret_key: str = field(repr=False)
    webhook_secret: str | None = field(default=None, repr=False)
    deposit_share: int = 10_000
    return_url: str | None = None


async def set_account(
    session: AsyncSession, vault: Vault, hotel_id: UUID, given: Account, *, by: str
) -> PaymentAccount:
    """Make or change it; a webhook secret that is not given stays."""
    own, word = await account(session), given.webhook_secret
    key = await seal(session, vault, hotel_id, given.secret_key)
    secret = await seal(session, vault, hotel_id, word) if word is not None else None
    if own is None:
        own = PaymentAccount(
            hotel_id=hotel_id,
            id=uuid7(),
            provider="stripe",
            api_url=given.api_url,
            webhook_key=webhook_key(hotel_id),
            webhook_secret=None,
        )
        session.add(own)
    own.secret_key = key
    if secret is not None:
        own.webhook_secret = secret
    own.deposit_share, own.return_url = given.deposit_share, given.return_url
    await session.flush()
    new = {"provider": own.provider, "deposit_share": own.deposit_share}
    record(session, hotel_id, "payment_account.set", f"payment_account:{own.id}", by=by, new=new)
    return own
