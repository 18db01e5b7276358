"""“One day later”: dates that are counted from those which are talked about, never from today."""

import re

from frontdesk.assistant.local.folding import any_of, fold

NUMBERS = {
    1: "a|an|one|un|una|uno|ein|einen|eine|une|um|uma|один|одну|een|één|एक|bir",
    2: "two|dos|zwei|deux|due|dois|duas|два|две|twee|दो|iki",
    3: "three|tres|drei|trois|tre|três|три|drie|तीन|üç",
    4: "four|cuatro|vier|quatre|quattro|quatro|четыре|vier|चार|dört",
}
UNITS = {
    1: "day|days|night|nights|día|días|noche|noches|tag|tage|nacht|nächte|jour|jours|nuit|nuits"
    "|giorno|giorni|notte|notti|dia|dias|noite|noites|день|дня|дней|днём|dag|dagen|nachten|दिन|gün",
    7: "week|weeks|semana|semanas|woche|wochen|semaine|semaines|settimana|settimane|неделю"
    "|недели|недель|неделей|weken|हफ्ते|hafta",
}
LATER = any_of(
    "later|más tarde|después|später|plus tard|après|dopo|più tardi|depois|mais tarde|позже|позднее"
    "|देर से|देर|आगे|geç|daha geç|ileri|ileriye"
)
EARLIER = any_of(
    "earlier|sooner|antes|früher|eher|plus tôt|avant|prima|mais cedo|раньше|пораньше"
    "|eerder|vroeger|जल्दी|पहले आ सकते|पहले आना|पहले आएं|पहले आएँ|erken|daha erken|önce gelsek"
    "|önce gelebilir|önce gelmek|önce varsak"
)
SHIFT = re.compile(
    r"(?<!\w)(?:на\s+)?(?:(?P<digits>\d{1,2})\s+|"
    + "|".join(rf"(?P<n{n}>{any_of(words)})\s+" for n, words in NUMBERS.items())
    + r"|(?<=на ))(?:"
    + "|".join(rf"(?P<u{n}>{any_of(words)})" for n, words in UNITS.items())
    + rf")\s+(?:(?P<later>{LATER})|(?P<earlier>{EARLIER}))(?!\w)"
)
ARABIC = (
    (re.compile(r"(?:بعد ذلك|بعدها|متاخر\w*) بيومين"), 2),
    (re.compile(r"(?:بعد ذلك|بعدها|متاخر\w*) (?:بيوم|يوما)"), 1),
    (re.compile(r"قبلها بيوم|ابكر بيوم"), -1),
    (re.compile(r"بعدها باسبوع|بعد ذلك باسبوع"), 7),
    (re.compile(r"قبلها بيومين|ابكر بيومين"), -2),
)
FEW = {
    "一": 1,
    "两": 2,
    "兩": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "하루": 1,
    "이틀": 2,
    "사흘": 3,
    "나흘": 4,
}
MANY = rf"(?P<many>\d{{1,2}}|{any_of('|'.join(FEW))})"
TOGETHER = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (rf"(?:晚到?|推迟|推遲|延后|延後|往后|往後){MANY}(?:天|日)", 1),
        (rf"(?:早到?|提前|往前){MANY}(?:天|日)", -1),
        (rf"{MANY}日(?:遅く|遅らせ|後ろ|後に(?:ずら|変更))", 1),
        (rf"{MANY}日(?:早く|早め|前倒し|繰り上げ|前に(?:ずら|変更))", -1),
        (rf"{MANY}일?\s*(?:{any_of('뒤로|늦게|미루|미뤄|나중')})", 1),
        (rf"{MANY}일?\s*(?:{any_of('일찍|앞당|먼저')})", -1),
    )
)
"""In scripts that write without spaces, and in Korean."""
COUNTS = {fold(word): number for word, number in FEW.items()}


def days_moved(folded: str) -> int:
    """Days by which a stay is to move, negative for earlier; 0 where nothing is said of it."""
    found = SHIFT.search(folded)
    if found is None:
        arabic = next((days for words, days in ARABIC if words.search(folded)), 0)
        return arabic or _together(folded)
    groups = found.groupdict()
    many = int(groups["digits"]) if groups["digits"] else 1
    many = next((n for n in NUMBERS if groups[f"n{n}"]), many)
    unit = next(n for n in UNITS if groups[f"u{n}"])
    return many * unit * (1 if groups["later"] else -1)


def _together(folded: str) -> int:
    for pattern, sign in TOGETHER:
        if (found := pattern.search(folded)) is not None:
            many = found["many"]
            return sign * (int(many) if many.isdecimal() else COUNTS[many])
    return 0


def without_moves(folded: str) -> str:
    """What is left to be read for dates of its own."""
    rest = SHIFT.sub(" ", folded)
    for words, _ in (*ARABIC, *TOGETHER):
        rest = words.sub(" ", rest)
    return rest
