"""GREEN-API's door: one HTTP call a function, and what its answer means for a send."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import httpx

from frontdesk.kit.breaker import Breaker, CircuitOpen

UNCLEAR = frozenset({499, 500, 502, 503, 504})
"""Answers after which a send may or may not have gone through (green-api.md 3.4)."""


PHONE_HOSTS = {"phoneNumber": ("", "c.us"), "chatId": ("c.us",)}
"""Where checkWhatsapp may name a phone, and how (green-api.md 3.3)."""
MOST_DIGITS = 15


class SendFailed(Exception):
    """The gateway did not take the message"""


class TryLater(SendFailed):
    """The message was surely not accepted; the same call may be made again"""


class Unclear(SendFailed):
    """The outcome is unknown: the message may already be on its way"""


class Refused(SendFailed):
    """The gateway will never accept this message"""


class QuotaSpent(SendFailed):
    """The plan's quota is used up (466): nothing goes out until it is raised"""


class BadInstance(SendFailed):
    """The instance's token or id is wrong, or it is not authorised"""


@dataclass(frozen=True, slots=True)
class Line:
    """Where one instance is reached, and with what; never printed."""

    api_url: str
    id_instance: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    chat: str
    text: str
    buttons: Sequence[Mapping[str, str]] = ()
    """[{"id", "text"}], at most three; they repeat what the text says."""
    quoted_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One row of the outgoing journal."""

    provider_id: str
    chat: str
    text: str
    at: int
    """Unix seconds."""


class Gateway(Protocol):
    """What the outbox needs of a WhatsApp provider."""

    async def send(self, line: Line, message: Outgoing) -> str:
        """Send once; gives idMessage. Raises a SendFailed."""
        ...

    async def typing(self, line: Line, chat: str) -> None:
        """Show that an answer is coming; failing to is nothing."""
        ...

    async def outgoing_journal(self, line: Line, *, minutes: int) -> list[Sent]: ...

    async def incoming_journal(self, line: Line, *, minutes: int) -> list[dict[str, Any]]:
        """Rows as the wire has them, newest first."""
        ...

    async def phone_of(self, line: Line, chat: str) -> str | None:
        """The digits of the phone behind a lid, where the provider tells. Raises a SendFailed."""
        ...

    async def state(self, line: Line) -> str:
        """StateInstance."""
        ...

    async def connect(self, line: Line, settings: Mapping[str, Any]) -> None:
        """setSettings; restarts the instance and takes up to five minutes to apply."""
        ...


class GreenApi:
    """The real wire, as green-api.md describes it."""

    def __init__(self, client: httpx.AsyncClient, breaker: Breaker) -> None:
        self._client = client
        self._breaker = breaker

    async def send(self, line: Line, message: Outgoing) -> str:
        method, body = _send_call(message)
        answer = await self._send_once(line, method, body)
        if message.buttons and answer.status_code == 403:  # a beta, may be withdrawn: text stands
            method, body = _send_call(Outgoing(message.chat, message.text, (), message.quoted_id))
            answer = await self._send_once(line, method, body)
        _judge(answer)
        sent = _json(answer).get("idMessage")
        if not isinstance(sent, str) or not sent:
            raise Unclear("no idMessage in the answer")
        return sent

    async def typing(self, line: Line, chat: str) -> None:
        try:
            async with asyncio.timeout(3):
                await self._call(line, "sendTyping", {"chatId": chat, "typingTime": 4000})
        except (httpx.HTTPError, TimeoutError):
            return

    async def outgoing_journal(self, line: Line, *, minutes: int) -> list[Sent]:
        rows = await self._journal(line, "lastOutgoingMessages", minutes)
        return [
            Sent(
                str(r["idMessage"]), str(r.get("chatId", "")), journal_text(r), int(r["timestamp"])
            )
            for r in rows
            if r.get("idMessage") and r.get("timestamp")
        ]

    async def incoming_journal(self, line: Line, *, minutes: int) -> list[dict[str, Any]]:
        return await self._journal(line, "lastIncomingMessages", minutes)

    async def _journal(self, line: Line, method: str, minutes: int) -> list[dict[str, Any]]:
        answer = await self._client.get(_url(line, method), params={"minutes": minutes})
        _judge(answer)
        rows: object = answer.json()
        if not isinstance(rows, list):
            raise Unclear("a journal that is no list")
        found = cast("list[object]", rows)
        return [cast("dict[str, Any]", row) for row in found if isinstance(row, dict)]

    async def phone_of(self, line: Line, chat: str) -> str | None:
        answer = await _answered(self._call(line, "checkWhatsapp", {"chatId": chat}))
        _judge(answer)
        told = _json(answer)
        for name in ("phoneNumber", "chatId"):
            digits, _, host = str(told.get(name) or "").partition("@")
            if host in PHONE_HOSTS[name] and digits.isascii() and digits.isdigit():
                return digits if len(digits) <= MOST_DIGITS else None
        return None

    async def state(self, line: Line) -> str:
        answer = await _answered(self._client.get(_url(line, "getStateInstance")))
        _judge(answer)
        return str(_json(answer).get("stateInstance", "unknown"))

    async def connect(self, line: Line, settings: Mapping[str, Any]) -> None:
        _judge(await _answered(self._call(line, "setSettings", settings)))

    async def _send_once(self, line: Line, method: str, body: Mapping[str, Any]) -> httpx.Response:
        """The breaker counts the gateway's faults, not our own mistakes."""
        try:
            self._breaker.check(line.id_instance)
            answer = await self._call(line, method, body)
        except CircuitOpen:
            raise TryLater("circuit open") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as lost:
            self._breaker.failed(line.id_instance)
            raise TryLater(type(lost).__name__) from None
        except httpx.HTTPError as lost:
            self._breaker.failed(line.id_instance)
            raise Unclear(type(lost).__name__) from None
        if answer.status_code in UNCLEAR or answer.status_code == 429:
            self._breaker.failed(line.id_instance)
        else:
            self._breaker.worked(line.id_instance)
        return answer

    async def _call(self, line: Line, method: str, body: Mapping[str, Any]) -> httpx.Response:
        return await self._client.post(_url(line, method), json=dict(body))


