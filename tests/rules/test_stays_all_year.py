"""How people say a stay is read the same on every day of the year, in fourteen languages.

`{a}` and `{b}` are the days of arrival and departure, `{ao}` and `{bo}` as ordinals, `{A}` and
`{B}` their months, `{m}` and `{n}` these as numbers, `{w}` and `{v}` the weekdays, `{k}` how many
nights.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from frontdesk.assistant.local.dates import read_dates
from frontdesk.assistant.local.stay import stay_said

FIRST = date(2026, 11, 21)
STEP = 13
"""Days between one today and the next: of a year each weekday and every part of a month."""
STAYS = ((1, 2), (2, 3), (5, 3), (12, 4), (20, 7), (27, 2), (60, 3), (200, 10))
"""Days until they come, and nights."""
WEEK, MONTH = 6, 25
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre"
    " diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda terça quarta quinta sexta sábado domingo",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "ru": "понедельник вторник среду четверг пятницу субботу воскресенье",
    "tr": "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "hi": "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार",
    "zh": "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
    "ja": "月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日",
    "ko": "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
}
SAID = """
en | from {a} {A} to {b} {B}
en | {A} {a} - {B} {b}
en | arriving on the {ao} of {A} and leaving on the {bo} of {B}
en | from the {ao} to the {bo}
en | in on the {ao} and out on the {bo}
en | {a}-{b} {B}
en | from the {ao} to {b} {B}
en | {k} nights from {A} {a}
en | {w}, {A} {ao} until {v}, {B} {bo}
en | arriving {w}, leaving {v}
en | we come on {w} and leave on {v}
en | {w} for {k} nights
es | del {a} de {A} al {b} de {B}
es | del {a} al {b}
es | entrada el {a} y salida el {b}
es | {k} noches desde el {a} de {A}
es | llegamos el {w} y nos vamos el {v}
de | vom {a}. {A} bis {b}. {B}
de | {a}.{m}.-{b}.{n}.
de | vom {a}. bis zum {b}.
de | vom {a}. bis {b}.{n}.
de | wir reisen am {a}. {A} an und am {b}. {B} ab
de | Anreise {w}, Abreise {v}
de | ab {w} {k} Nächte
fr | du {a} {A} au {b} {B}
fr | du {a} au {b}
fr | on arrive le {a} et on repart le {b}
fr | nous arrivons {w} et partons {v}
fr | {k} nuits à partir du {a} {A}
it | dal {a} {A} al {b} {B}
it | dal {a} al {b}
it | arriviamo {w} e partiamo {v}
it | {k} notti da {w}
pt | de {a} de {A} até {b} de {B}
pt | do dia {a} ao dia {b}
pt | chegamos na {w} e saímos no {v}
pt | {k} noites a partir de {a} de {A}
nl | van {a} {A} tot {b} {B}
nl | van de {a}e tot de {b}e
nl | we komen {w} aan en vertrekken {v}
nl | {k} nachten vanaf {a} {A}
ru | с {a} {A} по {b} {B}
ru | с {a} по {b}
ru | заезд в {w}, выезд в {v}
ru | {k} ночи с {a} {A}
tr | {a} {A} - {b} {B}
tr | {a} {A} giriş {b} {B} çıkış
tr | {w} giriş {v} çıkış
ar | من {a} {A} إلى {b} {B}
ar | نصل يوم {w} ونغادر يوم {v}
zh | {m}月{a}日到{n}月{b}日
zh | {a}号到{b}号
zh | {w}入住，{v}退房
ja | {m}月{a}日から{n}月{b}日まで
ja | {w}にチェックイン、{v}にチェックアウト
ja | {w}から{k}泊
ko | {m}월 {a}일부터 {n}월 {b}일까지
ko | {w} 체크인 {v} 체크아웃
hi | {a} {A} से {b} {B} तक
hi | {w} को चेक-इन, {v} को चेक-आउट
"""


def _ordinal(day: int) -> str:
    ends = {1: "st", 2: "nd", 3: "rd"} if day not in (11, 12, 13) else {}
    return f"{day}{ends.get(day % 10, 'th')}"


def _fits(shape: str, today: date, arrival: date, departure: date) -> bool:
    """Whether these words can mean this stay alone."""
    ahead, named = (arrival - today).days, "{A}" in shape or "{m}" in shape
    if "{k}" in shape and not 2 <= (departure - arrival).days <= 4:
        return False
    if "{a" not in shape:
        return ahead <= WEEK and ("{k}" in shape or (departure - arrival).days < WEEK)
    if not named and ("-{b}" in shape or "{n}" in shape):
        return arrival.month == departure.month
    return named or "{B}" in shape or ahead <= MONTH


def _cases(language: str, shape: str) -> Iterator[tuple[date, str, date, date]]:
    months = MONTHS.get(language, " " * 11).split(" ")
    weekdays = WEEKDAYS[language].split(" ")
    for n in range(0, 365, STEP):
        today = FIRST + timedelta(days=n)
        for ahead, nights in STAYS:
            a, b = today + timedelta(days=ahead), today + timedelta(days=ahead + nights)
            if not _fits(shape, today, a, b):
                continue
            said = shape.format(
                a=a.day,
                b=b.day,
                ao=_ordinal(a.day),
                bo=_ordinal(b.day),
                A=months[a.month - 1],
                B=months[b.month - 1],
                m=a.month,
                n=b.month,
                k=nights,
                w=weekdays[a.weekday()],
                v=weekdays[b.weekday()],
            )
            yield today, said, a, b


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_a_stay_is_read_the_same_on_every_day_of_the_year(line: str) -> None:
    language, _, shape = line.partition(" | ")
    misread, tried = [], 0
    for today, said, *days in _cases(language, shape):
        stay = stay_said(read_dates(said, today, language))
        tried += 1
        if [stay.arrival, stay.departure] != days:
            misread.append((str(today), said, str(stay.arrival), str(stay.departure)))
    assert misread == []
    assert tried > 50


@pytest.mark.parametrize(
    ("said", "language"), [("in 29/12, out 5/1", "en"), ("12/29 to 1/5", "es")]
)
def test_a_date_in_numbers_of_one_reading_tells_how_the_others_are_meant(
    said: str, language: str
) -> None:
    read = read_dates(said, FIRST, language)
    stay = stay_said(read)
    assert (stay.arrival, stay.departure) == (date(2026, 12, 29), date(2027, 1, 5))
    assert not any(span.ambiguous for span in read.spans)
