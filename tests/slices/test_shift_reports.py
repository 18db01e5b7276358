"""Why a chat went to a person, the causes over REST, and a shift report that two people sign."""

from datetime import timedelta

from frontdesk.conversations.handover import take_over
from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.notifications.actions import Alert, notify
from tests.calling import calling
from tests.conftest import NOON
from tests.factories import number_of, thread_of


async def test_causes_have_the_hotels_own_thresholds(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    async with calling(settings, db, hotel, clock) as call:
        known = {c["cause"]: c for c in (await call("GET", "/escalation-causes")).json()}
        assert len(known) == 9
        assert (known["sentiment"]["threshold"], known["sentiment"]["always"]) == (-0.6, False)
        mood = {"cause": "sentiment", "threshold": -0.3, "action": "tell", "priority": 40}
        assert (await call("PUT", "/escalation-causes", json=mood)).status_code == 200
        assert (await call("PUT", "/escalation-causes", json=mood)).status_code == 200
        known = {c["cause"]: c for c in (await call("GET", "/escalation-causes")).json()}
        assert (known["sentiment"]["threshold"], known["sentiment"]["action"]) == (-0.3, "tell")
        for bad in (
            {**mood, "threshold": 0.5},
            {**mood, "cause": "person", "threshold": 1, "enabled": False},
            {**mood, "cause": "weather"},
            {**mood, "threshold": "NaN"},
        ):
            assert (await call("PUT", "/escalation-causes", json=bad)).status_code == 422, bad


async def test_a_shift_is_handed_over_by_one_and_taken_on_by_another(
    settings: Settings,
    db: Database,
    vault: Vault,
    hotel: HotelId,
    other_hotel: HotelId,
) -> None:
    clock = FixedClock(NOON)
    number = await number_of(db, vault, hotel)
    thread = await thread_of(db, hotel, number.id)
    async with db.hotel(hotel) as session:
        unhappy = Alert("complaint", 80, "Unhappy", "secret words", "a", thread.id)
        told = await notify(session, hotel, unhappy, now=clock.now())
        why = {"sentiment": {"measured": -0.8, "threshold": -0.6}}
        await take_over(session, thread.id, by="bot", reason="complaint", now=clock.now(), why=why)
    async with (
        calling(settings, db, hotel, clock) as leaving,
        calling(settings, db, hotel, clock) as coming,
        calling(settings, db, other_hotel, clock) as stranger,
    ):
        (went,) = await leaving.listed(f"/conversations/{thread.id}/handovers")
        assert (went["cause"], went["evidence"]) == ("sentiment", why)
        said = (await leaving("GET", "/shift-document")).json()
        assert [c["conversation_id"] for c in said["open"]["conversations"]] == [str(thread.id)]
        assert [a["notification_id"] for a in said["open"]["alerts"]] == [str(told.id)]
        assert [c["notification_id"] for c in said["complaints"]] == [str(told.id)]
        assert "secret words" not in str(said)
        report = await leaving.made("/shift-reports")
        path = f"/shift-reports/{report['id']}/sign"
        assert (await stranger("POST", path)).status_code == 404
        assert (await leaving("POST", path)).status_code == 409
        signed = (await coming("POST", path)).json()
        assert signed["outgoing_by"] != signed["incoming_by"]
        assert signed["digest"] == report["digest"]
        assert (await coming("POST", path)).status_code == 409
        clock.advance(timedelta(hours=8))
        await coming("POST", f"/notifications/{told.id}/acknowledge")
        after = (await coming("GET", "/shift-document")).json()
        assert (after["open"]["alerts"], after["complaints"]) == ([], [])
        assert [a["status"] for a in after["promised"]["taken"]] == ["acknowledged"]
        assert after["since"] == report["until"]
