"""A hotel's document on its way out and back: whoever wrote the rows, whatever came since."""

from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.rooms.catalogue_models import Photo
from frontdesk.tenancy.person_models import Role
from frontdesk.triggers.models import Trigger
from tests.calling import Caller
from tests.slices.test_configuration import DOCUMENT, houses
from tests.slices.test_configuration import _apply as apply
from tests.slices.test_configuration import _export as export

__all__ = ["houses"]
Houses = tuple[Caller, Caller]


async def _version(one: Caller, number: int) -> str:
    found = {v["number"]: v["id"] for v in await one.listed("/configuration/versions")}
    return f"/configuration/versions/{found[number]}/restore"


async def test_what_was_saved_in_few_words_is_the_same_said_in_full(
    houses: Houses, db: Database
) -> None:
    one, _ = houses
    await apply(one, DOCUMENT)
    hotel = HotelId(one.hotel)
    async with db.hotel(hotel) as session:
        scopes = ["rooms:read", "bookings:read", "hotel:read"]
        session.add(Role(hotel_id=hotel, id=uuid7(), name="Porter", scopes=scopes))
        moment = {"anchor": "checked_in", "minutes": 60}
        says = [{"type": "notify_staff", "title": "Here"}]
        made = Trigger(hotel_id=hotel, name="Here", event="stay.moment", actions=says)
        made.schedule, made.conditions, made.version = moment, {}, 1
        session.add(made)
    told = (await export(one))[0]
    assert (await apply(one, told, dry_run=True))["changes"] == []


async def test_a_person_of_the_staff_is_known_by_phone_and_by_name(houses: Houses) -> None:
    """Whose name another route changed must not keep the hotel from going back."""
    one, _ = houses
    version = (await apply(one, DOCUMENT))["version"]
    before = {s["phone"]: s["id"] for s in await one.listed("/staff")}
    night = before["34600999001"]
    await one("PATCH", f"/staff/{night}", json={"name": "Nora"})
    assert (await one("POST", await _version(one, version))).status_code == 200
    named = {s["id"]: s["name"] for s in await one.listed("/staff")}
    assert (named[night], len(named)) == ("Night reception", 3)

    staff = [dict(said) for said in (await export(one))[0]["staff"]]
    (said,) = [said for said in staff if said["phone"] == "34600999001"]
    said["phone"] = "34600999009"
    done = await apply(one, {"staff": staff})
    assert [(c["what"], c["new"]) for c in done["changes"]] == [
        ("change", {"phone": "34600999009"})
    ]
    phones = {s["id"]: (s["phone"], s["on_duty"]) for s in await one.listed("/staff")}
    assert (phones[night], len(phones)) == (("34600999009", True), 3)


async def test_a_hotel_goes_back_to_before_a_room_with_a_floor_and_features_of_its_own(
    houses: Houses,
) -> None:
    """The room is turned off and not deleted: what it is described with stays with it."""
    one, _ = houses
    version = (await apply(one, DOCUMENT))["version"]
    before, _ = await export(one)
    more = {
        "floors": [*before["floors"], {"code": "9", "name": "Roof", "position": 9}],
        "features": [*before["features"], {"name": "pool", "category": "view"}],
        "bed_types": [*before["bed_types"], {"code": "king", "name": "King"}],
        "room_types": [
            *before["room_types"],
            {
                "code": "PH",
                "name": "Penthouse",
                "max_adults": 2,
                "max_guests": 2,
                "base_price": 50000,
                "features": ["pool"],
                "bed_types": {"king": 1},
            },
        ],
        "rooms": [*before["rooms"], {"room_type": "PH", "number": "901", "floor": "9"}],
    }
    await apply(one, more)
    back = await one("POST", await _version(one, version))
    assert back.status_code == 200, back.text
    assert {c["path"]: c["what"] for c in back.json()["changes"]} == {
        "room_types/PH": "remove",
        "rooms/901": "remove",
    }
    after, _ = await export(one)
    assert [f["name"] for f in after["floors"] if f["code"] == "9"] == ["Roof"]
    assert (await apply(one, before))["changes"] == []
    less = {"floors": before["floors"], "features": before["features"]}
    assert (await apply(one, less))["changes"] == []
    assert (
        await one("POST", "/configuration", json={"document": {"floors": []}})
    ).status_code == 409


async def test_a_picture_that_hangs_already_is_not_asked_for_again(
    houses: Houses, db: Database
) -> None:
    """A machine that does not answer today must not keep the hotel's document out."""
    one, _ = houses
    await apply(one, DOCUMENT)
    hotel, gone = HotelId(one.hotel), "https://gone.invalid/double.jpg"
    (kind,) = [k for k in await one.listed("/room-types") if k["code"] == "DBL"]
    async with db.hotel(hotel) as session:
        session.add(Photo(hotel_id=hotel, id=uuid7(), room_type_id=kind["id"], url=gone))
    told = (await export(one))[0]
    assert gone in [photo["url"] for photo in told["photos"]]
    assert (await apply(one, told))["changes"] == []
    told["photos"].append({"room_type": "DBL", "url": "https://gone.invalid/bath.jpg"})
    answer = await one("POST", "/configuration", json={"document": told})
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json()["errors"]] == [
        f"photos[{len(told['photos']) - 1}].url"
    ]
