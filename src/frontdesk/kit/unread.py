"""What a route does not read is refused: a misspelt filter, and a body where it takes none."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from frontdesk.kit.errors import Invalid

MOST_SAID = 60
"""Characters of a name that are told again."""
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
"""A body of theirs means nothing (RFC 9110, 9.3.1), and some clients send one."""
NOTHING = frozenset({b"", b"{}", b"null"})
"""Bodies that say nothing, as some clients send with every request."""


class UnknownParameter(Invalid):
    """This address knows no such query parameter"""

    code = "unknown_parameter"


class UnreadBody(Invalid):
    """This address reads no body: what yours says would be lost"""

    code = "unread_body"


async def refuse_unread(request: Request) -> None:
    """Raises UnknownParameter and UnreadBody. A socket's handshake reads its own."""
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):
        return
    if request.query_params:
        _refuse_unknown(request, route)
    if route.body_field is None and request.method not in BODILESS:
        said = await request.body()
        if said.strip() not in NOTHING:
            raise UnreadBody


def _refuse_unknown(request: Request, route: APIRoute) -> None:
    known = read_by(route)
    unknown = sorted({name[:MOST_SAID] for name in request.query_params if name not in known})
    if unknown:
        said = f"it knows {', '.join(sorted(known))}" if known else "it knows none"
        raise UnknownParameter(
            f"{', '.join(unknown)}: {said}", unknown=unknown, known=sorted(known)
        )


def read_by(route: APIRoute) -> set[str]:
    """The names of a route's query parameters, those of its dependencies too."""
    return {name for read in _read(route.dependant) for name in _names(read)}


def _read(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for below in dependant.dependencies:
        yield from _read(below)


def _names(read: Any) -> Iterable[str]:
    """Its own, or those of a model that takes several together."""
    kind = read.field_info.annotation
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return (field.alias or name for name, field in kind.model_fields.items())
    return (read.alias,)
