"""The words of fourteen languages that tell an errand from a stay: data for `heard.py`."""

import re
from collections.abc import Mapping
from pathlib import Path

from frontdesk.assistant.local.folding import any_of, fold, whole, word_lists

_LISTS = word_lists(Path(__file__).with_suffix(".txt"))


def _words(name: str) -> re.Pattern[str]:
    return whole(_LISTS[name])


def _sorts(of: str) -> Mapping[str, re.Pattern[str]]:
    return {name.removeprefix(of): whole(_LISTS[name]) for name in _LISTS if name.startswith(of)}


ADDONS = _sorts("addon ")
WANTING = _words("wanting")
ASKING = _words("asking")
MONEY = _words("money")
LEGAL = _words("legal")
LATE_OUT = _words("late_out")
ARRIVING = _words("arriving")
LANDING = _words("landing")
"""A plane, and not the guest at our door."""
MIDNIGHT = _words("midnight")
NOON = _words("noon")
NOT_BY_ARRIVAL = _words("not_by_arrival")
PM = re.compile(
    r"\s*(?:heures?|h|uhr|uur|o'clock|ч|час\w*)?\s*(?:pm|p\.m\.|in the (?:evening|afternoon)"
    r"|de la tarde|abends|nachmittags|du soir|de l'apres-midi|di sera|della sera|del pomeriggio"
    r"|da tarde|'?s avonds|'?s middags|вечера|дня|مساء)"
)
IN_THE_EVENING = re.compile(rf"(?:{any_of(_LISTS['in the evening'])})\s*(?:saat|om|約|大概)?\s*$")
"""Before the hour."""
AT_NIGHT = re.compile(
    r"\s*(?:heures?|h|uhr|uur|o'clock|ч|час\w*)?\s*"
    r"(?:at night|de la noche|da noite|di notte|nachts|'?s nachts)"
)
BEFORE_NOON = _words("before noon")
"""The morning, and what is left of a night."""
CHANGING = _words("changing")
OF_A_STAY = _words("of_a_stay")
LENGTHENING = _words("lengthening")
"""What is only done to a stay."""
LINK = _words("link")
MORE_NIGHTS = _words("more_nights")
MORE_PEOPLE = _words("more_people")
ALSO = re.compile(
    r"(?<!\w)(?:also|too|really|auch|noch|aussi|anche|tambien|tambem|тоже|также|еще|ايضا|أيضا) "
)
UNTIL = _words("until")
CANCELLING = _words("cancelling")
"""Of a question, and no order to cancel."""
CHEAP = _words("cheap")
NO_NAMES = _words("no_names")
MORE = _words("more")
FEWER = _words("fewer")
BY_MOVING = _words("by_moving")
_POLITE, _CALLED_OFF = any_of(_LISTS["polite"]), any_of(_LISTS["called_off"])
OFF = re.compile(rf"(?:(?:{_POLITE})[\s,]+)*(?:{_CALLED_OFF})(?:[\s,]+(?:it|that|this|{_POLITE}))*")
"""No to what is just being talked about; a stay that there is, is named."""
A_ROOM = _words("a_room")
OWN = _words("own")
THINKING = _words("thinking")
UNSURE = _words("unsure")
ASKED = _words("asked")
WAITLIST = _words("waitlist")
KINDS = _sorts("kind ")
WHICH = _words("which")
HOURS = (
    "one una ein eins une una uma час الواحدة",
    "two dos zwei deux due duas два الثانية twee",
    "three tres drei trois tre três три الثالثة drie",
    "four cuatro vier quatre quattro quatro четыре الرابعة",
    "five cinco fünf cinq cinque cinco пять الخامسة vijf",
    "six seis sechs six sei seis шесть السادسة zes",
    "seven siete sieben sept sette sete семь السابعة zeven",
    "eight ocho acht huit otto oito восемь الثامنة",
    "nine nueve neun neuf nove nove девять التاسعة negen",
    "ten diez zehn dix dieci dez десять العاشرة tien",
    "eleven once elf onze undici onze одиннадцать",
    "twelve doce zwölf douze dodici doze двенадцать twaalf",
)
CLOCK_WORDS = {fold(word): hour for hour, words in enumerate(HOURS, 1) for word in words.split()}
"""Hours as they are written out."""
