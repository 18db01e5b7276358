"""What cancelling costs: of the quote that stands, or of the guest's own coming stays."""

from datetime import datetime
from typing import Any
from uuid import UUID

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.own_stays import own_stays
from frontdesk.assistant.reply import Draft, Voice, join
from frontdesk.assistant.stay_lines import lines_of
from frontdesk.bookings import queries
from frontdesk.bookings.rules import cancellation_fee


def terms_of(voice: Voice, policy: dict[str, Any], now: datetime) -> str:
    """An hour that is past is no promise."""
    fee = voice.money(policy["fee"])
    if cancellation_fee(policy, now) > 0:
        return voice.say("terms_late", fee=fee).text
    return voice.say("terms_free", until=voice.instant(policy["free_until"]), fee=fee).text


async def own_terms(acting: Acting) -> Done | None:
    """As they were agreed, or are about to be; None where there is nothing to cancel."""
    voice, now, state = acting.voice, acting.scene.now, acting.state
    if state.stage == "confirming" and state.subject:
        async with acting.db.hotel(acting.scene.hotel.id) as session:
            quote = await queries.quote(session, UUID(state.subject))
        said = terms_of(voice, quote.policy, now)
        return Done((Draft(said, (said,), sources=(f"quote:{quote.id}",)),), state)
    stays = await own_stays(acting)
    if not stays:
        return None
    told: list[Draft] = []
    lines = await lines_of(acting, stays, numbered=False)
    for line, stay in zip(lines, stays, strict=True):
        said = terms_of(voice, stay.policy, now)
        told += [line, Draft(said, (said,), sources=line.sources)]
    return Done((join(told),), state)
