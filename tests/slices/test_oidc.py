"""Signing in through an identity provider that speaks OpenID Connect over real HTTP."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.local.identity_provider import IdentityProvider, running_identity_provider
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.schemas import KeyIn
from tests.people import PASSWORD, House, house_of, problem


@pytest.fixture
async def provider(clock: FixedClock) -> AsyncIterator[IdentityProvider]:
    made = IdentityProvider("frontdesk", "a:secret with signs/+", clock=clock)
    async with running_identity_provider(made):
        yield made


@pytest.fixture
async def house(
    settings: Settings,
    db: Database,
    clock: FixedClock,
    vault: Vault,
    tmp_path: Path,
    provider: IdentityProvider,
) -> AsyncIterator[House]:
    changes = {
        "oidc_issuer": provider.issuer,
        "oidc_client_id": provider.client_id,
        "oidc_client_secret": type(settings.secret_key)(provider.client_secret),
    }
    async with house_of(settings, db, clock, vault, tmp_path, **changes) as opened:
        yield opened


@pytest.fixture
def address() -> str:
    return f"p-{uuid.uuid4().hex[:10]}@mail.example"


async def go(house: House, address: str, **more: str) -> str:
    """From our start to the provider and its way back, as a browser goes."""
    start = await house.client.get("/v1/auth/oidc/start")
    assert start.status_code == 302, start.text
    assert "code_challenge_method=S256" in start.headers["location"]
    hint = urlencode({"login_hint": address, **more})
    async with httpx.AsyncClient() as browser:
        back = await browser.get(f"{start.headers['location']}&{hint}")
    assert back.status_code == 302, back.text
    return back.headers["location"]


async def come_back(house: House, location: str) -> httpx.Response:
    return await house.client.get(location.partition("8000")[2])


async def test_an_invited_person_signs_in_and_has_joined(
    house: House, db: Database, hotel: HotelId, address: str
) -> None:
    async with db.hotel(hotel) as session:
        _, key = await add_key(session, hotel, KeyIn(name="k"), by="test")
    made = await house.client.post(
        f"/v1/hotels/{hotel}/members",
        json={"email": address, "name": "Ana", "role": "staff"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert made.status_code == 201
    answer = await come_back(house, await go(house, address))
    assert answer.status_code == 200, answer.text
    assert answer.json()["access_token"] is None
    me = (await house.client.get("/v1/me")).json()
    assert [(p["hotel_id"], p["role"]) for p in me["hotels"]] == [(str(hotel), "staff")]
    sessions = (await house.client.get("/v1/me/sessions")).json()["items"]
    assert [s["method"] for s in sessions] == ["oidc"]


async def test_a_stranger_is_not_let_in(house: House, address: str) -> None:
    answer = await come_back(house, await go(house, address))
    assert problem(answer) == (403, "uninvited")


async def test_the_same_subject_is_the_same_person_under_a_new_address(
    house: House, provider: IdentityProvider, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    assert (await come_back(house, await go(house, address))).status_code == 200
    known = provider.accounts[address]
    provider.accounts[f"new-{address}"] = replace(known, email=f"new-{address}")
    assert (await come_back(house, await go(house, f"new-{address}"))).status_code == 200
    assert (await house.client.get("/v1/me")).json()["email"] == address


async def test_an_address_that_the_provider_did_not_prove_opens_nothing(
    house: House, provider: IdentityProvider, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    provider.accounts[address] = replace(provider.account(address), verified=False)
    assert problem(await come_back(house, await go(house, address))) == (403, "uninvited")


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"aud": "another client"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"aud": ["frontdesk", "x"], "azp": "x"},
    ],
    ids="+".join,
)
async def test_a_token_that_is_not_for_us_is_refused(
    house: House, provider: IdentityProvider, hotel: HotelId, address: str, lie: dict
) -> None:
    await house.seat(hotel, address, "staff")
    provider.changes.update(lie)
    assert problem(await come_back(house, await go(house, address))) == (422, "not_from_provider")
    assert (await house.client.get("/v1/me")).status_code == 401


async def test_a_code_is_of_use_once_and_only_where_its_sign_in_began(
    house: House, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    location = await go(house, address)
    other_state = location.replace(parse_qs(urlsplit(location).query)["state"][0], "guessed")
    assert problem(await come_back(house, other_state)) == (422, "not_from_provider")
    cookies = dict(house.client.cookies)
    house.client.cookies.clear()
    assert problem(await come_back(house, location)) == (422, "not_from_provider")
    house.client.cookies.update(cookies)
    assert (await come_back(house, location)).status_code == 200
    house.client.cookies.update(cookies)
    assert problem(await come_back(house, location)) == (422, "not_from_provider")


async def test_who_says_no_at_the_provider_is_told_so(house: House, address: str) -> None:
    location = await go(house, address, deny="yes")
    assert problem(await come_back(house, location)) == (401, "sign_in_declined")
    guessed = location.replace(parse_qs(urlsplit(location).query)["state"][0], "guessed")
    assert problem(await come_back(house, guessed)) == (422, "not_from_provider")
    assert (await house.client.get("/v1/me")).status_code == 401


async def test_the_code_of_another_sign_in_fails_its_challenge(
    house: House, hotel: HotelId, address: str
) -> None:
    """A thief's code in a victim's browser, state and all: PKCE still tells."""
    await house.seat(hotel, address, "staff")
    theirs = parse_qs(urlsplit(await go(house, address)).query)["code"][0]
    mine = await go(house, address)
    swapped = mine.replace(parse_qs(urlsplit(mine).query)["code"][0], theirs)
    assert problem(await come_back(house, swapped)) == (422, "not_from_provider")


async def test_turned_keys_are_fetched_and_a_foreign_key_is_not_believed(
    house: House, provider: IdentityProvider, hotel: HotelId, address: str
) -> None:
    await house.seat(hotel, address, "staff")
    assert (await come_back(house, await go(house, address))).status_code == 200
    provider.turn_keys()
    assert (await come_back(house, await go(house, address))).status_code == 200
    honest = provider.key
    location = await go(house, address)
    provider.published, provider.key = honest, IdentityProvider("x", "y").key
    assert problem(await come_back(house, location)) == (422, "not_from_provider")


async def test_without_a_provider_or_with_a_dead_one_passwords_still_work(
    settings: Settings,
    db: Database,
    clock: FixedClock,
    vault: Vault,
    tmp_path: Path,
    hotel: HotelId,
    address: str,
) -> None:
    dead = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "x"}
    for changes, told in (
        ({}, (404, "no_identity_provider")),
        (dead, (502, "identity_provider_failed")),
    ):
        async with house_of(settings, db, clock, vault, tmp_path, **changes) as opened:
            assert problem(await opened.client.get("/v1/auth/oidc/start")) == told
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        await opened.seat(hotel, address, "staff")
        assert (await opened.login(address, password=PASSWORD)).status_code == 200
