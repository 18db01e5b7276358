"""The two demo hotels, as data: another sea, another zone, another currency."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoRoom:
    code: str
    name: str
    adults: int
    guests: int
    rooms: int
    price: int
    """Minor units a night."""
    floor: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoDocument:
    title: str
    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Demo:
    slug: str
    name: str
    timezone: str
    currency: str
    language: str
    phone: str
    emergency: str
    id_instance: str
    wid: str
    staff: tuple[tuple[str, str, str], ...]
    """(name, phone, language)"""
    rooms: tuple[DemoRoom, ...]
    taxes: tuple[tuple[str, str, int], ...]
    documents: tuple[DemoDocument, ...]
    triggers: tuple[dict[str, Any], ...] = field(default=())


ANGRY = {
    "name": "Tell the manager of an unhappy guest",
    "event": "sentiment.detected",
    "conditions": {
        "all": [
            {"field": "sentiment", "op": "eq", "value": "negative"},
            {"field": "score", "op": "lte", "value": -0.5},
        ]
    },
    "actions": [
        {"type": "tag", "tag": "unhappy"},
        {
            "type": "notify_staff",
            "title": "Unhappy guest",
            "text": "{guest.name|A guest} is unhappy: look in.",
            "priority": 70,
        },
    ],
}

SEASIDE = Demo(
    slug="seaside",
    name="Hotel Seaside",
    timezone="Europe/Madrid",
    currency="EUR",
    language="es",
    phone="+34 971 555 010",
    emergency="112",
    id_instance="7105000001",
    wid="34971555010@c.us",
    staff=(("Marta (reception)", "34600999001", "es"), ("Jon (manager)", "34600999002", "en")),
    rooms=(
        DemoRoom("SGL", "Single with garden view", 1, 1, 3, 7900, "1", ("garden view",)),
        DemoRoom("DBL", "Double with sea view", 2, 3, 6, 12900, "2", ("sea view", "balcony")),
        DemoRoom("FAM", "Family suite", 4, 5, 2, 21900, "3", ("sea view", "kitchenette")),
    ),
    taxes=(("VAT", "percent", 1000), ("City tax", "person_night", 220)),
    triggers=(
        ANGRY,
        {
            "name": "Thank for a long stay",
            "event": "booking.created",
            "conditions": {
                "all": [
                    {"field": "nights", "op": "gte", "value": 2},
                    {"field": "source", "op": "eq", "value": "whatsapp"},
                ]
            },
            "actions": [
                {"type": "tag", "tag": "long stay"},
                {
                    "type": "send_message",
                    "text": "🌊 A welcome drink at the terrace bar is on us.",
                },
            ],
        },
    ),
    documents=(
        DemoDocument(
            "Breakfast",
            "en",
            "# Breakfast\n\nBreakfast is served from 7:30 to 11:00 on the terrace. It is included"
            " in every rate.\n\nFor early departures we prepare a breakfast box from 5:30: ask the"
            " reception the evening before.",
        ),
        DemoDocument(
            "Desayuno",
            "es",
            "# Desayuno\n\nEl desayuno se sirve de 7:30 a 11:00 en la terraza. Está incluido en"
            " todas las tarifas.",
        ),
        DemoDocument(
            "Arrival and departure",
            "en",
            "# Check-in and check-out\n\nCheck-in is from 15:00, check-out until 11:00. Luggage can"
            " be left at the reception before and after.\n\nLate check-out until 14:00 costs 25"
            " EUR, if the room is free.",
        ),
        DemoDocument(
            "Llegada y salida",
            "es",
            "# Entrada y salida\n\nLa entrada es a partir de las 15:00 y la salida hasta las 11:00."
            " El equipaje puede quedarse en recepción.",
        ),
        DemoDocument(
            "Pets",
            "en",
            "# Pets\n\nDogs up to 10 kg are welcome for 15 EUR a night. They are not allowed in the"
            " restaurant or at the pool.",
        ),
        DemoDocument(
            "Mascotas",
            "es",
            "# Mascotas\n\nAdmitimos perros de hasta 10 kg por 15 EUR la noche. No pueden entrar en"
            " el restaurante ni en la piscina.",
        ),
        DemoDocument(
            "Parking and getting here",
            "en",
            "# Parking\n\nOur garage has 20 places at 18 EUR a day; two have chargers for electric"
            " cars. Please ask for a place before you arrive.\n\n# From the airport\n\nBus A2 stops"
            " 200 m from the hotel; it leaves every 20 minutes and takes 35 minutes. A taxi costs"
            " about 30 EUR.",
        ),
        DemoDocument(
            "Pool, beach and wifi",
            "en",
            "# Pool\n\nThe pool is open from 9:00 to 20:00, May to October. Towels are at the pool"
            " bar.\n\n# Beach\n\nThe sandy beach is 150 m away, across the promenade.\n\n# Wifi\n\n"
            "Wifi is free in the whole house; the network is Seaside-Guest and needs no password.",
        ),
        DemoDocument(
            "Parken und Anreise",
            "de",
            "# Parken\n\nUnsere Garage hat 20 Plätze zu 18 EUR am Tag, zwei davon mit Ladestation."
            " Bitte reservieren Sie vor der Anreise.",
        ),
    ),
)

HARBOR = Demo(
    slug="harbor",
    name="Harbor House",
    timezone="America/New_York",
    currency="USD",
    language="en",
    phone="+1 212 555 0142",
    emergency="911",
    id_instance="7105000002",
    wid="12125550142@c.us",
    staff=(("Front desk", "12125550177", "en"),),
    rooms=(
        DemoRoom("QUEEN", "Queen room", 2, 2, 5, 18900, "4", ("city view",)),
        DemoRoom("LOFT", "Harbor loft", 3, 4, 2, 32900, "8", ("harbor view", "sofa bed")),
    ),
    taxes=(("Sales and occupancy tax", "percent", 1475), ("Occupancy fee", "night", 350)),
    triggers=(
        ANGRY,
        {
            "name": "Tell the desk of a booking",
            "event": "booking.created",
            "conditions": {"field": "source", "op": "eq", "value": "whatsapp"},
            "actions": [
                {
                    "type": "notify_staff",
                    "title": "New booking by chat",
                    "text": "{guest.name|A guest}, {stay.code}: {stay.room_type},"
                    " {stay.arrival} – {stay.departure}, {stay.total}",
                    "priority": 40,
                },
            ],
        },
    ),
    documents=(
        DemoDocument(
            "Breakfast",
            "en",
            "# Breakfast\n\nBreakfast is a buffet in the Dock Room from 6:30 to 10:00 and costs 24"
            " USD a person.",
        ),
        DemoDocument(
            "Arrival and departure",
            "en",
            "# Check-in and check-out\n\nCheck-in starts at 4:00 PM, check-out is at noon. Bags can"
            " be stored at the bell desk.",
        ),
        DemoDocument(
            "Pets, parking, gym",
            "en",
            "# Pets\n\nWe are sorry, pets are not allowed; service animals are always welcome.\n\n"
            "# Parking\n\nValet parking costs 58 USD a night.\n\n# Gym\n\nThe gym on the second"
            " floor is open around the clock with your room key.",
        ),
        DemoDocument(
            "Petit-déjeuner",
            "fr",
            "# Petit-déjeuner\n\nLe petit-déjeuner est un buffet dans la Dock Room de 6h30 à 10h00"
            " et coûte 24 USD par personne.",
        ),
    ),
)

DEMOS = (SEASIDE, HARBOR)
