"""Errors that a caller is told about: the docstring is the title, the class holds the status."""

from typing import Any, ClassVar


class Problem(Exception):
    """Something went wrong"""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    """A stable word for programs, the last part of the problem's `type`."""

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title())
        self.detail = detail
        self.extra = extra

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).splitlines()[0]


class NotFound(Problem):
    """There is no such thing here"""

    status = 404
    code = "not_found"


class Unauthorized(Problem):
    """A valid key or sign-in is needed"""

    status = 401
    code = "unauthorized"


class Forbidden(Problem):
    """You may not do that"""

    status = 403
    code = "forbidden"


class Conflict(Problem):
    """That is not possible in the present state"""

    status = 409
    code = "conflict"


class Invalid(Problem):
    """The request does not hold together"""

    status = 422
    code = "invalid"


class TooMany(Problem):
    """Too many requests; wait as long as Retry-After says"""

    status = 429
    code = "too_many_requests"

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        super().__init__(detail, retry_after=retry_after)


class Unavailable(Problem):
    """Not able to answer just now, try again"""

    status = 503
    code = "unavailable"
