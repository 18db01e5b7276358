"""What to do next: a pure function of the dialogue's state and a reading. The table of the talk."""

from dataclasses import replace

from frontdesk.assistant.correcting import corrected, merge
from frontdesk.assistant.heard import NOTHING, Heard
from frontdesk.assistant.picking import picked
from frontdesk.assistant.states import (
    ASKED,
    NO,
    PICKS,
    TALKING,
    TAPS,
    YES,
    Plan,
    State,
    Step,
)
from frontdesk.assistant.values import Intent, Reading, Sentiment, StayAsk, Urgency

ANGRY = -0.6
SURE = 0.62
"""Of an intent that is found by likeness alone; less is a guess."""
GUESS = 0.45
GUESSES = frozenset({Intent.QUESTION, Intent.OUTSIDE, Intent.OTHER, Intent.MY_BOOKING})
"""What a message that asks for nothing is easily taken for."""
DOUBTFUL = frozenset({Intent.OUTSIDE, Intent.OTHER, Intent.MY_BOOKING})
LITTLE = 4
"""Words."""


def decide(
    state: State, reading: Reading, *, text: str, choice: str | None, heard: Heard = NOTHING
) -> Plan:
    """Danger and anger first, then an answer to what was asked, then a new wish."""
    first = _first(state, reading, choice, heard)
    if first is not None:
        return first
    if _wishes(reading, heard):
        reading = replace(reading, intent=Intent.FIND_ROOM)
    if heard.kinds and state.stage in TALKING:
        state = replace(state, kinds=heard.kinds)
    answered = _answered(state, reading, text, choice, heard)
    if answered is not None:
        return answered
    return _wished(state, reading, heard)


VAGUE = (Intent.REQUEST, Intent.OTHER, Intent.GREETING, Intent.THANKS)


def _wishes(reading: Reading, heard: Heard) -> bool:
    """Dates and people together are a wish for a room; "for one person" asks for no human."""
    dated, people = reading.stay.arrival is not None, reading.stay.adults is not None
    if reading.intent is Intent.PERSON:
        return dated
    if heard.change or not dated:
        return False
    whole = reading.stay.departure is not None
    aside = reading.intent is Intent.OUTSIDE and (people or whole) and reading.confidence < SURE
    return aside or (reading.intent in VAGUE and people)


def _first(state: State, reading: Reading, choice: str | None, heard: Heard) -> Plan | None:
    """What goes before everything that is being talked about."""
    if reading.emergency is not None:
        return Plan(Step.EMERGENCY, state)
    if choice is not None and (plan := _tapped(state, choice)) is not None:
        return plan
    if heard.injected:
        return Plan(Step.OUTSIDE, state)
    haggles = heard.cheap and state.stage in TALKING
    if state.stage == "identifying" and heard.code and _calm(reading):
        return None if heard.topic is None else Plan(Step.DELICATE, state)
    if angry(reading) and not haggles and not _plainly_asks(reading, heard):
        return Plan(Step.COMPLAINT, state)
    return None if heard.topic is None else Plan(Step.DELICATE, state)


def _plainly_asks(reading: Reading, heard: Heard) -> bool:
    """An errand without a bad word in it is no complaint, whatever its mood seems to be."""
    errand = heard.change or heard.late_out or heard.waitlist or heard.addon or heard.at
    return bool(errand) and _calm(reading)


def _calm(reading: Reading) -> bool:
    """Nothing in the words themselves is angry: a code and a surname are read as anything."""
    return not reading.sentiment_words and reading.urgency is Urgency.NORMAL


def angry(reading: Reading) -> bool:
    if reading.intent is Intent.COMPLAINT:
        return True
    hurt = reading.sentiment is Sentiment.NEGATIVE and reading.sentiment_score <= ANGRY
    return hurt and (bool(reading.sentiment_words) or reading.urgency is not Urgency.NORMAL)


def _tapped(state: State, choice: str) -> Plan | None:
    """Button ids are ours: `verb:id`. One of an older menu is nothing."""
    verb, _, subject = choice.partition(":")
    if verb == "room" and subject in state.choices:
        return Plan(Step.QUOTE, state, subject)
    if verb == "person":
        return Plan(Step.PERSON, state)
    step, stages = TAPS.get(verb, (None, ()))
    if step is not None and subject and subject == state.subject and state.stage in stages:
        return Plan(step, state, subject)
    return None


def _answered(
    state: State, reading: Reading, text: str, choice: str | None, heard: Heard
) -> Plan | None:
    """Whether the message answers our last question."""
    at = picked(text, len(state.choices), state.names) if state.stage in PICKS else None
    if at is not None:
        return Plan(PICKS[state.stage], state, state.choices[at])
    if heard.off and state.stage in TALKING:
        return _no(state)
    if heard.cheap and state.stage in ("offered", "confirming") and reading.stay == StayAsk():
        return Plan(Step.CHEAPEST, state)
    mine = reading.intent is Intent.MY_BOOKING and heard.asks and reading.stay == StayAsk()
    if (heard.which or mine) and state.stage in ("offered", "confirming") and not heard.own:
        return Plan(Step.ANSWER, state)
    if state.stage in ASKED and text.strip(" .)#").isdecimal():
        return Plan(Step.YES_OR_NO, state)  # a number is no yes; the question still stands
    if choice is not None and reading.intent in (Intent.YES, Intent.NO) and state.stage in ASKED:
        return Plan(Step.OLD_BUTTON, state)  # it answers another question than the one that stands
    return (
        _plainly(state, reading, heard)
        or _continued(state, reading, heard)
        or _unclear(state, reading, heard, text)
    )


