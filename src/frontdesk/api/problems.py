"""Errors, rendered once: every failure leaves as application/problem+json."""

import re
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from frontdesk.kit.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from frontdesk.kit.logs import get_logger
from frontdesk.kit.web import problem_response

UNSTORABLE = frozenset({"22000", "22003", "22007", "22008", "22021", "22P02", "22P05"})
"""Numbers and dates past what is kept, and text with a character that is not (NUL).

22000 is the driver's own, before the server has seen the value.
"""
CLASHES = frozenset({"23503", "23505", "23514", "23P01"})
"""A key or a rule of the schema forbids it."""
ITEMS = re.compile(r" items? after validation")


class NotRead(Problem):
    """The body cannot be read as what it says it is"""

    status = 400
    code = "not_read"


class MethodNotAllowed(Problem):
    """That method is not for this address"""

    status = 405
    code = "method_not_allowed"


def _plain(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Where and what, without the input: it may hold a guest's words."""
    return [{"at": ".".join(map(str, e["loc"])), "problem": _said(e)} for e in errors]


def _said(error: Any) -> str:
    """Of a secret pydantic counts “items after validation”."""
    said = str(error["msg"])
    return ITEMS.sub(" characters", said) if isinstance(error.get("input"), str) else said


async def _known(_: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - for the type checker; registered so
    return problem_response(problem)


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    return problem_response(Invalid(errors=_plain(error.errors())))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == 400:
        return problem_response(NotRead())
    if error.status_code == 404:
        return problem_response(NotFound())
    if error.status_code == 405:
        refused = problem_response(MethodNotAllowed())
        refused.headers.update(error.headers or {})
        return refused
    return JSONResponse(
        {"type": "about:blank", "title": error.detail, "status": error.status_code},
        error.status_code,
        media_type="application/problem+json",
    )


async def _database(_: Request, error: Exception) -> JSONResponse:
    get_logger().error("database_unavailable", exc_info=error)
    return problem_response(Unavailable())


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """The database's own judgement of a value: the last one, after the route's."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    if code in CLASHES:
        return problem_response(Conflict())
    if code in UNSTORABLE:
        return await _too_far(request, error)
    return await _unexpected(request, error)


async def _too_far(_: Request, __: Exception) -> JSONResponse:
    return problem_response(Invalid("a value is too large, or text has a forbidden character"))


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    get_logger().error("unexpected_error", exc_info=error)
    return problem_response(Problem())


def render_problems(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _known)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    for lost in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(lost, _database)
    app.add_exception_handler(DBAPIError, _refused)
    app.add_exception_handler(OverflowError, _too_far)
    app.add_exception_handler(Exception, _unexpected)
