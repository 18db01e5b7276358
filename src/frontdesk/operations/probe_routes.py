"""Trying the wall over HTTP: every route, with ids that exist and belong to somebody else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute

from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.operations.findings import Finding
from frontdesk.operations.probe_world import World

PARAMETER = re.compile(r"\{(\w+)\}")
FOUND = frozenset(
    f"urn:frontdesk:problem:{code}"
    for code in ("gateway_refused", "stay_not_over", "in_use", "import_state")
)
"""It was found, and then: a probe's instance has no gateway, its booking is yet to come, another
row of the probe hangs on it, or it is not at that step."""
CATALOGUES = frozenset(
    {
        "GET /v1/hotels/{hotel_id}/alert-kinds",
        "GET /v1/hotels/{hotel_id}/events/types",
        "GET /v1/hotels/{hotel_id}/autonomy",
        "GET /v1/hotels/{hotel_id}/knowledge/publishing",
        "GET /v1/hotels/{hotel_id}/escalation-causes",
        "GET /v1/hotels/{hotel_id}/live/frames",
        "GET /v1/hotels/{hotel_id}/sla/holidays",
        "GET /v1/hotels/{hotel_id}/conversations/{conversation_id}/sla",
        "GET /v1/hotels/{hotel_id}/canned-replies/fields",
        "GET /v1/hotels/{hotel_id}/desk",
        "GET /v1/hotels/{hotel_id}/rules-latch",
        "GET /v1/hotels/{hotel_id}/journeys",
        "GET /v1/hotels/{hotel_id}/triggers/{trigger_id}/dry-run",
        "GET /v1/hotels/{hotel_id}/broadcasts/{broadcast_id}/preview",
        "GET /v1/hotels/{hotel_id}/broadcasts/{broadcast_id}/results",
    }
)
"""They tell every hotel the same, or rules, sums and times without an id."""
NARROWED = frozenset(
    f"GET /v1/hotels/{{hotel_id}}/{path}" for path in ("ledger", "conversations", "tasks")
)
"""By every id that it takes at once nothing is left."""
OF_A_PERSON = frozenset(
    f"{method} /v1/hotels/{{hotel_id}}{path}"
    for method, path in (
        ("GET", "/desk/me"),
        ("PATCH", "/desk/me"),
        ("GET", "/conversations/{conversation_id}/draft"),
        ("PUT", "/conversations/{conversation_id}/draft"),
        ("DELETE", "/notes/{note_id}"),
        ("GET", "/mentions"),
        ("POST", "/mentions/{note_mention_id}/seen"),
    )
)
"""Nothing of theirs is a key's: the proof asks with one and is refused."""
IN_LISTS = {"line_id": "booking_room_id"}
"""Names that mean something else in a list than in a path: a booking's lines are its rooms."""
FORBIDDEN = 403
CONFLICT = 409
"""It was found, and is not in the state for that: a probe's booking has no guest at the door."""


@dataclass(frozen=True, slots=True)
class Call:
    """One method of one route, as its description says it is called."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    body_ids: tuple[str, ...]
    hidden_ids: tuple[str, ...]
    """Ids deeper in the body than the probe can put one: below the objects of a list."""
    query: tuple[str, ...]
    listed: Mapping[str, tuple[str, ...]]
    """Lists of objects in the body, and the ids of each."""
    item: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What its example says of one of them."""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> list[str]:
        """Every id that it takes, but the hotel's."""
        listed = [IN_LISTS.get(name, name) for names in self.listed.values() for name in names]
        wanted = [
            *PARAMETER.findall(self.path),
            *(() if listed else self.body_ids),
            *filter(_is_id, self.query),
            *listed,
        ]
        return [name for name in wanted if name != "hotel_id"]

    def as_request(self, names: Mapping[str, Any]) -> dict[str, Any]:
        """Its example, with these ids and dates in it."""
        body = self.body
        if body is not None:
            own = () if self.listed else self.body_ids
            known = {k: names[k] for k in (*body, *own) if k in names}
            body = {**body, **known}
        for name, ids in self.listed.items():
            item = {i: names[IN_LISTS.get(i, i)] for i in ids}
            body = {**(body or {}), name: [{**self.item, **item}]}
        return {
            "method": self.method,
            "url": PARAMETER.sub(lambda m: names[m[1]], self.path),
            "params": {name: names[name] for name in self.query},
            "json": body,
        }


@dataclass(frozen=True, slots=True)
class _Prober:
    client: httpx.AsyncClient
    stage: Rehearsal
    mine: World
    other: World

    async def ask(self, call: Call, key: str | None, names: Mapping[str, Any]) -> httpx.Response:
        """What it does is undone at once: every call meets the same two hotels."""
        async with self.stage.undone():
            return await self.client.request(
                **call.as_request(names), headers={"Authorization": f"Bearer {key}"} if key else {}
            )


