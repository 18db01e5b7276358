"""The API as its description tells it: a change of a route is seen in review.

`python -m tests.map.test_openapi > tests/map/openapi.txt` writes the list anew.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from frontdesk.api.app import OPEN, api_routes, create_app, scopes_of
from frontdesk.kit.secrets import new_key
from frontdesk.kit.settings import Settings
from frontdesk.tenancy.auth import NOT_OF_A_HOTEL

LIST = Path(__file__).with_name("openapi.txt")
APP = create_app(Settings(_env_file=None, FRONTDESK_SECRET_KEY=new_key()))
API = APP.openapi()
WRITING = [r for r in api_routes(APP) if r.body_field is not None]


def lines() -> Iterator[str]:
    for path, methods in API["paths"].items():
        for method, told in methods.items():
            asked, *_ = told.get("security", [{"key": ["-"]}])
            words = [method.upper(), path, *asked["key"]]
            query = sorted(_parameter(p) for p in told.get("parameters", ()) if p["in"] != "path")
            words += [f"({', '.join(query)})"] if query else []
            words += [_shape(told["requestBody"])] if "requestBody" in told else []
            words += ["->", *(_answer(s, r) for s, r in told["responses"].items())]
            yield " ".join(words)


def _parameter(told: dict[str, Any]) -> str:
    return told["name"] + ("" if told["required"] else "?")


def _answer(status: str, told: dict[str, Any]) -> str:
    return status if int(status) >= 400 else f"{status} {_shape(told)}".strip()


def _shape(told: dict[str, Any]) -> str:
    for content in told.get("content", {}).values():
        schema = content["schema"]
        name = str(schema.get("items", schema).get("$ref", schema.get("type", ""))).split("/")[-1]
        return f"[{name}]" if "items" in schema else name
    return ""


def test_the_routes_are_the_listed_ones() -> None:
    listed = LIST.read_text().splitlines()
    assert list(lines()) == listed, f"if that is meant: {__doc__}"
    assert len(listed) >= 40


def test_every_route_but_health_asks_for_one_scope() -> None:
    """A snapshot says what is; this says what must be."""
    for route in api_routes(APP):
        assert len(scopes_of(route)) == (0 if route.path in OPEN else 1), route.path
        for method in route.methods:
            told = API["paths"][route.path][method.lower()]
            is_open = route.path in OPEN or scopes_of(route) == {"open"}
            assert bool(told.get("security")) != is_open


def test_what_is_open_to_everybody_is_signing_in_and_no_more() -> None:
    """Whoever adds an open route says so here, and why: it proves itself in another way."""
    found = {r.path for r in api_routes(APP) if scopes_of(r) == {"open"}}
    assert found == {
        "/v1/auth/login",
        "/v1/auth/refresh",
        "/v1/auth/logout",
        "/v1/auth/register",
        "/v1/auth/password/forgot",
        "/v1/auth/links/accept",
        "/v1/auth/oidc/start",
        "/v1/auth/oidc/callback",
        "/auth/link",
        "/alerts/{token}",  # a link is signed, for one alert, and lasts a day
        "/v1/guest/session",  # a signed link is its key
    }


def test_reading_asks_to_read_and_writing_to_write() -> None:
    for route in api_routes(APP):
        for scope in scopes_of(route) - NOT_OF_A_HOTEL:
            reads = scope.rpartition(":")[2] in ("read", "export")
            assert reads == (route.methods == {"GET"}), (route.path, scope)


@pytest.mark.parametrize("route", WRITING, ids=lambda r: f"{min(r.methods)} {r.path}")
def test_every_body_shows_an_example_that_is_taken(route: APIRoute) -> None:
    model = route.body_field.field_info.annotation
    example = model.model_json_schema()["example"]
    assert example
    taken = model.model_validate(example)
    assert taken.model_fields_set == set(example)


def test_bodies_are_not_few() -> None:
    assert len(WRITING) >= 13


def test_every_reference_in_the_description_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in API["components"]["schemas"]}
    used = set(_references(API))
    assert used <= known
    assert "#/components/schemas/Problem" in used


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "$ref":
                yield value
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in lines())
