"""When a guest says that they arrive, as people say times in fourteen languages."""

import pytest

from frontdesk.assistant.heard import hear

SAID = """
we will arrive at 15:00 | 15:00
we'll be there around 3 pm | 15:00
arriving at 3pm | 15:00
we arrive at half past three | 15:30
we'll get in about 10:30 pm | 22:30
arriving late, around midnight | 00:00
we arrive at noon | 12:00
llegamos a las 15:00 | 15:00
llegaremos sobre las 3 de la tarde | 15:00
llegamos a las tres y media | 15:30
llegamos a las 10 de la noche | 22:00
wir kommen gegen 15 Uhr an | 15:00
wir kommen um 15:30 Uhr | 15:30
Ankunft gegen halb vier | 15:30
nous arriverons vers 15h | 15:00
on arrive à 15h30 | 15:30
arrivée vers 10 heures du soir | 22:00
arriviamo alle 15 | 15:00
arriveremo verso le 3 del pomeriggio | 15:00
arriviamo alle 22:30 | 22:30
chegamos às 15h | 15:00
chegaremos por volta das 22:00 | 22:00
we komen om 15 uur aan | 15:00
aankomst rond half vier | 15:30
приедем в 15:00 | 15:00
мы приедем около 3 часов дня | 15:00
приедем в 10 вечера | 22:00
saat 15:00'te geleceğiz | 15:00
saat 3 gibi varacağız | 15:00
سنصل الساعة 3 مساء | 15:00
سنصل في الساعة 15:00 | 15:00
我们下午3点到 | 15:00
我们大概晚上10点到 | 22:00
午後3時に到着します | 15:00
15時頃に着きます | 15:00
오후 3시에 도착해요 | 15:00
밤 10시쯤 도착합니다 | 22:00
हम दोपहर 3 बजे पहुँचेंगे | 15:00
हम रात 10 बजे आएंगे | 22:00
we arrive at 3 | 15:00
we arrive at 3 am | 03:00
we arrive at 3 in the morning | 03:00
we arrive at 03:00 | 03:00
we arrive at quarter past four | 16:15
we'll be there at a quarter to nine pm | 20:45
llegamos a las 3 de la madrugada | 03:00
llegamos sobre las 9 | 09:00
llegaremos a las nueve menos cuarto de la noche | 20:45
wir kommen um 3 Uhr nachts an | 03:00
wir kommen um drei | 15:00
wir kommen um Viertel vor acht abends | 19:45
приедем в 3 часа ночи | 03:00
приедем в 3 | 15:00
रात 3 बजे पहुँचेंगे | 03:00
밤 3시에 도착해요 | 03:00
凌晨3点到达 | 03:00
we komen om half acht 's avonds aan | 19:30
on arrive à trois heures et demie | 15:30
arriviamo alle sette e mezza | 07:30
chegamos às três e meia | 15:30
سنصل الساعة 3 بعد الظهر | 15:00
nous arrivons à 3h de l'après-midi | 15:00
приедем в 3 часа после полудня | 15:00
chegamos às 3 depois do meio-dia | 15:00
we arrive at 12 | 12:00
we land at 11:30 and get there by noon | 12:00
we arrive at 1 pm | 13:00
arriving 5 December at 4 | 16:00
arriving on 3 December | None
we arrive on 05/12 at 4 | 16:00
llegamos a la una menos cuarto | 12:45
wir kommen gegen halb eins | 12:30
wir kommen um 0 Uhr an | 00:00
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_a_time_of_arrival_is_heard(line: str) -> None:
    said, _, at = line.partition(" | ")
    assert str(hear(said).at) == at


@pytest.mark.parametrize(
    "said",
    [
        "at what time is breakfast?",
        "a room from 3 to 5 december",
        "can we check out at half past eleven",
        "wake me at quarter past six",
        "dinner at eight for two",
    ],
)
def test_other_times_are_no_arrival(said: str) -> None:
    assert hear(said).at is None
