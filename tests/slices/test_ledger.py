"""The ledger: per stay and rule what is planned, was sent or was not, and a person's say in it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import update

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.settings import Settings
from frontdesk.messaging.models import OutboundMessage
from frontdesk.triggers.actions import run_next
from tests.calling import calling
from tests.slices.test_planned_sends import MADRID, book, kind, now, rule, texts, when, work

__all__ = ["kind", "now"]
LONG = {"field": "nights", "op": "gte", "value": 5}


async def test_the_ledger_tells_of_a_stay_and_lets_a_person_decide(
    settings: Settings, db: Database, hotel: HotelId, other_hotel: HotelId, kind: UUID
) -> None:
    at = datetime.now(UTC)
    for days, name in enumerate(("skipped", "sooner", "unmet")):
        conditions = LONG if name == "unmet" else {}
        await rule(db, hotel, name, when("arrival", -days - 1), conditions=conditions)
    await rule(db, hotel, "booked", None, event="booking.created", conditions=LONG)
    stay = await book(db, hotel, kind, at.astimezone(MADRID).date() + timedelta(9), at)
    while await run_next(db, FixedClock(at), hotel):
        pass
    async with (
        calling(settings, db, hotel, FixedClock(at)) as call,
        calling(settings, db, other_hotel, FixedClock(at)) as stranger,
    ):
        entries = await call.listed("/ledger", booking_id=str(stay.id))
        states = [(e["trigger"], e["kind"], e["state"]) for e in entries]
        assert states == [
            *((name, "planned", "planned") for name in ("skipped", "sooner", "unmet")),
            ("booked", "event", "not_sent"),
        ]
        assert entries[3]["why"] == [{**LONG, "seen": 2, "held": False}]
        page = (await call("GET", "/ledger", params={"limit": 3})).json()
        rest = await call.listed("/ledger", cursor=page["next"])
        assert [e["id"] for e in page["items"] + rest] == [e["id"] for e in entries]
        ids = {e["trigger"]: e["id"] for e in entries}
        for name, verb in (("skipped", "skip"), ("sooner", "send-now")):
            answer = await call("POST", f"/planned-sends/{ids[name]}/{verb}")
            assert answer.status_code == 200, answer.text
        for path, status in ((str(uuid4()), 404), (ids["skipped"], 404)):
            answer = await stranger("POST", f"/planned-sends/{path}/skip")
            assert answer.status_code == status
        assert await work(db, hotel, at) == 1
        again = await call("POST", f"/planned-sends/{ids['sooner']}/send-now")
        assert (again.status_code, again.json()["detail"]) == (409, "it is sent")
        assert await work(db, hotel, datetime.fromisoformat(entries[2]["due_at"])) == 1
        kept = {e["trigger"]: e for e in await call.listed("/ledger", guest_id=str(stay.guest_id))}
        assert {n: e["state"] for n, e in kept.items()} == {
            "skipped": "not_sent",
            "sooner": "sent",
            "unmet": "not_sent",
            "booked": "not_sent",
        }
        assert kept["sooner"]["actions"][0]["done"] is True
        assert kept["skipped"]["decided_by"].startswith("key:")
        assert kept["unmet"]["why"] == [{**LONG, "seen": 2, "held": False}]
        for status, until in (("queued", at + timedelta(hours=9)), ("sent", None)):
            async with db.hotel(hotel) as session:
                held = {"status": status, "not_before": until or at}
                await session.execute(update(OutboundMessage).values(held))
            (sent,) = await call.listed("/ledger", state="sent")
            seen = sent["waits_until"] and datetime.fromisoformat(sent["waits_until"])
            assert (sent["trigger"], seen) == ("sooner", until)
        assert await stranger.listed("/ledger") == []
    assert await texts(db, hotel) == ["Hello"]
