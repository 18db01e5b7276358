"""Dates and stays as guests of fourteen languages say them, on a Saturday, 21 November 2026."""

from datetime import date
from pathlib import Path

import pytest

from frontdesk.assistant.local.dates import find_dates, read_dates
from frontdesk.assistant.local.stay import stay_said
from frontdesk.assistant.values import StayAsk

TODAY = date(2026, 11, 21)
EVERYDAY = Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8").splitlines()
"""What guests of eight languages say every day without naming one."""
SAID = """
en | the first Friday of July | 2027-07-02 | 2027-07-03
en | second Sunday of next month | 2026-12-13 | 2026-12-14
en | May twenty ninth | 2027-05-29 | 2027-05-30
en | the twenty-first of January 2027 | 2027-01-21 | 2027-01-22
en | two weeks from now | 2026-12-05 | 2026-12-06
en | the day after tomorrow | 2026-11-23 | 2026-11-24
en | a week from monday | 2026-11-30 | 2026-12-01
en | I arrive on the 27th | 2026-11-27 | 2026-11-28
en | sunday 31 | 2027-01-31 | 2027-02-01
en | mid-November | 2026-11-10 | 2026-11-21
en | early next week | 2026-11-23 | 2026-11-26
en | end of month | 2026-11-16 | 2026-12-01
en | end of december | 2026-12-16 | 2027-01-01
en | from tomorrow until friday | 2026-11-22 | 2026-11-27
en | next 30 days | 2026-11-22 | 2026-12-22
en | sept 5 - sept 9 | 2027-09-05 | 2027-09-09
en | 12/20 - 12/27 | 2026-12-20 | 2026-12-27
en | monday to wednesday next week | 2026-11-23 | 2026-11-25
en | january 5th till the 9th | 2027-01-05 | 2027-01-09
en | Dec 24 to Dec 26 | 2026-12-24 | 2026-12-26
es | la próxima semana | 2026-11-23 | 2026-11-30
es | el lunes que viene | 2026-11-23 | 2026-11-24
es | dentro de dos semanas | 2026-12-05 | 2026-12-06
es | el segundo domingo de mayo | 2027-05-09 | 2027-05-10
es | del 30 de diciembre al 2 de enero | 2026-12-30 | 2027-01-02
es | el mes que viene | 2026-12-01 | 2027-01-01
es | hace tres días | 2026-11-18 | 2026-11-19
es | del lunes al jueves | 2026-11-23 | 2026-11-26
es | los próximos 3 días | 2026-11-22 | 2026-11-25
es | pasado mañana por la noche | 2026-11-23 | 2026-11-24
es | en 10 días | 2026-12-01 | 2026-12-02
es | el fin de semana que viene | 2026-11-28 | 2026-11-30
es | la última semana de agosto | 2027-08-23 | 2027-08-30
es | principios de junio | 2027-06-01 | 2027-06-16
de | nächste Woche Montag | 2026-11-23 | 2026-11-24
de | übernächstes Wochenende | 2026-12-05 | 2026-12-07
de | in zwei Wochen | 2026-12-05 | 2026-12-06
de | am ersten Mai | 2027-05-01 | 2027-05-02
de | vom 28. Dezember bis zum 3. Januar | 2026-12-28 | 2027-01-03
de | Mitte November | 2026-11-10 | 2026-11-21
de | Anfang nächster Woche | 2026-11-23 | 2026-11-26
de | vor drei Tagen | 2026-11-18 | 2026-11-19
de | am kommenden Freitag | 2026-11-27 | 2026-11-28
de | am zweiten Sonntag im Mai | 2027-05-09 | 2027-05-10
de | die letzte Woche im August | 2027-08-23 | 2027-08-30
de | am 5. | 2026-12-05 | 2026-12-06
de | heute in einer Woche | 2026-11-28 | 2026-11-29
de | 3.5. | 2027-05-03 | 2027-05-04
de | zwischen dem 3. und dem 5. Mai | 2027-05-03 | 2027-05-05
de | der erste Juni | 2027-06-01 | 2027-06-02
de | Ende Juli | 2027-07-16 | 2027-08-01
de | die nächsten drei Tage | 2026-11-22 | 2026-11-25
de | in drei Tagen | 2026-11-24 | 2026-11-25
de | Dienstag in einer Woche | 2026-12-01 | 2026-12-02
ko | 이번 주 일요일 | 2026-11-22 | 2026-11-23
ko | 12월 첫째 주 토요일 | 2026-12-05 | 2026-12-06
ko | 2주 후 토요일 | 2026-12-05 | 2026-12-06
ko | 담주 화욜 | 2026-11-24 | 2026-11-25
ko | 십이월 오일 | 2026-12-05 | 2026-12-06
ko | 칠월 삼일부터 오일까지 | 2027-07-03 | 2027-07-05
ko | 광복절 | 2027-08-15 | 2027-08-16
ko | 올해 마지막 날 | 2026-12-31 | 2027-01-01
ja | 来月の第2土曜日 | 2026-12-12 | 2026-12-13
ja | 今月末 | 2026-11-16 | 2026-12-01
ru | через неделю | 2026-11-28 | 2026-11-29
ar | بعد أسبوع | 2026-11-28 | 2026-11-29
tr | haftaya bugün | 2026-11-28 | 2026-11-29
fr | la semaine prochaine | 2026-11-23 | 2026-11-30
fr | lundi prochain | 2026-11-23 | 2026-11-24
fr | dans trois jours | 2026-11-24 | 2026-11-25
fr | du 30 avril au 2 mai | 2027-04-30 | 2027-05-02
fr | le premier mai | 2027-05-01 | 2027-05-02
fr | le 5 | 2026-12-05 | 2026-12-06
fr | ce week-end | 2026-11-21 | 2026-11-23
fr | le week-end prochain | 2026-11-28 | 2026-11-30
fr | début juin | 2027-06-01 | 2027-06-16
fr | il y a deux jours | 2026-11-19 | 2026-11-20
fr | d'ici deux semaines | 2026-12-05 | 2026-12-06
fr | entre le 3 et le 5 mai | 2027-05-03 | 2027-05-05
fr | le deuxième dimanche de mai | 2027-05-09 | 2027-05-10
fr | les 3 prochains jours | 2026-11-22 | 2026-11-25
it | la settimana prossima | 2026-11-23 | 2026-11-30
it | lunedì prossimo | 2026-11-23 | 2026-11-24
it | fra due settimane | 2026-12-05 | 2026-12-06
it | dal 30 aprile al 2 maggio | 2027-04-30 | 2027-05-02
it | il primo maggio | 2027-05-01 | 2027-05-02
it | il 5 | 2026-12-05 | 2026-12-06
it | inizio giugno | 2027-06-01 | 2027-06-16
it | due giorni fa | 2026-11-19 | 2026-11-20
it | il prossimo fine settimana | 2026-11-28 | 2026-11-30
it | tra lunedì e giovedì | 2026-11-23 | 2026-11-26
pt | próxima semana | 2026-11-23 | 2026-11-30
pt | segunda-feira que vem | 2026-11-23 | 2026-11-24
pt | daqui a duas semanas | 2026-12-05 | 2026-12-06
pt | de 30 de abril a 2 de maio | 2027-04-30 | 2027-05-02
pt | no dia 5 | 2026-12-05 | 2026-12-06
pt | primeiro de maio | 2027-05-01 | 2027-05-02
pt | há dois dias | 2026-11-19 | 2026-11-20
pt | fim de semana que vem | 2026-11-28 | 2026-11-30
pt | no início de junho | 2027-06-01 | 2027-06-16
nl | volgende week | 2026-11-23 | 2026-11-30
nl | komende vrijdag | 2026-11-27 | 2026-11-28
nl | over twee weken | 2026-12-05 | 2026-12-06
nl | van 30 april tot 2 mei | 2027-04-30 | 2027-05-02
nl | begin juni | 2027-06-01 | 2027-06-16
nl | eind deze maand | 2026-11-16 | 2026-12-01
nl | drie dagen geleden | 2026-11-18 | 2026-11-19
nl | volgend weekend | 2026-11-28 | 2026-11-30
nl | op de 5e | 2026-12-05 | 2026-12-06
nl | tussen 3 en 5 mei | 2027-05-03 | 2027-05-05
nl | de komende drie dagen | 2026-11-22 | 2026-11-25
nl | maandag over een week | 2026-11-30 | 2026-12-01
nl | eind volgende week | 2026-11-26 | 2026-11-30
nl | woensdag 25 | 2026-11-25 | 2026-11-26
ru | на следующей неделе | 2026-11-23 | 2026-11-30
ru | в следующую пятницу | 2026-11-27 | 2026-11-28
ru | через две недели | 2026-12-05 | 2026-12-06
ru | с 30 апреля по 2 мая | 2027-04-30 | 2027-05-02
ru | первого мая | 2027-05-01 | 2027-05-02
ru | в начале июня | 2027-06-01 | 2027-06-16
ru | три дня назад | 2026-11-18 | 2026-11-19
ru | в эти выходные | 2026-11-21 | 2026-11-23
ru | 15 числа | 2026-12-15 | 2026-12-16
ru | в конце декабря | 2026-12-16 | 2027-01-01
tr | gelecek hafta | 2026-11-23 | 2026-11-30
tr | önümüzdeki cuma | 2026-11-27 | 2026-11-28
tr | iki hafta sonra | 2026-12-05 | 2026-12-06
tr | 3 Mayıs'tan 5 Mayıs'a kadar | 2027-05-03 | 2027-05-05
tr | 3-5 Mayıs arası | 2027-05-03 | 2027-05-05
tr | Mayıs başında | 2027-05-01 | 2027-05-16
tr | üç gün önce | 2026-11-18 | 2026-11-19
tr | bu hafta sonu | 2026-11-21 | 2026-11-23
tr | ayın 5'inde | 2026-12-05 | 2026-12-06
tr | Mayıs ayının ilk haftası | 2027-05-03 | 2027-05-10
tr | cumadan pazara kadar | 2026-11-27 | 2026-11-29
tr | önümüzdeki 3 gün | 2026-11-22 | 2026-11-25
tr | gelecek ay | 2026-12-01 | 2027-01-01
tr | Mayıs ayının ikinci pazarı | 2027-05-09 | 2027-05-10
ar | الأسبوع القادم | 2026-11-23 | 2026-11-30
ar | يوم الجمعة القادم | 2026-11-27 | 2026-11-28
ar | بعد أسبوعين | 2026-12-05 | 2026-12-06
ar | من 30 أبريل إلى 2 مايو | 2027-04-30 | 2027-05-02
ar | نهاية الأسبوع | 2026-11-21 | 2026-11-23
ar | قبل ثلاثة أيام | 2026-11-18 | 2026-11-19
ar | الشهر القادم | 2026-12-01 | 2027-01-01
hi | अगले हफ्ते | 2026-11-23 | 2026-11-30
hi | अगले शुक्रवार | 2026-11-27 | 2026-11-28
hi | दो हफ्ते बाद | 2026-12-05 | 2026-12-06
hi | 3 मई से 5 मई तक | 2027-05-03 | 2027-05-05
hi | इस सप्ताहांत | 2026-11-21 | 2026-11-23
hi | तीन दिन पहले | 2026-11-18 | 2026-11-19
hi | अगले महीने की 5 तारीख | 2026-12-05 | 2026-12-06
hi | मई के पहले हफ्ते में | 2027-05-03 | 2027-05-10
hi | सोमवार से गुरुवार तक | 2026-11-23 | 2026-11-26
hi | अगले 3 दिन | 2026-11-22 | 2026-11-25
zh | 下周五 | 2026-11-27 | 2026-11-28
zh | 下个月5号 | 2026-12-05 | 2026-12-06
zh | 两周后 | 2026-12-05 | 2026-12-06
zh | 4月30日到5月2日 | 2027-04-30 | 2027-05-02
zh | 这个周末 | 2026-11-21 | 2026-11-23
zh | 三天前 | 2026-11-18 | 2026-11-19
zh | 下周末 | 2026-11-28 | 2026-11-30
zh | 五月初 | 2027-05-01 | 2027-05-16
zh | 5月的第二个星期日 | 2027-05-09 | 2027-05-10
zh | 未来三天 | 2026-11-22 | 2026-11-25
zh | 从周一到周四 | 2026-11-23 | 2026-11-26
zh | 3到5号 | 2026-12-03 | 2026-12-05
zh | 3天以后 | 2026-11-24 | 2026-11-25
zh | 后天到周五 | 2026-11-23 | 2026-11-27
zh | 五月三号 | 2027-05-03 | 2027-05-04
zh | 这周五 | 2026-11-27 | 2026-11-28
zh | 上周 | 2026-11-09 | 2026-11-16
zh | 明年一月 | 2027-01-01 | 2027-02-01
zh | 下个月 | 2026-12-01 | 2027-01-01
zh | 本周五 | 2026-11-27 | 2026-11-28
ja | 来週の金曜日 | 2026-11-27 | 2026-11-28
ja | 来月5日 | 2026-12-05 | 2026-12-06
ja | 2週間後 | 2026-12-05 | 2026-12-06
ja | 4月30日から5月2日まで | 2027-04-30 | 2027-05-02
ja | 今週末 | 2026-11-21 | 2026-11-23
ja | 3日前 | 2026-11-18 | 2026-11-19
ja | 再来週 | 2026-11-30 | 2026-12-07
ja | 5月上旬 | 2027-05-01 | 2027-05-16
ja | 5月の第2日曜日 | 2027-05-09 | 2027-05-10
ja | 今後3日間 | 2026-11-22 | 2026-11-25
ja | 月曜から木曜まで | 2026-11-23 | 2026-11-26
ja | 3日後 | 2026-11-24 | 2026-11-25
ja | 来週 | 2026-11-23 | 2026-11-30
ja | 次の金曜日 | 2026-11-27 | 2026-11-28
ja | 来年の1月 | 2027-01-01 | 2027-02-01
ja | 12月24日〜26日 | 2026-12-24 | 2026-12-26
ko | 다음 주 금요일 | 2026-11-27 | 2026-11-28
ko | 다음달 5일 | 2026-12-05 | 2026-12-06
ko | 2주 후 | 2026-12-05 | 2026-12-06
ko | 4월 30일부터 5월 2일까지 | 2027-04-30 | 2027-05-02
ko | 이번 주말 | 2026-11-21 | 2026-11-23
ko | 3일 전 | 2026-11-18 | 2026-11-19
ko | 다다음 주 | 2026-11-30 | 2026-12-07
ko | 5월 초 | 2027-05-01 | 2027-05-16
ko | 5월의 두 번째 일요일 | 2027-05-09 | 2027-05-10
ko | 앞으로 3일간 | 2026-11-22 | 2026-11-25
ko | 월요일부터 목요일까지 | 2026-11-23 | 2026-11-26
ko | 3일 후 | 2026-11-24 | 2026-11-25
ko | 이틀 뒤 | 2026-11-23 | 2026-11-24
ko | 12월 24일에서 26일까지 | 2026-12-24 | 2026-12-26
ko | 내년 1월 | 2027-01-01 | 2027-02-01
ko | 11월 마지막 주 | 2026-11-23 | 2026-11-30
ko | 2016년 10월 | 2016-10-01 | 2016-11-01
ko | 지난주 금요일 | 2026-11-13 | 2026-11-14
ko | 이번 달 15일 | 2026-12-15 | 2026-12-16
ko | 금요일 | 2026-11-27 | 2026-11-28
ko | 5월 3일 월요일 | 2027-05-03 | 2027-05-04
en | the first weekend of december | 2026-12-05 | 2026-12-07
en | easter weekend | 2027-03-27 | 2027-03-29
en | the weekend of december 5 | 2026-12-05 | 2026-12-07
en | the weekend of the 12th | 2026-12-12 | 2026-12-14
en | weekend of 5/6 December | 2026-12-05 | 2026-12-07
es | el fin de semana del 5 de diciembre | 2026-12-05 | 2026-12-07
de | am Wochenende vom 5. Dezember | 2026-12-05 | 2026-12-07
fr | le week-end du 5 décembre | 2026-12-05 | 2026-12-07
fr | week-end du 11 au 13 décembre | 2026-12-11 | 2026-12-13
it | il weekend del 5 dicembre | 2026-12-05 | 2026-12-07
ru | на выходные 5 декабря | 2026-12-05 | 2026-12-07
pt | o fim de semana de 5 de dezembro | 2026-12-05 | 2026-12-07
en | 24/12/2026-27/12/2026 | 2026-12-24 | 2026-12-27
en | in a couple of days | 2026-11-23 | 2026-11-24
es | para el 24 y 25 de diciembre | 2026-12-24 | 2026-12-25
ar | من الغد حتى الأحد | 2026-11-22 | 2026-11-29
zh | 三月五号到十号 | 2027-03-05 | 2027-03-10
ko | 삼월 십이일부터 십오일까지 | 2027-03-12 | 2027-03-15
ko | 9월 말 | 2027-09-16 | 2027-10-01
"""
SOUP = (
    "in 9999 years|for 9999 nights from may 3|99999999999 days ago|31/31/3131|week 0|week 99"
    "|二十百年後|99月99日から99日まで|on the 0th of may|0 nights|the 40th friday of next month"
    "|gelecek 9999 ay|q9 2026|2027-13-45|next next last monday of of of|- - / 5 . . ,|°|في 0 أيام"
)
STAYS = [
    ("zh", "今晚住两晚，两大一小", StayAsk(TODAY, date(2026, 11, 23), 2, 2, 1, None)),
    ("zh", "我想订两晚", StayAsk(nights=2)),
    ("it", "capodanno da voi, siamo due coppie", StayAsk(date(2026, 12, 31), adults=4)),
    ("en", "arriving new year's day", StayAsk(date(2027, 1, 1))),
    ("zh", "12月24日入住，26日退房", StayAsk(date(2026, 12, 24), date(2026, 12, 26))),
    ("ja", "2泊3日で大人2名", StayAsk(nights=2, adults=2)),
    (
        "ko",
        "다음 주 금요일부터 2박, 성인 2명",
        StayAsk(date(2026, 11, 27), date(2026, 11, 29), 2, 2),
    ),
    ("tr", "3 gece 2 kişi", StayAsk(nights=3, adults=2)),
    ("hi", "3 मई से 5 मई तक दो लोगों के लिए", StayAsk(date(2027, 5, 3), date(2027, 5, 5), None, 2)),
    ("ar", "من 3 إلى 5 مايو لشخصين", StayAsk(date(2027, 5, 3), date(2027, 5, 5), None, 2)),
    ("ru", "с 3 по 5 мая на двоих", StayAsk(date(2027, 5, 3), date(2027, 5, 5), None, 2)),
    ("de", "zwei Nächte ab dem 12.12.", StayAsk(date(2026, 12, 12), date(2026, 12, 14), 2)),
    ("en", "I will be leaving on the 5th", StayAsk(departure=date(2026, 12, 5))),
    ("en", "checking in tomorrow, out on Tuesday", StayAsk(date(2026, 11, 22), date(2026, 11, 24))),
    ("en", "three rooms, 4 adults and 2 kids", StayAsk(adults=4, children=2, rooms=3)),
    ("en", "not 4 nights, make it 10 nights", StayAsk(nights=10)),
    ("en", "one person for a week and three days", StayAsk(nights=10, adults=1)),
    ("en", "a 4 star hotel with a 4.2 rating", StayAsk()),
    ("en", "do you have a room in May?", StayAsk()),
    ("zh", "五月有房间吗", StayAsk()),
    ("de", "Anfang Juni für zwei", StayAsk(adults=2)),
    ("en", "from January 5 to March 5", StayAsk(date(2027, 1, 5), date(2027, 3, 5))),
    ("es", "una habitación para dos", StayAsk(adults=2)),
    ("fr", "à trois, pour une nuit", StayAsk(nights=1, adults=3)),
]
ONE_NIGHT = StayAsk(date(2026, 11, 22), date(2026, 11, 23), 1)
STAYS += [
    ("ja", "明日の夜、部屋は空いていますか", ONE_NIGHT),
    ("ja", "夜は静かですか", StayAsk()),
    ("nl", "een kamer voor morgennacht", ONE_NIGHT),
    ("ru", "номер на завтрашнюю ночь", ONE_NIGHT),
    ("ru", "номер завтра ночью", ONE_NIGHT),
]
COUNTED = (date(2026, 12, 17), date(2026, 12, 19))
STAYS += [
    ("en", "2-3 rooms 17-19 December", StayAsk(*COUNTED, rooms=3)),
    ("en", "for 2-4 people, 17-19 December", StayAsk(*COUNTED, adults=4)),
    ("fr", "pour 2/3 personnes du 17 au 19 décembre", StayAsk(*COUNTED, adults=3)),
    ("en", "2-3 nights from 17 December", StayAsk(COUNTED[0], date(2026, 12, 20), 3)),
    ("en", "12/12 double room", StayAsk(date(2026, 12, 12))),
]
FOR_TWO = StayAsk(date(2026, 12, 4), date(2026, 12, 8), adults=2)
"""What stands before "from" is how many they are, and not the day they come."""
STAYS += [
    ("en", "a double room for two from 4 december to 8 december", FOR_TWO),
    ("de", "Zimmer für zwei vom 4. Dezember bis 8. Dezember", FOR_TWO),
    ("es", "para 2 desde el 4 de diciembre hasta el 8 de diciembre", FOR_TWO),
    ("fr", "pour 2 à partir du 4 décembre jusqu'au 8 décembre", FOR_TWO),
    ("it", "per due dal 4 dicembre all'8 dicembre", FOR_TWO),
    ("ru", "номер на двоих с 4 декабря по 8 декабря", FOR_TWO),
]


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_a_date_is_read_in_its_language(line: str) -> None:
    language, text, start, end = line.split(" | ")
    found = [(str(d.start), str(d.end)) for d in find_dates(text, TODAY, language)]
    assert found == [(start, end)]


