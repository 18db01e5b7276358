"""The demo hotels' accounts at the local payment provider, connected anew at every start."""

import httpx

from frontdesk.bookings.accounts import Account, set_account
from frontdesk.bookings.payments import account
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault, new_token
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.queries import the_hotel


async def open_account(
    db: Database,
    vault: Vault,
    client: httpx.AsyncClient,
    hotel_id: HotelId,
    *,
    stripe_url: str,
    api_url: str,
) -> None:
    """A third as deposit; the provider forgets when it stops, so it is told the callbacks again.

    Its dashboard answers at `{stripe_url}/simulator/...` to the key `sk_test_` and the hotel's
    short name.
    """
    async with db.hotel(hotel_id) as session:
        hotel = await the_hotel(session)
        known = await account(session)
        sealed = known.webhook_secret if known is not None else None
        secret = await unseal(session, vault, hotel_id, sealed) if sealed else new_token()
        key = f"sk_test_{hotel.slug}"
        given = Account(stripe_url, key, secret, deposit_share=3000)
        own = await set_account(session, vault, hotel_id, given, by="demo")
        own.api_url = stripe_url
    hook = f"{api_url}/webhooks/payments/{own.webhook_key}"
    body = {"key": key, "url": hook, "secret": secret}
    answer = await client.post(f"{stripe_url}/simulator/connect", json=body)
    answer.raise_for_status()
