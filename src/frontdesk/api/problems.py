"""Errors, rendered once: every failure leaves as application/problem+json."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from frontdesk.kit.errors import Invalid, NotFound, Problem, Unavailable
from frontdesk.kit.logs import get_logger
from frontdesk.kit.web import problem_response


class MethodNotAllowed(Problem):
    """That method is not for this address"""

    status = 405
    code = "method_not_allowed"


def _plain(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Where and what, without the input: it may hold a guest's words."""
    return [{"at": ".".join(map(str, e["loc"])), "problem": e["msg"]} for e in errors]


async def _known(_: Request, problem: Exception) -> JSONResponse:
    assert isinstance(problem, Problem)  # noqa: S101 - for the type checker; registered so
    return problem_response(problem)


async def _unreadable(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    return problem_response(Invalid(errors=_plain(error.errors())))


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    if error.status_code == 404:
        return problem_response(NotFound())
    if error.status_code == 405:
        return problem_response(MethodNotAllowed())
    return JSONResponse(
        {"type": "about:blank", "title": error.detail, "status": error.status_code},
        error.status_code,
        media_type="application/problem+json",
    )


async def _database(_: Request, error: Exception) -> JSONResponse:
    get_logger().error("database_unavailable", exc_info=error)
    return problem_response(Unavailable())


async def _unexpected(_: Request, error: Exception) -> JSONResponse:
    get_logger().error("unexpected_error", exc_info=error)
    return problem_response(Problem())


def render_problems(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _known)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    for lost in (OperationalError, InterfaceError, PoolTimeout, ConnectionError):
        app.add_exception_handler(lost, _database)
    app.add_exception_handler(DBAPIError, _unexpected)
    app.add_exception_handler(Exception, _unexpected)
