"""Signing in: tokens that last, rotate and end; guessing that is slow; cookies that need CSRF."""

import asyncio
import base64
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as example_count
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.requests import Request

from frontdesk.api.app import api_routes, scopes_of
from frontdesk.kit.caller import caller_of
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.passwords import hash_password, is_password
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.models import Hotel
from frontdesk.tenancy.schemas import KeyIn
from frontdesk.tenancy.sessions import GRACE
from frontdesk.tenancy.throttle import PER_ACCOUNT, PER_ADDRESS, PER_PLACE, WINDOW
from tests.people import PASSWORD, House, house_of, problem


@pytest.fixture
async def house(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


@pytest.fixture
def address() -> str:
    return f"p-{uuid.uuid4().hex[:10]}@mail.example"


async def test_a_person_signs_in_stays_and_leaves(
    house: House, hotel: HotelId, address: str
) -> None:
    staff = await house.member(hotel, address, "staff")
    path = f"/v1/hotels/{hotel}/room-types"
    assert (await staff("GET", path)).status_code == 200
    house.clock.advance(timedelta(minutes=31))
    assert (await staff("GET", path)).status_code == 401
    assert (await staff.refresh()).status_code == 200
    assert (await staff("GET", path)).status_code == 200
    gone = await house.client.post(
        "/v1/auth/logout", json={"refresh_token": staff.given["refresh_token"]}
    )
    assert gone.status_code == 204
    assert (await staff("GET", path)).status_code == 401
    assert problem(await staff.refresh()) == (401, "session_ended")


async def test_who_leaves_with_an_access_token_alone_has_left(
    house: House, hotel: HotelId, address: str
) -> None:
    """Not told so while the session goes on; and by no other token."""
    staff = await house.member(hotel, address, "staff")
    path, out = f"/v1/hotels/{hotel}/room-types", "/v1/auth/logout"
    for nobody in ({}, {"Authorization": "Bearer fd_x"}, {"Authorization": "Bearer a.b.c"}):
        assert (await house.client.post(out, headers=nobody)).status_code == 204
    assert (await staff("GET", path)).status_code == 200
    assert (await staff("POST", out)).status_code == 204
    assert (await staff("GET", path)).status_code == 401
    assert problem(await staff.refresh()) == (401, "session_ended")


async def test_a_refresh_lasts_seven_days_from_the_last_one(
    house: House, hotel: HotelId, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    house.clock.advance(timedelta(days=6))
    assert (await person.refresh()).status_code == 200
    house.clock.advance(timedelta(days=6))
    assert (await person.refresh()).status_code == 200
    house.clock.advance(timedelta(days=7))
    assert problem(await person.refresh()) == (401, "session_ended")


async def test_an_old_refresh_ends_the_whole_family_and_no_other(
    house: House, hotel: HotelId, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    elsewhere = await house.enter(address)
    stolen = person.given["refresh_token"]
    assert (await person.refresh()).status_code == 200
    house.clock.advance(GRACE + timedelta(seconds=1))
    assert problem(await person.refresh(stolen)) == (401, "session_ended")
    assert problem(await person.refresh()) == (401, "session_ended")
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 401
    assert (await elsewhere("GET", f"/v1/hotels/{hotel}")).status_code == 200


async def test_two_tabs_that_refresh_at_once_get_the_same_and_the_third_use_is_the_end(
    house: House, hotel: HotelId, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    token = person.given["refresh_token"]
    answers = await asyncio.gather(*(person.refresh(token) for _ in range(4)))
    assert {a.status_code for a in answers} == {200}
    (won,) = {a.json()["refresh_token"] for a in answers}
    person.given = answers[0].json()
    assert (await person("GET", f"/v1/hotels/{hotel}")).status_code == 200
    assert (await person.refresh(won)).status_code == 200
    assert problem(await person.refresh(token)) == (401, "session_ended")
    assert problem(await person.refresh(won)) == (401, "session_ended")


@pytest.mark.parametrize("known", [True, False])
async def test_wrong_sign_ins_look_alike_and_are_throttled(
    house: House, hotel: HotelId, address: str, known: bool
) -> None:
    if known:
        await house.seat(hotel, address, "staff")
    answers = [await house.login(address, password="not it") for _ in range(PER_PLACE)]
    assert {problem(a) for a in answers} == {(401, "wrong_sign_in")}
    assert len({a.text for a in answers}) == 1
    refused = await house.login(address)
    assert problem(refused) == (429, "too_many_tries")
    assert int(refused.headers["Retry-After"]) == WINDOW.total_seconds()
    house.clock.advance(WINDOW)
    assert (await house.login(address)).status_code == (200 if known else 401)


async def test_parallel_guesses_are_counted_like_others(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    tries = (house.login(address, password=f"guess {n}") for n in range(PER_PLACE + 5))
    answers = await asyncio.gather(*tries)
    assert sorted(a.status_code for a in answers) == [401] * PER_PLACE + [429] * 5


async def test_one_address_cannot_try_every_account(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    for n in range(PER_ADDRESS):
        assert (await house.login(f"{n}-{address}", password="guess")).status_code == 401
        assert n % 20 or (await house.login(address)).status_code == 200
    assert problem(await house.login(f"x-{address}")) == (429, "too_many_tries")
    assert problem(await house.login(address)) == (429, "too_many_tries")


@pytest.mark.parametrize("known", [True, False])
async def test_nobody_shuts_an_owner_out_from_elsewhere(
    settings: Settings,
    db: Database,
    clock: FixedClock,
    vault: Vault,
    tmp_path: Path,
    hotel: HotelId,
    address: str,
    known: bool,
) -> None:
    async with house_of(settings, db, clock, vault, tmp_path, trusted_proxies="::/0") as house:
        net = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}"

        async def tried(place: int, password: str = PASSWORD) -> int:
            wanted = {"email": address, "password": password}
            headers = {"X-Forwarded-For": f"{net}::{place:x}"}
            return (
                await house.client.post("/v1/auth/login", json=wanted, headers=headers)
            ).status_code

        if known:
            await house.seat(hotel, address, "staff")
        right = 200 if known else 401
        assert await tried(1) == right
        for _ in range(PER_ADDRESS - 1):
            last = await tried(2, "guess")
        assert (last, await tried(2), await tried(3)) == (429, 429, right)
        for place in range(10, 10 + PER_ACCOUNT // PER_PLACE):
            for _ in range(PER_PLACE):
                await tried(place, "guess")
        assert [await tried(place) for place in (4, 5)] == [429, 429], "many together"
        assert await tried(1) == (200 if known else 429), "where they were before"
        clock.advance(WINDOW)
        assert await tried(4) == right


def test_only_our_own_proxies_are_believed_about_who_calls() -> None:
    def ip(peer: str, told: str, proxies: tuple[str, ...]) -> str | None:
        scope = {"type": "http", "client": (peer, 1)}
        headers = [(b"x-forwarded-for", told.encode())] if told else []
        return caller_of(Request({**scope, "headers": headers}), proxies).ip

    assert ip("203.0.113.9", "198.51.100.7", ()) == "203.0.113.9"
    assert ip("10.0.0.2", "198.51.100.7", ("10.0.0.0/8",)) == "198.51.100.7"
    assert ip("10.0.0.2", "6.6.6.6, 198.51.100.7, 10.0.0.3", ("10.0.0.0/8",)) == "198.51.100.7"
    assert ip("203.0.113.9", "198.51.100.7", ("10.0.0.0/8",)) == "203.0.113.9"
    assert ip("10.0.0.2", "rubbish", ("10.0.0.0/8",)) is None


async def test_an_unknown_address_costs_a_whole_password() -> None:
    """Not timed against a clock, but in what is done: argon2 is run, and says no."""
    hashed = await hash_password(PASSWORD)
    assert await is_password(hashed, PASSWORD)
    assert not await is_password(None, "the password of nobody")
    assert hashed.startswith("$argon2id$v=19$m=7168,t=5,p=1$")


async def test_a_changed_password_ends_the_other_sessions(
    house: House, hotel: HotelId, address: str
) -> None:
    here, there = await house.member(hotel, address, "staff"), await house.enter(address)
    wrong = await here("POST", "/v1/me/password", json={"old": "no", "new": "another long one"})
    assert problem(wrong) == (401, "wrong_sign_in")
    short = await here("POST", "/v1/me/password", json={"old": PASSWORD, "new": "seven77"})
    assert short.status_code == 422
    done = await here("POST", "/v1/me/password", json={"old": PASSWORD, "new": "another long one"})
    assert done.status_code == 204
    assert (await here("GET", "/v1/me")).status_code == 200
    assert (await there("GET", "/v1/me")).status_code == 401
    assert (await house.login(address)).status_code == 401
    assert (await house.login(address, password="another long one")).status_code == 200


async def test_sessions_are_listed_and_ended_by_their_person_alone(
    house: House, hotel: HotelId, address: str
) -> None:
    here, there = await house.member(hotel, address, "staff"), await house.enter(address)
    stranger = await house.member(hotel, f"other-{address}", "admin")
    listed = (await here("GET", "/v1/me/sessions")).json()["items"]
    assert [(s["current"], s["method"]) for s in listed] == [
        (False, "password"),
        (True, "password"),
    ]
    other = f"/v1/me/sessions/{there.given['session_id']}"
    assert (await stranger("DELETE", other)).status_code == 404
    assert (await there("GET", "/v1/me")).status_code == 200
    assert (await here("DELETE", other)).status_code == 204
    assert (await there("GET", "/v1/me")).status_code == 401
    await house.enter(address)
    assert (await here("DELETE", "/v1/me/sessions")).status_code == 204
    living = [
        s for s in (await here("GET", "/v1/me/sessions")).json()["items"] if not s["revoked_at"]
    ]
    assert [s["current"] for s in living] == [True]


async def test_cookies_are_shut_to_scripts_and_writes_want_the_csrf_token(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "admin")
    answer = await house.login(address, deliver="cookies")
    body = answer.json()
    assert (body["access_token"], body["refresh_token"]) == (None, None)
    set_by = {c.partition("=")[0]: c.lower() for c in answer.headers.get_list("set-cookie")}
    assert "httponly" in set_by["fd_access"]
    assert "samesite=lax" in set_by["fd_access"]
    assert {"httponly", "samesite=strict", "path=/v1/auth"} <= {
        part.strip() for part in set_by["fd_refresh"].split(";")
    }
    assert "httponly" not in set_by["fd_csrf"]
    path, room = f"/v1/hotels/{hotel}/roles", {"name": "Porter", "scopes": ["rooms:read"]}
    assert (await house.client.get(path)).status_code == 200
    for wrong in ({}, {"X-CSRF-Token": "0" * 64}):
        refused = await house.client.post(path, json=room, headers=wrong)
        assert problem(refused) == (403, "csrf")
        refused = await house.client.post("/v1/auth/refresh", json={}, headers=wrong)
        assert problem(refused) == (403, "csrf")
    right = {"X-CSRF-Token": body["csrf_token"]}
    assert (await house.client.post(path, json=room, headers=right)).status_code == 201
    again = await house.client.post("/v1/auth/refresh", json={}, headers=right)
    assert (again.status_code, again.json()["csrf_token"]) == (200, body["csrf_token"])
    assert (await house.client.post("/v1/auth/logout", json={}, headers=right)).status_code == 204
    assert (await house.client.get(path)).status_code == 401


async def test_another_sessions_csrf_token_is_of_no_use(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "admin")
    foreign = (await house.login(address)).json()["csrf_token"]
    await house.login(address, deliver="cookies")
    path, room = f"/v1/hotels/{hotel}/roles", {"name": "Porter", "scopes": []}
    refused = await house.client.post(path, json=room, headers={"X-CSRF-Token": foreign})
    assert problem(refused) == (403, "csrf")


async def test_a_form_of_another_page_cannot_sign_anybody_in(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    body = f'{{"email": "{address}", "password": "{PASSWORD}", "deliver": "cookies"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        answer = await house.client.post("/v1/auth/login", content=body, headers=headers)
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers


async def test_a_forged_or_foreign_token_opens_nothing(
    house: House, hotel: HotelId, address: str, clock: FixedClock
) -> None:
    person = await house.member(hotel, address, "staff")
    good = person.given["access_token"]
    head, claims, seal = good.split(".")
    claim = {"sub": str(uuid.uuid4()), "sid": str(uuid.uuid4()), "use": "access"}
    forged = Signer(["0" * 32]).sign(claim, now=clock.now(), seconds=600)
    none = f"eyJhbGciOiJub25lIn0.{claims}."
    for bad in (
        forged,
        none,
        f"{head}.{claims}.{seal[:-2]}",
        f"{head}.{claims[:-2]}.{seal}",
        "a.b.c",
    ):
        answer = await house.client.get("/v1/me", headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401, bad


def test_keys_rotate_and_a_dropped_key_ends_its_tokens(clock: FixedClock) -> None:
    old, new = Signer(["old" * 12]), Signer(["new" * 12, "old" * 12])
    token = old.sign({"use": "access"}, now=clock.now(), seconds=60)
    assert new.read(token, now=clock.now()) is not None
    fresh = new.sign({"use": "access"}, now=clock.now(), seconds=60)
    assert old.read(fresh, now=clock.now()) is None
    assert Signer(["new" * 12]).read(token, now=clock.now()) is None
    assert new.read(token, now=clock.now() + timedelta(seconds=61)) is None
    assert new.is_mac(old.mac("csrf", "x"), "csrf", "x")
    assert not new.is_mac(old.mac("csrf", "x"), "other", "x")


async def test_cors_is_closed_but_to_the_named_pages(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path, house: House
) -> None:
    def asks(origin: str) -> dict[str, str]:
        return {"Origin": origin, "Access-Control-Request-Method": "POST"}

    async def allowed(client: httpx.AsyncClient, origin: str) -> str | None:
        answer = await client.options("/v1/auth/login", headers=asks(origin))
        return answer.headers.get("access-control-allow-origin")

    ours = "https://desk.example"
    assert await allowed(house.client, ours) is None
    async with house_of(settings, db, clock, vault, tmp_path, cors_origins=ours) as opened:
        assert await allowed(opened.client, ours) == ours
        assert await allowed(opened.client, "https://evil.example") is None
        wanted = {"Access-Control-Request-Headers": "if-match, idempotency-key, x-csrf-token"}
        answer = await opened.client.options("/v1/auth/login", headers={**asks(ours), **wanted})
        assert answer.status_code == 200, answer.text
        seen = (await opened.client.get("/v1/me", headers={"Origin": ours})).headers
        exposed = {h.strip() for h in seen["access-control-expose-headers"].split(",")}
        assert exposed == {"Content-Disposition", "ETag", "Retry-After"}


async def test_a_wrong_method_is_told_the_right_ones(house: House) -> None:
    refused = await house.client.get("/v1/auth/login")
    assert problem(refused) == (405, "method_not_allowed")
    assert refused.headers["allow"] == "POST"


async def test_every_answer_carries_the_security_headers(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path, house: House
) -> None:
    plain = (await house.client.get("/v1/me")).headers
    assert plain["x-content-type-options"] == "nosniff"
    assert plain["x-frame-options"] == "DENY"
    assert "default-src 'none'" in plain["content-security-policy"]
    assert "strict-transport-security" not in plain
    page = await house.client.get("/auth/link")
    assert page.status_code == 200
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    public = {"public_url": "https://desk.example"}
    async with house_of(settings, db, clock, vault, tmp_path, **public) as opened:
        answer = await opened.client.get("/v1/me")
        assert "strict-transport-security" in answer.headers
        login = await opened.client.post("/v1/auth/logout", json={})
        assert login.status_code == 204


async def test_what_is_a_persons_own_wants_a_person(
    house: House, db: Database, hotel: HotelId
) -> None:
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="k"), by="test")
    own = [r for r in api_routes(house.app) if scopes_of(r) == {"person"}]
    assert len(own) >= 10
    for route in own:
        method, path = min(route.methods), route.path.replace("{session_id}", str(uuid.uuid4()))
        assert (await house.client.request(method, path)).status_code == 401, path
        with_key = {"Authorization": f"Bearer {key}"}
        answer = await house.client.request(method, path, headers=with_key, json={})
        assert answer.status_code == 403, path


@example_count(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_token_breaks_the_reading_of_tokens(one: str, two: str) -> None:
    signer, now = Signer(["k" * 32]), datetime(2026, 1, 1, tzinfo=UTC)
    whole = signer.sign({"use": "access"}, now=now, seconds=60)
    head, claims, seal = whole.split(".")
    coded = base64.urlsafe_b64encode(one.encode()).rstrip(b"=").decode()
    for token in (one, f"{one}.{two}.x", f"{coded}.{claims}.{seal}", f"{head}.{coded}.{seal}"):
        assert signer.read(token, now=now) is None
    assert signer.read(whole, now=now) is not None


async def test_the_operator_seats_and_shuts_out(
    settings: Settings, db: Database, house: House, hotel: HotelId, address: str
) -> None:
    async with db.platform() as session:
        slug = await session.scalar(select(Hotel.slug).where(Hotel.id == hotel))
    environment = {
        "PATH": "",
        "DATABASE_URL": settings.database_url,
        "DATABASE_PLATFORM_URL": settings.database_platform_url,
        "FRONTDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
    }

    def frontdesk(*words: str) -> str:
        command = [sys.executable, "-m", "frontdesk.cli", "user", *words]
        done = subprocess.run(
            command, capture_output=True, text=True, env=environment, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    at = ["--hotel", slug, address, "Ana"]
    await asyncio.to_thread(frontdesk, "add", *at, "--password", PASSWORD)
    person = await house.enter(address)
    assert (await person("GET", f"/v1/hotels/{hotel}/members")).status_code == 200
    assert "1 sessions ended" in await asyncio.to_thread(frontdesk, "disable", address)
    assert (await person("GET", f"/v1/hotels/{hotel}/members")).status_code == 401
    assert problem(await house.login(address)) == (401, "wrong_sign_in")
    await asyncio.to_thread(frontdesk, "disable", "--undo", address)
    assert "0 sessions ended" in await asyncio.to_thread(frontdesk, "lost-factor", address.upper())
    assert (await house.login(address)).status_code == 200
