"""Fisher's exact test and Newcombe's interval, beside values that others published."""

from fractions import Fraction
from math import comb, isclose

from frontdesk.triggers.exact_test import Share, difference, fisher, wilson

PUBLISHED = (
    ((3, 4), (1, 4), 0.4857),  # Fisher 1935, the lady who tasted tea
    ((2, 12), (15, 18), 0.0005367),  # Fisher 1962, twins of convicts; fisher.test in R
    ((8, 10), (1, 6), 0.03497),  # scipy.stats.fisher_exact, whales and sharks
)


def by_counting(one: Share, other: Share) -> float:
    """Slow, in whole numbers."""
    hits = one.hits + other.hits
    ways = [
        comb(one.of, k) * comb(other.of, hits - k)
        for k in range(hits + 1)
        if k <= one.of and hits - k <= other.of
    ]
    ours = comb(one.of, one.hits) * comb(other.of, other.hits)
    return float(Fraction(sum(w for w in ways if w <= ours), sum(ways)))


def test_the_chance_is_what_was_published_and_what_counting_gives() -> None:
    for one, other, chance in PUBLISHED:
        assert isclose(fisher(Share(*one), Share(*other)), chance, rel_tol=3e-4)
    for of in range(1, 13):
        for more in (1, 7, 12):
            for a in range(of + 1):
                for b in range(more + 1):
                    one, other = Share(a, of), Share(b, more)
                    assert isclose(fisher(one, other), by_counting(one, other), rel_tol=1e-6)
    assert fisher(Share(0, 0), Share(3, 9)) == 1
    assert 0 < fisher(Share(900, 50_000), Share(700, 50_000)) < 1e-6


def test_the_interval_is_newcombes() -> None:
    """His table II, method 10."""
    for one, other, low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ):
        found = difference(Share(*one), Share(*other))
        assert isclose(found[0], low, abs_tol=6e-5)
        assert isclose(found[1], high, abs_tol=6e-5)
    assert wilson(Share(0, 0)) == (0.0, 1.0)
