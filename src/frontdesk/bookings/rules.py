"""Pure decisions on money, policies and words of a stay."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L: people read codes aloud."""
CHECK_IN = time(15)
"""The hour that a free-cancellation deadline counts back from, in the hotel's zone."""
MAX_NIGHTS = 60
MAX_ROOMS = 20


@dataclass(frozen=True, slots=True)
class TaxRule:
    kind: str
    """percent | person_night | night | stay"""
    amount: int
    """Hundredths of a percent, or minor units."""


@dataclass(frozen=True, slots=True)
class Night:
    """All rooms of a stay on one night; minor units."""

    night: date
    price: int
    tax: int


def stay_nights(arrival: date, departure: date) -> tuple[date, ...]:
    return tuple(arrival + timedelta(days=n) for n in range((departure - arrival).days))


def price_nights(
    prices: Sequence[tuple[date, int]], rules: Iterable[TaxRule], *, rooms: int, guests: int
) -> tuple[Night, ...]:
    """Price and tax of each night; a tax on the whole stay falls on the first night.

    A percentage is rounded half up to the minor unit, night by night, so that the nights sum
    exactly to the total.
    """
    rules = tuple(rules)
    return tuple(
        Night(
            night,
            price * rooms,
            sum(_tax(rule, price * rooms, rooms, guests, first=at == 0) for rule in rules),
        )
        for at, (night, price) in enumerate(prices)
    )


def _tax(rule: TaxRule, price: int, rooms: int, guests: int, *, first: bool) -> int:
    match rule.kind:
        case "percent":
            return (price * rule.amount * 2 + 10_000) // 20_000
        case "person_night":
            return rule.amount * guests
        case "night":
            return rule.amount * rooms
        case _:
            return rule.amount if first else 0


def cancellation_policy(arrival: date, zone: str, free_hours: int, fee: int) -> dict[str, Any]:
    """`free_until` (UTC, ISO) is `free_hours` before check-in time on the day of arrival."""
    check_in = datetime.combine(arrival, CHECK_IN, ZoneInfo(zone))
    free_until = check_in.astimezone(UTC) - timedelta(hours=free_hours)
    return {"free_until": free_until.isoformat(), "fee": fee}


def cancellation_fee(policy: dict[str, Any], now: datetime) -> int:
    """What cancelling at `now` costs under the policy accepted at booking; minor units."""
    return 0 if now <= datetime.fromisoformat(policy["free_until"]) else int(policy["fee"])


def policy_hash(policy: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(policy, sort_keys=True).encode()).digest()


def new_code(length: int = 6) -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))
