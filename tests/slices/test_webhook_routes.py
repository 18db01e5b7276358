"""A hotel's own webhooks over REST: made, tried, read, sent again, switched off, taken away."""

from datetime import timedelta

from sqlalchemy import select

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId, uuid7
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.messaging.events import emit
from frontdesk.messaging.models import OutboxEvent
from frontdesk.messaging.shapes import sample
from frontdesk.webhooks.courier import Courier, send_due
from tests.calling import calling
from tests.receiving import receiving

ONE = "booking.created"


async def test_a_webhook_from_its_making_to_its_end(
    settings: Settings,
    db: Database,
    vault: Vault,
    hotel: HotelId,
    other_hotel: HotelId,
    clock: FixedClock,
) -> None:
    open_to_all = settings.model_copy(update={"allow_private_urls": True})
    courier = Courier(db, vault, clock, allow_private=True)

    async def happens() -> None:
        async with db.hotel(hotel) as session:
            await emit(session, hotel, ONE, uuid7(), sample(ONE))
        await send_due(courier, hotel)

    async with (
        receiving() as receiver,
        calling(open_to_all, db, hotel, clock) as call,
        calling(open_to_all, db, other_hotel, clock) as stranger,
    ):
        wanted = {"name": "PMS", "url": f"{receiver.url}?key=hidden", "events": [ONE]}
        for wrong in (
            {"url": "ftp://x.example"},
            {"url": "https://ann:word@x.example/hook"},
            {"events": ["no.such"]},
            {"conditions": {"field": "colour", "op": "eq", "value": 1}},
            {"name": "a\x00"},
        ):
            answer = await call("POST", "/webhooks", json=wanted | wrong)
            assert answer.status_code == 422, wrong
        made = await call.made("/webhooks", **wanted)
        hook = f"/webhooks/{made['id']}"
        assert made["secret"].startswith("whsec_")
        (listed,) = await call.listed("/webhooks")
        read = (await call("GET", hook)).json()
        assert listed == read == {k: v for k, v in made.items() if k != "secret"}
        assert "hidden" not in str(read)
        assert await stranger.listed("/webhooks") == []
        for method, path in (
            ("GET", hook),
            ("PATCH", hook),
            ("DELETE", hook),
            ("POST", f"{hook}/test"),
            ("POST", f"{hook}/rotate-secret"),
        ):
            more = {"json": {"enabled": False}} if method == "PATCH" else {}
            assert (await stranger(method, path, **more)).status_code == 404, path
        assert receiver.got == []

        tried = (await call("POST", f"{hook}/test")).json()
        assert (tried["taken"], tried["status_code"]) == (True, 200)
        assert receiver.told()[-1]["type"] == "webhook.test"

        receiver.answers.append(500)
        await happens()
        (late,) = await call.listed("/webhook-deliveries", status="waiting", event_type=ONE)
        delivery = f"/webhook-deliveries/{late['id']}"
        assert (await call("GET", delivery)).json()["attempts"][0]["status_code"] == 500
        clock.advance(timedelta(minutes=1))
        await send_due(courier, hotel)
        read = (await call("GET", delivery)).json()
        assert (read["status"], [a["status_code"] for a in read["attempts"]]) == (
            "sent",
            [200, 500],
        )
        for path in (delivery, f"{delivery}/replay"):
            method = "POST" if path.endswith("replay") else "GET"
            assert (await stranger(method, path)).status_code == 404
        assert await stranger.listed("/webhook-deliveries") == []

        ids = [h["webhook-id"] for h, _ in receiver.got]
        assert (await call("POST", f"{delivery}/replay")).status_code == 200
        await send_due(courier, hotel)
        assert receiver.got[-1][0]["webhook-id"] == ids[-1]
        async with db.hotel(hotel) as session:
            query = select(OutboxEvent.created_at).where(OutboxEvent.event_type == ONE)
            at = (await session.scalars(query)).one()
        span = {"since": at.isoformat(), "before": (at + timedelta(hours=1)).isoformat()}
        assert (await call("POST", f"{hook}/replay", json=span)).json() == {"count": 1}
        assert (await call("POST", f"{hook}/replay", json={})).status_code == 422
        await send_due(courier, hotel)

        before = len(receiver.got)
        off = await call("PATCH", hook, json={"enabled": False})
        assert off.json()["enabled"] is False
        await happens()
        assert len(receiver.got) == before
        renewed = (await call("POST", f"{hook}/rotate-secret")).json()
        assert renewed["secret"] != made["secret"]
        assert (await call("DELETE", hook)).status_code == 200
        assert (await call("GET", hook)).status_code == 404
        assert await call.listed("/webhooks") == []
        kept = await call.listed("/webhook-deliveries", subscription_id=made["id"])
        assert {d["event_type"] for d in kept} == {ONE, "webhook.test"}
