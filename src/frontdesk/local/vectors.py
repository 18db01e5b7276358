"""A stand-in for Pinecone on this machine: its data plane over HTTP, in memory, with faults."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

VECTORS_KEY = "pcsk_local"
"""Opens the one that `frontdesk up` starts."""
DIMENSIONS = 384
MOST_AT_ONCE, MOST_NEAREST, PAGE = 1000, 10_000, 100
MOST_NAMESPACES, MOST_VECTORS = 1000, 20_000


@dataclass(frozen=True, slots=True)
class Kept:
    values: NDArray[np.float32]
    sparse: Mapping[int, float]
    metadata: Mapping[str, Any]


@dataclass
class Vectors:
    """All indexes are one here; `key` opens it."""

    key: str
    spaces: dict[str, dict[str, Kept]] = field(default_factory=dict[str, dict[str, Kept]])
    failing: int = 0
    """How many of the next requests get `status`."""
    status: int = 503
    slow: float = 0.0
    asked: list[str] = field(default_factory=list[str])


class Refused(Exception):
    """The request is not one that Pinecone takes"""


def _no(status: int, why: str) -> JSONResponse:
    return JSONResponse({"code": 3, "message": why, "details": []}, status)


def _kept(given: Mapping[str, Any]) -> Kept:
    values = np.asarray(given["values"], dtype=np.float32)
    if values.shape != (DIMENSIONS,) or not values.any():
        raise Refused(f"Vector dimension {values.size} does not match the dimension {DIMENSIONS}")
    return Kept(values, _sparse(given.get("sparseValues")), dict(given.get("metadata") or {}))


def _sparse(given: Mapping[str, Any] | None) -> dict[int, float]:
    if not given:
        return {}
    indices, values = given["indices"], given["values"]
    if len(indices) != len(values) or len(set(indices)) != len(indices):
        raise Refused("Sparse indices and values must be pairs, without duplicates")
    return dict(zip(map(int, indices), map(float, values), strict=True))


def _matches(kept: Kept, wanted: Mapping[str, Any]) -> bool:
    """Equality and `$eq`, `$in`: what our own door asks."""
    for name, rule in wanted.items():
        value = kept.metadata.get(name)
        allowed = rule.get("$in", [rule.get("$eq")]) if isinstance(rule, dict) else [rule]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if value not in allowed:
            return False
    return True


async def _upsert(held: Vectors, body: Mapping[str, Any]) -> dict[str, Any]:
    vectors = body["vectors"]
    if len(vectors) > MOST_AT_ONCE:
        raise Refused("Too many vectors in one request")
    name = body.get("namespace", "")
    if name not in held.spaces and len(held.spaces) >= MOST_NAMESPACES:
        raise Refused("Too many namespaces")
    space = held.spaces.setdefault(name, {})
    space |= {str(v["id"]): _kept(v) for v in vectors}
    if len(space) > MOST_VECTORS:
        raise Refused("The namespace is full")
    return {"upsertedCount": len(vectors)}


async def _query(held: Vectors, body: Mapping[str, Any]) -> dict[str, Any]:
    """The dot product of the dense and of the sparse parts together."""
    most = body["topK"]
    if not 1 <= most <= MOST_NEAREST:
        raise Refused("topK must be between 1 and 10000")
    vector = np.asarray(body["vector"], dtype=np.float32)
    if vector.shape != (DIMENSIONS,):
        raise Refused("Vector dimension does not match the index")
    asked = _sparse(body.get("sparseVector"))
    space = held.spaces.get(body.get("namespace", ""), {})
    scored = {
        i: float(v.values @ vector) + sum(w * v.sparse.get(at, 0.0) for at, w in asked.items())
        for i, v in space.items()
        if _matches(v, body.get("filter") or {})
    }
    nearest = sorted(scored, key=lambda i: -scored[i])[:most]
    matches = [{"id": i, "score": scored[i]} for i in nearest]
    return {"matches": matches, "namespace": body.get("namespace", ""), "usage": {"readUnits": 1}}


async def _delete(held: Vectors, body: Mapping[str, Any]) -> dict[str, Any]:
    space = held.spaces.get(body.get("namespace", ""), {})
    if body.get("deleteAll"):
        space.clear()
    for i in body.get("ids", ()):
        space.pop(str(i), None)
    return {}


async def _stats(held: Vectors, _: Mapping[str, Any]) -> dict[str, Any]:
    counts = {name: {"vectorCount": len(space)} for name, space in held.spaces.items() if space}
    total = sum(len(space) for space in held.spaces.values())
    return {"namespaces": counts, "dimension": DIMENSIONS, "totalVectorCount": total}


async def _list(held: Vectors, asked: Mapping[str, Any]) -> dict[str, Any]:
    prefix, after = asked.get("prefix", ""), asked.get("paginationToken", "")
    limit = min(int(asked.get("limit", PAGE)), PAGE)
    space = held.spaces.get(asked.get("namespace", ""), {})
    ids = sorted(i for i in space if i.startswith(prefix) and i > after)
    more = {"pagination": {"next": ids[limit - 1]}} if len(ids) > limit else {}
    return {"vectors": [{"id": i} for i in ids[:limit]], **more, "usage": {"readUnits": 1}}


async def _faults(request: Request) -> Response:
    """`{"fail": how many requests, "status": with what, "slow": seconds}`."""
    held: Vectors = request.app.state.vectors
    body = await request.json()
    held.failing, held.status = int(body.get("fail", 0)), int(body.get("status", 503))
    held.slow = min(float(body.get("slow", 0)), 30.0)
    return JSONResponse({})


WIRE = {
    "/vectors/upsert": _upsert,
    "/query": _query,
    "/vectors/delete": _delete,
    "/describe_index_stats": _stats,
    "/vectors/list": _list,
}


async def _answer(request: Request) -> Response:
    held: Vectors = request.app.state.vectors
    path = next(p for p in WIRE if request.url.path.endswith(p))
    held.asked.append(path)
    del held.asked[:-1000]
    if request.headers.get("api-key") != held.key:
        return _no(401, "Invalid API Key")
    await asyncio.sleep(held.slow)
    if held.failing > 0:
        held.failing -= 1
        return _no(held.status, "it is broken on purpose")
    try:
        body = dict(request.query_params) if request.method == "GET" else await request.json()
        return JSONResponse(await WIRE[path](held, body))
    except (Refused, KeyError, TypeError, ValueError) as refused:
        return _no(400, str(refused))


def create_vectors(key: str) -> Starlette:
    methods = {"/vectors/list": ["GET"]}
    routes = [Route(path, _answer, methods=methods.get(path, ["POST"])) for path in WIRE]
    app = Starlette(routes=[*routes, Route("/simulator/faults", _faults, methods=["POST"])])
    app.state.vectors = Vectors(key)
    return app
