"""Services by Apprise: fenced in, sealed, logged; a fake receiver speaks the service's protocol."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
import uvicorn

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.notifications.actions import Alert, notify
from frontdesk.notifications.apprise_door import BadService, Errand, call_service, service_of
from frontdesk.notifications.channel_models import DeliveryAttempt, StaffChannel
from frontdesk.notifications.models import NotificationDelivery
from frontdesk.notifications.parcels import Messenger
from frontdesk.notifications.tell import tell_next
from tests.calling import calling
from tests.conftest import NOON
from tests.factories import all_of

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
LATER = timedelta(days=365)
BAD = (
    "json://127.0.0.1:9/x",
    "xml://10.0.0.1/x",
    "form://localhost/x",
    "apprise://192.168.1.1/token",
    "syslog://",
    "rsyslog://10.0.0.1",
    "dbus://",
    "gnome://",
    "macosx://",
    "windows://",
    "file:///etc/passwd",
    "exec://x",
    "https://hooks.slack.com/services/T1/A1/x",
    "vapid://me@h.example/x",
    f"{SLACK}?template=/etc/passwd",
    f"{SLACK}?cto=99999",
    f"{SLACK}?redirect=yes",
    "zulip://bot@org.evil.com%2f/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "slack://a b/c",
    "slack://a\x00b",
    "slack",
    "",
)
INSIDE = (
    ("json://localhost:{port}/x", "refused: a private address"),
    ("mmost://127.0.0.1:{port}/token", "refused: a private address"),
)
"""Past our own list, as if it had been lifted: the fence itself stops them."""


@dataclass
class Receiver:
    """A service: keeps what it got, and answers as told."""

    port: int = 0
    status: int = 200
    got: list[bytes] = field(default_factory=list)

    async def __call__(self, scope, receive, send) -> None:
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        self.got.append(body)
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    told = Receiver()
    config = uvicorn.Config(told, port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    told.port = server.servers[0].sockets[0].getsockname()[1]
    yield told
    server.should_exit = True
    await serving


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_leads_anywhere_but_to_a_service_is_refused(url: str) -> None:
    with pytest.raises(BadService):
        service_of(url, allow_private=False)


def test_an_address_of_a_service_is_taken() -> None:
    assert service_of(f"{SLACK}/#general", allow_private=False) == "slack"
    assert service_of("tgram://123456789:abcdefghij/lead", allow_private=False) == "tgram"
    assert service_of("json://127.0.0.1:9/x", allow_private=True) == "json"


async def test_the_fence_holds_where_the_list_would_not(receiver: Receiver) -> None:
    errands = [Errand(url.format(port=receiver.port), "t", "b") for url, _ in INSIDE]
    reading = Errand(f"{SLACK}/?template=/etc/passwd", "t", "b")
    said = await asyncio.gather(*map(call_service, [*errands, reading]))
    assert list(said[:-1]) == [wanted for _, wanted in INSIDE]
    assert said[-1] == "refused: a file"
    assert receiver.got == []


async def test_who_gave_a_wrong_address_reads_what_is_wrong_and_no_secret(
    receiver: Receiver,
) -> None:
    nobody = Errand("json://127.0.0.1:1/a-secret-path", "t", "b", allow_private=True)
    assert await call_service(nobody) == "the service could not be reached"
    receiver.status = 401
    wrong = Errand(f"json://127.0.0.1:{receiver.port}/a-secret", "t", "b", allow_private=True)
    assert await call_service(wrong) == "the service answered 401"


async def test_an_alert_goes_to_a_team_room_and_each_try_is_in_the_log(
    settings: Settings,
    db: Database,
    vault: Vault,
    hotel: HotelId,
    other_hotel: HotelId,
    receiver: Receiver,
) -> None:
    clock = FixedClock(NOON + LATER)
    allowed = settings.model_copy(update={"allow_private_urls": True})
    secret = f"json://127.0.0.1:{receiver.port}/a-secret-path"
    async with calling(allowed, db, hotel, clock) as call, httpx.AsyncClient() as client:
        room = await call.made("/staff-channels", name="Team", url=secret)
        assert (room["service"], "url" in room) == ("json", False)
        (row,) = await all_of(db, hotel, StaffChannel)
        assert b"secret-path" not in row.url
        refused = {"name": "x", "url": "syslog://"}
        assert (await call("POST", "/staff-channels", json=refused)).status_code == 422
        tried = (await call("POST", f"/staff-channels/{room['id']}/test")).json()
        assert tried == {"error": None}
        await call.made("/alert-ladders", levels=[{"roles": ["nobody"], "shared": [room["id"]]}])
        async with db.hotel(hotel) as session:
            told = await notify(
                session, hotel, Alert("complaint", 80, "Cold soup", "Table 4", "a"), now=clock.now()
            )
        messenger = Messenger(db, vault, clock, client, allow_private=True)
        receiver.status = 500
        assert await tell_next(messenger, hotel)
        (owed,) = await all_of(db, hotel, NotificationDelivery)
        assert (owed.status, owed.error) == ("waiting", "the service answered 500")
        assert not await tell_next(messenger, hotel)
        clock.at, receiver.status = owed.next_try_at, 200
        assert await tell_next(messenger, hotel)
        sent = json.loads(receiver.got[-1])
        assert (sent["title"], sent["message"]) == ("Cold soup", "Table 4")
        log = await call.listed("/notification-deliveries", notification_id=str(told.id))
        assert [(d["status"], d["tries"]) for d in log] == [("sent", 2)]
        tries = await call.listed(f"/notification-deliveries/{log[0]['id']}/attempts")
        assert sorted((t["result"], t["error"] is None) for t in tries) == [
            ("failed", False),
            ("sent", True),
        ]
        assert (await call("DELETE", f"/staff-channels/{room['id']}")).status_code == 409
        off = await call("PATCH", f"/staff-channels/{room['id']}", json={"enabled": False})
        assert off.json()["enabled"] is False
    assert len(await all_of(db, hotel, DeliveryAttempt)) == 2
    assert await all_of(db, other_hotel, DeliveryAttempt) == []
