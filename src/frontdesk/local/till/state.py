"""What the local payment provider knows: accounts, checkouts, charges, refunds, and its faults."""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

Thing = dict[str, Any]
"""One object as Stripe's API shows it."""


@dataclass
class Faults:
    """What is to go wrong; a new plan replaces the old one."""

    slow: float = 0
    """Seconds before each answer."""
    errors: int = 0
    """The next calls fail with 500, and nothing is done."""
    lose: int = 0
    """The next calls are done, and then answered with 500."""
    double: int = 0
    """Extra deliveries of each callback."""
    hold: bool = False
    """Callbacks wait until they are released: late, and in any order."""


@dataclass
class Account:
    """One hotel's account, named by its secret key."""

    key: str
    url: str = ""
    """Where callbacks go."""
    secret: str = ""
    faults: Faults = field(default_factory=Faults)
    sessions: dict[str, Thing] = field(default_factory=dict[str, Thing])
    intents: dict[str, Thing] = field(default_factory=dict[str, Thing])
    charges: dict[str, Thing] = field(default_factory=dict[str, Thing])
    refunds: dict[str, Thing] = field(default_factory=dict[str, Thing])
    disputes: dict[str, Thing] = field(default_factory=dict[str, Thing])
    answers: dict[str, tuple[str, Thing]] = field(default_factory=dict[str, tuple[str, Thing]])
    """By idempotency key: what was asked, and what was answered."""
    held: list[Thing] = field(default_factory=list[Thing])
    sent: int = 0
    """Callbacks that were taken."""


class Till:
    """The whole provider; forgets everything when it stops."""

    def __init__(self, *, retry_pause: float = 2) -> None:
        self.accounts: dict[str, Account] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.retry_pause = retry_pause

    def account(self, key: str) -> Account | None:
        """Every test key has an account, made at its first use."""
        if not key.startswith("sk_test_"):
            return None
        return self.accounts.setdefault(key, Account(key))

    def account_of(self, session_id: str) -> Account | None:
        return next((a for a in self.accounts.values() if session_id in a.sessions), None)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)


def new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(12)}"


def now() -> int:
    return int(time.time())