def _plainly(state: State, reading: Reading, heard: Heard) -> Plan | None:
    """A word or two that say yes, no or not yet, and nothing of a stay."""
    dated = replace(reading.stay, adults=None, children=None) != StayAsk()
    if heard.thinking and not dated and state.stage in TALKING and not heard.asks:
        return Plan(Step.WAIT_FOR_THEM, state)  # "with my husband" says whom they ask
    if reading.stay != StayAsk():
        return None
    other = heard.change or heard.cancel or heard.addon or heard.kinds or heard.code or heard.own
    intent = Intent.YES if heard.agrees and not other else reading.intent
    return None if heard.change else _yes_or_no(state, intent)


def _unclear(state: State, reading: Reading, heard: Heard, text: str) -> Plan | None:
    """Hardly understood, with a question of ours open: it stands, and is asked again."""
    bar = SURE if reading.intent in DOUBTFUL else GUESS
    said = heard.own or heard.cancel or heard.change or heard.addon or heard.wants
    doubtful = reading.confidence < bar and not said
    if state.stage == "collecting" and _little(text) and not (said or heard.asks):
        guessed = reading.intent is Intent.CHANGE_BOOKING and reading.confidence < SURE
        return _next_for(state, None) if guessed or reading.intent in DOUBTFUL else None
    if not doubtful or state.stage not in ("offered", "confirming"):
        return None
    if heard.asks:
        return Plan(Step.ANSWER, state)
    return Plan(Step.OFFER if state.stage == "offered" else Step.YES_OR_NO, state)


def _little(text: str) -> bool:
    """A name, a scrap: nothing that a wish could be told from."""
    return len(text.split()) <= LITTLE and len(text) <= LITTLE * 10


def _continued(state: State, reading: Reading, heard: Heard) -> Plan | None:
    """More of what is being talked about."""
    if state.stage == "identifying" and heard.code:
        return Plan(Step.PROVE, state)
    if state.stage in ("what_change", "changing") and _about_change(reading, heard):
        return Plan(Step.SHOW_CHANGE, _wanting(state, reading, heard), state.about)
    if state.stage in TALKING and _about_stay(state, reading, heard):
        return _next_for(replace(state, stay=corrected(state.stay, reading, heard)), reading)
    names = heard.kinds and (not _new_errand(reading, heard) or _guessed(reading, heard))
    if state.stage in ("offered", "confirming") and names:
        return _next_for(state, reading)
    return None


def _guessed(reading: Reading, heard: Heard) -> bool:
    """“With a balcony”: a question by likeness alone, and nothing in it asks."""
    return reading.confidence < SURE and not heard.asks and not heard.own


def _new_errand(reading: Reading, heard: Heard) -> bool:
    """A booking that nobody named is a guess: “sorry, I forgot one child” cancels none."""
    if reading.intent in (Intent.CANCEL_BOOKING, Intent.MY_BOOKING):
        return heard.own or heard.cancel or reading.confidence >= SURE
    return reading.intent is Intent.QUESTION


def _about_change(reading: Reading, heard: Heard) -> bool:
    if heard.cancel or reading.intent in (Intent.QUESTION, Intent.PERSON):
        return False
    counted = heard.one_more or heard.days or heard.nights
    return reading.stay != StayAsk() or bool(heard.kinds) or bool(counted)


def _wanting(state: State, reading: Reading, heard: Heard) -> State:
    """What shall be different about a booking, as this message says it."""
    stay = replace(reading.stay, adults=1) if heard.one_more else reading.stay
    if heard.nights and stay.nights is None and stay.arrival is None and stay.departure is None:
        stay = replace(stay, nights=heard.nights)
    more, shift, moved = heard.more, heard.shift, heard.moved
    wanted = replace(state, stay=stay, kinds=heard.kinds, shift=shift, moved=moved)
    wanted = replace(wanted, days=heard.days, leaving=heard.leaving)
    return replace(wanted, more=1 if heard.one_more else more)


def _yes_or_no(state: State, intent: Intent) -> Plan | None:
    """A plain yes or no to what the stage asks; a yes with other dates is not one."""
    if intent is Intent.YES:
        step = YES.get(state.stage)
        if state.stage == "offered":
            meant = state.subject if state.subject in state.choices else None
            only = state.choices[0] if len(state.choices) == 1 else meant
            # yes, but which one
            return Plan(Step.OFFER, state) if only is None else Plan(Step.QUOTE, state, only)
        if state.stage == "collecting":
            return _next_for(state, None)
        return None if step is None else Plan(step, state, state.subject)
    if intent is Intent.NO and state.stage in NO:
        return _no(state)
    return Plan(Step.DROP, state) if _drops(state, intent) else None


