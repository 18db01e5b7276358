"""From rows of Mews to a reservation: civil dates, people by age, the price of the room."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from frontdesk.kit.money import minor_digits
from frontdesk.pms.contract import Reservation
from frontdesk.pms.mews_wire import (
    AgeCategoryRow,
    CategoryRow,
    CustomerRow,
    OrderItemRow,
    ReservationRow,
    ResourceRow,
)

CITY_TAX = frozenset({"CityTax", "CityTaxDiscount"})
PHONE = re.compile(r"[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the reservations, by its id."""

    customers: Mapping[str, CustomerRow] = field(default_factory=dict[str, CustomerRow])
    items: Sequence[OrderItemRow] = ()
    spoiled: frozenset[str] = frozenset()
    """Reservations whose price cannot be read whole."""
    ages: Mapping[str, AgeCategoryRow] = field(default_factory=dict[str, AgeCategoryRow])
    categories: Mapping[str, CategoryRow] = field(default_factory=dict[str, CategoryRow])
    rooms: Mapping[str, ResourceRow] = field(default_factory=dict[str, ResourceRow])


def as_reservation(row: ReservationRow, beside: Beside, zone: str) -> Reservation:
    """Raises ValueError, in words for staff, where the parts make no stay."""
    here = ZoneInfo(zone)
    arrival = row.ScheduledStartUtc.astimezone(here).date()
    departure = row.ScheduledEndUtc.astimezone(here).date()
    if departure <= arrival:
        raise ValueError(f"it has no night: {arrival} to {departure}")
    if row.Id in beside.spoiled:
        raise ValueError("what it costs cannot be read")
    adults, children = _people(row, beside.ages)
    total, tax, currency = _money([i for i in beside.items if i.ServiceOrderId == row.Id])
    room = beside.rooms.get(row.AssignedResourceId or "")
    customer = beside.customers.get(row.AccountId)
    return Reservation(
        external_id=row.Id,
        category=row.RequestedResourceCategoryId,
        code=_code(beside.categories.get(row.RequestedResourceCategoryId)),
        room=_clean(room.Name or "") or None if room else None,
        arrival=arrival,
        departure=departure,
        guest_name=_name(customer) or f"Reservation {_clean(row.Number) or row.Id}",
        guest_phone=phone_of(customer.Phone if customer else None),
        adults=adults,
        children=children,
        total=total,
        tax=tax,
        currency=currency,
    )


def _people(row: ReservationRow, ages: Mapping[str, AgeCategoryRow]) -> tuple[int, int]:
    """Whoever is not said to be a child is an adult."""
    adults = children = 0
    for group in row.PersonCounts:
        category = ages.get(group.AgeCategoryId)
        if category is not None and category.Classification == "Child":
            children += group.Count
        else:
            adults += group.Count
    return adults, children


def _money(items: Sequence[OrderItemRow]) -> tuple[Decimal, Decimal, str | None]:
    """The room with its taxes, and the taxes; to the minor unit, as the currency has it."""
    currencies = sorted({item.Amount.Currency for item in items})
    if len(currencies) > 1:
        raise ValueError(f"it is charged in several currencies: {', '.join(currencies)}")
    if not currencies:
        return Decimal(0), Decimal(0), None
    gross = sum((item.Amount.GrossValue for item in items), Decimal(0))
    taxes = sum((_tax(item) for item in items), Decimal(0))
    unit = Decimal(1).scaleb(-minor_digits(currencies[0]))
    return gross.quantize(unit, ROUND_HALF_UP), taxes.quantize(unit, ROUND_HALF_UP), currencies[0]


def _tax(item: OrderItemRow) -> Decimal:
    if item.Type in CITY_TAX:
        return item.Amount.GrossValue
    return sum((tax.Value for tax in item.Amount.TaxValues), Decimal(0))


def _code(category: CategoryRow | None) -> str | None:
    if category is None:
        return None
    short = next(iter((category.ShortNames or {}).values()), None)
    return _clean(category.ExternalIdentifier or short or "")[:20] or None


def _name(customer: CustomerRow | None) -> str:
    if customer is None:
        return ""
    return _clean(f"{customer.FirstName or ''} {customer.LastName or ''}")[:200]


def _clean(said: str) -> str:
    """On one line, and nothing that a database or a spreadsheet refuses."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())


def phone_of(said: str | None) -> str | None:
    """`+34 600 111 222` and `0034…` alike; a number of the country alone says too little."""
    if said is None:
        return None
    digits = re.sub(r"[\s().\-/]", "", said)
    if not digits.startswith(("+", "00")):
        return None
    digits = digits.removeprefix("+").removeprefix("00")
    return digits if PHONE.fullmatch(digits) else None


def why_not(wrong: ValidationError) -> str:
    """Which fields, and never what stood in them: people do."""
    said = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong.errors()]
    return "; ".join(said)[:500]