async def probe_routes(
    app: FastAPI, routes: Iterable[APIRoute], stage: Rehearsal, mine: World, other: World
) -> list[Finding]:
    """With one hotel's key: its own ids are found, and nothing of the other's anywhere."""
    found: list[Finding] = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://probe") as client:
        prober = _Prober(client, stage, mine, other)
        for call in calls(app.openapi(), routes):
            unknown = [n for n in (*call.ids, *call.query) if n not in mine.names]
            unknown += call.hidden_ids
            found.append(
                Finding("the probe knows its ids", call.name, not unknown, ", ".join(unknown))
            )
            if not unknown:
                found += await _outside(prober, call)
                found += await _inside(prober, call)
    return found


async def _outside(prober: _Prober, call: Call) -> list[Finding]:
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


async def _inside(prober: _Prober, call: Call) -> list[Finding]:
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
        control = answer.is_success or answer.status_code == CONFLICT
        control = control or problem_of(answer) in FOUND
        control = control or (answer.status_code == FORBIDDEN and call.name in OF_A_PERSON)
        said = f"{answer.status_code} {problem_of(answer)}"
        found.append(Finding("its own id is there", call.name, control, said))
    if call.method == "GET":
        own = any(i in answer.text for i in mine.ids)
        own = own or call.name in CATALOGUES | NARROWED | OF_A_PERSON
        found.append(Finding("an answer has its own rows", call.name, own))
    leaked = [i for i in other.ids if i in answer.text]
    found.append(Finding("an answer has no foreign rows", call.name, not leaked))
    return found


def problem_of(answer: httpx.Response) -> str:
    if answer.headers.get("content-type") != "application/problem+json":
        return ""
    return str(answer.json().get("type"))


def calls(api: Mapping[str, Any], routes: Iterable[APIRoute]) -> Iterator[Call]:
    """Every route that wants a key, with the example that its description gives."""
    for route in routes:
        for method in sorted(route.methods or ()) if route.path.startswith("/v1/hotels") else ():
            told = api["paths"][route.path][method.lower()]
            query = [p for p in told.get("parameters", ()) if p["in"] == "query"]
            schema = _body(api, told)
            ids = _own_ids(schema)
            lists = _lists(api, schema)
            reached = {*ids, *(i for names in lists.values() for i in names)}
            call = Call(
                method,
                route.path,
                schema.get("example", {}) if schema else None,
                ids,
                tuple(n for n in _ids(api, schema) if n not in reached),
                tuple(p["name"] for p in query if p["required"] or _is_id(p["name"], p["schema"])),
                {},
            )
            yield call
            for name, inner in lists.items():
                must = schema.get("required", ())
                body = {k: v for k, v in (call.body or {}).items() if k in must}
                yield replace(call, body=body, listed={name: inner}, item=_first(call.body, name))


def _first(body: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
    """Of a list in an example the first, where it is an object."""
    said = cast("list[Any]", (body or {}).get(name) or [None])
    return cast("Mapping[str, Any]", said[0]) if isinstance(said[0], dict) else {}


def _own_ids(schema: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(n for n, s in schema.get("properties", {}).items() if _is_id(n, s))


def _lists(api: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The body's lists of objects that hold ids, beside the body's own: tried one at a time."""
    found: dict[str, tuple[str, ...]] = {}
    for name, told in schema.get("properties", {}).items():
        shape = told.get("items", {}).get("$ref", "").rpartition("/")[2]
        if shape and (ids := _own_ids(api["components"]["schemas"][shape])):
            found[name] = ids
    return found


def _body(api: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    if "requestBody" not in told:
        return {}
    schema = told["requestBody"]["content"]["application/json"]["schema"]
    return api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]


def _ids(
    api: Mapping[str, Any], schema: Mapping[str, Any], *, inside: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Fields that hold an id, at any depth; `inside` are the shapes that this one is part of."""
    shape = schema.get("$ref", "").rpartition("/")[2]
    if shape in inside:
        return
    if shape:
        yield from _ids(api, api["components"]["schemas"][shape], inside=inside | {shape})
    for name, told in schema.get("properties", {}).items():
        if _is_id(name, told):
            yield name
        yield from _ids(api, told, inside=inside)
    parts = [schema[part] for part in ("items", "additionalProperties") if part in schema]
    for part in (*parts, *schema.get("anyOf", ())):
        if isinstance(part, Mapping):
            yield from _ids(api, cast("Mapping[str, Any]", part), inside=inside)


def _is_id(name: str, schema: Mapping[str, Any] = MappingProxyType({})) -> bool:
    """By its format, or by its name where it is told as plain text."""
    formats = {kind.get("format") for kind in (schema, *schema.get("anyOf", ()))}
    return "uuid" in formats or name.endswith(("_id", "_ids"))
