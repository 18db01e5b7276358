"""What the installation's settings grant a model."""

from dataclasses import dataclass
from decimal import Decimal

from frontdesk.assistant.ledger import Limits, Prices
from frontdesk.kit.settings import Settings

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Means:
    """A turn's seconds, the prices, and limits for every hotel without its own."""

    deadline: float
    prices: Prices
    limits: Limits


def limits_in(settings: Settings) -> Limits:
    return Limits(
        settings.groq_tokens_per_day,
        settings.groq_tokens_per_month,
        _micros(settings.groq_usd_per_day),
        _micros(settings.groq_usd_per_month),
    )


def prices_in(settings: Settings) -> Prices:
    return Prices(settings.groq_price_in, settings.groq_price_out)


def means_of(settings: Settings) -> Means:
    return Means(settings.groq_deadline, prices_in(settings), limits_in(settings))


def _micros(usd: Decimal) -> int:
    return int(usd * MICROS)
