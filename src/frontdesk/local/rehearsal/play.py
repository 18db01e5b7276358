"""Plays one script: a guest's words in, the hotel's answers out, and everything checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from frontdesk.bookings.models import Booking
from frontdesk.conversations.handover import resume, take_over
from frontdesk.conversations.staff import send_as_staff
from frontdesk.kit.ids import HotelId
from frontdesk.local.rehearsal.expect import found_wrong, heard, replied
from frontdesk.local.rehearsal.furnish import furnish
from frontdesk.local.rehearsal.house import House, Stage, open_house
from frontdesk.local.rehearsal.script import (
    EXPECTED,
    GUEST,
    SAID,
    BadScript,
    Script,
    Step,
    moment_of,
    parts_of,
    span_of,
    texts_of,
)
from frontdesk.local.rehearsal.writes import Written, judge, rows_of
from frontdesk.local.simulator.state import Bubble
from frontdesk.messaging.models import Conversation

AGREEING = ("book", "cancel", "change", "order", "wait")
"""Verbs of buttons that say yes."""
DESK = "key:desk"
"""The staff of a script: people, and none that the hotel has as a member."""
PAUSE = timedelta(seconds=20)
"""Between an answer and a guest's next words."""


@dataclass(slots=True)
class Played:
    """What came of one script."""

    script: Script
    wrong: list[str] = field(default_factory=list[str])
    """file:line and what was found instead."""
    books: bool = False
    booked_right: bool = True
    unconfirmed: int = 0
    wrong_guest: int = 0
    said: int = 0
    transcript: list[str] = field(default_factory=list[str])
    hotel: HotelId | None = None
    costs: list[float] = field(default_factory=list[float])
    """Milliseconds of processor time of each turn."""


@dataclass(slots=True)
class Guest:
    phone: str
    name: str


async def play(stage: Stage, script: Script) -> Played:
    house = await open_house(stage, script)
    played = Played(script, hotel=house.hotel, costs=house.costs)
    guest, since = Guest(**GUEST), 0
    for step in script.story:
        if step.verb == "from":
            guest, since = _guest(step), len(house.heard_by(_guest(step).phone))
        elif step.verb in SAID:
            since = len(house.heard_by(guest.phone))
            await _says(house, step, guest, played)
            _note(played, step, house.heard_by(guest.phone)[since:])
        elif step.verb in EXPECTED:
            await _expect(house, step, guest, played, since)
        else:
            since = len(house.heard_by(guest.phone)) if step.verb in ("wait", "until") else since
            await _do(house, step, guest)
    return played


def _guest(step: Step) -> Guest:
    parts = parts_of(step, frozenset({"phone", "name"}), "phone")
    return Guest(str(parts.get("phone", "")).lstrip("+"), str(parts.get("name", "Guest")))


async def _says(house: House, step: Step, guest: Guest, played: Played) -> None:
    """The message or burst, worked until nothing waits; its writes are judged."""
    house.stage.clock.advance(PAUSE)
    before = await rows_of(house)
    agreed = step.verb == "yes"
    if step.verb == "tap":
        agreed = await _taps(house, step, guest)
    else:
        for text in texts_of(step.value):
            said = await _filled(house, text)
            await house.stage.phones.guest_says(house.slug, guest.phone, said, name=guest.name)
            house.stage.clock.advance(timedelta(seconds=1))
            played.said += 1
    await house.settle()
    written: Written = await judge(house, before, guest.phone, agreed=agreed)
    played.unconfirmed += written.unconfirmed
    played.wrong_guest += written.wrong_guest
    for count, what in ((written.unconfirmed, "unconfirmed"), (written.wrong_guest, "wrong guest")):
        if count:
            played.wrong.append(f"{step.place}: {count} {what} writes")


async def _filled(house: House, text: str) -> str:
    """`{code}` is the code of the newest booking."""
    if "{code}" not in text:
        return text
    async with house.stage.runtime.db.hotel(house.hotel) as session:
        newest = select(Booking.code).order_by(Booking.created_at.desc(), Booking.id.desc())
        return text.replace("{code}", await session.scalar(newest.limit(1)) or "none")


async def _taps(house: House, step: Step, guest: Guest) -> bool:
    """A button of the last bubble that has any, by its verb or by words on it."""
    shown = next((b for b in reversed(house.heard_by(guest.phone)) if b.buttons), None)
    wanted = str(step.value).casefold()
    for button in shown.buttons if shown else ():
        verb = button["id"].partition(":")[0]
        if verb == wanted or wanted in button["text"].casefold():
            assert shown is not None  # noqa: S101 - it has this button
            choice = {"id": button["id"], "message": shown.id}
            await house.stage.phones.guest_does(house.slug, guest.phone, choice=choice)
            return verb in AGREEING
    raise BadScript(f"{step.place}: there is no button {step.value!r} to tap")


async def _expect(house: House, step: Step, guest: Guest, played: Played, since: int) -> None:
    if step.verb in ("reply", "heard"):
        bubbles = house.heard_by(guest.phone)[since:]
        wrong = replied(step, bubbles) if step.verb == "reply" else heard(step, bubbles, house.zone)
    else:
        wrong = await found_wrong(house, step, guest.phone)
    if step.verb in ("booking", "bookings"):
        played.books = True
        played.booked_right = played.booked_right and not wrong
    played.wrong += [f"{step.place}: {step.verb}: {what}" for what in wrong]
    played.transcript += [f"     !! {step.place}: {step.verb}: {what}" for what in wrong]


async def _do(house: House, step: Step, guest: Guest) -> None:
    match step.verb:
        case "wait":
            await house.go_on(span_of(step))
        case "until":
            await house.go_on(moment_of(step, house.zone) - house.stage.clock.now())
        case "house":
            await furnish(house, step)
        case "phone":
            phones = house.stage.phones
            await phones.phone_types(house.slug, guest.phone, str(step.value))
            await house.settle()
        case _:
            await _staff(house, step, guest)


async def _staff(house: House, step: Step, guest: Guest) -> None:
    now = house.stage.clock.now()
    async with house.stage.runtime.db.hotel(house.hotel) as session:
        chat = f"{guest.phone}@c.us"
        talk = await session.scalar(select(Conversation).where(Conversation.chat == chat))
        if talk is None:
            raise BadScript(f"{step.place}: this guest has not written yet")
        await _staff_does(session, talk, step, now)
    await house.settle()


async def _staff_does(session: Any, talk: Conversation, step: Step, now: Any) -> None:
    parts = parts_of(step, frozenset({"do", "send"}), "do")
    if "send" in parts:
        await send_as_staff(session, talk.id, str(parts["send"]), by=DESK, now=now)
    elif parts["do"] == "resume":
        await resume(session, talk.id, by=DESK, now=now)
    elif parts["do"] == "take over":
        await take_over(session, talk.id, by=DESK, reason="staff", now=now)
    else:
        raise BadScript(f"{step.place}: staff can resume, take over, or send a text")


def _note(played: Played, step: Step, bubbles: Sequence[Bubble]) -> None:
    played.transcript += [f"  <- {text}" for text in texts_of(step.value)]
    for bubble in bubbles:
        shown = bubble.text.replace("\n", "\n     ")
        buttons = "".join(f" [{b['text']}]" for b in bubble.buttons)
        played.transcript.append(f"  -> {shown}{buttons}")
