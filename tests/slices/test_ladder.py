"""An alert climbs until somebody takes it: levels, shifts, restarts, links, quiet and digest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from frontdesk.kit.clock import FixedClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.kit.tokens import Signer
from frontdesk.messaging.models import OutboundMessage, OutboxEvent
from frontdesk.notifications.ack_links import AckLink, make
from frontdesk.notifications.actions import Alert, acknowledge, notify
from frontdesk.notifications.bodies import Sentence
from frontdesk.notifications.headings import Heading
from frontdesk.notifications.kinds import KINDS
from frontdesk.notifications.ladder import climb_next
from frontdesk.notifications.ladder_models import AlertStep
from frontdesk.notifications.models import NotificationDelivery, StaffNotification
from frontdesk.notifications.parcels import Messenger
from frontdesk.notifications.queries import notification
from frontdesk.notifications.tell import tell_next
from frontdesk.tenancy.envelope import unseal
from frontdesk.tenancy.models import Hotel, WhatsAppInstance
from frontdesk.tenancy.person_models import Mail, Membership
from frontdesk.triggers.actions import run_next
from frontdesk.triggers.models import Trigger
from tests.calling import Caller, calling
from tests.conftest import NOON
from tests.factories import all_of, number_of, thread_of
from workers.sweeps import SWEEPS

SECOND = timedelta(seconds=1)


@dataclass
class House:
    db: Database
    hotel: HotelId
    clock: FixedClock
    call: Caller
    messenger: Messenger

    async def alert(self, key: str, **more) -> UUID:
        wanted = {"kind": "complaint", "priority": 80, "title": "Unhappy", "body": "b", **more}
        async with self.db.hotel(self.hotel) as session:
            told = Alert(dedupe_key=key, **wanted)
            return (await notify(session, self.hotel, told, now=self.clock.now())).id

    async def person(self, name: str, phone: int, **more) -> str:
        made = await self.call.made("/staff", name=name, phone=f"3460099900{phone}", **more)
        return made["id"]

    async def work(self) -> None:
        while await climb_next(self.db, self.clock, self.hotel):
            pass
        while await tell_next(self.messenger, self.hotel):
            pass

    async def after(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))
        await self.work()

    async def phoned(self) -> list[str]:
        """The last digits of whoever was written to, in order."""
        rows = await all_of(self.db, self.hotel, OutboundMessage)
        return [m.chat[10:11] for m in rows]

    async def events(self, kind: str) -> list[dict]:
        rows = await all_of(self.db, self.hotel, OutboxEvent)
        return [e.payload for e in rows if e.event_type == kind]

    async def one(self, told: UUID) -> StaffNotification:
        return next(n for n in await all_of(self.db, self.hotel, StaffNotification) if n.id == told)


@pytest.fixture
async def house(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, other_hotel: HotelId
) -> AsyncIterator[House]:
    clock = FixedClock(NOON)  # a Saturday, 13:00 in Madrid
    await number_of(db, vault, hotel)
    signer = Signer(settings.keys_to_sign())
    async with (
        calling(settings, db, hotel, clock) as call,
        httpx.AsyncClient(timeout=5) as client,
    ):
        messenger = Messenger(db, vault, clock, client, signer=signer, public_url="http://t")
        yield House(db, hotel, clock, call, messenger)


DAWN = {"quiet_until": "15:00"}
LADDER = {
    "kind": "complaint",
    "levels": [
        {"roles": ["reception"], "minutes": 5},
        {"roles": ["housekeeping"], "off_shift": True, "minutes": 7},
    ],
}


async def test_levels_are_told_when_due_and_a_taken_alert_climbs_no_more(house: House) -> None:
    await house.person("Ana", 1)
    ben = await house.person("Ben", 2, role="housekeeping", on_duty=False)
    await house.person("Cleo", 3, role="manager")
    await house.call.made("/alert-ladders", **LADDER)
    told = await house.alert("a")
    assert await house.phoned() == ["1"]
    await house.after(minutes=5, seconds=-1)
    assert await house.phoned() == ["1"]
    await house.after(seconds=1)
    assert await house.phoned() == ["1", "2"]
    steps = (await house.call("GET", f"/notifications/{told}/steps")).json()
    assert [(s["level"], s["state"], s["reached"]) for s in steps] == [
        (0, "done", 1),
        (1, "done", 1),
        (2, "waiting", None),
    ]
    answer = await house.call("POST", f"/notifications/{told}/acknowledge")
    assert (answer.json()["status"], answer.json()["acknowledged_via"]) == (
        "acknowledged",
        "console",
    )
    await house.after(hours=3)
    assert await house.phoned() == ["1", "2"]
    assert [e["level"] for e in await house.events("alert.escalated")] == [1]
    (taken,) = await house.events("notification.acknowledged")
    assert (taken["waited_seconds"], taken["via"]) == (300, "console")
    sent = await house.events("notification.sent")
    assert [(e["level"], e["people"], e["channels"]) for e in sent] == [
        (0, 1, ["in_app", "whatsapp"]),
        (1, 1, ["in_app", "whatsapp"]),
    ]
    other = await house.alert("b", title="Again")
    await house.after(minutes=12)
    assert await house.phoned() == ["1", "2", "1", "2", "3"]
    assert (await house.one(other)).unattended is False
    queued = [m.status for m in await all_of(house.db, house.hotel, OutboundMessage)]
    assert queued == ["cancelled", "cancelled", "queued", "queued", "queued"]
    wrong = {"levels": [{"people": [ben, str(UUID(int=7))]}]}
    assert (await house.call("POST", "/alert-ladders", json=wrong)).status_code == 422


async def test_a_step_that_came_due_while_nothing_ran_goes_on_after_a_restart(
    house: House, settings: Settings, db: Database
) -> None:
    """The rows alone say what is due: another process, and the clock's own sweep, find it."""
    await house.person("Ana", 1)
    await house.person("Cleo", 3, role="manager", on_duty=False)
    told = await house.alert("a")
    house.clock.advance(timedelta(minutes=10))
    query = next(q for job, q in SWEEPS if job == "climb_ladder")
    async with db.platform() as session:
        late = {"before": house.clock.now() + timedelta(seconds=3)}
        found = (await session.execute(text(query), late)).all()
    assert (house.hotel, "") in [tuple(row) for row in found]
    await house.work()
    assert await house.phoned() == ["1", "3"]
    rows = [s for s in await all_of(db, house.hotel, AlertStep) if s.notification_id == told]
    assert [(s.state, s.worked_at - s.due_at < 15 * SECOND) for s in rows] == [
        ("done", True),
        ("done", True),
    ]


