"""Requests made of the API's own description: nothing breaks, nothing undocumented, no leak.

Two hotels are full of rows. The caller has the key of one; every text of the other is a marker that
no answer may hold.
"""

import asyncio
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from frontdesk.kit.settings import Settings
from tests.conftest import KEY, Server, cloned
from tests.fuzzing import Fuzz, Indoors, fuzzed, mischief
from tests.map.test_openapi import APP

CASES = 1000
"""In all, over all routes; each gets at least LEAST."""
LEAST = 6
ENDLESS = "100000000/second"
"""A fuzz that is throttled tries nothing."""
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
OK_BROKEN = {"urn:frontdesk:problem:gateway_refused", "urn:frontdesk:problem:unavailable"}
"""An outside thing is away, and the answer says so."""


def _operations() -> list[APIOperation]:
    config = schemathesis.Config()
    config.projects.default.generation.with_security_parameters = False
    schema = schemathesis.openapi.from_dict(APP.openapi(), config=config)
    found = [result.ok() for result in schema.get_all_operations()]
    return sorted(found, key=lambda o: ("get", "post", "put", "patch", "delete").index(o.method))


OPERATIONS = _operations()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner(loop_factory=Indoors) as opened:
        yield opened


@pytest.fixture(scope="module")
def fuzz(
    server: Server, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fuzz]:
    with cloned(server) as urls:
        chosen = Settings(
            _env_file=None,
            DATABASE_URL=urls.app,
            DATABASE_PLATFORM_URL=urls.platform,
            DATABASE_OWNER_URL=urls.owner,
            FRONTDESK_SECRET_KEY=KEY,
            FRONTDESK_PLATFORM_KEY="platform-key-of-the-fuzz",
            DATABASE_POOL_SIZE=2,
            FRONTDESK_ALLOW_PRIVATE_URLS=True,
            FRONTDESK_DATA=tmp_path_factory.mktemp("data"),
            FRONTDESK_RATE_PRINCIPAL=ENDLESS,
            FRONTDESK_RATE_HOTEL=ENDLESS,
            FRONTDESK_RATE_ADDRESS=ENDLESS,
            FRONTDESK_RATE_REFUSED=ENDLESS,
        )
        opened = fuzzed(chosen)
        yield runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.label)
def test_no_request_breaks_it(fuzz: Fuzz, runner: asyncio.Runner, operation: APIOperation) -> None:
    made = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )
    security = operation.definition.raw.get("security", [])
    platform = {"key": ["platform"]} in security
    key = fuzz.platform_key if platform else fuzz.mine.key

    @settings(
        max_examples=max(LEAST, CASES // len(OPERATIONS)),
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def sent(data: st.DataObject) -> None:
        case = mischief(fuzz, data, data.draw(made))
        answer = runner.run(fuzz.send(case, key))
        if answer.status_code >= 500:
            assert answer.json()["type"] in OK_BROKEN, answer.text
        case.validate_response(answer, checks=CHECKS)
        assert platform or not fuzz.leaks(case, answer), answer.text
        fuzz.learn(case, answer)

    sent()


def test_a_leak_would_be_seen(fuzz: Fuzz, runner: asyncio.Runner) -> None:
    """The platform may see both hotels: the same answer to one hotel would be a leak."""
    case = next(o for o in OPERATIONS if o.label == "GET /v1/hotels").Case()
    theirs = runner.run(fuzz.send(case, fuzz.platform_key))
    assert {str(fuzz.other.hotel_id)} <= set(fuzz.leaks(case, theirs))
    assert len(fuzz.markers - fuzz.other.ids) >= 50
