"""A circuit breaker per instance: a gateway that is down is left alone for a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


class CircuitOpen(Exception):
    """The gateway failed again and again; it is left alone for a while"""


@dataclass
class Breaker:
    """Opens after `threshold` failures in a row, for `rest` seconds; then one call may try."""

    threshold: int = 5
    rest: float = 10
    now: Callable[[], float] = time.monotonic
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    _until: dict[str, float] = field(default_factory=dict[str, float])

    def check(self, name: str) -> None:
        """Raise CircuitOpen while `name` rests."""
        if self._until.get(name, 0) > self.now():
            raise CircuitOpen(CircuitOpen.__doc__)

    def failed(self, name: str) -> None:
        count = self._failures[name] = self._failures.get(name, 0) + 1
        if count >= self.threshold:
            self._until[name] = self.now() + self.rest

    def worked(self, name: str) -> None:
        self._failures.pop(name, None)
        self._until.pop(name, None)
