"""Whether a passage holds the kind of thing that is asked for: an amount, a time, a distance."""

import re
from functools import lru_cache

from frontdesk.knowledge.vocabulary import fold

COINS = (
    r"(?:€|\$|£|¥|₹|₽|₩|eur\b|euros?\b|usd|gbp|chf|dollar|pound|dolar|libra|pfund|livre|sterlin"
    r"|руб|евро|доллар|يورو|دولار|درهم|元|円|원|रुपये|रुपय|cents?\b|percent|%|tl\b|lira)"
)
FREE = (
    r"\b(?:free|no (?:cost|charge|fee|extra)|gratis|gratuit\w*|kostenlos\w*|kostenfrei|includ\w+"
    r"|inclu\w+|inbegriffen|enthalten|compris\w*|part of|costs? (?:nothing|extra)|pay\w*|charge\w*"
    r"|keine\w* (?:anzahlung|kaution)|fees?|bill|discount|rabatt|zahl\w*|berechne\w*|umsonst"
    r"|gebuhrenfrei|kostenfrei\w*|aufpreis|aufschlag|pag\w{1,3}|cobra\w*|cuesta\w*|aparte"
    r"|pai\w{1,3}|pay[ae]\w*|cout\w*|cost\w*|kost\w*|prezzo|precio|prix|tarif\w*|half the price"
    r"|supplement|extra|бесплатн\w*|включ\w*"
    r"|ucretsiz|dahil|inbegrepen)\b|مجان|مشمول|免费|包含|無料|込み|含|무료|포함|मुफ्त|शामिल"
)
HOURS = (
    r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}\s*(?:am|pm|a\.m|p\.m|uhr|h|heures?|horas?|ore|o.?clock"
    r"|час\w*)\b"
    r"|\b(?:noon|midnight|midday|mediodia|medianoche|mitternacht|mittag|minuit|midi|mezzanotte"
    r"|mezzogiorno|meia.noite|meio.dia|полноч\w*|полдень|24 ?h\w*|24 (?:horas|stunden|ore)"
    r"|rund um die uhr|day and night|a?round the clock|always|any ?time|jederzeit|half past"
    r"|sunrise|morning|evening|afternoon|night|daily|taglich|diario|every day|круглосуточно)\b"
    r"|\b(?:between|from|until|till|to|at|by|before|after|opens?|closes?|ab|bis|von|um|de|a las?"
    r"|las|hasta|до|с|alle|dalle|das|as)\s+(?:\d{1,2}|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|una|drei|zehn|elf)\b|entro le \d|\d\s*[点時시]"
    r"|[上下]午|बजे|ساعة|صباح|مساء"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:days?|weeks?) (?:before|ahead|after)"
    r"|\d\s*(?:hours|stunden|horas|heures)\b|when you|\byear|\b(?:19|20)\d\d\b"
)
STRETCH = (
    r"\d[\d.,]*\s*(?:m|km|met(?:er|re)s?|metros?|metri|minut\w*|miles?|gehminuten|mins?|метр\w*|км"
    r"|минут\w*)\b|\d\s*(?:分|米|公里|メートル|キロ|미터|분|دقيق|متر|मिनट|मीटर)"
    r"|\b(?:next to|opposite|around the corner|across|in front|behind|walk\w*|away|near\w*|nahe"
    r"|neben|gegenuber|cerca|junto|proche|vicino|perto|рядом|yakin|\w*minut\w*|kilomet\w*|stunden?"
    r"|viertelstunde|entfernt|laufen|fuss|andando|pie|lejos|loin|lontano|около|пешком|hours?|stops?"
    r"|halt|halts)\b"
)
PLACE = (
    r"\b(?:in|on|at|next|behind|below|inside|floor|street|opposite|near|beside|around|lobby|desk"
    r"|reception|im|am|neben|vor|hinter|en|junto|planta|dans|au|nel|al|na|no|в|на|у|op|te)\b"
    r"|[在里上の에]|في"
)
NUMBER = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
    r"|zwei|drei|vier|dos|tres|cuatro|deux|trois|quatre|due|tre|quattro|dois|quatro)\b"
)
SIGNS = {
    "price": re.compile(rf"\d[\d.,]*\s*{COINS}|(?:€|\$|£|¥|₹|₩)\s*\d|{FREE}"),
    "when": re.compile(HOURS),
    "far": re.compile(STRETCH),
    "where": re.compile(PLACE),
    "count": re.compile(NUMBER),
}
KINDS = {**{kind: kind for kind in SIGNS}, "included": "price"}
"""What can be asked for, and the signs of it that a passage has to hold."""


@lru_cache(maxsize=8192)
def held(text: str) -> frozenset[str]:
    """The kinds of things that a passage holds."""
    folded = fold(text)
    return frozenset(kind for kind, signs in SIGNS.items() if signs.search(folded))
