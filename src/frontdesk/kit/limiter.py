"""How often somebody may ask, counted in Valkey for all processes; where it is down, all may."""

import time
from typing import TYPE_CHECKING, Any

from frontdesk.kit.errors import TooMany
from frontdesk.kit.logs import get_logger

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.aio.strategies import FixedWindowRateLimiter

PATIENCE = 0.25
"""Seconds for one answer of Valkey."""
PAUSE = 5.0
"""Seconds without asking a Valkey that did not answer."""


class Limiter:
    """`admit` raises TooMany. Without an address nobody is counted."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._window: FixedWindowRateLimiter | None = None
        self._storage: Any = None
        self._rates: dict[str, RateLimitItem] = {}
        self._shut_until = 0.0

    async def admit(self, rate: str, *names: str) -> None:
        """Count one more for `names` ("600/minute"); raise TooMany where that is too many."""
        if not self._url or time.monotonic() < self._shut_until:
            return
        try:
            wait = await self._hit(rate, names)
        except Exception as lost:  # noqa: BLE001 - whatever the client raises: fail open, visibly
            self._shut_until = time.monotonic() + PAUSE
            get_logger().warning("rate_limit_open", exc_info=lost)
            return
        if wait is not None:
            raise TooMany(retry_after=wait)

    async def _hit(self, rate: str, names: tuple[str, ...]) -> int | None:
        window, item = self._opened(), self._rate(rate)
        if await window.hit(item, *names):
            return None
        stats = await window.get_window_stats(item, *names)
        return max(1, round(stats.reset_time - time.time()))

    def _rate(self, rate: str) -> "RateLimitItem":
        from limits import parse  # noqa: PLC0415 - with its client 8 MiB; webhooks need neither

        if rate not in self._rates:
            self._rates[rate] = parse(rate)
        return self._rates[rate]

    def _opened(self) -> "FixedWindowRateLimiter":
        from limits.aio.storage import RedisStorage  # noqa: PLC0415 - see above
        from limits.aio.strategies import FixedWindowRateLimiter  # noqa: PLC0415 - see above

        if self._window is None:
            client: dict[str, Any] = {
                "socket_timeout": PATIENCE,
                "socket_connect_timeout": PATIENCE,
                "retry": None,
            }
            self._storage = RedisStorage(
                f"async+{self._url}",
                implementation="redispy",
                key_prefix="frontdesk:rate",
                **client,
            )
            self._window = FixedWindowRateLimiter(self._storage)
        return self._window

    async def close(self) -> None:
        if self._storage is not None:
            await self._storage.bridge.storage.aclose()
