"""The words of the calendar in the languages guests write in, already folded."""

import re

from frontdesk.assistant.local.folding import any_of, fold


def _table(lists: dict[int, str]) -> dict[str, int]:
    return {fold(word): value for value, words in lists.items() for word in words.split("|")}


MONTHS = _table(
    {
        1: "january|jan|enero|januar|janvier|gennaio|janeiro|января|январь|يناير|januari|ocak",
        2: "february|feb|febrero|februar|février|febbraio|fevereiro|февраля|февраль|فبراير|februari"
        "|şubat",
        3: "march|marzo|märz|mars|março|марта|март|مارس|maart|mart",
        4: "april|apr|abril|avril|aprile|апреля|апрель|أبريل|ابريل|nisan",
        5: "may|mayo|mai|maggio|maio|мая|май|مايو|mei|mayıs",
        6: "june|jun|junio|juni|juin|giugno|junho|июня|июнь|يونيو|haziran",
        7: "july|jul|julio|juli|juillet|luglio|julho|июля|июль|يوليو|temmuz",
        8: "august|aug|agosto|août|августа|август|أغسطس|اغسطس|augustus|ağustos",
        9: "september|sept|sep|septiembre|septembre|settembre|setembro|сентября|сентябрь|سبتمبر"
        "|eylül",
        10: "october|oct|octubre|oktober|octobre|ottobre|outubro|октября|октябрь|أكتوبر|اكتوبر|ekim",
        11: "november|nov|noviembre|novembre|novembro|ноября|ноябрь|نوفمبر|kasım",
        12: "december|dec|diciembre|dezember|décembre|dicembre|dezembro|декабря|декабрь|ديسمبر"
        "|aralık",
    }
)
WEEKDAYS = _table(
    {
        0: "monday|mondays|mon|lunes|montag|lundi|lunedì|segunda-feira|segunda|понедельник"
        "|понедельника|الاثنين|الإثنين|maandag|pazartesi|周一|星期一|月曜日|月曜|월요일|सोमवार",
        1: "tuesday|tue|tues|martes|dienstag|mardi|martedì|terça-feira|terça|вторник|вторника"
        "|الثلاثاء|dinsdag|salı|周二|星期二|火曜日|火曜|화요일|मंगलवार",
        2: "wednesday|wed|miércoles|mittwoch|mercredi|mercoledì|quarta-feira|quarta|среда|среду|среды"
        "|الأربعاء|الاربعاء|woensdag|çarşamba|周三|星期三|水曜日|水曜|수요일|बुधवार",
        3: "thursday|thu|thurs|jueves|donnerstag|jeudi|giovedì|quinta-feira|quinta|четверг|четверга"
        "|الخميس|donderdag|perşembe|周四|星期四|木曜日|木曜|목요일|गुरुवार",
        4: "friday|fri|viernes|freitag|vendredi|venerdì|sexta-feira|sexta|пятница|пятницу|пятницы"
        "|الجمعة|vrijdag|cuma|周五|星期五|金曜日|金曜|금요일|शुक्रवार",
        5: "saturday|sat|sábado|samstag|sonnabend|samedi|sabato|суббота|субботу|субботы|السبت"
        "|zaterdag|cumartesi|周六|星期六|土曜日|土曜|토요일|शनिवार",
        6: "sunday|sun|domingo|sonntag|dimanche|domenica|воскресенье|воскресенья|воскресенью|الأحد"
        "|الاحد|zondag|pazar|周日|星期日|星期天|日曜日|日曜|일요일|रविवार",
    }
)
RELATIVE = _table(
    {
        0: "today|tonight|hoy|esta noche|heute|heute abend|heute nacht|aujourd'hui|ce soir|oggi"
        "|stasera|stanotte|hoje|hoje à noite|сегодня|اليوم|الليلة|vandaag|vanavond|bugün|今天|今晚"
        "|今日|오늘|आज",
        1: "tomorrow|mañana|morgen|demain|domani|amanhã|завтра|غدا|غداً|yarın|明天|明日|내일|कल",
        2: "day after tomorrow|the day after tomorrow|pasado mañana|übermorgen|après-demain"
        "|dopodomani|depois de amanhã|послезавтра|بعد غد|overmorgen|öbür gün|后天|後天|明後日|모레|परसों",
    }
)
NUMBERS = _table(
    {
        1: "one|a|an|uno|una|un|ein|eine|einen|einer|une|um|uma|один|одна|одну|одного|واحد|een|bir"
        "|一|하나|एक",
        2: "two|dos|zwei|deux|due|dois|duas|два|две|двух|двоих|اثنين|اثنان|twee|iki|二|两|兩|둘|두|दो",
        3: "three|tres|drei|trois|tre|três|три|трех|троих|ثلاثة|ثلاث|drie|üç|三|셋|세|तीन",
        4: "four|cuatro|vier|quatre|quattro|quatro|четыре|четырех|четверых|أربعة|أربع|dört|四|넷|네|चार",
        5: "five|cinco|fünf|cinq|cinque|пять|пяти|пятерых|خمسة|خمس|vijf|beş|五|다섯|पांच",
        6: "six|seis|sechs|sei|шесть|шести|ستة|ست|zes|altı|六|여섯|छह",
        7: "seven|siete|sieben|sept|sette|sete|семь|семи|سبعة|سبع|zeven|yedi|七|일곱|सात",
        8: "eight|ocho|acht|huit|otto|oito|восемь|восьми|ثمانية|ثماني|sekiz|八|여덟|आठ",
        9: "nine|nueve|neun|neuf|nove|девять|девяти|تسعة|تسع|negen|dokuz|九|아홉|नौ",
        10: "ten|diez|zehn|dix|dieci|dez|десять|десяти|عشرة|عشر|tien|on|十|열|दस",
    }
)