async def test_nobody_on_shift_raises_an_alarm_and_a_shift_is_the_hotels_own_time(
    house: House, db: Database
) -> None:
    ana = await house.person("Ana", 1)
    week = {"shifts": [{"weekday": 5, "starts": "14:00", "ends": "22:00"}]}
    assert (await house.call("PUT", f"/staff/{ana}/shifts", json=week)).status_code == 200
    async with db.hotel(house.hotel) as session:
        place = {"user_id": UUID(int=9), "email": "boss@h.example", "name": "Boss"}
        session.add(Membership(hotel_id=house.hotel, role="admin", status="active", **place))
    told = await house.alert("a")
    assert (await house.one(told)).unattended
    assert len(await house.events("alert.unattended")) == 1
    await house.work()
    assert await house.phoned() == []
    (mail,) = await all_of(db, house.hotel, Mail)
    assert mail.purpose == "plain"
    (owed,) = await all_of(db, house.hotel, NotificationDelivery)
    assert (owed.channel, owed.status, owed.level) == ("email", "sent", 1)
    await house.after(hours=1)
    await house.alert("b", title="Later")
    assert await house.phoned() == ["1"]
    twice = {"shifts": [{"weekday": 5, "starts": "14:00", "ends": "15:00"}] * 2}
    assert (await house.call("PUT", f"/staff/{ana}/shifts", json=twice)).status_code == 422


async def test_the_same_episode_told_again_presses_more_and_climbs_sooner(
    house: House, db: Database
) -> None:
    await house.person("Ana", 1)
    await house.person("Cleo", 3, role="manager", on_duty=False)
    number = (await all_of(db, house.hotel, WhatsAppInstance))[0]
    thread = await thread_of(db, house.hotel, number.id)
    told = await house.alert("a", conversation_id=thread.id)
    assert await house.alert("a", conversation_id=thread.id) == told
    assert (await house.one(told)).tellings == 1
    assert await house.alert("b", conversation_id=thread.id) == told
    pressing = await house.one(told)
    assert (pressing.tellings, pressing.priority_score) == (2, 85)
    await house.after(minutes=5)
    assert await house.phoned() == ["1", "3"]