def test_sentences_without_a_date_have_none() -> None:
    assert len(EVERYDAY) > 100
    assert [(text, found) for text in EVERYDAY if (found := find_dates(text, TODAY))] == []


@pytest.mark.parametrize(
    ("language", "text", "start"),
    [
        ("pt", "chego na segunda", "2026-11-23"),
        ("pt", "até quinta", "2026-11-26"),
        ("pt", "segunda-feira", "2026-11-23"),
        ("de", "morgen früh", "2026-11-22"),
        ("fr", "en mars", "2027-03-01"),
        ("en", "we come on sun", "2026-11-22"),
    ],
)
def test_words_that_also_mean_something_else_are_dates_in_their_place(
    language: str, text: str, start: str
) -> None:
    assert [str(d.start) for d in find_dates(text, TODAY, language)] == [start]


@pytest.mark.parametrize(("language", "text", "stay"), STAYS)
def test_a_stay_is_read_in_its_language(language: str, text: str, stay: StayAsk) -> None:
    assert stay_said(read_dates(text, TODAY, language)) == stay


@pytest.mark.parametrize("language", ["en", "de", "tr", "ar", "zh", "ja", "ko", "hi", "ca", "xx"])
def test_no_text_breaks_the_reading(language: str) -> None:
    for day in (date(2024, 2, 29), date(2026, 12, 31)):
        for text in SOUP.split("|"):
            stay = stay_said(read_dates(text, day, language))
            assert stay.nights is None or stay.nights > 0