def names(table: dict[str, int]) -> str:
    return "|".join(re.escape(w) for w in sorted(table, key=len, reverse=True))


NUMBER = rf"(?:\d{{1,3}}|{names(NUMBERS)})"
NEXT = any_of(
    "next|the next|coming|próximo|próxima|que viene|nächsten|nächster|nächste|nächstes|kommenden"
    "|prochain|prochaine|prossimo|prossima|que vem|следующий|следующую|следующие|следующих|القادم"
    "|القادمة|volgende|gelecek|önümüzdeki|下周|下个|下|来週の|来週|다음 주|다음|अगले"
)
THIS = any_of(
    "this|on|este|esta|diesen|dieses|diese|am|ce|cette|questo|questa|neste|nesta|этот|эту|эти|هذا"
    "|هذه|deze|dit|bu|这|本|今週|이번|इस"
)
WEEKEND = any_of(
    "weekend|week-end|fin de semana|wochenende|fine settimana|fim de semana|выходные|выходных"
    "|عطلة نهاية الأسبوع|hafta sonu|周末|週末|주말"
)
WEEK = any_of(
    "week|semana|woche|semaine|settimana|неделя|неделе|неделю|أسبوع|الأسبوع|hafta|周|週|주"
)
NIGHTS = any_of(
    "night|nights|noche|noches|nacht|nächte|nächten|nuit|nuits|notte|notti|noite|noites|ночь|ночи"
    "|ночей|ليلة|ليال|ليالي|ليلتين|nachten|gece|晚|夜|泊|박|밤|रात|रातें"
)
DAYS = any_of(
    "day|days|día|días|tag|tage|tagen|jour|jours|giorno|giorni|dia|dias|день|дня|дней|يوم|أيام"
    "|dag|dagen|gün|天|日間|일|दिन"
)
WEEKS = any_of(
    "week|weeks|semana|semanas|woche|wochen|semaine|semaines|settimana|settimane|неделя|недели"
    "|недель|неделю|أسبوع|أسابيع|weken|hafta|周|週間|주|हफ्ते"
)
TO = any_of(
    "to|until|till|through|thru|hasta|hasta el|a|al|bis|bis zum|zum|bis zur|au|jusqu'au|à|fino al"
    "|fino a|até|ao|até o|à|до|по|إلى|الى|حتى|tot|tot en met|kadar|到|至|から|부터|-|and|y|und|et|e|и"
)
OF = any_of("of|de|del|di|d'|the|.|,|do")
IN = any_of("in|en|dentro de|dans|tra|fra|em|daqui a|через|بعد|over|后|後")


def number(word: str) -> int:
    """The value of a digit string or a folded number word."""
    return int(word) if word.isdigit() else NUMBERS[word]