async def test_looking_at_the_link_takes_nothing_and_pressing_takes_once(
    house: House, other_hotel: HotelId, settings: Settings
) -> None:
    ana = await house.person("Ana", 1)
    told = await house.alert("a", body="<b>cold</b> soup")
    signer = Signer(settings.keys_to_sign())
    link = AckLink(house.hotel, told, UUID(ana))
    token = make(signer, link, now=house.clock.now())
    client = house.call.client
    page = await client.get(f"/alerts/{token}")
    assert (page.status_code, "<b>cold" in page.text) == (200, False)
    assert "&lt;b&gt;cold" in page.text
    assert (await house.one(told)).status == "open"
    elsewhere = make(signer, AckLink(other_hotel, told, None), now=house.clock.now())
    assert (await client.post(f"/alerts/{elsewhere}")).status_code == 404
    forged = token.replace(house.hotel.hex, other_hotel.hex)
    assert (await client.post(f"/alerts/{forged}")).status_code == 404
    for bad in ("x", token[:-1], token + "0", "é" * 40):
        assert (await client.post(f"/alerts/{bad}")).status_code == 404, bad
    assert (await client.post(f"/alerts/{token}")).status_code == 200
    done = await house.one(told)
    assert (done.status, done.acknowledged_via, str(done.acknowledged_by)) == (
        "acknowledged",
        "link",
        ana,
    )
    assert (await client.post(f"/alerts/{token}")).status_code == 200
    assert len(await house.events("notification.acknowledged")) == 1
    house.clock.advance(timedelta(days=1))
    assert (await client.get(f"/alerts/{token}")).status_code == 404


async def test_the_page_of_a_link_speaks_the_language_of_who_it_went_to(
    house: House, db: Database, settings: Settings
) -> None:
    ana = UUID(await house.person("Ana", 1, language="ar"))
    async with db.hotel(house.hotel) as session:
        (await session.scalars(select(Hotel))).one().language = "de"
    called = {"title": Heading("missed_call"), "body": [Sentence("missed_call")]}
    told = await house.alert("a", kind="missed_call", **called)
    signer, client = Signer(settings.keys_to_sign()), house.call.client
    tokens = [
        make(signer, AckLink(house.hotel, told, whose), now=house.clock.now())
        for whose in (ana, None)
    ]
    hers, shared = [(await client.get(f"/alerts/{token}")).text for token in tokens]
    assert '<html lang="ar" dir="rtl">' in hers
    assert "أتولى الأمر" in hers
    assert '<html lang="de">' in shared
    for line in ("Ein Gast hat über WhatsApp angerufen", "Noch hat es niemand", "Ich übernehme"):
        assert line in shared, line
    taken = await client.post(f"/alerts/{tokens[1]}")
    assert "Es ist übernommen." in taken.text
    assert "<button>" not in taken.text
    house.clock.advance(timedelta(days=1))
    for late in [await client.request(how, f"/alerts/{tokens[1]}") for how in ("GET", "POST")]:
        assert late.status_code == 404
        assert "Dieser Link ist abgelaufen" in late.text


async def test_quiet_people_hear_later_and_only_urgent_alerts_break_it(
    house: House, db: Database, vault: Vault
) -> None:
    wishes = [{"kind": "*", "min_priority": 0, "channels": ["email"]}]
    by_mail = {"email": "c@h.example", "language": "de", "preferences": wishes}
    await house.person("Cleo", 3, digest_below=60, digest_at=["18:00"], **by_mail)
    await house.person("Ana", 1, quiet_from="12:00", quiet_until="14:00")
    await house.person("Ben", 2, digest_below=60, digest_at=["18:00"])
    await house.alert("a", kind="request", priority=40, title="Towels")
    await house.alert("b", kind="missed_call", priority=40, title="Missed call")
    assert await house.phoned() == []
    fire = await house.alert("c", kind="emergency", priority=100, title="Fire")
    assert sorted(await house.phoned()) == ["1", "2"]
    await house.call("POST", f"/notifications/{fire}/acknowledge")
    await house.after(hours=1)  # 14:00
    assert sorted(await house.phoned()) == ["1", "1", "1", "2"]
    await house.after(hours=4)  # 18:00
    last = (await all_of(db, house.hotel, OutboundMessage))[-1]
    assert last.chat.startswith("34600999002")
    assert ("Towels" in last.text, "Missed call" in last.text) == (True, True)
    async with db.hotel(house.hotel) as session:
        mails = (await session.scalars(select(Mail).order_by(Mail.id))).all()
        last_mail = await unseal(session, vault, house.hotel, mails[-1].sealed)
    assert ": 2 Hinweise" in last_mail
    log = await house.call.listed("/notification-deliveries", status="sent")
    attempts = await house.call.listed(f"/notification-deliveries/{log[0]['id']}/attempts")
    assert {a["result"] for a in attempts} <= {"sent"}


