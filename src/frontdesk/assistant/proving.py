"""A guest from another number says who they are; what that opens is reading, never writing.

A code and a surname stand in every confirmation that is printed, forwarded or left on a desk. Who
reads a stranger's stay has read it; who cancels or moves it has cost somebody a room and a fee that
no second message takes back. Who booked from this number, or was sent the portal's link, acts
alone; for everybody else staff do, and see who asks.
"""

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.reply import join
from frontdesk.assistant.states import State
from frontdesk.assistant.stay_lines import lines_of
from frontdesk.assistant.values import Handover
from frontdesk.bookings.proofs import prove
from frontdesk.kit.clock import local_day


async def prove_it(acting: Acting) -> Done:
    scene, voice = acting.scene, acting.voice
    code, names = acting.heard.code, acting.heard.names
    asking = State(stage="identifying")
    if code is None or not names:
        return Done((voice.say("no_booking"),), asking)
    today = local_day(scene.now, scene.hotel.zone)
    async with acting.db.hotel(scene.hotel.id) as session:
        proof = await prove(
            session,
            scene.hotel.id,
            scene.conversation_id,
            (code, names),
            fold=fold,
            today=today,
            now=scene.now,
        )
    if proof.booking is not None:
        lines = await lines_of(acting, [proof.booking], numbered=False)
        return Done((join([voice.say("proved"), *lines]),), State())
    if not proof.locked:
        return Done((voice.say("proof_failed"),), asking)
    alarm = Handover("identity_locked", 70, "wrong_codes") if proof.just_locked else None
    return Done((voice.say("proof_locked"),), State(), alarm)
