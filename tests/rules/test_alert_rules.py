"""Shifts over DST nights, quiet times, preferences, digests and causes: pure rules."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontdesk.conversations.escalation import (
    ALWAYS,
    DEFAULTS,
    Cause,
    Setting,
    Signs,
    evidence,
    judge,
    led_nowhere,
    repeats,
)
from frontdesk.notifications.rules import (
    Level,
    Period,
    channels_for,
    next_shift,
    next_time,
    on_shift,
    preferred,
    quiet_until,
    risen,
    sooner,
)
from frontdesk.notifications.words import BadTemplate, checked

MADRID = "Europe/Madrid"
NIGHT = Period(5, "22:00", "06:00")  # Saturday into Sunday


def at(text: str, zone: str = MADRID, *, fold: int = 0) -> datetime:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return local.astimezone(UTC)


def test_a_night_shift_is_as_long_as_the_clock_shows_over_both_dst_nights() -> None:
    spring = [at("2026-03-28T21:59"), at("2026-03-28T22:00"), at("2026-03-29T05:59")]
    assert [on_shift([NIGHT], t, MADRID) for t in spring] == [False, True, True]
    assert not on_shift([NIGHT], at("2026-03-29T06:00"), MADRID)
    assert at("2026-03-29T06:00") - at("2026-03-28T22:00") == timedelta(hours=7)
    again = at("2026-10-25T02:30", fold=1)  # the second half past two
    assert again - at("2026-10-25T02:30") == timedelta(hours=1)
    assert on_shift([NIGHT], again, MADRID)
    assert at("2026-10-25T06:00") - at("2026-10-24T22:00") == timedelta(hours=9)


clock = st.integers(0, 1439).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")
periods = st.lists(
    st.builds(Period, weekday=st.integers(0, 6), starts=clock, ends=clock), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(periods, st.integers(0, 14 * 24 * 60), st.sampled_from(["2026-03-23", "2026-10-19"]))
def test_who_is_on_shift_is_what_the_wall_clock_says_in_a_dst_week(
    week: list[Period], minute: int, monday: str
) -> None:
    now = datetime.fromisoformat(monday).replace(tzinfo=UTC) + timedelta(minutes=minute)
    local = now.astimezone(ZoneInfo(MADRID))
    ours = local.weekday() * 1440 + local.hour * 60 + local.minute
    by_hand = False
    for p in week:
        begins, ends = (int(c[:2]) * 60 + int(c[3:]) for c in (p.starts, p.ends))
        length = (ends - begins) % 1440 or 1440
        since = (ours - (p.weekday * 1440 + begins)) % (7 * 1440)
        by_hand = by_hand or since < length
    assert on_shift(week, now, MADRID) == by_hand
    coming = next_shift(week, now, MADRID)
    assert coming is not None
    assert now < coming <= now + timedelta(days=8)


def test_without_shifts_one_is_always_on_and_the_next_one_is_named() -> None:
    assert on_shift([], at("2026-11-21T03:00"), MADRID)
    day = [Period(0, "07:00", "15:00")]
    assert next_shift(day, at("2026-11-21T12:00"), MADRID) == at("2026-11-23T07:00")
    assert next_shift([], at("2026-11-21T12:00"), MADRID) is None


def test_quiet_time_ends_by_the_hotels_clock_and_digests_come_next() -> None:
    now = at("2026-11-21T23:30")
    assert quiet_until("22:00", "07:00", now, MADRID) == at("2026-11-22T07:00")
    assert quiet_until("22:00", "07:00", at("2026-11-22T07:00"), MADRID) is None
    assert quiet_until("13:00", "15:00", at("2026-11-21T14:59"), MADRID) == at("2026-11-21T15:00")
    assert quiet_until(None, "07:00", now, MADRID) is None
    assert next_time(["09:00", "18:00"], now, MADRID) == at("2026-11-22T09:00")
    assert next_time([], now, MADRID) is None


def test_the_kinds_own_preference_goes_before_any_and_urgent_comes_anyhow() -> None:
    wishes = [
        {"kind": "*", "channels": ["email"]},
        {"kind": "*", "min_priority": 80, "channels": ["whatsapp"]},
        {"kind": "request", "channels": []},
    ]
    assert preferred(wishes, "complaint", 50) == ("email",)
    assert preferred(wishes, "complaint", 80) == ("whatsapp",)
    assert preferred(wishes, "request", 95) == ()
    assert preferred([], "request", 95) is None
    has = ["whatsapp", "email", "apprise"]
    assert channels_for(Level(), None, has, urgent=False) == ("whatsapp",)
    assert channels_for(Level(channels=("email", "apprise")), None, has, urgent=False) == (
        "email",
        "apprise",
    )
    assert channels_for(Level(), (), has, urgent=False) == ()
    assert channels_for(Level(), (), has, urgent=True) == ("whatsapp",)
    assert channels_for(Level(channels=("email",)), ("whatsapp",), has, urgent=False) == ()


def test_told_again_it_presses_more_and_comes_sooner() -> None:
    now = at("2026-11-21T12:00")
    assert (risen(80, 50), risen(80, 95), risen(98, 98)) == (85, 95, 100)
    assert sooner(now + timedelta(minutes=10), now) == now + timedelta(minutes=5)
    assert sooner(now - timedelta(minutes=1), now) == now - timedelta(minutes=1)


@pytest.mark.parametrize(
    "bad", ["{guest}", "{title.x}", "{title!r}", "{0}", "{title:>9}", "{", "{}"]
)
def test_a_template_says_only_what_there_is(bad: str) -> None:
    assert checked("{title}: {body} {{ok}}")
    with pytest.raises(BadTemplate):
        checked(bad)


def causes(signs: Signs, **own: Setting) -> list[str]:
    return [
        str(f.cause) for f in judge(signs, {**DEFAULTS, **{Cause(k): v for k, v in own.items()}})
    ]


def test_each_cause_speaks_at_its_threshold_and_not_below() -> None:
    assert causes(Signs()) == []
    assert causes(Signs(sentiment=-0.6)) == ["sentiment"]
    assert causes(Signs(sentiment=-0.59)) == []
    assert causes(Signs(sentiment=-0.3), sentiment=Setting(-0.3, "tell", 50)) == ["sentiment"]
    assert causes(Signs(urgency=0.5)) == ["urgency"]
    assert causes(Signs(urgency=0.5), urgency=Setting(1, "tell", 85)) == []
    assert causes(Signs(repeats=3)) == ["repeated_question"]
    assert causes(Signs(repeats=3), repeated_question=Setting(4, "tell", 50)) == []
    assert causes(Signs(failures=3)) == ["failed_action"]
    assert causes(Signs(confidence=0.29)) == ["low_confidence"]
    assert causes(Signs(gap=True)) == ["low_confidence"]
    assert causes(Signs(vip=True, errand=True)) == ["vip"]
    assert causes(Signs(vip=True, sentiment=-0.1)) == []
    assert causes(Signs(in_house=True, hour=23, errand=True)) == ["in_house_at_night"]
    assert causes(Signs(in_house=True, hour=12, errand=True)) == []
    assert causes(Signs(reason="money")) == ["policy"]
    assert causes(Signs(reason="failed")) == ["failed_action"]
    assert causes(Signs(reason="identity_locked")) == []  # told; the bot goes on and says so


def test_what_is_always_on_speaks_though_it_were_switched_off() -> None:
    off = {str(c): Setting(s.threshold, s.action, s.priority, False) for c, s in DEFAULTS.items()}
    whole = Signs("asked_for_person", 0.1, True, -1, 1, 9, 9, True, True, 23, True)
    assert set(causes(whole, **off)) == {str(c) for c in ALWAYS} - {"policy"}
    assert causes(Signs(reason="legal"), **off) == ["policy"]


def test_the_same_question_is_known_by_its_words_and_small_talk_is_none() -> None:
    asked = ["What time is breakfast served?", "is breakfast served, what time??", "A taxi please"]
    assert repeats("What time is breakfast served", asked) == 3
    assert repeats("Hello", ["Hello", "Hello", "hello"]) == 1
    stuck = {"stage": "collecting", "stay": {"adults": 2}}
    assert led_nowhere(stuck, stuck, ["ask_dates"])
    assert not led_nowhere(stuck, {**stuck, "stay": {"adults": 3}}, ["ask_dates"])
    assert not led_nowhere(stuck, stuck, ["answer"])


def test_what_was_only_heard_is_not_told_as_if_it_had_been_counted() -> None:
    """A handover at one of three says why: the words called, and no measure."""
    cause = Cause.REPEATED_QUESTION
    heard = evidence(judge(Signs(repeats=1, called=frozenset({cause}))))
    assert heard == {cause: {"measured": 1, "threshold": 3, "heard": True}}
    assert evidence(judge(Signs(repeats=3))) == {cause: {"measured": 3, "threshold": 3}}