async def _answered(call: Awaitable[httpx.Response]) -> httpx.Response:
    """No answer at all is a SendFailed too."""
    try:
        return await call
    except httpx.HTTPError as lost:
        raise Unclear(type(lost).__name__) from None


def journal_text(row: Mapping[str, Any]) -> str:
    """Journal rows are flat and unlike webhooks (green-api.md 3.3)."""
    extended = row.get("extendedTextMessage")
    if isinstance(extended, Mapping):
        return str(cast("Mapping[str, Any]", extended).get("text", ""))
    buttons = row.get("interactiveButtonsReply") or row.get("interactiveButtons")
    if isinstance(buttons, Mapping):
        return str(cast("Mapping[str, Any]", buttons).get("contentText", ""))
    return str(row.get("textMessage") or "")


def _url(line: Line, method: str) -> str:
    return f"{line.api_url.rstrip('/')}/waInstance{line.id_instance}/{method}/{line.token}"


def _send_call(message: Outgoing) -> tuple[str, dict[str, Any]]:
    if message.buttons:
        buttons = [{"buttonId": b["id"], "buttonText": b["text"][:25]} for b in message.buttons[:3]]
        body = {"chatId": message.chat, "body": message.text, "buttons": buttons}
        return "sendInteractiveButtonsReply", body
    body = {"chatId": message.chat, "message": message.text[:20_000], "linkPreview": False}
    if message.quoted_id:
        body["quotedMessageId"] = message.quoted_id
    return "sendMessage", body


def _judge(answer: httpx.Response) -> None:
    """Raise what a status code means; bodies may echo the token and are never repeated."""
    code = answer.status_code
    if code == 200:
        return
    if code == 429 or (code == 400 and "starting" in answer.text.lower()):
        raise TryLater(f"HTTP {code}")
    if code == 466:
        raise QuotaSpent(f"HTTP {code}")
    if code in (401, 403):
        raise BadInstance(f"HTTP {code}")
    if code in UNCLEAR:
        raise Unclear(f"HTTP {code}")
    raise Refused(f"HTTP {code}")


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        raise Unclear("an answer that is not JSON") from None
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def open_client(timeout: float) -> httpx.AsyncClient:
    """Seconds; connecting gets less than the answer."""
    return httpx.AsyncClient(timeout=httpx.Timeout(timeout, connect=min(5, timeout)))
