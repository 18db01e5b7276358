"""What a script expects, looked up where it lies: on the guest's phone and in the tables."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from frontdesk.bookings.addon_models import BookingAddon
from frontdesk.bookings.models import Booking
from frontdesk.bookings.stay_models import WaitlistEntry
from frontdesk.conversations.task_models import Task
from frontdesk.guests.models import GuestIdentity
from frontdesk.local.rehearsal.house import House
from frontdesk.local.rehearsal.script import BadScript, Step, parts_of, texts_of
from frontdesk.local.simulator.state import Bubble
from frontdesk.messaging.models import Conversation
from frontdesk.notifications.models import StaffNotification
from frontdesk.rooms.catalogue_models import Addon
from frontdesk.rooms.models import RoomType

REPLY = frozenset({"has", "lacks", "any", "silent", "buttons"})
STAY = frozenset(
    {"arrival", "departure", "type", "adults", "children", "rooms", "status", "note", "total"}
)


def replied(step: Step, bubbles: Sequence[Bubble]) -> list[str]:
    """What the replies lack or have too much."""
    parts = parts_of(step, REPLY, "has")
    said = plain("\n".join(b.text for b in bubbles))
    wrong = [f"no {t!r}" for t in texts_of(parts.get("has", [])) if plain(t) not in said]
    wrong += [f"there is {t!r}" for t in texts_of(parts.get("lacks", [])) if plain(t) in said]
    some = texts_of(parts.get("any", []))
    if some and not any(plain(t) in said for t in some):
        wrong.append(f"none of {list(some)}")
    if "silent" in parts and bool(parts["silent"]) is bool(bubbles):
        wrong.append("something was said" if bubbles else "nothing was said")
    shown = sum(len(b.buttons) for b in bubbles)
    if "buttons" in parts and shown != parts["buttons"]:
        wrong.append(f"{shown} buttons")
    return wrong


def heard(step: Step, bubbles: Sequence[Bubble], zone: str) -> list[str]:
    """One message of the hotel's own accord, with the minute of the hotel's clock it came at."""
    parts = parts_of(step, frozenset({"at", "has"}), "has")
    told = [(datetime.fromtimestamp(b.at, ZoneInfo(zone)), b.text) for b in bubbles]
    has = texts_of(parts.get("has", []))
    fits = [at for at, text in told if all(plain(h) in plain(text) for h in has)]
    if len(fits) != 1:
        return [f"{len(fits)} of {len(told)} messages say {list(has)}"]
    wall = fits[0].replace(tzinfo=None, second=0, microsecond=0)
    return [f"it came at {wall}"] if "at" in parts and wall != parts["at"] else []


def plain(text: str) -> str:
    """Case, narrow spaces and marks of direction are nobody's mistake."""
    marks = dict.fromkeys(map(ord, "\u200e\u200f\u2066\u2069"))
    return text.translate({**marks, 0xA0: " ", 0x202F: " "}).casefold()


async def found_wrong(house: House, step: Step, phone: str) -> list[str]:
    async with house.stage.runtime.db.hotel(house.hotel) as session:
        return await LOOKS[step.verb](session, step, phone)


async def _booking(session: AsyncSession, step: Step, phone: str) -> list[str]:
    """All stays of this guest, in the order they were made: one mapping, a list, or none."""
    query = (
        select(Booking, RoomType.code)
        .join(RoomType, RoomType.id == Booking.room_type_id)
        .join(GuestIdentity, GuestIdentity.guest_id == Booking.guest_id)
        .where(GuestIdentity.value == phone)
        .order_by(Booking.created_at, Booking.id)
    )
    rows = [_shown(b, kind) for b, kind in (await session.execute(query)).all()]
    return _compare(step, rows, STAY)


def _shown(booking: Booking, kind: str) -> dict[str, Any]:
    return {
        "arrival": booking.arrival,
        "departure": booking.departure,
        "type": kind,
        "adults": booking.adults,
        "children": booking.children,
        "rooms": booking.rooms,
        "status": booking.status,
        "note": booking.special_requests or "",
        "total": booking.total,
    }


def _compare(step: Step, rows: Sequence[Mapping[str, Any]], known: frozenset[str]) -> list[str]:
    asked = [] if step.value in ("none", None) else cast("list[Any]", _listed(step.value))
    if len(asked) != len(rows):
        return [f"there are {len(rows)}: {[dict(r) for r in rows]}"]
    wrong: list[str] = []
    for wanted, row in zip(asked, rows, strict=True):
        parts = parts_of(Step(step.verb, wanted, step.place), known, "arrival")
        parts = {"status": "confirmed", **parts} if "note" in known else parts
        wrong += [f"{k} is {row[k]!r}" for k, v in parts.items() if not _same(row[k], v)]
    return wrong


