"""Whether two shares differ: Fisher's exact test, and an interval of the difference."""

from dataclasses import dataclass
from math import exp, lgamma, sqrt
from statistics import NormalDist

TIE = 1 + 1e-7
"""Tables as likely as ours but for rounding count as extreme as ours."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def rate(self) -> float:
        return self.hits / self.of if self.of else 0.0


def fisher(one: Share, other: Share) -> float:
    """Two-sided: all tables with these sums that are no likelier than ours, by their chance."""
    hits, everybody = one.hits + other.hits, one.of + other.of
    first, last = max(0, hits - other.of), min(hits, one.of)
    chances = [
        exp(_log_choose(one.of, k) + _log_choose(other.of, hits - k) - _log_choose(everybody, hits))
        for k in range(first, last + 1)
    ]
    ours = chances[one.hits - first] * TIE
    return min(1.0, sum(chance for chance in chances if chance <= ours))


def _log_choose(of: int, taken: int) -> float:
    return lgamma(of + 1) - lgamma(taken + 1) - lgamma(of - taken + 1)


def wilson(share: Share, level: float = 0.95) -> tuple[float, float]:
    """Where a share lies: Wilson's score interval."""
    if not share.of:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = share.rate + z * z / (2 * share.of)
    reach = z * sqrt(share.rate * (1 - share.rate) / share.of + (z / (2 * share.of)) ** 2)
    whole = 1 + z * z / share.of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def difference(one: Share, other: Share, level: float = 0.95) -> tuple[float, float]:
    """Where `one` less `other` lies: Newcombe's hybrid of both score intervals (1998)."""
    gap = one.rate - other.rate
    (low, high), (under, over) = wilson(one, level), wilson(other, level)
    down = sqrt((one.rate - low) ** 2 + (over - other.rate) ** 2)
    up = sqrt((high - one.rate) ** 2 + (other.rate - under) ** 2)
    return max(-1.0, gap - down), min(1.0, gap + up)