def _drops(state: State, intent: Intent) -> bool:
    return intent is Intent.START_OVER and state.stage == "confirming"


def _no(state: State) -> Plan:
    step = NO.get(state.stage, Step.ANYTHING)
    return Plan(step, State() if step is Step.ANYTHING else state)


def _about_stay(state: State, reading: Reading, heard: Heard) -> bool:
    """Other dates for a stay that is on offer are a change of the wish, not of a booking."""
    dated = state.stay.arrival is not None and state.stay.departure is not None
    if dated and (heard.days or heard.nights or heard.between):
        return (not _new_errand(reading, heard) or reading.confidence < SURE) and not heard.own
    if state.stay.adults is not None and heard.one_more:
        return not heard.own
    if reading.stay == StayAsk():
        return False
    if reading.intent is Intent.CHANGE_BOOKING:
        return not heard.own
    return not _new_errand(reading, heard)


def _wished(state: State, reading: Reading, heard: Heard) -> Plan:
    errand = _errand(state, reading, heard)
    if errand is not None:
        return errand
    if reading.later and reading.intent in GUESSES and not heard.asks:
        return Plan(Step.WAIT_FOR_THEM if heard.thinking else Step.ANYTHING, state)
    if reading.intent is Intent.FIND_ROOM:
        kinds = heard.kinds or (state.kinds if state.stage in TALKING else ())
        wish = replace(state, stay=merge(_kept(state), reading.stay), kinds=kinds)
        return _next_for(wish, reading)
    steps = {
        Intent.PERSON: Step.PERSON,
        Intent.STOP: Step.STOP,
        Intent.START: Step.START,
        Intent.CANCEL_BOOKING: Step.FIND_CANCEL,
        Intent.MY_BOOKING: Step.MY_BOOKINGS,
        Intent.CHANGE_BOOKING: Step.FIND_CHANGE,
        Intent.REQUEST: Step.REQUEST,
        Intent.GREETING: Step.GREET,
        Intent.THANKS: Step.THANK,
        Intent.GOODBYE: Step.BYE,
        Intent.START_OVER: Step.START_OVER,
        Intent.OUTSIDE: Step.OUTSIDE,
        Intent.QUESTION: Step.ANSWER,
        Intent.YES: Step.ANYTHING,
        Intent.NO: Step.ANYTHING,
    }
    if reading.intent is Intent.OUTSIDE and reading.confidence < SURE:
        return Plan(Step.ANSWER, state)  # who asks a hotel is rarely sent away on a guess
    return Plan(steps.get(reading.intent, Step.ANSWER), state)


def _errand(state: State, reading: Reading, heard: Heard) -> Plan | None:
    """Something about a stay that there is already, or about waiting for one."""
    if heard.cancel or reading.intent in (Intent.PERSON, Intent.STOP, Intent.START):
        return None
    if (shown := _shows_own(reading, heard)) is not None:
        return Plan(shown, state)
    if heard.waitlist:
        return Plan(Step.ASK_WAIT, replace(state, stay=merge(_kept(state), reading.stay)))
    if heard.late_out:
        return Plan(Step.LATE_OUT, state)
    if heard.at is not None and reading.intent is not Intent.FIND_ROOM:
        return Plan(Step.NOTE_ARRIVAL, state)
    staying = reading.intent is Intent.FIND_ROOM and (reading.stay.arrival or heard.room)
    if heard.addon is not None and not staying:
        return Plan(Step.ASK_ADDON, replace(state, count=reading.stay.adults or 0))
    if heard.change or reading.intent is Intent.CHANGE_BOOKING:
        return Plan(Step.FIND_CHANGE, _wanting(state, reading, heard))
    return None


def _shows_own(reading: Reading, heard: Heard) -> Step | None:
    """What the guest has with us already, in the chat or on their page."""
    if reading.intent is Intent.FIND_ROOM:
        return None
    if heard.code is not None and heard.names:
        return Step.MY_BOOKINGS
    return Step.LINK if heard.link else None


def _kept(state: State) -> StayAsk:
    """A wish that is still being talked about goes on; an old one does not come back."""
    return state.stay if state.stage in TALKING else StayAsk()


def _next_for(state: State, reading: Reading | None) -> Plan:
    """Ask for the first thing that is missing, or look for rooms."""
    collecting = replace(state, stage="collecting", choices=(), names=(), subject=None)
    if reading is not None and any(span.ambiguous for span in reading.dates):
        return Plan(Step.ASK_WHICH_DAY, collecting)
    if state.stay.arrival is None:
        return Plan(Step.ASK_DATES, collecting)
    if state.stay.departure is None:
        return Plan(Step.ASK_NIGHTS, collecting)
    if state.stay.adults is None:
        return Plan(Step.ASK_GUESTS, collecting)
    return Plan(Step.OFFER, collecting)
