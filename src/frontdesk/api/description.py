"""What /openapi.json says beyond the routes: which key a call wants, and how errors look."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

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
    401: "No valid key",
    403: "The key lacks the scope",
    404: "Not there, or another hotel's",
    409: "Not possible in the present state",
    422: "The request does not hold together",
    503: "The database is away; try again",
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
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            wanted = scopes.get((method.upper(), path))
            if wanted:
                _seal(operation, method, path, wanted)


def _seal(operation: dict[str, Any], method: str, path: str, scopes: set[str]) -> None:
    operation["security"] = [{"key": sorted(scopes)}]
    parameters = operation.pop("parameters", [])
    kept = [p for p in parameters if p["name"] != "authorization"]
    if kept:
        operation["parameters"] = kept
    statuses = {401, 403, 422, 503}
    statuses |= {404} if "{" in path else set()
    statuses |= set() if method == "get" else {409}
    for status in sorted(statuses):
        operation["responses"][str(status)] = {
            "description": MEANT[status],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
        }
    operation["responses"] = dict(sorted(operation["responses"].items()))
