"""Trying the wall over HTTP: every route, with ids that exist and belong to somebody else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from frontdesk.kit.db import Rehearsal
from frontdesk.operations.findings import Finding
from frontdesk.operations.probe_world import World

PARAMETER = re.compile(r"\{(\w+)\}")
GATEWAY_REFUSED = "urn:frontdesk:problem:gateway_refused"
"""Connecting an instance finds it, and then finds no gateway: a probe has none."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One method of one route, as its description says it is called."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    body_ids: tuple[str, ...]
    query: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        """Every id that it takes, but the hotel's."""
        wanted = [*PARAMETER.findall(self.path), *self.body_ids]
        return [name for name in wanted if name != "hotel_id"]


@dataclass(frozen=True, slots=True)
class _Prober:
    client: httpx.AsyncClient
    stage: Rehearsal
    mine: World
    other: World

    async def ask(self, call: _Call, key: str | None, names: Mapping[str, str]) -> httpx.Response:
        """What it does is undone at once: every call meets the same two hotels."""
        body = None if call.body is None else {k: names.get(k, v) for k, v in call.body.items()}
        async with self.stage.undone():
            return await self.client.request(
                call.method,
                PARAMETER.sub(lambda m: names[m[1]], call.path),
                headers={"Authorization": f"Bearer {key}"} if key else {},
                params={name: names[name] for name in call.query},
                json=body,
            )


async def probe_routes(
    app: FastAPI, routes: Iterable[APIRoute], stage: Rehearsal, mine: World, other: World
) -> list[Finding]:
    """With one hotel's key: its own ids are found, and nothing of the other's anywhere."""
    found: list[Finding] = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://probe") as client:
        prober = _Prober(client, stage, mine, other)
        for call in _calls(app.openapi(), routes):
            unknown = [n for n in (*call.ids, *call.query) if n not in mine.names]
            found.append(
                Finding("the probe knows its ids", call.name, not unknown, ", ".join(unknown))
            )
            if not unknown:
                found += await _outside(prober, call)
                found += await _inside(prober, call)
    return found


async def _outside(prober: _Prober, call: _Call) -> list[Finding]:
    """Without a key, without the scope, and at the other hotel's own address."""
    own = prober.mine.names
    tries = [("no key, no entry", None, own, (401,))]
    if "{hotel_id}" in call.path:
        theirs = prober.other.names
        tries += [
            ("a key without the scope does nothing", prober.mine.bare_key, own, (403,)),
            ("a foreign hotel is not there", prober.mine.key, theirs, (404,)),
        ]
    return [
        Finding(check, call.name, status in allowed, str(status))
        for check, key, names, allowed in tries
        for status in [(await prober.ask(call, key, names)).status_code]
    ]


async def _inside(prober: _Prober, call: _Call) -> list[Finding]:
    """At its own address: its own ids are found, each foreign id in their place is not."""
    mine, other = prober.mine, prober.other
    found: list[Finding] = []
    for name in call.ids:
        names = {**mine.names, name: other.names[name]}
        status = (await prober.ask(call, mine.key, names)).status_code
        subject = f"{call.name} {name}"
        found.append(Finding("a foreign id is not there", subject, status == 404, f"{status}"))
    answer = await prober.ask(call, mine.key, mine.names)
    if "{hotel_id}" in call.path:
        control = answer.is_success or _problem(answer) == GATEWAY_REFUSED
        said = f"{answer.status_code} {_problem(answer)}"
        found.append(Finding("its own id is there", call.name, control, said))
    if call.method == "GET":
        own = any(i in answer.text for i in mine.ids)
        found.append(Finding("an answer has its own rows", call.name, own))
    leaked = [i for i in other.ids if i in answer.text]
    found.append(Finding("an answer has no foreign rows", call.name, not leaked))
    return found


def _problem(answer: httpx.Response) -> str:
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    return str(answer.json().get("type"))


def _calls(api: Mapping[str, Any], routes: Iterable[APIRoute]) -> Iterator[_Call]:
    """Every route that wants a key, with the example that its description gives."""
    for route in routes:
        for method in sorted(route.methods or ()) if route.path.startswith("/v1/") else ():
            told = api["paths"][route.path][method.lower()]
            query = [p for p in told.get("parameters", ()) if p["in"] == "query"]
            schema = _body(api, told)
            yield _Call(
                method,
                route.path,
                schema.get("example", {}) if schema else None,
                tuple(_ids(schema.get("properties", {}))),
                tuple(p["name"] for p in query if p["required"]),
            )


def _body(api: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    if "requestBody" not in told:
        return {}
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    return api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _ids(properties: Mapping[str, Any]) -> Iterator[str]:
    """Fields that hold an id, also where they may be left out."""
    for name, schema in properties.items():
        kinds = (schema, *schema.get("anyOf", ()))
        if any(kind.get("format") == "uuid" for kind in kinds):
            yield name
