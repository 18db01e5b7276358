"""Groq's HTTP on loopback: chat completions with tools and schemas, in five modes.

The mode is that of the model's name (`stand-in-slow`), else the header `X-Stand-In-Mode`, else the
one set by `POST /stand-in/mode`. `GET /stand-in/state` shows the last requests as they came.
"""

import asyncio
import contextlib
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.local.groq.phrasing import MALICE, phrase
from frontdesk.local.groq.reading import read

Mode = Literal["scripted", "slow", "broken", "refusing", "malicious"]
MODES: tuple[str, ...] = get_args(Mode)
KINDS = ("key", "busy", "down", "malformed", "html", "empty", "types", "huge", "hang_up", "tool")
"""What a broken one does, in turn or the one that is set."""
NAMED = "stand-in-"
KEPT = 200
LARGEST = 1_000_000
SORRY = "I'm sorry, but I can't help with that."
HUGE = 2_000_000
MALICIOUS_READING: tuple[dict[str, Any], ...] = (
    {"intents": ["find_room"], "arrival": "2031-01-01", "departure": "2031-03-01", "adults": 9},
    {"intents": ["start_over"], "adults": 27, "rooms": 30, "nights": 88, "urgent": False},
    {"intents": ["thanks"], "sentiment": "positive", "sentiment_words": ["great"]},
    {"intents": ["yes"], "confirm": True, "quote_id": "any"},
    {"intents": ["find_room"], "arrival": "DROP TABLE bookings", "adults": -1},
    {"intents": ["other"], "children": 0, "adults": 99999999999999999999},
)
WRITES = ("book_room", "refund_payment", "set_price", "read_hotel", "run_sql")


@dataclass(slots=True)
class StandIn:
    """Its mode, and what it was asked."""

    mode: str = "scripted"
    seconds: float = 30
    """How long a slow one takes."""
    kind: str | None = None
    """Of a broken or malicious one: always this; None is each in turn."""
    count: int = 0
    asked: deque[dict[str, Any]] = field(default_factory=lambda: deque[dict[str, Any]](maxlen=KEPT))

    def one_of(self, kinds: tuple[str, ...]) -> str:
        return self.kind if self.kind in kinds else kinds[self.count % len(kinds)]


def create_stand_in(stand_in: StandIn) -> Starlette:
    app = Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/openai/v1/models", _models),
            Route("/openai/v1/chat/completions", _complete, methods=["POST"]),
            Route("/stand-in/mode", _set_mode, methods=["POST"]),
            Route("/stand-in/state", _state),
        ]
    )
    app.state.stand_in = stand_in
    return app


def _of(request: Request) -> StandIn:
    return request.app.state.stand_in


async def _alive(_: Request) -> Response:
    return JSONResponse({"status": "alive"})


async def _models(_: Request) -> Response:
    named = ["llama-3.3-70b-versatile", *(NAMED + mode for mode in MODES)]
    return JSONResponse({"object": "list", "data": [{"id": n, "object": "model"} for n in named]})


async def _set_mode(request: Request) -> Response:
    stand_in, wanted = _of(request), await _json(request)
    if wanted is None or wanted.get("mode", "scripted") not in MODES:
        return _error(400, "invalid_request_error", f"a mode is one of {', '.join(MODES)}")
    stand_in.mode = wanted.get("mode", "scripted")
    stand_in.seconds = float(wanted.get("seconds", 30))
    stand_in.kind = wanted.get("kind")
    return JSONResponse({"mode": stand_in.mode, "kind": stand_in.kind})


async def _state(request: Request) -> Response:
    stand_in = _of(request)
    told = {"mode": stand_in.mode, "count": stand_in.count, "asked": list(stand_in.asked)}
    return JSONResponse(told)


async def _json(request: Request) -> dict[str, Any] | None:
    body = await request.body()
    try:
        found = json.loads(body[:LARGEST])
    except ValueError:
        return None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else None


async def _complete(request: Request) -> Response:
    stand_in, asked = _of(request), await _json(request)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key or key == "wrong":
        return _error(401, "invalid_request_error", "Invalid API Key", "invalid_api_key")
    if asked is None or not isinstance(asked.get("messages"), list) or not asked.get("model"):
        return _error(400, "invalid_request_error", "messages and model are needed")
    mode = _mode(stand_in, request, str(asked["model"]))
    if mode is None:
        return _error(404, "invalid_request_error", "no such model", "model_not_found")
    stand_in.count += 1
    stand_in.asked.append(asked)
    match mode:
        case "broken":
            return _broken(stand_in, asked)
        case "refusing":
            return JSONResponse(_completion(asked, {"role": "assistant", "content": SORRY}))
        case "malicious":
            return JSONResponse(_completion(asked, _malicious(stand_in, asked)))
        case _:
            if mode == "slow":
                await asyncio.sleep(stand_in.seconds)
            return JSONResponse(_completion(asked, _called(asked, _answer(asked))))


