"""Wrong keys and tokens, counted by the address they come from."""

from fastapi import Request

from frontdesk.kit.caller import caller_of
from frontdesk.kit.limiter import Limiter
from frontdesk.kit.settings import Settings


async def count_refused(request: Request) -> None:
    """Asked of Valkey for what failed alone: who shows a right key waits for nothing and nobody.

    Raises TooMany once an address showed too many.
    """
    state = request.app.state
    limiter: Limiter = state.limiter
    settings: Settings = state.settings
    ip = caller_of(request, settings.proxies()).ip
    await limiter.admit(settings.rate_refused, f"refused:{ip}")
