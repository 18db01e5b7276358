"""Whether a passage holds the kind of thing that is asked for: an amount, a time, a distance."""

import re
from functools import lru_cache

from frontdesk.knowledge.vocabulary import fold

COINS = (
    r"(?:€|\$|£|¥|₹|₽|₩|eur\b|euros?\b|usd|gbp|chf|dollar|pound|dolar|libra|pfund|livre|sterlin"
    r"|руб|евро|доллар|يورو|دولار|درهم|元|円|원|रुपये|रुपय|cents?\b|percent|%|tl\b|lira"
    r"|₺|₴|₸|reais\b|real\b|pesos?\b|soles\b|francs?\b|franken\b|franchi\b|kron\w+|kr\b|kc\b"
    r"|zl\b|zlot\w+|forint\w*|lei\b|leva\b|dirham\w*|dinar\w*|riyals?\b|shekel\w*|rands?\b"
    r"|baht\b|yen\b|yuan\b|rupees?\b|rupia\w*|гривн\w*|тенге\b|ريال|دينار|لير|جنيه)"
)
FREE = (
    r"\b(?:free|no (?:cost|charge|fee|extra)|gratis|gratuit\w*|kostenlos\w*|kostenfrei|includ\w+"
    r"|inclu\w+|inbegriffen|enthalten|compris\w*|part of|costs? (?:nothing|extra)|pay\w*|charge\w*"
    r"|keine\w* (?:anzahlung|kaution)|fees?|bill|discount|rabatt|zahl\w*|berechne\w*|umsonst"
    r"|gebuhrenfrei|kostenfrei\w*|aufpreis|aufschlag|pag\w{1,3}|cobra\w*|cuesta\w*|aparte"
    r"|pai\w{1,3}|pay[ae]\w*|cout\w*|cost\w*|kost\w*|prezzo|precio|prix|tarif\w*|half the price"
    r"|supplement|extra|бесплатн\w*|включ\w*|даром|безвозмездно|без доплат\w*|sin coste|sin costo"
    r"|sem custo|de graca|senza costo|offert\w*|sans frais|ohne kosten|without charge|cortesia"
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
SIZE = (
    r"\d[\d.,]*\s*(?:m2|m\b|cm|mm|kg|kilo\w*|qm|sqm|sq\b|square|quadrat\w*|met(?:er|re)s?\b"
    r"|metros?\b|metri\b|mq\b|centimet\w*|zentimet\w*|centimetros|cuadrad\w*|quadrad\w*|carre\w*"
    r"|feet|ft\b|inch\w*|метр\w*|см\b|кв|кг|平|厘米|公斤|センチ|メートル|미터|센티|متر|سم|मीटर)"
    r"|\d\s*(?:x|by|por|mal|auf|per|на)\s*\d|\b(?:king|queen)(?:.size)?\b"
)
OFTEN = (
    r"\b(?:every|daily|each|once|twice|weekly|jede[nrs]?|taglich|wochentlich"
    r"|alle \w+ (?:tage|minuten)|cada|diari\w*|a diario|todos los|todas las|chaque|tous les|ogni"
    r"|tutti i|todos os|diariamente|кажд\w+|ежедневно|раз в|per day|a day|a week|am tag|elke"
    r"|dagelijks|her)\b"
    r"|[每毎]|매일|हर |रोज|كل |يوميا"
)
TONGUES = (
    r"\b(?:english|spanish|german|french|italian|portuguese|russian|arabic|chinese|japanese|korean"
    r"|dutch|turkish|polish|czech|ingles|espanol|aleman|frances|italiano|portugues|ruso|arabe|checo"
    r"|englisch|spanisch|deutsch|franzosisch|italienisch|portugiesisch|russisch|arabisch|tschechisch"
    r"|polnisch|anglais|espagnol|allemand|francais|italien|portugais|russe|inglese|spagnolo|tedesco"
    r"|francese|portoghese|russo|arabo|alemao|espanhol|holandes|catalan|catala|\w*английск\w*|\w*немецк\w*|\w*русск\w*"
    r"|\w*испанск\w*|\w*французск\w*|\w*арабск\w*)\b"
    r"|انجليزي|العربيه|الالمانيه|الفرنسيه|[英中德法日]语|[英中独仏日]語|영어|한국어|중국어|일본어|अंग्रेज|हिंदी"
)
LEAVE = (
    r"\b(?:allow\w*|permit\w*|welcome|forbidden|prohibited|may|can|cannot|accept\w*|please|only|must"
    r"|not|no|never|darf|durfen|erlaub\w*|verbot\w*|gestatt\w*|willkommen|bitte|nur|nicht|kein\w*"
    r"|konnen|kann|mussen|admit\w*|permit\w*|pued\w+|prohib\w*|bienvenid\w*|solo|peut|peuvent"
    r"|interdit\w*|autoris\w*|bienvenu\w*|pas|uniquement|ammess\w*|consentit\w*|vietat\w*"
    r"|possono|puo|permess\w*|benvenut\w*|non|proibid\w*|aceit\w*|podem|pode|nao|можно|разреш\w*"
    r"|запрещ\w*|нельзя|допуска\w*|приним\w*|не|только|mag|mogen|niet|izin\w*|yasak\w*)\b"
    r"|مسموح|ممنوع|يسمح|يمكن|可以|允许|禁止|不|でき|ません|禁|可|가능|금지|허용|없|अनुमति|सकते|मना|नहीं"
)
SIGNS = {
    "price": re.compile(rf"\d[\d.,]*\s*{COINS}|(?:€|\$|£|¥|₹|₩)\s*\d|{FREE}"),
    "when": re.compile(HOURS),
    "far": re.compile(STRETCH),
    "where": re.compile(PLACE),
    "count": re.compile(NUMBER),
    "size": re.compile(SIZE),
    "often": re.compile(OFTEN),
    "tongue": re.compile(TONGUES),
    "may": re.compile(LEAVE),
}
KINDS = {**{kind: kind for kind in SIGNS}, "included": "price"}
"""What can be asked for, and the signs of it that a passage has to hold."""


@lru_cache(maxsize=8192)
def held(text: str) -> frozenset[str]:
    """The kinds of things that a passage holds."""
    folded = fold(text)
    return frozenset(kind for kind, signs in SIGNS.items() if signs.search(folded))