async def test_an_alert_that_has_become_urgent_waits_for_no_morning_and_no_digest(
    house: House, db: Database
) -> None:
    await house.person("Ana", 1, quiet_from="12:00", quiet_until="14:00")
    await house.person("Ben", 2, digest_below=82, digest_at=["18:00"])
    await house.person("Cleo", 3, digest_below=90, digest_at=["13:10"], quiet_from="13:05", **DAWN)
    number = (await all_of(db, house.hotel, WhatsAppInstance))[0]
    thread = await thread_of(db, house.hotel, number.id)
    await house.alert("a", conversation_id=thread.id)
    assert await house.phoned() == []
    await house.alert("b", conversation_id=thread.id)  # 85: no more of Ben's digest
    await house.work()
    assert await house.phoned() == ["2"]
    await house.after(minutes=20)  # 13:20: the digest of who has their quiet time waits
    assert await house.phoned() == ["2"]
    await house.alert("c", conversation_id=thread.id)  # 90
    await house.work()
    assert sorted(await house.phoned()) == ["1", "2", "3"]


async def test_a_kind_that_no_alert_has_is_refused_and_those_that_are_there_are_listed(
    house: House,
) -> None:
    listed = await house.call("GET", "/alert-kinds")
    kinds = {one["kind"]: one["means"] for one in listed.json()}
    assert (kinds.keys() == KINDS.keys(), all(kinds.values())) == (True, True)
    words = {"language": "en", "title": "{title}", "body": "{body}"}
    wish = {"min_priority": 0, "channels": ["email"]}
    for path, body in (
        ("/alert-ladders", lambda kind: LADDER | {"kind": kind}),
        ("/alert-templates", lambda kind: {**words, "kind": kind}),
        ("/staff", lambda kind: {"name": "Ana", "preferences": [{**wish, "kind": kind}]}),
    ):
        refused = await house.call("POST", path, json=body("person_requested"))
        assert (refused.status_code, "asked_for_person" in refused.text) == (422, True)
        for kind in ("*", "asked_for_person"):
            taken = await house.call("POST", path, json=body(kind))
            assert taken.status_code == 201, taken.text


async def test_a_template_of_the_persons_language_and_a_mail_with_a_link(
    house: House, db: Database, vault: Vault
) -> None:
    await house.person("Ana", 1, language="es", email="ana@h.example")
    shape = {"kind": "complaint", "language": "es", "title": "Queja: {title}", "body": "¡{body}!"}
    await house.call.made("/alert-templates", **shape)
    assert (await house.call("POST", "/alert-templates", json=shape)).status_code == 409
    bad = {**shape, "kind": "*", "body": "{secret}"}
    assert (await house.call("POST", "/alert-templates", json=bad)).status_code == 422
    ways = {"levels": [{"channels": ["whatsapp", "email"]}]}
    await house.call.made("/alert-ladders", **ways)
    await house.alert("a", body="frío")
    await house.work()
    (row,) = await all_of(db, house.hotel, OutboundMessage)
    assert row.text.startswith("🔔 Queja: Unhappy\n¡frío!")
    assert row.buttons[0]["text"] == "Me encargo"
    (mail,) = await all_of(db, house.hotel, Mail)
    async with db.hotel(house.hotel) as session:
        words = await unseal(session, vault, house.hotel, mail.sealed)
    assert "Me encargo: http://t/alerts/" in words


async def test_who_takes_an_alert_and_who_tells_of_it_do_not_wait_for_each_other(
    house: House, db: Database
) -> None:
    """A row that is changed twice in one transaction has its references checked: the alert that
    it tells of must not be locked against that by who then waits for the row.
    """
    wishes = [{"kind": "*", "min_priority": 0, "channels": ["email"]}]
    await house.person("Ana", 1, email="ana@h.example", preferences=wishes)
    told = await house.alert("a")
    async with db.hotel(house.hotel) as session:
        await notification(session, told)
        async with asyncio.timeout(10):
            assert await tell_next(house.messenger, house.hotel)
        await acknowledge(session, told, by="test", now=house.clock.now())
    assert len(await all_of(db, house.hotel, Mail)) == 1


async def test_a_rule_that_answers_what_it_causes_comes_to_an_end(
    house: House, db: Database
) -> None:
    async with db.hotel(house.hotel) as session:
        actions = [{"type": "notify_staff", "title": "Told", "text": "x", "priority": 20}]
        rule = Trigger(
            hotel_id=house.hotel, name="loop", event="notification.sent", actions=actions
        )
        session.add(rule)
    await house.alert("a")
    rounds = 0
    while await run_next(db, house.clock, house.hotel):
        rounds += 1
        assert rounds < 60, "it never ends"
    assert len(await house.events("notification.sent")) <= 7


async def test_another_hotel_sees_none_of_it(house: House, other_hotel: HotelId) -> None:
    await house.person("Ana", 1)
    await house.alert("a")
    for model in (StaffNotification, AlertStep, NotificationDelivery):
        assert await all_of(house.db, other_hotel, model) == []
    assert not await climb_next(house.db, house.clock, other_hotel)
