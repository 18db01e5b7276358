"""What rooms are made of is found: add-ons, features, bed types, floors, and a room's own words."""

from sqlalchemy import delete, update

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.rooms.catalogue_models import Addon, BedType, Feature, Floor
from frontdesk.rooms.models import Room
from tests.slices.test_search import found, kind_of_room, put, titles


def addon(hotel: HotelId, name: str) -> Addon:
    given = {"code": "pick", "category": "transport", "pricing": "stay", "price": 1}
    return Addon(hotel_id=hotel, name=name, description="From the ferry pier", **given)


async def test_each_kind_is_found_until_it_is_renamed_or_gone(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    for whose in (hotel, other_hotel):
        await put(
            db,
            whose,
            addon(whose, "Gondola ride"),
            Feature(hotel_id=whose, name="Fireplace", category="comfort", description="Oak logs"),
            BedType(hotel_id=whose, code="waterbed", name="Undulating bed"),
            Floor(hotel_id=whose, code="mezz", name="Mezzanine"),
        )
    kinds = {"add_ons": Addon, "features": Feature, "bed_types": BedType, "floors": Floor}
    for said, kind in {
        "gondola": "add_ons",
        "transport": "add_ons",
        "ferry": "add_ons",
        "firepalce": "features",
        "comfort": "features",
        "oak": "features",
        "undulating": "bed_types",
        "waterbed": "bed_types",
        "mezzanine": "floors",
        "mezz": "floors",
    }.items():
        assert [hit.kind for hit in (await found(db, hotel, said)).hits] == [kind], said
    for kind, model in kinds.items():
        async with db.hotel(hotel) as session:
            await session.execute(update(model).values(name=f"Zephyr {kind}"))
    assert {hit.kind for hit in (await found(db, hotel, "zephyr")).hits} == set(kinds)
    assert await titles(db, hotel, "gondola") == []
    for model in kinds.values():
        async with db.hotel(hotel) as session:
            await session.execute(delete(model))
    assert await titles(db, hotel, "zephyr") == []
    assert await titles(db, other_hotel, "gondola") == ["Gondola ride"]


async def test_a_room_is_found_by_its_own_features_and_notes(db: Database, hotel: HotelId) -> None:
    plain = kind_of_room(hotel, "Plain", features=["desk"])
    await put(db, hotel, plain)
    own = {"features": ["hammock"], "notes": "The window sticks"}
    await put(
        db,
        hotel,
        Room(hotel_id=hotel, room_type_id=plain.id, number="204", **own),
        Room(hotel_id=hotel, room_type_id=plain.id, number="205"),
    )
    assert await titles(db, hotel, "hammock") == ["204 Plain"]
    assert await titles(db, hotel, "window") == ["204 Plain"]
    assert set(await titles(db, hotel, "desk")) == {"Plain", "204 Plain", "205 Plain"}
    async with db.hotel(hotel) as session:
        room = update(Room).where(Room.number == "205")
        await session.execute(room.values(features=["veranda"]))
        await session.execute(room.values(notes="Creaking door"))
    assert await titles(db, hotel, "veranda") == ["205 Plain"]
    assert await titles(db, hotel, "creaking") == ["205 Plain"]
