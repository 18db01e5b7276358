"""The steps that only speak, and those that call somebody."""

from dataclasses import replace

from frontdesk.assistant.acting import Acting, Done
from frontdesk.assistant.reply import Voice
from frontdesk.assistant.states import State, Step, load
from frontdesk.assistant.values import Handover, Reading, Scene

UNSEEN = frozenset({"image", "video", "audio", "document", "sticker", "contacts", "location"})
PLAIN = {
    Step.STOP: "stopped",
    Step.START: "greeting",
    Step.ASK_DATES: "ask_dates",
    Step.ASK_GUESTS: "ask_guests",
    Step.KEEP: "kept",
    Step.GREET: "greeting",
    Step.THANK: "thanks",
    Step.BYE: "goodbye",
    Step.START_OVER: "start_over",
    Step.OUTSIDE: "outside",
    Step.YES_OR_NO: "yes_or_no",
    Step.WAIT_FOR_THEM: "take_your_time",
    Step.OLD_BUTTON: "old_button",
}


def without_words(scene: Scene, voice: Voice) -> Done | None:
    """A burst of pictures, voice notes or undelivered messages: a person has to look."""
    kinds = {u.kind for u in scene.unread if not u.text.strip()}
    if any(u.text.strip() for u in scene.unread) or any(u.choice_id for u in scene.unread):
        return None
    state = load(scene.state)
    if "undelivered" in kinds:
        return Done((voice.say("resend"),), state)
    if kinds <= UNSEEN | {"unknown"}:
        handover = Handover("cannot_see", 40, "cannot_see")
        return Done((voice.say("cannot_see"),), state, handover)
    return Done((voice.say("anything"),), state)


def say(acting: Acting, reading: Reading) -> Done:
    """The steps that only speak, and those that call somebody."""
    scene, voice, state, step = acting.scene, acting.voice, acting.state, acting.plan.step
    number = scene.hotel.emergency_number
    words = acting.said or scene.unread[-1].text
    match step:
        case Step.EMERGENCY:
            called = Handover("emergency", 100, f"danger_{reading.emergency}", words)
            draft = voice.say(f"emergency_{reading.emergency}", number=number)
            return Done((draft,), State(), called, hold_bot=True)
        case Step.COMPLAINT:
            called = Handover("complaint", 80, "unhappy", words)
            return Done((voice.say("complaint"),), State(), called, hold_bot=True)
        case Step.DELICATE:
            topic = acting.heard.topic or "money"
            called = Handover(topic, 70, "policy", words)
            return Done((voice.say("calling_person"),), State(), called, hold_bot=True)
        case Step.PERSON:
            called = Handover("asked_for_person", 60, "person", words)
            return Done((voice.say("calling_person"),), State(), called, hold_bot=True)
        case Step.REQUEST:
            called = Handover("request", 50, "request", words)
            return Done((voice.say("request_passed"),), state, called)
        case Step.ASK_WHICH_DAY:
            span = next(s for s in reading.dates if s.ambiguous)
            other = voice.day(span.ambiguous or span.start)
            draft = voice.say("ask_which_day", a=voice.day(span.start), b=other)
            return Done((draft,), _undated(state))
        case Step.ASK_NIGHTS if state.stay.arrival:
            draft = voice.say("ask_nights", arrival=voice.day(state.stay.arrival))
            return Done((draft,), state)
        case _:
            over = step in (Step.START_OVER, Step.KEEP, Step.ANYTHING)
            fresh = State() if over else state
            return Done((voice.say(_plainly(step, state)),), fresh)


def _plainly(step: Step, state: State) -> str:
    """Who told of their children is asked for the others only."""
    alone = step is Step.ASK_GUESTS and state.stay.children
    return "ask_adults" if alone else PLAIN.get(step, "anything")


def _undated(state: State) -> State:
    return replace(state, stay=replace(state.stay, arrival=None, departure=None))
