"""The book behind the Mews stand-in: reservations, guests and prices, in Mews's own words."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from frontdesk.kit.clock import Clock, SystemClock

Thing = dict[str, Any]
SPACE = uuid.UUID("6f0e7f5a-3c1d-4a53-9a52-4f6d7de0b001")
IN, OUT = time(15), time(11)


def id_of(*named: object) -> str:
    """The same for the same name, as a real one's would stay the same."""
    return str(uuid.uuid5(SPACE, "|".join(map(str, named))))


SERVICE, ADULT, CHILD = id_of("service"), id_of("adult"), id_of("child")


@dataclass(frozen=True, slots=True)
class Sold:
    """One room to one guest, as somebody at that desk would say it."""

    arrival: date
    departure: date
    category: str = "DBL"
    name: str = "Ada Example"
    phone: str | None = "+34 600 111 222"
    adults: int = 2
    children: int = 0
    total: str = "300.00"
    tax: str = "30.00"
    currency: str = "EUR"
    state: str = "Confirmed"
    room: str | None = None


@dataclass(slots=True)
class Book:
    zone: str = "Europe/Madrid"
    clock: Clock = field(default_factory=SystemClock)
    sold: dict[str, Sold] = field(default_factory=dict[str, Sold])
    updated: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def put(self, name: str, sold: Sold) -> str:
        """New under this name, or as it is from now on; gives its id."""
        key = id_of("reservation", name)
        self.sold[key], self.updated[key] = sold, self.clock.now()
        return key

    def reservations(self) -> list[Thing]:
        """The latest change first."""
        keys = sorted(self.sold, key=lambda k: (self.updated[k], k), reverse=True)
        return [self._reservation(key, self.sold[key]) for key in keys]

    def _reservation(self, key: str, sold: Sold) -> Thing:
        people = [(ADULT, sold.adults), (CHILD, sold.children)]
        start, end = self._at(sold.arrival, IN), self._at(sold.departure, OUT)
        return {
            "Id": key,
            "ServiceId": SERVICE,
            "AccountId": id_of("customer", key),
            "AccountType": "Customer",
            "Number": str(list(self.sold).index(key) + 1),
            "State": sold.state,
            "Origin": "Commander",
            "CreatedUtc": _utc(self.updated[key]),
            "UpdatedUtc": _utc(self.updated[key]),
            "CancelledUtc": _utc(self.updated[key]) if sold.state == "Canceled" else None,
            "RateId": id_of("rate"),
            "GroupId": id_of("group", key),
            "RequestedResourceCategoryId": id_of("category", sold.category),
            "AssignedResourceId": id_of("room", sold.room) if sold.room else None,
            "AssignedResourceLocked": False,
            "ScheduledStartUtc": _utc(start),
            "ScheduledEndUtc": _utc(end),
            "PersonCounts": [{"AgeCategoryId": a, "Count": n} for a, n in people if n],
        }

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, ZoneInfo(self.zone))

    def customers(self) -> list[Thing]:
        return [_customer(key, sold) for key, sold in self.sold.items()]

    def items(self) -> list[Thing]:
        """A room order for each night; what is cancelled costs nothing."""
        return [
            item
            for key, sold in self.sold.items()
            for item in _items(key, sold)
            if sold.state != "Canceled"
        ]

    def categories(self) -> list[Thing]:
        codes = sorted({sold.category for sold in self.sold.values()})
        return [
            {
                "Id": id_of("category", code),
                "ServiceId": SERVICE,
                "IsActive": True,
                "Type": "Room",
                "Names": {"en-US": f"Type {code}"},
                "ShortNames": {"en-US": code},
                "Capacity": 2,
                "ExternalIdentifier": None,
            }
            for code in codes
        ]

    def rooms(self) -> list[Thing]:
        names = sorted({sold.room for sold in self.sold.values() if sold.room})
        return [{"Id": id_of("room", n), "IsActive": True, "Name": n} for n in names]

    def ages(self) -> list[Thing]:
        kinds = ((ADULT, "Adult"), (CHILD, "Child"))
        return [{"Id": i, "ServiceId": SERVICE, "Classification": kind} for i, kind in kinds]


def _customer(key: str, sold: Sold) -> Thing:
    first, _, last = sold.name.rpartition(" ")
    return {
        "Id": id_of("customer", key),
        "FirstName": first or None,
        "LastName": last,
        "Phone": sold.phone,
        "IsActive": True,
    }


def _items(key: str, sold: Sold) -> list[Thing]:
    nights = max((sold.departure - sold.arrival).days, 1)
    prices, taxes = _shares(sold.total, nights), _shares(sold.tax, nights)
    return [
        {
            "Id": id_of("item", key, at),
            "ServiceOrderId": key,
            "ServiceId": SERVICE,
            "Type": "SpaceOrder",
            "AccountingState": "Open",
            "StartUtc": _utc(datetime.combine(sold.arrival + timedelta(at), time(), UTC)),
            "Amount": {
                "Currency": sold.currency,
                "NetValue": float(gross - tax),
                "GrossValue": float(gross),
                "TaxValues": [{"Code": "ES-10", "Value": float(tax)}],
            },
        }
        for at, (gross, tax) in enumerate(zip(prices, taxes, strict=True))
    ]


def _shares(said: str, parts: int) -> list[Decimal]:
    cents = int(Decimal(said) * 100)
    each, rest = divmod(cents, parts)
    return [Decimal(each + (at < rest)) / 100 for at in range(parts)]


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
