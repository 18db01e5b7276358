"""What of a night that was sold together falls to some of its rooms, exact to the minor unit.

A room's own price is alike for all of them, what its guests pay on top is its own; taxes follow
what they are counted by. A tax on the stay as a whole was due once, and stays with those who stay.
All is shared out over what was sold, whatever the rates say by now: the shares sum to it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from frontdesk.bookings.pricing import split, supplement, taxable
from frontdesk.bookings.rates import Party, Supplement, TaxRule


@dataclass(frozen=True, slots=True)
class Sold:
    """A night as it was sold, or a share of it; `rest` is tax of which is not known what it is."""

    price: int
    taxes: Mapping[UUID | None, int]
    rest: int = 0

    @property
    def tax(self) -> int:
        return sum(self.taxes.values()) + self.rest


@dataclass(frozen=True, slots=True)
class Rooms:
    """The rooms of one type in a booking, and which of them go."""

    parties: Sequence[Party]
    going: Collection[int]
    supplements: Sequence[Supplement]
    taxes: Mapping[UUID | None, TaxRule]

    def share(self, amount: int, weights: Sequence[int]) -> int:
        """Of an amount, what those who go take with them."""
        parts = split(amount, weights if sum(weights) else [1] * len(weights))
        return sum(parts[n] for n in self.going)

    def prices(self, price: int, day: date) -> list[int]:
        """Room by room; evenly where what guests pay on top leaves nothing for the rooms."""
        extras = [supplement(self.supplements, day, party) for party in self.parties]
        base, even = price - sum(extras), [1] * len(extras)
        if base < len(extras):
            return split(price, even)
        return [own + extra for own, extra in zip(split(base, even), extras, strict=True)]

    def weights(self, rule: TaxRule | None, prices: Sequence[int]) -> Sequence[int]:
        """By what a tax is shared out."""
        match rule.kind if rule is not None else "percent":
            case "percent":
                return prices
            case "person_night":
                return [taxable(rule, party) for party in self.parties] if rule else prices
            case "night":
                return [1] * len(prices)
            case _:
                return [int(n not in self.going) for n in range(len(prices))]


def going(night: Sold, day: date, rooms: Rooms) -> Sold:
    """The share of those who go; what is left of the night is the others'."""
    prices = rooms.prices(night.price, day)
    return Sold(
        sum(prices[n] for n in rooms.going),
        {
            tax_id: rooms.share(amount, rooms.weights(rooms.taxes.get(tax_id), prices))
            for tax_id, amount in night.taxes.items()
        },
        rooms.share(night.rest, prices),
    )
