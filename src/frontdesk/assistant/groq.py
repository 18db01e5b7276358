"""The one door to Groq, by langchain_groq's ChatGroq: a shape is asked for, and comes or does not.

The library is imported on first use: it weighs 65 MiB, and only workers with this engine need it.
"""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

import httpx
from pydantic import BaseModel, SecretStr

from frontdesk.assistant.ledger import NOTHING, Usage
from frontdesk.kit.breaker import Breaker, CircuitOpen
from frontdesk.kit.logs import get_logger

NAME = "groq"
LARGEST = 256 * 1024
"""Bytes of an answer, at most."""
AROUND = 400
"""Tokens that a chat template adds, at most."""
MOST_TOKENS = 10_000_000
"""A usage above it is a mistake of the peer."""
Shape = TypeVar("Shape", bound=BaseModel)


class Cause(StrEnum):
    """Why the local engine did it instead."""

    OFF = "off"
    """The hotel has switched the model off."""
    BUDGET = "budget"
    RESTING = "resting"
    """The circuit breaker is open."""
    DEADLINE = "deadline"
    """The turn's time for models was used up."""
    TIMEOUT = "timeout"
    KEY = "key"
    BUSY = "busy"
    """429"""
    DOWN = "down"
    REFUSED = "refused"
    """It answered, but not what was asked."""
    NONSENSE = "nonsense"
    UNSAFE = "unsafe"
    """Its words said something that our own do not."""


PEER_FAILED = frozenset({Cause.TIMEOUT, Cause.KEY, Cause.BUSY, Cause.DOWN})
"""What opens the breaker: a guest's words cannot bring these about."""
COSTS_NOTHING = frozenset({Cause.KEY, Cause.BUSY, Cause.DOWN, Cause.RESTING})


class NoAnswer(Exception):
    """The model gave nothing that can be used"""

    def __init__(self, cause: Cause, usage: Usage | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.usage = NOTHING if usage is None and cause in COSTS_NOTHING else usage
        """None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Where Groq is reached, and with what."""

    model: str
    api_base: str
    api_key: SecretStr
    timeout: float


@dataclass(frozen=True, slots=True)
class Answered(Generic[Shape]):
    value: Shape
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Question(Generic[Shape]):
    """Rules in the system's voice, data as JSON in the user's: never one text."""

    shape: type[Shape]
    rules: str
    data: dict[str, Any]
    most_tokens: int
    """Of the answer."""

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [("system", self.rules), ("human", json.dumps(self.data, ensure_ascii=False))]

    @property
    def most(self) -> Usage:
        """A token is a byte at least; a chat template may indent the schema to twice its size."""
        said = sum(len(text.encode()) for _, text in self.messages)
        schema = 2 * len(json.dumps(self.shape.model_json_schema()))
        return Usage(said + schema + AROUND, self.most_tokens)


class Groq:
    """Never retries, never waits longer than it is told, and lets no other tool be called."""

    def __init__(self, terms: Terms, breaker: Breaker | None = None) -> None:
        self.terms = terms
        self._breaker = breaker or Breaker(threshold=5, rest=15, longest=240)
        self._client: httpx.AsyncClient | None = None
        self._chat: Any = None

    async def ask(self, question: Question[Shape], *, within: float) -> Answered[Shape]:
        """`within` seconds; every way to fail is a NoAnswer."""
        try:
            self._breaker.check(NAME)
        except CircuitOpen:
            raise NoAnswer(Cause.RESTING) from None
        try:
            answered = await self._ask(question, within)
        except NoAnswer as failure:
            count = self._breaker.failed if failure.cause in PEER_FAILED else self._breaker.worked
            count(NAME)
            raise
        self._breaker.worked(NAME)
        return answered

    async def _ask(self, question: Question[Shape], within: float) -> Answered[Shape]:
        try:
            chat = await asyncio.to_thread(self._loaded)
            async with asyncio.timeout(min(within, self.terms.timeout)):
                found = await _invoke(chat, question, self._method())
        except Exception as error:  # noqa: BLE001 - whatever the peer or its library does
            cause = _cause(error)
            get_logger().warning("model_failed", cause=str(cause), error=type(error).__name__)
            raise NoAnswer(cause) from None
        return _judged(found, question.shape)

    def warm_up(self) -> None:
        """Import and open everything before the first guest waits for it; makes no call."""
        self._loaded()

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def _loaded(self) -> Any:
        if self._chat is None:
            library: Any = importlib.import_module("langchain_groq")
            self._client = httpx.AsyncClient(
                transport=_Bounded(httpx.AsyncHTTPTransport(retries=0)), trust_env=False
            )
            self._chat = library.ChatGroq(
                model=self.terms.model,
                groq_api_base=self.terms.api_base,
                groq_api_key=self.terms.api_key,
                request_timeout=self.terms.timeout,
                max_retries=0,
                temperature=0.0,
                http_async_client=self._client,
            )
        return self._chat

    def _method(self) -> str:
        """JSON schemas where the library's own profile of the model knows them, else a function."""
        profile = cast("dict[str, Any] | None", getattr(self._chat, "profile", None)) or {}
        return "json_schema" if profile.get("structured_output") else "function_calling"


async def _invoke(chat: Any, question: Question[Any], method: str) -> dict[str, Any]:
    """Traced nowhere, whatever the environment asks: a trace would carry guests' words away."""
    langsmith: Any = importlib.import_module("langsmith")
    limited = chat.with_structured_output(
        question.shape, method=method, include_raw=True, max_tokens=question.most_tokens
    )
    with langsmith.tracing_context(enabled=False):
        return await limited.ainvoke(question.messages)


def _judged(found: dict[str, Any], shape: type[Shape]) -> Answered[Shape]:
    """Exactly the one thing asked for: any other tool that it calls spoils the whole answer."""
    raw, parsed = found["raw"], found["parsed"]
    usage = _usage(raw)
    called = [*raw.tool_calls, *raw.invalid_tool_calls]
    if any(call["name"] != shape.__name__ for call in called) or len(called) > 1:
        raise NoAnswer(Cause.UNSAFE, usage)
    if found["parsing_error"] is not None:
        raise NoAnswer(Cause.NONSENSE, usage)
    if not isinstance(parsed, shape):
        raise NoAnswer(Cause.REFUSED, usage)
    return Answered(parsed, usage)


def _usage(raw: Any) -> Usage | None:
    told = cast("dict[str, Any]", raw.usage_metadata or {})
    counts = [told.get("input_tokens"), told.get("output_tokens")]
    if any(not isinstance(n, int) or not 0 <= n <= MOST_TOKENS for n in counts):
        return None
    return Usage(*cast("list[int]", counts))


def _cause(error: Exception) -> Cause:
    status = getattr(error, "status_code", None)
    if isinstance(error, TimeoutError) or type(error).__name__ == "APITimeoutError":
        return Cause.TIMEOUT
    if isinstance(status, int):
        known = {401: Cause.KEY, 403: Cause.KEY, 429: Cause.BUSY}
        return known.get(status, Cause.DOWN if status >= 500 else Cause.NONSENSE)
    lost = isinstance(error, httpx.TransportError) or type(error).__name__ == "APIConnectionError"
    return Cause.DOWN if lost else Cause.NONSENSE


class _Bounded(httpx.AsyncBaseTransport):
    """Reads an answer up to its largest size, then hangs up."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        answer.stream = _Counted(cast("httpx.AsyncByteStream", answer.stream))
        return answer

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for part in self._inner:
            read += len(part)
            if read > LARGEST:
                raise httpx.ReadError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


def names_of(causes: Sequence[Cause]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(str(cause) for cause in causes))
