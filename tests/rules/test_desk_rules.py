"""The desk's rules: the states of chats and tasks, who is asked for a chat, errands, and fields."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from frontdesk.conversations.canned_fields import BadField, MissingField, fields_in, fill
from frontdesk.conversations.errands import due_at, errand_in
from frontdesk.conversations.routing import DeskSettings, Need, Rule, Sitter, choose
from frontdesk.conversations.state_rules import EDGES, OPEN, RESTING, STATES, opened
from frontdesk.conversations.task_rules import DEPARTMENT_OF, WAYS
from frontdesk.local.place import CHECKOUT
from frontdesk.tenancy.departments import USUAL

CASES = Path(__file__).with_name("errand_cases.txt")
SATURDAY = datetime(2026, 11, 21, 12, 30)  # noqa: DTZ001 - by the hotel's clock


def reached(start: str, edges: set[tuple[str, str]]) -> set[str]:
    seen, more = {start}, {start}
    while more:
        more = {new for old, new in edges if old in more} - seen
        seen |= more
    return seen


def test_no_state_of_a_chat_is_a_dead_end_and_a_guest_always_opens_it() -> None:
    edges = set(EDGES)
    assert {state for pair in edges for state in pair} == set(STATES) == OPEN | RESTING
    for state in STATES:
        assert reached(state, edges) == set(STATES), state
    for resting in RESTING:
        for owner in ("bot", "staff"):
            assert (resting, opened(owner)) in edges
    assert all(EDGES.values())
    assert {("closed", "snoozed"), ("resolved", "pending"), ("closed", "resolved")} & edges == set()


def test_a_task_ends_and_only_then_stands_still() -> None:
    states = {state for pair in WAYS for state in pair}
    for state in states:
        assert bool({"done", "cancelled"} & reached(state, set(WAYS))), state
    assert {old for old, _ in WAYS} == states - {"done", "cancelled"}
    assert set(DEPARTMENT_OF.values()) <= set(USUAL)


def test_the_database_holds_the_same_ways() -> None:
    said = (CHECKOUT / "rls" / "93_states.sql").read_text()
    chats, _, tasks = said.partition("FUNCTION task_moves")
    pairs = re.compile(r"\('(\w+)', '(\w+)'\)")
    assert set(pairs.findall(chats)) == {e for e in EDGES if e[0] != e[1]}
    assert set(pairs.findall(tasks)) == set(WAYS)


def sitter(n: int, **more: object) -> Sitter:
    kept = {"available": True, "load": 0, "capacity": 2, **more}
    return Sitter(UUID(int=n), UUID(int=100 + n), **kept)  # type: ignore[arg-type]


def asked(settings: DeskSettings, sitters: list[Sitter], **need: object) -> list[int]:
    seats = choose(settings, Need(SATURDAY, **need), sitters).seats  # type: ignore[arg-type]
    return [seat.int for seat in seats]


def test_who_is_asked_and_in_what_order() -> None:
    night = {"days": [4], "from": "22:00", "until": "13:00"}
    people = [
        sitter(1, languages=frozenset({"en"}), load=1),
        sitter(2, languages=frozenset({"en", "de"}), skills=frozenset({"complaints"})),
        sitter(3, department="spa"),
        sitter(4, available=False),
        sitter(5, load=2),
        sitter(6, hours=[{"days": [6], "from": "08:00", "until": "20:00"}]),
        sitter(7, hours=[night], languages=frozenset({"de"})),
    ]
    plain = DeskSettings()
    assert asked(plain, people, language="de") == [2, 7, 3, 1]
    assert asked(plain, people, language="de", served_by=UUID(int=101)) == [1, 2, 7, 3]
    assert asked(DeskSettings(sticky=False), people, served_by=UUID(int=101))[-1] == 1
    rules = DeskSettings(
        (
            Rule("late", from_hour=22, until_hour=6, skills=frozenset({"nights"})),
            Rule("spa", reasons=frozenset({"request"}), department="spa"),
            Rule("cross", reasons=frozenset({"request"}), skills=frozenset({"complaints"})),
            Rule("anna", vip=True, membership_id=UUID(int=101), priority="urgent"),
            Rule("gone", labels=frozenset({"x"}), membership_id=UUID(int=104)),
        )
    )
    assert asked(rules, people, reason="request") == [3, 2]
    assert asked(rules, people, vip=True) == [1]
    assert asked(rules, people, labels=frozenset({"x"})) == []  # who is absent is skipped
    assert len(asked(rules, people, reason="other")) == 4
    chosen = choose(rules, Need(SATURDAY, vip=True), people).rule
    assert chosen is not None
    assert chosen.priority == "urgent"


def test_errands_are_told_from_questions() -> None:
    """Of what became a task, how much had to be done; and how much of that was seen."""
    lines = [li for li in CASES.read_text().splitlines() if li and not li.startswith("#")]
    cases = [(want.strip(), text.strip()) for want, _, text in (li.partition("|") for li in lines)]
    assert len(cases) > 130
    made = {text: errand_in(text) for _, text in cases}
    right = [t for want, t in cases if (e := made[t]) is not None and e.item == want]
    wrong = [(t, e.item) for want, t in cases if (e := made[t]) is not None and e.item != want]
    wanted = [t for want, t in cases if want != "-"]
    precision, recall = len(right) / (len(right) + len(wrong)), len(right) / len(wanted)
    missed = [t for want, t in cases if want != "-" and made[t] is None]
    print(f"precision {precision:.3f} recall {recall:.3f}", wrong, missed)  # noqa: T201
    assert precision >= 0.95, wrong
    assert recall >= 0.9, missed


def test_where_and_when_an_errand_is_wanted() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    zone = "Europe/Madrid"
    towels = errand_in("Two towels to room 204 please")
    assert towels is not None
    assert (towels.room, towels.at) == ("204", None)
    assert due_at(towels, zone=zone, now=now) == datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
    for said, hour, day in (
        ("Wake me at 7:30 please", 6, 22),
        ("Please book a taxi for 18:30", 17, 21),
        ("Please book a taxi for 18:30 tomorrow", 17, 22),
    ):
        errand = errand_in(said)
        assert errand is not None
        at = datetime(2026, 11, day, hour, 30, tzinfo=UTC)
        assert due_at(errand, zone=zone, now=now) == at, said


def test_fields_of_canned_replies() -> None:
    assert fields_in("Dear {guest_name}: {arrival}, {guest_name}") == ["guest_name", "arrival"]
    assert fill("Dear {guest_name}", {"guest_name": "Ann"}) == "Dear Ann"
    for bad in ("{nobody}", "a { b", "{}", "{guest_name", "{guest_name.__class__}"):
        with pytest.raises(BadField):
            fields_in(bad)
    with pytest.raises(MissingField) as missing:
        fill("{guest_name} {arrival} {room}", {"guest_name": "Ann", "room": ""})
    assert missing.value.names == ["arrival", "room"]


def test_no_module_that_knows_notes_sends_to_guests() -> None:
    """Who imports the table of notes imports nothing that writes messages or reaches the outbox."""
    senders = {"messaging.outbox", "conversations.staff", "conversations.speak"}
    senders |= {"conversations.system_words", "conversations.drafts"}
    knowing: list[str] = []
    for path in (CHECKOUT / "src").rglob("*.py"):
        imported = {
            (node.module, name.name)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module
            for name in node.names
        }
        if ("frontdesk.conversations.note_models", "Note") in imported:
            knowing.append(path.name)
            modules = {module.removeprefix("frontdesk.") for module, _ in imported}
            assert not modules & senders, path
            assert ("frontdesk.messaging.models", "Message") not in imported, path
    assert sorted(knowing) == ["note_routes.py", "notes.py"]