@pytest.mark.parametrize(
    ("said", "language", "arrival", "departure"),
    [
        ("a room for tonight please", "en", 21, 22),
        ("номер на эту ночь", "ru", 21, 22),
        ("明晚有房吗", "zh", 22, 23),
        ("غرفة ليلة الغد", "ar", 22, 23),
        ("una camera per domani notte", "it", 22, 23),
        ("um quarto para amanhã à noite", "pt", 22, 23),
        ("a room for friday night", "en", 27, 28),
        ("from friday to saturday", "en", 27, 28),
        ("vom 27. bis 28. November", "de", 27, 28),
        ("from friday night to sunday", "en", 27, 29),
        ("friday night and saturday night", "en", 27, 29),
        ("the nights of 27 and 28 november", "en", 27, 29),
        ("cuma pazar arası", "tr", 27, 29),
        ("a room from tonight", "en", 21, None),
        ("we arrive tonight", "en", 21, None),
        ("27 and 28 november", "en", 27, None),
        ("a room for friday or sunday", "en", 27, None),
        ("quarto na sexta ou no domingo", "pt", 27, None),
        ("27日または29日", "ja", 27, None),
        ("a room 27-29 or 29-30 november", "en", 27, 29),
        ("vom 27. bis 29. oder 28. bis 30. november", "de", 27, 29),
        ("arriving friday, leaving sunday or monday", "en", 27, 29),
        ("llegamos el viernes y nos vamos el domingo", "es", 27, 29),
        ("we come on friday and leave on sunday", "en", 27, 29),
        ("wir kommen freitag und reisen sonntag ab", "de", 27, 29),
        ("wir reisen am 27. an und am 29. ab", "de", 27, 29),
        ("a room on friday, and is the pool open on friday?", "en", 27, None),
    ],
)
def test_how_many_nights_a_night_is(
    said: str, language: str, arrival: int, departure: int | None
) -> None:
    stay = stay_said(read_dates(said, TODAY, language))
    days = stay.arrival and stay.arrival.day, stay.departure and stay.departure.day
    assert days == (arrival, departure)
