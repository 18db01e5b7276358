"""“One day later”: dates that are counted from those which are talked about, never from today."""

import re

from frontdesk.assistant.local.folding import any_of

NUMBERS = {
    1: "a|an|one|un|una|uno|ein|einen|eine|une|um|uma|один|одну",
    2: "two|dos|zwei|deux|due|dois|duas|два|две",
    3: "three|tres|drei|trois|tre|três|три",
    4: "four|cuatro|vier|quatre|quattro|quatro|четыре",
}
UNITS = {
    1: "day|days|night|nights|día|días|noche|noches|tag|tage|nacht|nächte|jour|jours|nuit|nuits"
    "|giorno|giorni|notte|notti|dia|dias|noite|noites|день|дня|дней|днём",
    7: "week|weeks|semana|semanas|woche|wochen|semaine|semaines|settimana|settimane|неделю"
    "|недели|недель|неделей",
}
LATER = any_of(
    "later|más tarde|después|später|plus tard|après|dopo|più tardi|depois|mais tarde|позже|позднее"
)
EARLIER = any_of("earlier|sooner|antes|früher|eher|plus tôt|avant|prima|mais cedo|раньше|пораньше")
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
)


def days_moved(folded: str) -> int:
    """Days by which a stay is to move, negative for earlier; 0 where nothing is said of it."""
    found = SHIFT.search(folded)
    if found is None:
        return next((days for words, days in ARABIC if words.search(folded)), 0)
    groups = found.groupdict()
    many = int(groups["digits"]) if groups["digits"] else 1
    many = next((n for n in NUMBERS if groups[f"n{n}"]), many)
    unit = next(n for n in UNITS if groups[f"u{n}"])
    return many * unit * (1 if groups["later"] else -1)


def without_moves(folded: str) -> str:
    """What is left to be read for dates of its own."""
    rest = SHIFT.sub(" ", folded)
    for words, _ in ARABIC:
        rest = words.sub(" ", rest)
    return rest
