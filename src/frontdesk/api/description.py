"""What /openapi.json says beyond the routes: which key a call wants, and how errors look."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from frontdesk.tenancy.access import ACCESS_COOKIE

Scopes = Callable[[], Mapping[tuple[str, str], set[str]]]
"""The scopes that each (method, path) asks for."""
PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457; some kinds say more than this.",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:frontdesk:problem:not_found"]},
        "title": {"type": "string", "examples": ["There is no such thing here"]},
        "status": {"type": "integer", "examples": [404]},
        "detail": {"type": "string"},
    },
}
MEANT = {
    400: "The body cannot be read",
    401: "No valid key or session",
    403: "It lacks the permission, or the CSRF token",
    404: "Not there, or another hotel's",
    409: "Not possible in the present state",
    412: "It is not what If-Match says any more",
    422: "The request does not hold together",
    429: "Too many requests; Retry-After says how long to wait",
    502: "What stands behind it fails",
    503: "The database is away; try again",
}
SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key, or a person's access token.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": ACCESS_COOKIE,
        "description": "The same by cookie; writes want X-CSRF-Token as well.",
    },
}
NOT_OURS = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI, scopes: Scopes) -> None:
    """Add keys and problems to the description when it is first asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain(), scopes())
        return plain()

    app.openapi = openapi


def _complete(told: dict[str, Any], scopes: Mapping[tuple[str, str], set[str]]) -> None:
    parts = told["components"]
    parts["schemas"] = {k: v for k, v in parts["schemas"].items() if k not in NOT_OURS}
    parts["schemas"]["Problem"] = PROBLEM
    parts["securitySchemes"] = SCHEMES
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            wanted = scopes.get((method.upper(), path))
            if wanted:
                _seal(operation, method, path, wanted)


def _seal(operation: dict[str, Any], method: str, path: str, scopes: set[str]) -> None:
    is_open = scopes == {"open"}
    if not is_open:
        operation["security"] = [{"key": sorted(scopes)}, {"session": sorted(scopes)}]
    parameters = operation.pop("parameters", [])
    kept = [p for p in parameters if p["name"] != "authorization"]
    if kept:
        operation["parameters"] = kept
    answers = operation["responses"]
    statuses = {401, 403, 422, 429, 503} | {int(s) for s in answers if s >= "400"}
    statuses |= {400} if "requestBody" in operation else set()
    statuses |= {404} if "{" in path or is_open else set()
    statuses |= set() if method == "get" else {409}
    statuses |= {412} if method != "get" and any(p["name"] == "if-match" for p in kept) else set()
    statuses |= {502} if "/oidc/" in path else set()
    for status in sorted(statuses):
        said = answers.get(str(status), {}).get("description")
        answers[str(status)] = {
            "description": MEANT.get(status, said),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    operation["responses"] = dict(sorted(answers.items()))