def _listed(value: Any) -> Any:
    return cast("Any", value) if isinstance(value, list) else [value]


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, date) or not isinstance(found, str):
        return found == wanted
    return plain(str(wanted)) in plain(found)


async def _bookings(session: AsyncSession, step: Step, phone: str) -> list[str]:
    del phone
    count = len((await session.scalars(select(Booking.id))).all())
    return [] if count == step.value else [f"there are {count}"]


async def _talk(session: AsyncSession, phone: str) -> Conversation | None:
    return await session.scalar(select(Conversation).where(Conversation.chat == f"{phone}@c.us"))


async def _owner(session: AsyncSession, step: Step, phone: str) -> list[str]:
    talk = await _talk(session, phone)
    owner = talk.owner if talk else "nobody"
    return [] if owner == step.value else [f"it is {owner}"]


async def _stage(session: AsyncSession, step: Step, phone: str) -> list[str]:
    talk = await _talk(session, phone)
    stage = talk.state.get("stage", "idle") if talk else "none"
    return [] if stage == step.value else [f"it is {stage}"]


async def _alert(session: AsyncSession, step: Step, phone: str) -> list[str]:
    del phone
    parts = parts_of(step, frozenset({"kind", "has", "count"}), "kind")
    told = (await session.scalars(select(StaffNotification))).all()
    kinds = [t.kind for t in told]
    if parts["kind"] == "none":
        return [f"there is {kinds}"] if told else []
    ours = [t for t in told if t.kind == parts["kind"]]
    has = texts_of(parts.get("has", []))
    wrong = [f"no {h!r}" for h in has if not any(plain(h) in plain(t.body) for t in ours)]
    if "count" in parts and len(ours) != parts["count"]:
        wrong.append(f"there are {len(ours)}")
    return wrong if ours else [f"there is only {kinds}"]


async def _waiting(session: AsyncSession, step: Step, phone: str) -> list[str]:
    query = (
        select(WaitlistEntry, RoomType.code)
        .join(RoomType, RoomType.id == WaitlistEntry.room_type_id)
        .join(GuestIdentity, GuestIdentity.guest_id == WaitlistEntry.guest_id)
        .where(GuestIdentity.value == phone)
        .order_by(WaitlistEntry.created_at)
    )
    names = ("arrival", "departure", "adults", "status")
    found = (await session.execute(query)).all()
    rows = [{**{n: getattr(w, n) for n in names}, "type": kind} for w, kind in found]
    return _compare(Step(step.verb, step.value, step.place), rows, frozenset({*names, "type"}))


async def _orders(session: AsyncSession, step: Step, phone: str) -> list[str]:
    """Codes of the add-ons ordered and not cancelled, by this guest's stays."""
    query = (
        select(Addon.code)
        .join(BookingAddon, BookingAddon.addon_id == Addon.id)
        .join(Booking, Booking.id == BookingAddon.booking_id)
        .join(GuestIdentity, GuestIdentity.guest_id == Booking.guest_id)
        .where(GuestIdentity.value == phone, BookingAddon.status == "ordered")
        .order_by(Addon.code)
    )
    codes = list((await session.scalars(query)).all())
    wanted = [] if step.value in ("none", None) else sorted(texts_of(step.value))
    return [] if codes == wanted else [f"there are {codes}"]


async def _task(session: AsyncSession, step: Step, phone: str) -> list[str]:
    """What the titles or words of tasks say; `none` where there is none."""
    del phone
    tasks = (await session.scalars(select(Task))).all()
    said = [plain(f"{t.title} {t.text}") for t in tasks]
    if step.value in ("none", None):
        return [f"there are {said}"] if said else []
    wanted = texts_of(step.value)
    return [f"no {w!r} in {said}" for w in wanted if not any(plain(w) in s for s in said)]


Look = Callable[[AsyncSession, Step, str], Awaitable[list[str]]]
LOOKS: Mapping[str, Look] = {
    "booking": _booking,
    "bookings": _bookings,
    "owner": _owner,
    "stage": _stage,
    "alert": _alert,
    "waiting": _waiting,
    "orders": _orders,
    "task": _task,
}


def looked_up(step: Step) -> Look:
    look = LOOKS.get(step.verb)
    if look is None:
        raise BadScript(f"{step.place}: nothing is known of {step.verb}")
    return look
