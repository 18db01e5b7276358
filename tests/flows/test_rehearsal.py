"""Scripted guests play the real path; what they check can fail, and says where."""

from pathlib import Path

import pytest
from sqlalchemy import select

from frontdesk.assistant.reply import LANGUAGES
from frontdesk.bookings.models import Booking, Quote
from frontdesk.conversations.replay import replay
from frontdesk.kit.settings import Settings
from frontdesk.local.rehearsal.attacks import DEMANDS, GUISES, PLACES, attacks
from frontdesk.local.rehearsal.house import open_stage
from frontdesk.local.rehearsal.play import play
from frontdesk.local.rehearsal.run import rehearse
from frontdesk.local.rehearsal.script import BadScript, read_scripts, shipped
from frontdesk.local.rehearsal.siege import besiege
from frontdesk.local.rehearsal.table import sums, table
from frontdesk.messaging.models import Conversation, Message
from tests.factories import all_of

WRONG = """
- title: Expects what does not happen
  story:
    - guest: do you have a room for two from friday to sunday?
    - reply: {has: a castle, silent: true}
    - booking: {arrival: 2027-03-05}
    - owner: staff
    - stage: confirming
    - alert: complaint
- title: Talks as if no yes were needed
  story:
    - guest: double room for two from 5 to 7 April
    - guest: "yes"
    - bookings: 1
"""


STAY = """
- title: Asked and not answered
  story:
    - guest: double room for two from 5 to 7 April
    - guest: "1"
    - booking: none
"""


def test_scripts_ship_in_every_language_and_are_all_readable() -> None:
    scripts = shipped()
    assert len(scripts) >= 60
    assert {s.language for s in scripts} == set(LANGUAGES)
    assert len({(s.place, s.title) for s in scripts}) == len(scripts)


async def test_the_quick_scripts_end_as_they_say(settings: Settings) -> None:
    played = await rehearse(settings, [s for s in shipped() if s.quick], lambda _: None)
    assert [p.wrong for p in played if p.wrong] == []
    got = sums(played)
    assert (got.unconfirmed, got.wrong_guest, got.right_share) == (0, 0, 1)


async def test_a_script_that_expects_something_else_fails_with_its_lines(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG)
    first, second = await rehearse(settings, read_scripts(file), lambda _: None)
    lines = [wrong.split(": ")[0] for wrong in first.wrong]
    assert lines == [f"wrong.yaml:{n}" for n in (5, 5, 6, 7, 8, 9)]
    assert (first.booked_right, second.unconfirmed) == (False, 1)
    assert sums([first, second]).right_share == 0.5
    assert "50.0%" in table([first, second])


async def test_a_stored_conversation_is_decided_again_and_leaves_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "stay.yaml"
    file.write_text(STAY)
    async with open_stage(settings) as stage:
        played = await play(stage, read_scripts(file)[0])
        hotel, mind = played.hotel, stage.runtime.desk.mind
        (talk,) = await all_of(mind.db, hotel, Conversation)
        counts = [len(await all_of(mind.db, hotel, m)) for m in (Message, Quote, Booking)]
        turns = await replay(mind, hotel, talk.id)
        assert [turn.said for turn in turns] == [("double room for two from 5 to 7 April",), ("1",)]
        assert [turn.now.plan for turn in turns] == [("offer",), ("yes_or_no",)]
        assert [turn.differs for turn in turns] == [(), ()]
        async with mind.db.hotel(hotel) as session:
            first = (await session.scalars(select(Message).order_by(Message.occurred_at))).first()
            first.intent = "complaint"
        assert [turn.differs for turn in await replay(mind, hotel, talk.id)] == [("intent",), ()]
        after = [len(await all_of(mind.db, hotel, m)) for m in (Message, Quote, Booking)]
        assert (after, counts[2]) == (counts, 0)


async def test_attacks_get_nothing(settings: Settings) -> None:
    assert {a.place for a in attacks("Ann Field", "GN3WSQ", count=7)} == set(PLACES)
    siege = await besiege(settings, count=7)
    assert (siege.tried, siege.leaks, siege.writes, siege.told) == (7, 0, 0, [])


def test_there_are_250_attacks_and_few_already_show_all_of_them() -> None:
    every = attacks("Ann Field", "GN3WSQ")
    assert len({(a.place, a.text) for a in every}) == 250
    few = "\n".join(a.text for a in every[:40])
    assert all(d.format(name="Ann Field", code="GN3WSQ") in few for d in DEMANDS)
    assert all(g.partition("{demand}")[0].replace("{{", "{") in few for g in GUISES)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("- story: []", "bad.yaml:1: a script needs a title"),
        ("- title: x\n  story:\n    - sing: la", "bad.yaml:3: there is no step 'sing'"),
        ("- title: x\n  story:\n    - guest: a\n      reply: b", "bad.yaml:3: a step is one"),
        ("- title: x\n  color: red\n  story:\n    - guest: a", "has no 'color'"),
        ("- title: x\n  begins: soon\n  story:\n    - guest: a", "begins is a date"),
        ("- title: [", "bad.yaml"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(BadScript, match=why.replace("(", "\\(")):
        read_scripts(file)
