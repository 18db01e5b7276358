"""The second factor: confirmed before it counts, each code once, recovery codes once, taken off."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from tests.people import PASSWORD, Caller, House, code_at, house_of, problem

HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
async def house(
    settings: Settings, db: Database, clock: FixedClock, vault: Vault, tmp_path: Path
) -> AsyncIterator[House]:
    async with house_of(settings, db, clock, vault, tmp_path) as opened:
        yield opened


@pytest.fixture
def address() -> str:
    return f"p-{uuid.uuid4().hex[:10]}@mail.example"


async def enrolled(house: House, hotel: HotelId, address: str) -> tuple[Caller, str, list[str]]:
    """A person with the factor on; its secret and recovery codes."""
    person = await house.member(hotel, address, "staff")
    made = await person("POST", "/v1/me/second-factor", json={"password": PASSWORD})
    secret = made.json()["secret"]
    confirm = {"code": code_at(secret, house.clock)}
    done = await person("POST", "/v1/me/second-factor/confirm", json=confirm)
    assert done.status_code == 200, done.text
    house.clock.advance(HALF_MINUTE)
    return person, secret, done.json()["recovery_codes"]


async def test_it_counts_only_once_it_is_confirmed(
    house: House, hotel: HotelId, address: str
) -> None:
    person = await house.member(hotel, address, "staff")
    refused = await person("POST", "/v1/me/second-factor", json={"password": "not it"})
    assert problem(refused) == (401, "wrong_sign_in")
    made = (await person("POST", "/v1/me/second-factor", json={"password": PASSWORD})).json()
    assert made["uri"].startswith("otpauth://totp/Frontdesk")
    wrong = "000000" if code_at(made["secret"], house.clock) != "000000" else "111111"
    bad = await person("POST", "/v1/me/second-factor/confirm", json={"code": wrong})
    assert problem(bad) == (422, "wrong_code")
    assert (await house.login(address)).status_code == 200
    code = code_at(made["secret"], house.clock)
    assert (await person("POST", "/v1/me/second-factor/confirm", json={"code": code})).is_success
    assert problem(await house.login(address)) == (401, "second_factor_wanted")
    assert (await person("GET", "/v1/me")).json()["second_factor"] is True


async def test_a_code_works_once_also_for_two_at_once(
    house: House, hotel: HotelId, address: str
) -> None:
    _, secret, _ = await enrolled(house, hotel, address)
    code = code_at(secret, house.clock)
    both = await asyncio.gather(*(house.login(address, code=code) for _ in range(2)))
    assert sorted(a.status_code for a in both) == [200, 401]
    assert problem(await house.login(address, code=code)) == (401, "wrong_sign_in")
    house.clock.advance(HALF_MINUTE)
    assert problem(await house.login(address, code=code)) == (401, "wrong_sign_in")
    assert (await house.login(address, code=code_at(secret, house.clock))).status_code == 200


async def test_an_old_code_is_too_old(house: House, hotel: HotelId, address: str) -> None:
    _, secret, _ = await enrolled(house, hotel, address)
    code = code_at(secret, house.clock)
    house.clock.advance(timedelta(seconds=61))
    assert problem(await house.login(address, code=code)) == (401, "wrong_sign_in")


async def test_a_recovery_code_works_once_however_it_is_typed(
    house: House, hotel: HotelId, address: str
) -> None:
    person, _, codes = await enrolled(house, hotel, address)
    assert len(set(codes)) == 10
    typed = codes[0].lower().replace("-", " ")
    assert (await house.login(address, code=typed)).status_code == 200
    assert problem(await house.login(address, code=codes[0])) == (401, "wrong_sign_in")
    renew = {"password": PASSWORD, "code": codes[1]}
    fresh = (await person("POST", "/v1/me/second-factor/recovery-codes", json=renew)).json()
    assert problem(await house.login(address, code=codes[2])) == (401, "wrong_sign_in")
    assert (await house.login(address, code=fresh["recovery_codes"][0])).status_code == 200


async def test_taking_it_off_wants_the_password_and_a_code(
    house: House, hotel: HotelId, address: str
) -> None:
    person, secret, codes = await enrolled(house, hotel, address)
    path = "/v1/me/second-factor/disable"
    bare = await person("POST", path, json={"password": PASSWORD})
    assert problem(bare) == (401, "second_factor_wanted")
    on = await person(
        "POST",
        "/v1/me/second-factor",
        json={"password": PASSWORD, "code": code_at(secret, house.clock)},
    )
    assert problem(on) == (409, "second_factor_on")
    off = await person("POST", path, json={"password": PASSWORD, "code": codes[0]})
    assert off.status_code == 204
    assert (await house.login(address)).status_code == 200


async def test_guessing_codes_is_throttled_like_guessing_passwords(
    house: House, hotel: HotelId, address: str
) -> None:
    await enrolled(house, hotel, address)
    answers = [await house.login(address, code=f"{n:06d}") for n in range(12)]
    assert problem(answers[-1]) == (429, "too_many_tries")


async def test_nothing_of_it_lies_open_in_the_database(
    house: House, hotel: HotelId, address: str, owner: asyncpg.Connection
) -> None:
    person, secret, codes = await enrolled(house, hotel, address)
    told = [secret, codes[0], PASSWORD, person.given["refresh_token"], person.given["access_token"]]
    await owner.execute("SET ROLE frontdesk_platform")
    for table in ("users", "user_sessions", "user_refreshes", "user_recovery_codes"):
        rows = await owner.fetch(f"SELECT t::text AS row FROM {table} t")  # noqa: S608 - ours
        assert rows
        assert not [word for word in told for row in rows if word in row["row"]]
    await owner.execute("RESET ROLE")
