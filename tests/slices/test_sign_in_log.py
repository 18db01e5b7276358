"""What happens to a person's sign-in stands in the log of each hotel of theirs, and of no other."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.actions import add_key, revoke_key, the_key
from frontdesk.tenancy.audit_chain import seal, verify
from frontdesk.tenancy.models import AuditEntry
from frontdesk.tenancy.person_models import SignInEvent
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.tenancy.seat import let_back_in, lose_factor, shut_out
from frontdesk.tenancy.sessions import GRACE
from frontdesk.tenancy.sign_in_log import tell_sign_ins
from frontdesk.tenancy.throttle import PER_PLACE
from tests.conftest import new_hotel
from tests.people import PASSWORD, House, code_at, house_of


@pytest.fixture
async def house(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


async def _told(db: Database, hotel: HotelId) -> list[AuditEntry]:
    """Since the last time, oldest first."""
    await tell_sign_ins(db)
    async with db.hotel(hotel) as session:
        query = select(AuditEntry).where(
            AuditEntry.seq.is_(None),
            AuditEntry.action.startswith("sign_in.") | (AuditEntry.action == "key.refuse"),
        )
        found = (await session.scalars(query)).all()
    await seal(db, hotel)
    return sorted(found, key=lambda e: str((e.new or {}).get("at")))


async def test_what_the_operator_does_to_a_person_is_told_to_their_hotels(
    house: House, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    address = f"p-{uuid.uuid4().hex[:8]}@hotel.example"
    person = await house.member(hotel, address, "admin")
    confirmed = {"json": {"password": PASSWORD}}
    secret = (await person("POST", "/v1/me/second-factor", **confirmed)).json()["secret"]
    code = {"json": {"code": code_at(secret, house.clock)}}
    assert (await person("POST", "/v1/me/second-factor/confirm", **code)).status_code == 200
    await _told(db, hotel)
    assert await lose_factor(db, address, now=house.clock.now()) == 1
    assert (await person("GET", "/v1/me")).status_code == 401
    entered = await house.enter(address)
    assert (await entered("GET", "/v1/me")).json()["second_factor"] is False
    assert await shut_out(db, address, now=house.clock.now()) == 1
    await let_back_in(db, address)
    told = [(e.action, (e.new or {}).get("by")) for e in await _told(db, hotel)]
    for what in ("second_factor_off", "disable", "enable"):
        assert told.count((f"sign_in.{what}", "operator")) == 1
    assert await _told(db, other_hotel) == []


async def test_every_step_is_told_to_every_hotel_of_the_person_sealed_and_without_names(
    house: House, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    third = await new_hotel(db)
    address = f"p-{uuid.uuid4().hex[:8]}@hotel.example"
    for mine in (hotel, other_hotel):
        await house.seat(mine, address, "staff")
    assert (await house.login(address, password="not it")).status_code == 401
    assert (await house.login(f"nobody-{address}", password="not it")).status_code == 401
    person = await house.enter(address)
    confirmed = {"json": {"password": PASSWORD}}
    secret = (await person("POST", "/v1/me/second-factor", **confirmed)).json()["secret"]
    code = {"json": {"code": code_at(secret, house.clock)}}
    assert (await person("POST", "/v1/me/second-factor/confirm", **code)).status_code == 200
    assert (await house.login(address, code="000000")).status_code == 401
    old = person.given["refresh_token"]
    assert (await person.refresh()).status_code == 200
    house.clock.advance(GRACE + timedelta(seconds=1))
    assert (await person.refresh(old)).status_code == 401
    house.clock.advance(timedelta(minutes=1))
    again = await house.enter(address, code=code_at(secret, house.clock))
    out = {"refresh_token": again.given["refresh_token"]}
    assert (await house.client.post("/v1/auth/logout", json=out)).status_code == 204
    forgot = {"json": {"email": address}}
    assert (await house.client.post("/v1/auth/password/forgot", **forgot)).status_code == 202
    link = {"token": await house.token(), "password": "another good password"}
    assert (await house.client.post("/v1/auth/links/accept", json=link)).status_code == 204
    for _ in range(PER_PLACE + 3):
        await house.login(address, password="guess")

    first, second = await _told(db, hotel), await _told(db, other_hotel)
    steps = ["fail", "open", "second_factor_on", "second_factor_fail", "refresh_reused", "open"]
    steps += ["logout", "password_reset", *["fail"] * PER_PLACE, "lock"]
    assert [e.action.removeprefix("sign_in.") for e in first] == steps
    assert [e.action for e in second] == [e.action for e in first]
    assert len({e.actor for e in (*first, *second)}) == 1
    assert {e.subject for e in first} & {e.subject for e in second} == set()
    assert all(e.ip and e.ip.startswith("2001:db8:") and e.user_agent for e in first)
    said = " ".join(str((e.actor, e.subject, e.old, e.new)) for e in first)
    assert "@" not in said
    assert address.partition("@")[0] not in said
    assert await _told(db, third) == []
    async with db.hotel(hotel) as session:
        verdict = await verify(session, hotel)
    assert verdict.whole
    assert verdict.sealed >= len(first)
    async with db.platform() as session:
        assert await session.scalar(select(func.count()).select_from(SignInEvent)) == 0
    assert await _told(db, hotel) == []


async def test_a_key_that_is_refused_is_told_to_its_own_hotel_once_a_quarter_of_an_hour(
    house: House, db: Database, hotel: HotelId, other_hotel: HotelId
) -> None:
    async with db.hotel(hotel) as session:
        key, secret = await add_key(session, hotel, KeyIn(name="k", scopes=["rooms:read"]), by="t")

    async def ask(at: HotelId, path: str) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = await house.client.get(f"/v1/hotels/{at}{path}", headers=headers)
        return answer.status_code

    assert await ask(hotel, "/rooms") == 200
    assert [await ask(hotel, "/guests") for _ in range(3)] == [403] * 3
    assert await ask(other_hotel, "/rooms") == 404
    async with db.hotel(hotel) as session:
        revoke_key(session, await the_key(session, key.id), by="t", now=house.clock.now())
    assert await ask(hotel, "/rooms") == 401
    told = await _told(db, hotel)
    whys = sorted((e.new or {})["why"] for e in told)
    assert whys == ["guests:read", "other_hotel", "revoked"]
    assert {(e.actor, e.subject) for e in told} == {(f"key:{key.id}", f"key:{key.id}")}
    assert await _told(db, other_hotel) == []
    house.clock.advance(timedelta(minutes=15))
    assert await ask(hotel, "/rooms") == 401
    assert [(e.new or {})["why"] for e in await _told(db, hotel)] == ["revoked"]
