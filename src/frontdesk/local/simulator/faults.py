"""What goes wrong on purpose: planned, seeded, bounded, one plan an instance."""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

LIMITS: Mapping[str, float] = {
    "receiveNotification": 100,
    "deleteNotification": 100,
    "readChat": 10,
    "checkWhatsapp": 10,
    "getMessage": 10,
    "deleteMessage": 10,
    "downloadFile": 5,
    "getSettings": 1,
    "setSettings": 1,
    "getStateInstance": 1,
    "getChatHistory": 1,
    "lastIncomingMessages": 1,
    "lastOutgoingMessages": 1,
    "showMessagesQueue": 1,
    "clearMessagesQueue": 1,
    "getContacts": 1,
    "getAvatar": 10,
    "reboot": 1,
    "logout": 1,
}
"""Calls a second, per instance (green-api.md 3.4); sends have 50."""
SENDS = 50
MOST: Mapping[str, float] = {
    "duplicates": 99,
    "delay": 600,
    "drip": 600,
    "restart": 600,
    "outage": 3600,
    "hang_after_accept": 10_000,
    "hang_before_accept": 10_000,
    "leak_lid": 1,
    "lose": 1,
}
ENDINGS = ("read", "delivered", "sent", "failed", "noAccount")
PIECES = 10


class BadPlan(ValueError):
    """No such fault, or more of it than the simulator does"""


@dataclass
class Faults:
    """Everything bounded and, where chance is asked for, seeded."""

    duplicates: int = 0
    """Extra deliveries of each webhook, in parallel."""
    shuffle: bool = False
    """Webhooks that wait are delivered in any order."""
    delay: float = 0.0
    """Seconds before a webhook is delivered."""
    answers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """[{"method", "status", "times", "rate"}]: so many calls get this, always or by chance."""
    hang_after_accept: int = 0
    """The next sends are accepted and then never answered."""
    hang_before_accept: int = 0
    drip: float = 0.0
    """Seconds over which every answer's bytes trickle in."""
    outage: float = 0.0
    """Seconds from now in which every call is answered 502."""
    limits: bool = False
    """Hold the instance to the vendor's calls a second, with 429."""
    restart: float = 0.0
    """Seconds that setSettings leaves the instance `starting`."""
    leak_lid: float = 0.0
    """Share of webhooks that name a guest by lid although the mode is off (issue 826)."""
    lose: float = 0.0
    """Share of webhooks that are never sent, though the journal has their message (issue 1118)."""
    statuses: bool = True
    """False: no delivery statuses are ever sent."""
    ending: str = "read"
    """How far a message gets: read, delivered, sent, failed or noAccount."""
    seed: int = 1
    outage_until: float = 0
    """Monotonic time, set from `outage`."""
    chance: random.Random = field(default_factory=random.Random, repr=False)
    calls: dict[str, deque[float]] = field(default_factory=dict[str, deque[float]], repr=False)

    def journey(self) -> tuple[str, ...]:
        """The statuses a departed message goes through."""
        if not self.statuses:
            return ()
        if self.ending in ("failed", "noAccount"):
            return (self.ending,)
        steps = ("sent", "delivered", "read")
        return steps[: steps.index(self.ending) + 1]


PLANNED = {f.name for f in fields(Faults)} - {"outage_until", "chance", "calls"}


def plan(wanted: Mapping[str, Any]) -> Faults:
    """A whole new plan; a misspelt fault is refused, or a test would pass for nothing."""
    unknown = wanted.keys() - PLANNED
    if unknown:
        raise BadPlan(f"no such fault: {', '.join(sorted(unknown))}")
    for name in PLANNED & wanted.keys():
        _check(name, wanted[name])
    faults = Faults(**wanted)
    faults.answers = [_answer(a) for a in faults.answers]
    faults.chance = random.Random(faults.seed)  # noqa: S311 - seeded faults, no secret
    faults.outage_until = time.monotonic() + faults.outage if faults.outage else 0
    return faults


def _check(name: str, value: Any) -> None:
    default: object = getattr(Faults(), name)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (number if isinstance(default, float) else type(value) is type(default)):
        raise BadPlan(f"{name} is of another kind")
    if name in MOST and not 0 <= value <= MOST[name]:
        raise BadPlan(f"{name} goes from 0 to {MOST[name]:g}")
    if name == "ending" and value not in ENDINGS:
        raise BadPlan(f"ending is one of {', '.join(ENDINGS)}")


def _answer(wanted: Any) -> dict[str, Any]:
    """One call, or with a `rate` so many that chance decides alone."""
    asked = cast("dict[str, Any]", wanted) if isinstance(wanted, dict) else {"": wanted}
    rate = asked.get("rate", 1)
    answer: dict[str, Any] = {
        "method": "*",
        "times": 1 if rate == 1 else 10_000,
        "rate": rate,
        **asked,
    }
    if answer.keys() != {"method", "status", "times", "rate"}:
        raise BadPlan("an answer is {method, status, times, rate}")
    for name, least, most in (("status", 400, 599), ("times", 0, 10_000), ("rate", 0, 1)):
        if not isinstance(answer[name], int | float) or not least <= answer[name] <= most:
            raise BadPlan(f"an answer's {name} goes from {least} to {most}")
    return answer


def wrong_status(faults: Faults, method: str) -> int | None:
    """The status that this call is answered with instead of being done."""
    if faults.outage_until > time.monotonic():
        return 502
    for answer in faults.answers:
        if answer["method"] not in (method, "*") or answer["times"] <= 0:
            continue
        if faults.chance.random() < answer["rate"]:
            answer["times"] -= 1
            return int(answer["status"])
    return 429 if faults.limits and _too_fast(faults, method) else None


def _too_fast(faults: Faults, method: str) -> bool:
    allowed = LIMITS.get(method, SENDS if method.startswith(("send", "forward")) else 1000)
    calls, at = faults.calls.setdefault(method, deque()), time.monotonic()
    while calls and at - calls[0] >= 1:
        calls.popleft()
    if len(calls) >= allowed:
        return True
    calls.append(at)
    return False


async def trickle(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """A body in small pieces, spread over some seconds."""
    size = max(1, -(-len(body) // PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / PIECES)
        yield body[start : start + size]
