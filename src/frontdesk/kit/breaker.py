"""A circuit breaker per peer: one that is down is left alone for a while, then tried once."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


class CircuitOpen(Exception):
    """The peer failed again and again; it is left alone for a while"""


@dataclass
class Breaker:
    """Opens after `threshold` failures in a row, for `rest` seconds; then one call may try.

    While that one is out, and for another `rest` at most, everybody else still waits. Each further
    failure doubles the rest, up to `longest`.
    """

    threshold: int = 5
    rest: float = 10
    longest: float = 10
    now: Callable[[], float] = time.monotonic
    _failures: dict[str, int] = field(default_factory=dict[str, int])
    _until: dict[str, float] = field(default_factory=dict[str, float])

    def check(self, name: str) -> None:
        """Raise CircuitOpen while `name` rests; the first to ask afterwards is the probe."""
        until = self._until.get(name)
        if until is None:
            return
        if until > self.now():
            raise CircuitOpen(CircuitOpen.__doc__)
        self._until[name] = self.now() + self.rest

    def failed(self, name: str) -> None:
        count = self._failures[name] = self._failures.get(name, 0) + 1
        if count >= self.threshold:
            doubled = self.rest * 2 ** min(count - self.threshold, 10)
            self._until[name] = self.now() + max(self.rest, min(doubled, self.longest))

    def worked(self, name: str) -> None:
        self._failures.pop(name, None)
        self._until.pop(name, None)
