"""Trying the wall between departments: every route, as a key that is of one of them alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.kit.db import metadata
from frontdesk.kit.ids import uuid7
from frontdesk.kit.rehearsal import Rehearsal
from frontdesk.messaging.models import Conversation
from frontdesk.operations.findings import Finding
from frontdesk.operations.probe_routes import FOUND, OF_A_PERSON, Call, calls, problem_of
from frontdesk.operations.probe_world import World
from frontdesk.tenancy.actions import add_key
from frontdesk.tenancy.auth import SCOPE_ATTRIBUTE
from frontdesk.tenancy.department_models import Department
from frontdesk.tenancy.permissions import WHOLE_HOUSE
from frontdesk.tenancy.schemas import KeyIn

NARROWED = text("SELECT tablename FROM pg_policies WHERE policyname = 'department' ORDER BY 1")
NOBODYS = frozenset({"shift_reports", "knowledge_gaps", "knowledge_cases"})
"""Of no department: there for who has the whole hotel."""
FOUND_BY_SEARCH = text(
    "UPDATE search_entries SET parent_id = :talk WHERE kind = 'messages' RETURNING id"
)
OWN_WORD = re.compile("[0-9a-f]{16}")
"""What the probe writes where anything may stand."""
APART = WHOLE_HOUSE | OF_A_PERSON
LISTS = frozenset(
    f"GET /v1/hotels/{{hotel_id}}/{path}"
    for path in (
        *("notifications", "notification-deliveries", "shift-document", "survey-answers"),
        *("tasks/board", "search"),
    )
)
"""They take no id and show rows of desks."""
NOT_THERE, FORBIDDEN, CONFLICT = 404, 403, 409


@dataclass(frozen=True, slots=True)
class Desk:
    """The rows of one department's desk, and the keys of who has it, has another, or has all."""

    world: World
    ours: str
    others: str
    hidden: frozenset[str]
    """Ids of all rows that only our department sees."""
    words: frozenset[str]
    """What stands in them."""
    shown: frozenset[str]
    """Those of `hidden` that our own key is shown."""


async def make_desk(stage: Rehearsal, world: World) -> Desk:
    """Each row of the world's desk becomes one department's."""
    async with stage.hotel(world.hotel_id) as session:
        mine = world.rows["departments"]
        query = select(Department.code).where(Department.id == mine)
        code = (await session.scalars(query)).one()
        other = Department(hotel_id=world.hotel_id, id=uuid7(), code="apart", name="Apart")
        session.add(other)
        await session.execute(update(Conversation).values(department_id=mine))
        ours, others = [await _key(session, world, name) for name in (code, other.code)]
        said = {"talk": world.rows["conversations"]}
        shown = {str(i) for i in (await session.scalars(FOUND_BY_SEARCH, said)).all()}
        hidden, words = set(shown), set[str]()
        for name in (await session.scalars(NARROWED)).all():
            if name in ("outbound_messages", "search_entries"):  # one is shown by no route
                continue
            table = metadata.tables[name]
            row_id = world.rows[name]
            hidden.add(str(row_id))
            if name not in NOBODYS:
                shown.add(str(row_id))
            row = (await session.execute(select(table).where(table.c.id == row_id))).one()
            words |= {v for v in row if isinstance(v, str) and OWN_WORD.fullmatch(v)}
    return Desk(world, ours, others, frozenset(hidden), frozenset(words), frozenset(shown))


async def _key(session: AsyncSession, world: World, code: str) -> str:
    wanted = KeyIn.model_validate({"name": "probe", "departments": [code]})
    return (await add_key(session, world.hotel_id, wanted, by="probe"))[1]


async def probe_departments(
    app: FastAPI, routes: Iterable[APIRoute], stage: Rehearsal, world: World
) -> list[Finding]:
    """Another department's ids are not there, no answer has its rows or words, and its own are."""
    desk = await make_desk(stage, world)
    routes = list(routes)
    scopes = {(m, r.path): _scope(r) for r in routes for m in r.methods or ()}
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    found: list[Finding] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://probe") as client:

        async def ask(call: Call, key: str) -> httpx.Response:
            async with stage.undone():
                return await client.request(
                    **call.as_request(world.names), headers={"Authorization": f"Bearer {key}"}
                )

        for call in calls(app.openapi(), routes):
            if "{hotel_id}" not in call.path or any(n not in world.names for n in call.ids):
                continue
            scope = scopes[call.method, call.path]
            refused = await ask(call, desk.others)
            found += _refused(desk, call, scope, refused)
            if _takes(desk, call) & desk.shown and not {scope, call.name} & APART:
                found.append(_served(call, await ask(call, desk.ours)))
            elif call.name in LISTS:
                found.append(_listed(desk, call, await ask(call, desk.ours)))
    return found


def _scope(route: APIRoute) -> str:
    """The permission that it declares."""
    asked = [getattr(d.call, SCOPE_ATTRIBUTE, None) for d in route.dependant.dependencies]
    return next((scope for scope in asked if scope is not None), "")


def _takes(desk: Desk, call: Call) -> set[str]:
    given = (desk.world.names[name] for name in call.ids)
    return {i for i in given if isinstance(i, str)} & desk.hidden


def _refused(desk: Desk, call: Call, scope: str, answer: httpx.Response) -> Iterator[Finding]:
    status, takes = answer.status_code, _takes(desk, call)
    if takes:
        gone = status == (FORBIDDEN if scope in WHOLE_HOUSE else NOT_THERE)
        gone = gone or (call.name in OF_A_PERSON and status == FORBIDDEN)
        yield Finding("another department's id is not there", call.name, gone, str(status))
    elif scope in WHOLE_HOUSE:
        check = "what is the whole hotel's is not a department's"
        yield Finding(check, call.name, status == FORBIDDEN, str(status))
    leaked = [i for i in desk.hidden - takes if i in answer.text]
    leaked += [word for word in desk.words if word in answer.text]
    check = "an answer has no other department's rows"
    yield Finding(check, call.name, not leaked, ", ".join(sorted(leaked)[:3]))


def _served(call: Call, own: httpx.Response) -> Finding:
    """The control: what the other was refused is there for the department that has it."""
    there = own.is_success or own.status_code == CONFLICT or problem_of(own) in FOUND
    said = f"{own.status_code} {problem_of(own)}"
    return Finding("one's own department's id is there", call.name, there, said)


def _listed(desk: Desk, call: Call, own: httpx.Response) -> Finding:
    shown = any(i in own.text for i in desk.shown)
    return Finding("one's own department's rows are listed", call.name, shown)
