"""A misspelt filter filters nothing: what a route does not read of a query is refused."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from frontdesk.kit.errors import Invalid

MOST_SAID = 60
"""Characters of a name that are told again."""


class UnknownParameter(Invalid):
    """This address knows no such query parameter"""

    code = "unknown_parameter"


def refuse_unknown(request: Request) -> None:
    """Raises UnknownParameter. A socket's handshake is no route, and reads its query itself."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
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
