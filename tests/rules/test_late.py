"""The truth table of lateness: same-day, back-dated and imported stays, and machines that stood."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from frontdesk.kit.open_hours import due_when_open
from frontdesk.triggers.late import STALE, Due, too_late
from frontdesk.triggers.moments import BadMoment, Moment, check_moment

MADRID = ZoneInfo("Europe/Madrid")
DUE = datetime(2026, 7, 1, 8, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EARLY, LATE = DUE - DAY, DUE + HOUR
"""When the stay became known: before its moment, or after (same day, back-dated, imported)."""
UNTIL, OVER = DUE + 9 * HOUR, DUE - 9 * HOUR
OFFICE = {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "opens": "09:00", "closes": "18:00"}


@pytest.mark.parametrize(
    ("rule", "known", "until", "after", "sent"),
    [
        ("skip", EARLY, None, HOUR * 0, True),
        ("skip", EARLY, None, STALE, True),  # the machines stood still for a day
        ("skip", EARLY, None, STALE + HOUR, False),
        ("skip", LATE, None, HOUR, False),  # booked on the same day
        ("skip", LATE, None, 30 * DAY, False),  # back-dated
        ("send", LATE, None, HOUR, True),
        ("send", LATE, None, 30 * DAY, True),  # imported: the rule says send all the same
        ("send", EARLY, None, STALE + HOUR, False),
        ("until", EARLY, UNTIL, HOUR, True),
        ("until", EARLY, UNTIL, 9 * HOUR, False),
        ("until", LATE, UNTIL, HOUR, True),
        ("until", LATE, UNTIL, 9 * HOUR, False),
        ("until", LATE, OVER, HOUR, False),  # it had been of no use when it was due
        ("until", LATE, None, HOUR, False),  # it has no such moment: nobody arrived
        ("until", EARLY, None, HOUR, True),
    ],
)
def test_what_is_late_goes_out_as_its_rule_says(
    rule: str, known: datetime, until: datetime | None, after: timedelta, *, sent: bool
) -> None:
    why = too_late({"late": rule}, Due(DUE, known, until), DUE + after)
    assert (why is None) is sent
    assert why is None or {"late", "due_at", "known_at", "now"} <= why.keys()


@pytest.mark.parametrize(
    ("since", "minutes", "due"),
    [
        ("2026-07-01T10:00", 30, "2026-07-01T10:30"),
        ("2026-07-01T17:45", 30, "2026-07-02T09:15"),  # over the night
        ("2026-07-03T17:45", 30, "2026-07-06T09:15"),  # over the weekend
        ("2026-07-04T12:00", 1, "2026-07-06T09:01"),
        ("2026-07-01T03:00", 540, "2026-07-01T18:00"),
        ("2026-10-23T17:00", 120, "2026-10-26T10:00"),  # over the night on which clocks change
    ],
)
def test_only_open_hours_count(since: str, minutes: int, due: str) -> None:
    told, wanted = (datetime.fromisoformat(at).replace(tzinfo=MADRID) for at in (since, due))
    found = due_when_open(told.astimezone(UTC), minutes, OFFICE, "Europe/Madrid")
    assert found == wanted.astimezone(UTC)


@pytest.mark.parametrize(
    ("event", "moment"),
    [
        ("hotel.moment", {"anchor": "arrival", "at": "09:00"}),
        ("stay.moment", {"anchor": "calendar"}),
        ("stay.moment", {"anchor": "calendar", "at": "09:00", "days": 1}),
        ("stay.moment", {"anchor": "arrival", "at": "09:00", "weekdays": ["mon"]}),
        ("conversation.moment", {"anchor": "no_reply", "minutes": 5, "at": "09:00"}),
        ("conversation.moment", {"anchor": "no_reply", "open": OFFICE}),
        ("stay.moment", {"anchor": "payment_due", "minutes": 5, "open": OFFICE}),
    ],
)
def test_a_moment_that_can_never_be_is_refused(event: str, moment: dict) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic's or ours
        check_moment(event, Moment.model_validate(moment).model_dump())


def test_what_can_be_is_taken() -> None:
    for event, said in (
        ("hotel.moment", {"anchor": "calendar", "at": "09:00", "weekdays": ["mon", "thu"]}),
        ("stay.moment", {"anchor": "calendar", "at": "18:00"}),
        ("stay.moment", {"anchor": "payment_due", "minutes": -60}),
        ("conversation.moment", {"anchor": "no_reply", "minutes": 30, "open": OFFICE}),
    ):
        check_moment(event, Moment.model_validate(said).model_dump())
    assert issubclass(BadMoment, ValueError)
