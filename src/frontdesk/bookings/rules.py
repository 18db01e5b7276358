"""Pure decisions on money, policies and words of a stay."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.bookings.pricing import share
from frontdesk.bookings.rates import Night, Plan

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L: people read codes aloud."""
CHECK_IN = time(15)
"""The hour that a free-cancellation deadline counts back from, in the hotel's zone."""
NEVER = "1970-01-01T00:00:00+00:00"
"""`free_until` of what was never free to cancel."""
MAX_NIGHTS = 60
MAX_ROOMS = 20
MAX_AHEAD = 1830
"""Days from today to an arrival: five years."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a hotel promises where a plan says nothing of its own."""

    zone: str
    free_hours: int


@lru_cache(maxsize=512)
def stay_nights(arrival: date, departure: date) -> tuple[date, ...]:
    return tuple(arrival + timedelta(days=n) for n in range((departure - arrival).days))


def cancellation_policy(arrival: date, zone: str, free_hours: int, fee: int) -> dict[str, Any]:
    """`free_until` (UTC, ISO) is `free_hours` before check-in time on the day of arrival."""
    check_in = datetime.combine(arrival, CHECK_IN, ZoneInfo(zone))
    free_until = check_in.astimezone(UTC) - timedelta(hours=free_hours)
    return {"free_until": free_until.isoformat(), "fee": fee}


def plan_policy(plan: Plan, terms: Terms, nights: Sequence[Night]) -> dict[str, Any]:
    """The policy of a stay sold by a plan; the fee is never more than the total."""
    amounts = [night.price + night.tax for night in nights]
    hours = terms.free_hours if plan.free_hours is None else plan.free_hours
    policy = cancellation_policy(nights[0].night, terms.zone, hours, _fee(plan, amounts))
    return policy if plan.refundable else {**policy, "free_until": NEVER, "fee": sum(amounts)}


def _fee(plan: Plan, amounts: Sequence[int]) -> int:
    match plan.fee_kind:
        case "nights":
            return sum(amounts[: plan.fee_value])
        case "percent":
            return min(sum(amounts), share(sum(amounts), plan.fee_value))
        case "full":
            return sum(amounts)
        case _:
            return amounts[0]


def cancellation_fee(policy: dict[str, Any], now: datetime) -> int:
    """What cancelling at `now` costs under the policy accepted at booking; minor units."""
    return 0 if now <= datetime.fromisoformat(policy["free_until"]) else int(policy["fee"])


def policy_hash(policy: dict[str, Any]) -> bytes:
    return hashlib.sha256(json.dumps(policy, sort_keys=True).encode()).digest()


def new_code(length: int = 6) -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(length))
