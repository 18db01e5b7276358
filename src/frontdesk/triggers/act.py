"""Does what a rule asks for: one function an action, each gives what it did."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from frontdesk.conversations.handover import take_over
from frontdesk.messaging.cause import caused_by
from frontdesk.messaging.events import emit
from frontdesk.notifications.actions import Alert, notify
from frontdesk.triggers import act_desk
from frontdesk.triggers.act_desk import for_staff
from frontdesk.triggers.act_stay import ask_payment, note_booking, offer_addon
from frontdesk.triggers.act_survey import start_survey
from frontdesk.triggers.moment import Doing
from frontdesk.triggers.rules import judge
from frontdesk.triggers.saying import Said, say
from frontdesk.triggers.words import with_buttons, worded

Told = dict[str, Any]


async def act(doing: Doing) -> Told:
    """Do one action; what it causes knows which rules stand behind it. Raises why it cannot."""
    moment = doing.moment
    with caused_by(doing.session, [*moment.event.chain, str(moment.trigger.id)]):
        told = await ACTS[doing.action["type"]](doing)
        await doing.session.flush()
    return told


async def _send_message(doing: Doing) -> Told:
    action, hotel = doing.action, doing.hotel
    _ = doing.chat
    own = (hotel.language, hotel.currency, hotel.timezone, hotel.name)
    wording = worded(action, doing.facts, hotel=own)
    buttons = [
        {"id": f"say:{doing.step.id}:{at}", "text": button["text"]}
        for at, button in enumerate(action.get("buttons", ()))
    ]
    text = with_buttons(wording.text, buttons)
    message = await say(doing, Said(text, buttons), language=wording.language)
    return {"language": wording.language, "message_id": str(message.id)}


async def _notify(doing: Doing) -> Told:
    action, trigger = doing.action, doing.moment.trigger
    chat = doing.subject.conversation
    alert = Alert(
        kind="trigger",
        priority=int(action.get("priority", 50)),
        title=for_staff(doing, str(action.get("title") or trigger.name), unknown="?")[:200],
        body=for_staff(doing, str(action.get("text") or trigger.name), unknown="?"),
        dedupe_key=doing.key,
        conversation_id=chat.id if chat else None,
        depth=doing.depth,
    )
    await notify(doing.session, doing.hotel.id, alert, now=doing.now)
    return {}


async def _hand_over(doing: Doing) -> Told:
    reason = str(doing.action.get("reason", "trigger"))
    chat, by, now, depth = doing.chat, doing.by, doing.now, doing.depth
    await take_over(doing.session, chat.id, by=by, reason=reason, now=now, depth=depth)
    return {}


async def _webhook(doing: Doing) -> Told:
    """The hotel's webhooks carry it as they carry every event."""
    told = {
        "name": doing.action["name"],
        "trigger_id": str(doing.moment.trigger.id),
        "trigger": doing.moment.trigger.name,
        "event_id": str(doing.moment.event.id),
        "event": doing.moment.event.event_type,
        "payload": doing.moment.event.payload,
    }
    about = doing.moment.event.aggregate_id
    await emit(doing.session, doing.hotel.id, "rule.called", about, told, depth=doing.depth)
    return {}


async def _branch(doing: Doing) -> Told:
    """The steps that it chose come right after it."""
    held, reasons = judge(doing.action["conditions"], doing.facts)
    chose = "then" if held else "otherwise"
    return {"chose": chose, "reasons": reasons}


ACTS: Mapping[str, Callable[[Doing], Awaitable[Told]]] = {
    "send_message": _send_message,
    "notify_staff": _notify,
    "tag": act_desk.tag,
    "label": act_desk.tag,
    "set_status": act_desk.set_status,
    "set_priority": act_desk.set_priority,
    "snooze": act_desk.snooze,
    "assign": act_desk.assign,
    "open_task": act_desk.open_task,
    "hand_over": _hand_over,
    "webhook": _webhook,
    "branch": _branch,
    "offer_addon": offer_addon,
    "booking_note": note_booking,
    "payment_link": ask_payment,
    "survey": start_survey,
}
