"""A hotel's people: invited by mail, let in by role, out at once; nobody gives what they lack."""

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboxEvent
from frontdesk.tenancy.models import AuditEntry, Hotel
from frontdesk.tenancy.permissions import BUILT_IN, SCOPES
from tests.conftest import new_hotel
from tests.people import PASSWORD, Caller, House, house_of, problem


@pytest.fixture
async def house(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


@pytest.fixture
def address() -> str:
    return f"p-{uuid.uuid4().hex[:10]}@mail.example"


@pytest.fixture
async def admin(house: House, hotel: HotelId) -> Caller:
    return await house.member(hotel, f"admin-{uuid.uuid4().hex[:8]}@mail.example", "admin")


async def invited(admin: Caller, hotel: HotelId, address: str, role: str = "staff") -> str:
    wanted = {"email": address, "name": "New One", "role": role}
    made = await admin("POST", f"/v1/hotels/{hotel}/members", json=wanted)
    assert (made.status_code, made.json().get("status")) == (201, "invited"), made.text
    return made.json()["id"]


async def accept(house: House, token: str, password: str | None = PASSWORD) -> tuple[int, str]:
    wanted = {"token": token, "password": password}
    answer = await house.client.post("/v1/auth/links/accept", json=wanted)
    return (204, "") if answer.status_code == 204 else problem(answer)


async def test_an_invitation_becomes_a_member_and_the_rules_hear_of_it(
    house: House, db: Database, hotel: HotelId, admin: Caller, address: str
) -> None:
    member = await invited(admin, hotel, address)
    assert (await house.login(address)).status_code == 401
    token = await house.token(hotel)
    assert await accept(house, token, None) == (422, "password_wanted")
    wanted = {"token": token, "password": "short"}
    refused = await house.client.post("/v1/auth/links/accept", json=wanted)
    assert refused.json()["errors"][0]["problem"].endswith("at least 8 characters, not 5")
    assert await accept(house, token) == (204, "")
    assert await accept(house, token) == (422, "link_is_void")
    person = await house.enter(address)
    assert (await person("GET", f"/v1/hotels/{hotel}/room-types")).status_code == 200
    (place,) = (await person("GET", "/v1/me")).json()["hotels"]
    assert (place["role"], set(place["scopes"])) == ("staff", BUILT_IN["staff"])
    async with db.hotel(hotel) as session:
        events = select(OutboxEvent).where(OutboxEvent.event_type == "user.registered")
        heard = [e.payload for e in await session.scalars(events)]
        audit = select(AuditEntry.action).where(AuditEntry.subject == f"member:{member}")
        assert set(await session.scalars(audit)) == {"member.invite", "member.join"}
    assert {"membership_id": member, "role": "staff"} in heard


async def test_a_link_runs_out_and_a_newer_one_voids_it(
    house: House, hotel: HotelId, admin: Caller, address: str
) -> None:
    member = await invited(admin, hotel, address)
    first = await house.token(hotel)
    again = f"/v1/hotels/{hotel}/members/{member}/invite"
    assert (await admin("POST", again)).status_code == 202
    second = await house.token(hotel)
    assert await accept(house, first) == (422, "link_is_void")
    house.clock.advance(timedelta(days=7))
    assert await accept(house, second) == (422, "link_is_void")
    assert await accept(house, "never a token") == (422, "link_is_void")


async def test_one_person_serves_two_hotels_and_neither_sees_the_other(
    house: House,
    db: Database,
    hotel: HotelId,
    other_hotel: HotelId,
    admin: Caller,
    address: str,
) -> None:
    person = await house.member(other_hotel, address, "manager")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 404
    member = await invited(admin, hotel, address)
    told = (await admin("GET", f"/v1/hotels/{hotel}/members/{member}")).json()
    assert "user_id" not in told
    assert (told["name"], told["status"]) == ("New One", "invited")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 404
    assert await accept(house, await house.token(hotel), None) == (204, "")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 200
    assert (await person("PATCH", f"/v1/hotels/{hotel}", json={"name": "X"})).status_code == 403
    roles = {p["hotel_id"]: p["role"] for p in (await person("GET", "/v1/me")).json()["hotels"]}
    assert roles == {str(hotel): "staff", str(other_hotel): "manager"}
    listed = (await person("GET", "/v1/hotels")).json()["items"]
    assert {h["id"]: "settings" in h for h in listed} == {str(hotel): True, str(other_hotel): True}
    customer = await house.member(hotel, f"guest-{address}", "customer")
    (named,) = (await customer("GET", "/v1/hotels")).json()["items"]
    assert (named["id"], sorted(named)) == (str(hotel), ["id", "name", "slug"])
    third = await new_hotel(db)
    assert (await person("GET", f"/v1/hotels/{third}")).status_code == 404
    assert (await person("GET", f"/v1/hotels/{uuid.uuid4()}")).status_code == 404
    assert (await person("GET", f"/v1/hotels/{other_hotel}/members/{member}")).status_code == 404


async def test_an_invitation_does_not_change_a_password_that_is_there(
    house: House, hotel: HotelId, other_hotel: HotelId, admin: Caller, address: str
) -> None:
    await house.seat(other_hotel, address, "staff")
    await invited(admin, hotel, address)
    assert await accept(house, await house.token(hotel), "chosen by a thief") == (204, "")
    assert (await house.login(address, password="chosen by a thief")).status_code == 401
    assert (await house.login(address)).status_code == 200


async def test_a_removed_member_is_out_at_once_and_of_this_hotel_alone(
    house: House, hotel: HotelId, other_hotel: HotelId, admin: Caller, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    await house.seat(other_hotel, address, "staff")
    members = (await admin("GET", f"/v1/hotels/{hotel}/members")).json()["items"]
    (member,) = [m["id"] for m in members if m["email"] == address]
    gone = await admin("DELETE", f"/v1/hotels/{hotel}/members/{member}")
    assert gone.json()["status"] == "removed"
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 404
    assert (await person("GET", f"/v1/hotels/{other_hotel}")).status_code == 200
    await invited(admin, hotel, address, "manager")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 404
    assert await accept(house, await house.token(hotel), None) == (204, "")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 200


async def test_a_role_counts_at_the_next_request(
    house: House, hotel: HotelId, admin: Caller, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    base = f"/v1/hotels/{hotel}"
    wanted = {"name": "Auditor", "scopes": ["audit:read", "hotel:read"], "approval_limit": 100}
    role = (await admin("POST", f"{base}/roles", json=wanted)).json()
    members = (await admin("GET", f"{base}/members")).json()["items"]
    (member,) = [m["id"] for m in members if m["email"] == address]
    changed = await admin("PATCH", f"{base}/members/{member}", json={"role": "Auditor"})
    assert changed.json()["role"] == "Auditor"
    assert (await person("GET", base)).status_code == 200
    assert (await person("GET", f"{base}/room-types")).status_code == 403
    (place,) = (await person("GET", "/v1/me")).json()["hotels"]
    assert (place["scopes"], place["approval_limit"]) == (["audit:read", "hotel:read"], 100)
    put = {"scopes": ["rooms:read"], "approval_limit": 0}
    assert (await admin("PUT", f"{base}/roles/{role['id']}", json=put)).status_code == 200
    assert (await person("GET", base)).status_code == 403
    assert (await person("GET", f"{base}/room-types")).status_code == 200
    held = await admin("DELETE", f"{base}/roles/{role['id']}")
    assert problem(held) == (409, "role_in_use")
    assert held.json()["detail"] == "1 member holds the role Auditor: give them another first"
    assert held.json()["members"] == [member]
    roleless = await admin("POST", f"{base}/configuration", json={"document": {"roles": []}})
    assert (problem(roleless), roleless.json()["path"]) == (problem(held), "roles/Auditor")
    assert roleless.json()["members"] == [member]
    await admin("PATCH", f"{base}/members/{member}", json={"role": "customer"})
    assert (await admin("DELETE", f"{base}/roles/{role['id']}")).status_code == 204


async def test_a_hotels_own_role_is_not_there_for_another_hotel(
    house: House, hotel: HotelId, other_hotel: HotelId, admin: Caller
) -> None:
    other = await house.member(other_hotel, f"o-{uuid.uuid4().hex[:8]}@mail.example", "admin")
    wanted = {"name": "Porter", "scopes": ["rooms:read"]}
    made = (await admin("POST", f"/v1/hotels/{hotel}/roles", json=wanted)).json()
    path = f"/v1/hotels/{other_hotel}/roles"
    assert (await other("GET", f"{path}/{made['id']}")).status_code == 404
    assert (await other("DELETE", f"{path}/{made['id']}")).status_code == 404
    invite = {"email": "x@mail.example", "name": "X", "role": "Porter"}
    refused = await other("POST", f"/v1/hotels/{other_hotel}/members", json=invite)
    assert problem(refused) == (422, "invalid")
    assert (await other("POST", path, json=wanted)).status_code == 201


@pytest.mark.parametrize(
    ("scopes", "limit", "status"),
    [
        (["rooms:read"], 500, 201),
        (["rooms:read"], 501, 403),
        (["rooms:read"], None, 403),
        (["payments:refund"], 0, 403),
        (["everything"], 0, 422),
    ],
)
async def test_nobody_makes_a_role_that_holds_more_than_they(
    house: House,
    hotel: HotelId,
    admin: Caller,
    address: str,
    scopes: list[str],
    limit: int | None,
    status: int,
) -> None:
    own = {"name": "Chief", "scopes": ["roles:write", "rooms:read"], "approval_limit": 500}
    assert (await admin("POST", f"/v1/hotels/{hotel}/roles", json=own)).status_code == 201
    chief = await house.member(hotel, address, "Chief")
    wanted = {"name": "Made", "scopes": scopes, "approval_limit": limit}
    answer = await chief("POST", f"/v1/hotels/{hotel}/roles", json=wanted)
    assert answer.status_code == status, answer.text


async def test_nobody_gives_takes_or_changes_a_role_above_their_own(
    house: House, hotel: HotelId, admin: Caller, address: str
) -> None:
    base = f"/v1/hotels/{hotel}"
    scopes = sorted(BUILT_IN["staff"] | {"users:read", "users:write", "keys:write", "roles:write"})
    own = {"name": "People", "scopes": scopes, "approval_limit": 100}
    role = (await admin("POST", f"{base}/roles", json=own)).json()
    clerk = await house.member(hotel, address, "People")
    members = (await clerk("GET", f"{base}/members")).json()["items"]
    (boss,) = [m["id"] for m in members if m["role"] == "admin"]
    (self_,) = [m["id"] for m in members if m["email"] == address]
    tries = [
        ("POST", "members", {"email": "a@mail.example", "name": "A", "role": "admin"}),
        ("PATCH", f"members/{boss}", {"role": "staff"}),
        ("PATCH", f"members/{self_}", {"role": "manager"}),
        ("DELETE", f"members/{boss}", None),
        ("PUT", f"roles/{role['id']}", {"scopes": [*scopes, "payments:refund"]}),
        ("POST", "keys", {"name": "unlimited", "scopes": ["rooms:read"]}),
    ]
    for method, path, body in tries:
        refused = await clerk(method, f"{base}/{path}", json=body)
        assert problem(refused) == (403, "forbidden"), path
    given = {"email": f"b-{address}", "name": "B", "role": "staff"}
    assert (await clerk("POST", f"{base}/members", json=given)).status_code == 201


async def test_the_last_admin_stays_also_when_two_leave_at_once(
    house: House, hotel: HotelId, admin: Caller, address: str
) -> None:
    second = await house.member(hotel, address, "admin")
    base = f"/v1/hotels/{hotel}/members"
    ids = [m["id"] for m in (await admin("GET", base)).json()["items"]]
    answers = await asyncio.gather(
        admin("DELETE", f"{base}/{ids[0]}"), second("DELETE", f"{base}/{ids[1]}")
    )
    assert sorted(a.status_code for a in answers) in ([200, 409], [200, 404])
    left = [c for c in (admin, second) if (await c("GET", base)).status_code == 200]
    assert len(left) == 1
    (still,) = [
        m["id"] for m in (await left[0]("GET", base)).json()["items"] if m["status"] == "active"
    ]
    for method, body in (("DELETE", None), ("PATCH", {"role": "staff"})):
        assert problem(await left[0](method, f"{base}/{still}", json=body)) == (409, "last_admin")


async def test_a_guest_registers_and_holds_what_a_customer_may(
    house: House, db: Database, hotel: HotelId, address: str
) -> None:
    async with db.platform() as session:
        slug = await session.scalar(select(Hotel.slug).where(Hotel.id == hotel))
    wanted = {"email": address, "name": "Guest", "hotel": slug}
    assert (await house.client.post("/v1/auth/register", json=wanted)).status_code == 202
    assert await accept(house, await house.token()) == (204, "")
    guest = await house.enter(address)
    assert (await guest("GET", f"/v1/hotels/{hotel}/room-types")).status_code == 200
    for path in ("bookings", "conversations", "members", "staff", "keys"):
        assert (await guest("GET", f"/v1/hotels/{hotel}/{path}")).status_code == 403
    assert (await house.client.post("/v1/auth/register", json=wanted)).status_code == 202
    (letter,) = await house.mailed()
    assert "already" in letter["Subject"]
    assert "#" not in letter.get_content()


async def test_a_new_password_comes_by_mail_and_ends_every_session(
    house: House, hotel: HotelId, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    answers = []
    for asked in (address, f"nobody-{address}"):
        path = "/v1/auth/password/forgot"
        answers.append(await house.client.post(path, json={"email": asked}))
    assert {(a.status_code, a.text) for a in answers} == {(202, answers[0].text)}
    path = "/v1/auth/password/forgot"
    many = [await house.client.post(path, json={"email": f"m-{address}"}) for _ in range(4)]
    assert [a.status_code for a in many] == [202, 202, 202, 429]
    assert problem(many[-1]) == (429, "too_many_mails")
    assert 0 < int(many[-1].headers["retry-after"]) <= 900
    token = await house.token()
    assert await accept(house, token, "brand new password") == (204, "")
    assert (await person("GET", "/v1/me")).status_code == 401
    assert (await person.refresh()).status_code == 401
    assert (await house.login(address)).status_code == 401
    assert (await house.login(address, password="brand new password")).status_code == 200


async def test_the_app_can_read_no_person_but_through_the_look_ups(
    db: Database, hotel: HotelId, house: House, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    tables = ("users", "user_sessions", "user_refreshes", "user_links", "user_recovery_codes")
    for table in (*tables, "user_identities", "sign_in_throttles"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await run(db, hotel, f"SELECT 1 FROM {table}")  # noqa: S608 - ours


async def test_a_hotel_cannot_plant_a_member_in_another(
    db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    plant = (
        "INSERT INTO memberships (hotel_id, id, user_id, email, name, role, status)"
        " SELECT $1, gen_random_uuid(), gen_random_uuid(), 'a', 'a', 'admin', 'active'"
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        await run(db, hotel, plant, other_hotel)
    await run(db, hotel, plant, hotel)


async def run(db: Database, hotel: HotelId, statement: str, *given: object) -> None:
    async with db.hotel(hotel) as session:
        await (await session.connection()).exec_driver_sql(statement, given)


def test_the_built_in_roles_stand_in_each_other() -> None:
    roles = [BUILT_IN[name] for name in ("customer", "staff", "manager", "admin")]
    assert all(less < more for less, more in itertools.pairwise(roles))
    assert BUILT_IN["admin"] == frozenset(SCOPES)
    private = {"guests:read", "bookings:read", "conversations:read", "payments:read", "search:read"}
    assert not BUILT_IN["customer"] & private
