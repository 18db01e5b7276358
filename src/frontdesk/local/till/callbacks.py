"""Callbacks as Stripe posts them: signed, at least once, again until they are taken."""

import asyncio
import copy
import hashlib
import hmac
import json

import httpx

from frontdesk.local.till.state import Account, Thing, Till, new_id, now

TRIES = 200


def tell(till: Till, account: Account, kind: str, thing: Thing) -> None:
    """Tell the hotel what the thing is like at this moment."""
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    event = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": "2026-01-28",
        "created": now(),
        "data": {"object": copy.deepcopy(shown)},
        "livemode": False,
        "pending_webhooks": 1,
        "type": kind,
    }
    if not account.url:
        return
    if account.faults.hold:
        account.held.append(event)
    else:
        send(till, account, event)


def release(till: Till, account: Account, *, backwards: bool) -> None:
    """Send what was held, one after the other."""
    waiting, account.held = account.held, []
    till.start(_in_turn(till, account, waiting[::-1] if backwards else waiting))


def send(till: Till, account: Account, event: Thing) -> None:
    for _ in range(1 + account.faults.double):
        till.start(_in_turn(till, account, [event]))


async def _in_turn(till: Till, account: Account, events: list[Thing]) -> None:
    async with httpx.AsyncClient(timeout=20) as client:
        for event in events:
            await _until_taken(till, account, event, client)


async def _until_taken(
    till: Till, account: Account, event: Thing, client: httpx.AsyncClient
) -> None:
    body = json.dumps(event, indent=2).encode()
    for _ in range(TRIES):
        headers = {"Content-Type": "application/json", "Stripe-Signature": _signed(account, body)}
        try:
            answer = await client.post(account.url, content=body, headers=headers)
        except httpx.HTTPError:
            answer = None
        if answer is not None and answer.is_success:
            account.sent += 1
            return
        await asyncio.sleep(till.retry_pause)


def _signed(account: Account, body: bytes) -> str:
    """HMAC-SHA256 over the time, a dot and the body, in hex."""
    at = str(now())
    mac = hmac.new(account.secret.encode(), at.encode() + b"." + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