def _mode(stand_in: StandIn, request: Request, model: str) -> str | None:
    if model.startswith(NAMED):
        named = model.removeprefix(NAMED)
        return named if named in MODES else None
    said = request.headers.get("x-stand-in-mode", stand_in.mode)
    return said if said in MODES else stand_in.mode


def _wanted(asked: dict[str, Any]) -> tuple[str, bool]:
    """The name of the shape that is asked for, and whether as a tool."""
    tools: list[dict[str, Any]] = asked.get("tools") or []
    if tools:
        return str(tools[0]["function"]["name"]), True
    form: dict[str, Any] = asked.get("response_format") or {}
    schema: dict[str, Any] = form.get("json_schema") or {}
    return str(schema.get("name", "")), False


def _data(asked: dict[str, Any]) -> dict[str, Any]:
    """The JSON of the last user message, where it is some."""
    said = [m for m in asked["messages"] if m.get("role") == "user"]
    with contextlib.suppress(ValueError, KeyError, IndexError):
        found = json.loads(said[-1]["content"])
        if isinstance(found, dict):
            return cast("dict[str, Any]", found)
    return {}


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    name, _ = _wanted(asked)
    data = _data(asked)
    return read(data) if name == "ReadMessage" else phrase(data)


def _called(asked: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """A message that gives the arguments as it was asked to: by a tool, or as its content."""
    name, as_tool = _wanted(asked)
    said = json.dumps(arguments, ensure_ascii=False)
    if not as_tool:
        return {"role": "assistant", "content": said}
    return {"role": "assistant", "content": None, "tool_calls": [_call(name, said)]}


def _call(name: str, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": f"call_{secrets.token_hex(4)}", "type": "function", "function": function}


def _malicious(stand_in: StandIn, asked: dict[str, Any]) -> dict[str, Any]:
    """Lies in what was asked for; every fourth time it reaches for tools instead."""
    name, as_tool = _wanted(asked)
    if as_tool and (stand_in.kind == "tools" or (not stand_in.kind and stand_in.count % 4 == 0)):
        calls = [_call(write, '{"price": 1, "hotel": "other"}') for write in WRITES]
        calls.append(_call(name, json.dumps(_answer(asked))))
        return {"role": "assistant", "content": None, "tool_calls": calls}
    if name == "ReadMessage":
        lie = MALICIOUS_READING[stand_in.count % len(MALICIOUS_READING)]
        return _called(asked, {"language": "en", **lie})
    return _called(asked, MALICE[stand_in.one_of(tuple(MALICE))](_data(asked)))


def _broken(stand_in: StandIn, asked: dict[str, Any]) -> Response:
    good = _completion(asked, _called(asked, _answer(asked)))
    kind = stand_in.one_of(KINDS)
    return _refused(kind) or _garbled(kind, good) or _misshapen(kind, asked, good)


def _refused(kind: str) -> Response | None:
    match kind:
        case "key":
            return _error(401, "invalid_request_error", "Invalid API Key", "invalid_api_key")
        case "busy":
            told = _error(429, "tokens", "Rate limit reached", "rate_limit_exceeded")
            told.headers["retry-after"] = "2"
            return told
        case "down":
            return _error(503, "internal_server_error", "Service unavailable")
        case "tool":
            return _error(400, "invalid_request_error", "Failed to call", "tool_use_failed")
        case _:
            return None


def _garbled(kind: str, good: dict[str, Any]) -> Response | None:
    """What is no JSON, or ends too early."""
    match kind:
        case "malformed":
            return Response(json.dumps(good)[:-40], media_type="application/json")
        case "html":
            return Response("<html>Bad gateway</html>", media_type="text/html")
        case "hang_up":
            return Response(b"{", headers={"content-length": "100"})
        case _:
            return None


def _misshapen(kind: str, asked: dict[str, Any], good: dict[str, Any]) -> Response:
    match kind:
        case "empty":
            return JSONResponse({**good, "choices": []})
        case "huge":
            return JSONResponse({**good, "padding": "x" * HUGE})
        case _:
            wrong: dict[str, Any] = {"intents": "all", "sentences": 7, "adults": ["two"]}
            return JSONResponse(_completion(asked, _called(asked, wrong)))


def _completion(asked: dict[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """As Groq answers; a token is taken for four letters."""
    said, given = len(json.dumps(asked)) // 4, len(json.dumps(message)) // 4
    usage = {"prompt_tokens": said, "completion_tokens": given, "total_tokens": said + given}
    called = bool(message.get("tool_calls"))
    choice = {"index": 0, "message": message, "logprobs": None}
    return {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked["model"],
        "choices": [{**choice, "finish_reason": "tool_calls" if called else "stop"}],
        "usage": {**usage, "queue_time": 0.0, "prompt_time": 0.0, "completion_time": 0.0},
        "system_fingerprint": "fp_stand_in",
        "x_groq": {"id": f"req_{secrets.token_hex(8)}"},
    }


def _error(status: int, kind: str, message: str, code: str | None = None) -> JSONResponse:
    told = {"message": message, "type": kind, **({"code": code} if code else {})}
    return JSONResponse({"error": told}, status)
